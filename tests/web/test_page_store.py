"""Public pages are answered before Flask: the same as ever, for whom they are meant, and never older than a second."""

import gzip
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.factories import acting, make_person, staff_actor
from webapp.domain import settings as office_settings
from webapp.domain.accounts import administration
from webapp.domain.directory import editing, importing, networks, people
from webapp.domain.directory.facts import columns, flat
from webapp.domain.directory.source import load
from webapp.domain.routing import leave
from webapp.domain.routing.leave import Absence
from webapp.models import Person
from webapp.models.public_version import SHOWN
from webapp.paths import DATA
from webapp.vocabulary import Language, Role
from webapp.web import browser, page_store, shown

Write = Callable[[Callable[[Session], Any]], Any]
SOURCE = load(DATA / "networks.yaml")
ADMIN = staff_actor(Role.ADMINISTRATOR)
BY = acting(ADMIN)
DAY = date(2026, 12, 14)
STORED = [
    *("/", "/zh-hant/", "/networks/anso", "/zh-hans/networks/anso", "/privacy", "/zh-hant/accessibility"),
    *("/directory.json", "/directory.rss", "/sitemap.xml", "/?region=worldwide"),
]


@pytest.fixture
def ids(write: Write) -> dict[str, int]:
    """The real networks, one of which has a liaison and a deputy."""

    def make(session: Session) -> dict[str, int]:
        importing.import_networks(session, SOURCE, by=BY)
        liaison, deputy = (make_person(session, name=name, role=None) for name in ("Dr Liaison", "Dr Deputy"))
        held = networks.locked(session, "anso", actor=ADMIN)
        given = {"liaison_id": liaison.id, "deputy_id": deputy.id, "escalation_id": None}
        people.set_people(session, held, **given, version=held.version, by=BY)
        return {"liaison": liaison.id, "deputy": deputy.id}

    found: dict[str, int] = write(make)
    return found


@pytest.fixture
def seconds(app: Flask) -> Iterator[list[float]]:
    """The clock by which this process looks for changes, at the interval that the service has."""
    memory: shown.Shown = app.extensions["shown"]
    now, before = [1000.0], (memory.fresh, memory.clock)
    memory.fresh, memory.clock = shown.FRESH, lambda: now[0]
    memory._asked_at = memory._known_at = float("-inf")
    yield now
    memory.fresh, memory.clock = before
    memory._asked_at = memory._known_at = float("-inf")


def is_stored(answer: Any) -> bool:
    return str(answer.headers.get("ETag", "")).startswith('W/"')


def made_anew(client: FlaskClient, app: Flask, path: str) -> Any:
    """The page as those who have a session get it."""
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], "x")
    answer = client.get(path)
    client.delete_cookie(app.config["SESSION_COOKIE_NAME"])
    return answer


@contextmanager
def asked() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("path", STORED)
def test_stored_page_is_the_one_that_would_have_been_made(app: Flask, client: FlaskClient, path: str) -> None:
    first, again = client.get(path), client.get(path)
    anew = made_anew(client, app, path)
    assert (is_stored(first), is_stored(again), is_stored(anew)) == (True, True, False)
    assert first.data == again.data == anew.data
    own = {"ETag", "X-Request-ID", "Vary"}
    kept = [(name, value) for name, value in again.headers if name not in own]
    assert sorted(kept) == sorted((name, value) for name, value in anew.headers if name not in own)
    assert again.headers["Vary"] == "Accept-Encoding, Cookie"
    assert first.headers["X-Request-ID"] != again.headers["X-Request-ID"]


@pytest.mark.usefixtures("ids", "seconds")
def test_stored_page_asks_the_database_nothing(client: FlaskClient) -> None:
    client.get("/")
    with asked() as statements:
        assert is_stored(client.get("/"))
    assert statements == []


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("path", STORED)
def test_stored_page_reads_only_what_is_watched_and_holds_no_secret(client: FlaskClient, path: str) -> None:
    with asked() as statements:
        page = client.get(path)
    tables = {table for each in statements for table in re.findall(r"(?:FROM|JOIN) (\w+)", each)}
    assert tables <= {str(table) for table in SHOWN} | {"public_version"}
    assert "csrf_token" not in page.text
    assert "nonce" not in page.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in page.headers


def edit_network(session: Session, _ids: dict[str, int]) -> None:
    held = networks.locked(session, "anso", actor=ADMIN)
    editing.edit(session, held, flat(columns(held)) | {"summary_en": "NEW"}, version=held.version, by=BY)


def rename_liaison(session: Session, ids: dict[str, int]) -> None:
    held = session.get_one(Person, ids["liaison"])
    same: dict[str, Any] = {"language": Language.EN, "role": None, "active": True}
    administration.change(session, held, name="Dr NEW", **same, version=held.version, by=BY)


def choose_name(session: Session, _ids: dict[str, int]) -> None:
    office_settings.change(session, {"institution": "NEW University"}, version=0, by=BY, settings=BY.settings)


def import_again(session: Session, _ids: dict[str, int]) -> None:
    newer = (type(n)(**{**vars(n), "acronym": f"NEW{n.order}"}) for n in SOURCE.networks)
    importing.import_networks(session, type(SOURCE)(**{**vars(SOURCE), "networks": tuple(newer)}), by=BY)


EDITS = {
    edit_network: ("/", "NEW"),
    rename_liaison: ("/networks/anso", "Dr NEW"),
    choose_name: ("/privacy", "NEW University"),
    import_again: ("/zh-hant/", "NEW1"),
}


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_change_by_an_editor_is_seen_a_second_later(
    client: FlaskClient, write: Write, ids: dict[str, int], seconds: list[float], edit: Callable[..., None]
) -> None:
    path, words = EDITS[edit]
    assert words not in client.get(path).text
    write(lambda session: edit(session, ids))
    seconds[0] += 0.99
    assert words not in client.get(path).text
    seconds[0] += 0.01
    seen = client.get(path)
    assert words in seen.text
    assert is_stored(seen)


@pytest.mark.usefixtures("seconds")
def test_leave_shows_on_its_day_and_no_longer(client: FlaskClient, write: Write, ids: dict[str, int]) -> None:
    with time_machine.travel("2026-12-13 12:00 +0800") as clock:
        write(lambda session: leave.take(session, Absence(ids["liaison"], DAY, DAY), by=BY))
        assert "Dr Liaison" in client.get("/networks/anso").text
        clock.move_to("2026-12-13 23:59 +0800")
        assert "Dr Liaison" in client.get("/networks/anso").text
        clock.move_to("2026-12-14 00:01 +0800")
        assert "Dr Deputy" in client.get("/networks/anso").text
        clock.move_to("2026-12-15 00:01 +0800")
        assert "Dr Liaison" in client.get("/networks/anso").text


@pytest.mark.usefixtures("seconds")
def test_editor_sees_the_change_at_once(client: FlaskClient, write: Write, ids: dict[str, int], sign_in: Any) -> None:
    assert is_stored(client.get("/"))
    sign_in(client, write(lambda session: make_person(session, role=Role.ADMINISTRATOR)))
    write(lambda session: edit_network(session, ids))
    page = client.get("/")
    assert "NEW" in page.text
    assert not is_stored(page)
    assert "no-cache" in page.headers["Cache-Control"]


@pytest.mark.usefixtures("ids")
def test_browser_of_an_enquiry_gets_stored_pages(app: Flask, client: FlaskClient) -> None:
    client.set_cookie(browser.COOKIE, "b" * 43)
    assert is_stored(client.get("/"))
    assert app.config["SESSION_COOKIE_NAME"] not in browser.COOKIE


@pytest.mark.usefixtures("ids")
def test_what_a_browser_has_is_not_sent_again(client: FlaskClient) -> None:
    whole = client.get("/")
    for header in (whole.headers["ETag"], f'"other", {whole.headers["ETag"]}', whole.headers["ETag"][2:], "*"):
        same = client.get("/", headers={"If-None-Match": header})
        assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", whole.headers["ETag"]), header
        assert same.headers["Content-Security-Policy"] == whole.headers["Content-Security-Policy"]
    for header in ('"other"', "nonsense", 'W/"'):
        assert client.get("/", headers={"If-None-Match": header}).status_code == 200, header


@pytest.mark.usefixtures("ids")
def test_page_is_compressed_for_those_who_take_it(client: FlaskClient) -> None:
    whole = client.get("/")
    for accepted in ("gzip", "br, gzip;q=0.5", "deflate, gzip, br, zstd"):
        packed = client.get("/", headers={"Accept-Encoding": accepted})
        assert packed.headers["Content-Encoding"] == "gzip", accepted
        assert gzip.decompress(packed.data) == whole.data
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(whole.data) / 3
    for accepted in ("", "identity", "gzip;q=0", "br"):
        assert "Content-Encoding" not in client.get("/", headers={"Accept-Encoding": accepted}).headers, accepted


@pytest.mark.usefixtures("ids")
def test_head_has_the_same_headers_and_no_body(client: FlaskClient) -> None:
    assert client.head("/").status_code == 200
    whole, head = client.get("/"), client.head("/")
    assert (head.data, head.headers["Content-Length"], head.headers["ETag"]) == (
        b"",
        whole.headers["Content-Length"],
        whole.headers["ETag"],
    )


@pytest.mark.usefixtures("ids")
def test_language_is_that_of_the_address(client: FlaskClient) -> None:
    pages = {
        client.get("/", headers={"Accept-Language": asked, "Referer": "http://localhost/zh-hant/"}).data
        for asked in ("", "zh-HK", "de")
    }
    assert len(pages) == 1
    assert 'lang="en"' in client.get("/").text
    assert 'lang="zh-Hant' in client.get("/zh-hant/").text


@pytest.mark.usefixtures("ids")
def test_other_hosts_are_refused_as_ever(client: FlaskClient) -> None:
    assert is_stored(client.get("/"))
    for host in ("evil.example.com", "desk.example.org.evil.com", "[", "", "a@b c"):
        assert client.get("/", headers={"Host": host}).status_code == 400, host
    assert is_stored(client.get("/", headers={"Host": "desk.example.org:443"}))


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize(
    "path",
    [
        *("/?q=a", "/?utm=1", "/?region=moon", "/?language=zh-hant", "/?group=member&region=worldwide"),
        *("/?region=worldwide&region=asia", "/?region=%00", "/?region=%ff", "/?q=" + "a" * 400),
        *("/enquiries/new", "/desk/sign-in", "/nowhere"),
        *("/networks/nowhere", "/networks/ANSO", "/" + "a" * 400, "/%00", "/networks/anso%00", "//", "/robots.txt"),
    ],
)  # fmt: skip
def test_what_visitors_make_up_is_not_stored(app: Flask, client: FlaskClient, path: str) -> None:
    store: page_store.PageStore = app.wsgi_app  # type: ignore[assignment]
    client.get("/")
    before = dict(store.pages.kept)
    answers = [client.get(path) for _ in range(2)]
    assert not any(map(is_stored, answers))
    assert dict(store.pages.kept) == before
    assert made_anew(client, app, path).status_code == answers[0].status_code


@pytest.mark.usefixtures("ids")
def test_filters_in_any_order_and_empty_ones_are_one_page(app: Flask, client: FlaskClient) -> None:
    store: page_store.PageStore = app.wsgi_app  # type: ignore[assignment]
    same = ("/?region=worldwide", "/?q=&region=worldwide&group=", "/?group=&scope=&region=worldwide&q=")
    assert len({client.get(path).data for path in same}) == 1
    assert len(store.pages.kept) == 1


@pytest.mark.usefixtures("ids")
def test_memory_is_bounded(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    store: page_store.PageStore = app.wsgi_app  # type: ignore[assignment]
    size = len(client.get("/").data)
    monkeypatch.setattr(store.pages, "most_bytes", 3 * size)
    for network in SOURCE.networks:
        assert is_stored(client.get(f"/networks/{network.slug}"))
        assert is_stored(client.get("/"))
    assert store.pages.bytes == sum(size for _page, size in store.pages.kept.values()) <= 3 * size
    assert ("/", "") in store.pages.kept
    monkeypatch.setattr(store.pages, "most", 2)
    client.get("/privacy")
    assert len(store.pages.kept) == 2


@pytest.mark.usefixtures("ids")
def test_one_thread_makes_a_page_and_the_others_wait_for_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made, together = [], threading.Barrier(6)
    inner = app.wsgi_app._inner  # type: ignore[attr-defined]

    def counted(environ: Any, start_response: Any) -> Any:
        made.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    def visit() -> None:
        client = app.test_client()
        together.wait(10)
        answers.append(client.get("/"))

    monkeypatch.setattr(app.wsgi_app, "_inner", counted)
    answers: list[Any] = []
    threads = [threading.Thread(target=visit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert made == ["/"]
    assert len({answer.data for answer in answers}) == 1
    assert len(answers) == 6


@pytest.mark.usefixtures("ids")
def test_pages_stay_for_ten_minutes_while_the_database_is_away(
    app: Flask, client: FlaskClient, seconds: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/")

    def away(*_args: Any) -> Any:
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr(app.extensions["shown"], "_alone", away)
    seconds[0] += shown.STALE - 1
    assert is_stored(client.get("/"))
    assert client.get("/healthz").status_code == 200
    seconds[0] += 1
    assert not is_stored(client.get("/"))
    assert client.get("/healthz").status_code == 200


@pytest.mark.usefixtures("ids")
def test_page_with_other_settings_than_those_in_force_is_not_stored(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_args: Any) -> Any:
        raise OperationalError("SELECT", {}, Exception("no such table"))

    monkeypatch.setattr(office_settings, "in_force", unreadable)
    for _ in range(2):
        page = client.get("/")
        assert page.status_code == 200
        assert not is_stored(page)


@pytest.mark.usefixtures("ids")
def test_page_with_a_cookie_is_not_stored(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    show = app.view_functions["public.privacy"]

    @page_store.same_for_all()
    def with_cookie(**given: Any) -> Any:
        answer = app.make_response(show(**given))
        answer.set_cookie("mine", "secret")
        return answer

    monkeypatch.setitem(app.view_functions, "public.privacy", with_cookie)
    for _ in range(2):
        page = client.get("/privacy")
        assert page.headers["Set-Cookie"].startswith("mine=secret")
        assert not is_stored(page)


@pytest.mark.usefixtures("ids")
def test_version_is_asked_once_for_many_at_once(app: Flask, seconds: list[float]) -> None:
    memory: shown.Shown = app.extensions["shown"]
    memory.version()
    seconds[0] += 1
    with asked() as statements:
        threads = [threading.Thread(target=memory.version) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert len([each for each in statements if "public_version" in each]) == 1


@pytest.mark.usefixtures("ids")
def test_who_waits_for_a_database_that_hangs_goes_on_with_what_is_known(app: Flask, seconds: list[float]) -> None:
    memory: shown.Shown = app.extensions["shown"]
    known = memory.version()
    seconds[0] += 1
    with memory._asking:  # someone asks, and gets no answer
        assert memory.version() == known


@pytest.mark.usefixtures("ids")
def test_forms_are_not_touched(client: FlaskClient) -> None:
    assert is_stored(client.get("/"))
    assert client.post("/").status_code == 405
    begun = client.post("/enquiries/new", data={"step": "begin", "kind": "visit"})
    assert begun.status_code == 303
    assert not is_stored(client.get(begun.location))
