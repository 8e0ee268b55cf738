"""A network's entry at the desk: edited by two, looked at unsaved, put back, made, hidden, checked by who keeps it."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from tests.factories import LANGUAGES, acting, make_enquiry, make_network, make_organisation, make_person
from webapp.config import Settings
from webapp.domain.directory import editing, importing, networks
from webapp.domain.directory.facts import columns, edited, flat
from webapp.domain.directory.source import load
from webapp.models import Change, Network
from webapp.paths import DATA
from webapp.vocabulary import AuditAction, Role

SOURCE = load(DATA / "networks.yaml")
Write = Callable[[Callable[..., Any]], Any]
EVIL = "</script><script>alert(1)</script>"


@pytest.fixture
def admin(client: FlaskClient, write: Write, sign_in: Any) -> None:
    write(lambda session: importing.import_networks(session, SOURCE, by=acting()))
    sign_in(client, write(lambda session: make_person(session, role=Role.ADMINISTRATOR, name="Ho Man").email))


def sent(fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What a browser sends for these fields: an empty tick is not sent at all."""
    data = {name: "" if value is None else value for name, value in (fields | more).items()}
    if not data.pop("shown", True):
        return data
    return {**data, "shown": "y"}


def filled(write: Write, slug: str = "ista", **more: Any) -> dict[str, Any]:
    found = write(lambda session: networks.network(session, slug, hidden=True))
    fields = {name: value for name, value in flat(columns(found)).items() if not name.endswith("_nb")}  # it is off
    return sent(fields, version=found.version, **more)


def stored(write: Write, slug: str = "ista") -> Network:
    network: Network = write(lambda session: networks.network(session, slug, hidden=True))
    return network


def edit(client: FlaskClient, data: dict[str, Any], slug: str = "ista") -> Any:
    return client.post(f"/desk/networks/{slug}/edit", data=data)


def typed(page: str, name: str) -> str:
    """The value of a field of the page."""
    area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)
    line = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    found = area[1] if area else (re.search(r'value="([^"]*)"', line[0]) or ["", ""])[1] if line else None
    assert found is not None, name
    return html.unescape(found)


@pytest.mark.usefixtures("admin")
def test_saving_what_the_form_shows_changes_nothing_in_any_network(client: FlaskClient, write: Write) -> None:
    for given in SOURCE.networks:
        page = client.get(f"/desk/networks/{given.slug}/edit").text
        data = filled(write, given.slug)
        for name, value in data.items():
            if isinstance(value, str) and name not in ("shown", "group"):
                assert typed(page, name) == value, (given.slug, name)
        assert edit(client, data, given.slug).status_code == 303
        assert edited(stored(write, given.slug)) == []
    assert write(lambda session: session.scalars(select(Change)).all()) == []


@pytest.mark.usefixtures("admin")
def test_edit_shows_in_public_and_in_the_record(client: FlaskClient, write: Write) -> None:
    data = filled(write, summary_en="A <b>new</b> summary.", summary_zh_hant="", place="15", scope=["research"])
    data |= {"activities_en": "One\nTwo", "activities_zh_hant": "一\n-", "activities_zh_hans": ""}
    assert edit(client, data).status_code == 303
    assert "A &lt;b&gt;new&lt;/b&gt; summary." in client.get("/").text
    assert "A &lt;b&gt;new&lt;/b&gt; summary." in client.get("/zh-hant/").text, "an empty text falls back to English"
    page = client.get("/zh-hant/networks/ista").text
    assert "<li>一</li>" in page
    assert '<li lang="en">Two</li>' in page
    record = client.get("/desk/changes").text
    for label in ("Summary (English)", "Summary (繁體中文)", "Place in the list", "What the network does (English)"):
        assert label in record
    assert "Ho Man</strong> changed: " in record
    page = client.get("/desk/networks/ista/edit").text
    assert page.count("Edited on the desk") == 4


FAULTS: list[tuple[str, Any, str]] = [
    ("name_en", "", "Enter the name in English"), ("summary_en", " ", "Enter the summary"),
    ("description_en", "", "Enter the description"), ("description_en", "x" * 3001, "at most 3,000"),
    ("name_en", "A\ufffdB", "after “A” arrived broken"), ("name_en", "\u200b\u202e", "Enter the name in English"),
    ("description_zh_hant", "\x00", "broken"), ("name_zh_hant", "範例", "both scripts"),
    ("size_en", "", "in English too"), ("activities_zh_hant", "一", "English has 2 lines"),
    ("activities_en", "-\nB", "each line in English"), ("cautions", "x\n" * 31, "at most 30 lines"),
    ("former_names", "x" * 501, "500 characters"), ("website", "javascript:alert(1)", "https://"),
    ("website", "//example.org", "https://"), ("source_url", "ftp://example.org", "https://"),
    ("source_url", "", "Enter the address"), ("website", "http://[", "https://"),
    ("website", f"https://{'x' * 500}.example.org", "at most 500"), ("founded", "19x5", "whole number"),
    ("founded", "2999", "whole number"), ("as_of", "", "Enter the day"), ("as_of", "2999-01-01", "not come yet"),
    ("as_of", "yesterday", "enter a date"), ("place", "", "Enter the place"), ("place", "0", "whole number"),
    ("group", "friend", "choose from the list"), ("scope", ["astrology"], "choose from the list"),
    ("regions", ["moon"], "choose from the list"), ("similar", ["ista"], "choose from the list"),
    ("similar", ["uasr", "usrn", "anso", "epu"], "at most three"),
]  # fmt: skip


@pytest.mark.usefixtures("admin")
def test_fault_stands_by_its_field_and_the_rest_is_kept(client: FlaskClient, write: Write) -> None:
    right = filled(write, role_note_en="Kept words.", role_note_zh_hant="", role_note_zh_hans="")
    for (field, value, words), step in product(FAULTS, ("save", "preview")):
        response = edit(client, {**right, field: value, "step": step})
        assert response.status_code == 400, (field, value)
        page = response.text
        name = next(n for n in (field, "size_en", "name_zh_hans") if f'id="{n}-error"' in page)
        assert words in html.unescape(re.findall(rf'id="{name}-error".*?</p>', page, re.DOTALL)[0])
        assert f'href="#{name}"' in page
        assert typed(page, "role_note_en") == "Kept words."
    assert stored(write).version == 1


@pytest.mark.usefixtures("admin")
def test_two_editors_lose_nothing(client: FlaskClient, write: Write) -> None:
    first = filled(write, summary_en="First.", website="https://one.example.org/", scope=["research"])
    second = filled(write, summary_en="Second.", role_en="Mine.")
    assert edit(client, first).status_code == 303
    refused = edit(client, second)
    assert refused.status_code == 409
    page = refused.text
    assert typed(page, "summary_en") == "Second.", "what both changed stays as typed"
    assert typed(page, "role_en") == "Mine."
    assert typed(page, "website") == "https://one.example.org/", "what only the other changed is taken in"
    assert re.search(r'value="research" checked', page)
    assert re.search(r"You changed this record in another window.*Summary \(English\).*First\.", page, re.DOTALL)
    assert 'name="version" value="2"' in page
    assert stored(write).summary["en"] == "First."
    again = filled(write, summary_en="First. Second.", role_en="Mine.")
    assert edit(client, again).status_code == 303
    found = stored(write)
    assert (found.summary["en"], found.role["en"], found.website) == ("First. Second.", "Mine.", first["website"])


@pytest.mark.usefixtures("admin")
def test_preview_shows_each_language_and_saves_nothing(client: FlaskClient, write: Write, count_queries: Any) -> None:
    data = filled(write, step="preview", summary_en=EVIL, description_zh_hant="新的介紹。", founded="1996")
    with count_queries() as statements:
        response = edit(client, data)
    assert response.status_code == 200
    preview = response.text.split('id="preview"')[1].split("<form")[0]
    assert EVIL not in response.text
    assert html.escape(EVIL) in preview
    assert "新的介紹。" in preview
    assert "1996, by The Hong Kong Polytechnic University" in html.unescape(preview)
    assert "於首頁" in preview or "在首頁" in preview
    assert preview.count("<details") == len(LANGUAGES)
    assert typed(response.text, "founded") == "1996"
    assert not [each for each in statements if not each.startswith("SELECT")]
    assert stored(write).version == 1
    assert '<html lang="en">' in response.text


@pytest.mark.usefixtures("admin")
@pytest.mark.parametrize("asked", ["summary", "all"])
def test_what_was_imported_is_put_back_into_the_form_first(client: FlaskClient, write: Write, asked: str) -> None:
    imported = stored(write).summary
    assert edit(client, filled(write, summary_en="Ours.", founded="1996")).status_code == 303
    data = filled(write, put_back=asked, role_en="Typed meanwhile.")
    page = edit(client, data)
    assert page.status_code == 200
    assert typed(page.text, "summary_en") == imported["en"]
    assert typed(page.text, "founded") == ("1995" if asked == "all" else "1996")
    assert typed(page.text, "role_en") == "Typed meanwhile."
    assert stored(write).summary["en"] == "Ours.", "nothing is saved yet"
    del data["put_back"]
    assert edit(client, data | {"summary_en": imported["en"]}).status_code == 303
    assert stored(write).summary == imported
    assert "summary" not in edited(stored(write))
    assert edit(client, filled(write, put_back="sources")).status_code == 200


@pytest.mark.usefixtures("admin")
def test_tick_checks_the_entry_with_the_edit_and_an_edit_alone_does_not(client: FlaskClient, write: Write) -> None:
    assert edit(client, filled(write, summary_en="One.")).status_code == 303
    assert stored(write).verified_on is None
    assert edit(client, filled(write, summary_en="Two.", checked="y")).status_code == 303
    assert (stored(write).verified_on is not None, stored(write).verified_by) == (True, "Ho Man")
    deeds = write(lambda session: session.scalars(select(Change.deed).order_by(Change.id)).all())
    assert deeds == [AuditAction.CHANGED, AuditAction.CHANGED, AuditAction.VERIFIED]
    assert "confirmed that the entry is up to date" in client.get("/desk/networks/ista").text


def new(write: Write, **more: Any) -> dict[str, Any]:
    given = {
        **filled(write), "slug": "example-network", "name_en": "Network of Examples", "acronym": "NEX", "place": "20",
        "similar": ["usrn"], **more,
    }  # fmt: skip
    del given["version"]
    return given


@pytest.mark.usefixtures("admin")
def test_new_network_is_found_everywhere_and_asked_through(client: FlaskClient, write: Write) -> None:
    assert client.post("/desk/networks/new", data=new(write, step="preview")).status_code == 200
    assert client.get("/networks/example-network").status_code == 404
    assert client.post("/desk/networks/new", data=new(write)).location == "/desk/networks/example-network"
    assert "Network of Examples" in client.get("/zh-hans/networks/example-network").text
    for path in ("/", "/?q=examples", "/?scope=research", "/?region=europe", "/directory.json", "/directory.rss",
                 "/zh-hant/directory.rss", "/sitemap.xml"):  # fmt: skip
        assert "/networks/example-network" in client.get(path).text, path
    form = client.get("/enquiries/new?kind=question&network=example-network").text
    assert '<option selected value="example-network">' in form
    assert "Sixteen international networks" in client.get("/").text
    record = client.get("/desk/changes").text
    assert "Ho Man</strong> created the record." in record
    assert stored(write, "example-network").verified_by == "Ho Man"


@pytest.mark.usefixtures("admin")
@pytest.mark.parametrize("slug", ["", "new", "ista", "Upper Case", "a--b", "../x", "x" * 61, "<b>"])
def test_word_of_an_address_is_refused_by_its_field(client: FlaskClient, write: Write, slug: str) -> None:
    response = client.post("/desk/networks/new", data=new(write, slug=slug))
    assert response.status_code == 400
    assert 'id="slug-error"' in response.text
    assert typed(response.text, "name_en") == "Network of Examples"
    assert len(write(lambda session: networks.networks(session, hidden=True))) == 15


def words_after(rules: list[Rule], start: str) -> set[str]:
    return {found[1] for rule in rules if (found := re.fullmatch(rf"{start}([a-z-]+)(/.*)?", rule.rule))}


def test_words_that_stand_in_addresses_of_networks_are_reserved(app: Flask) -> None:
    rules = list(app.url_map.iter_rules())
    taken = words_after(rules, "/desk/networks/") | words_after(rules, "/networks/")
    assert taken
    assert taken <= editing.RESERVED


@pytest.mark.usefixtures("admin")
def test_hidden_network_leaves_the_public_keeps_its_enquiries_and_comes_back(
    client: FlaskClient, write: Write, settings: Settings
) -> None:
    def rows(session: Any) -> tuple[str, int]:
        network = networks.network(session, "ista")
        record = make_organisation(session, networks=("ista",))
        return make_enquiry(session, settings, network=network).reference, record.id

    reference, record = write(rows)
    assert edit(client, filled(write, shown=False)).status_code == 303
    gone = client.get("/networks/ista")
    assert gone.status_code == 404
    assert 'href="/networks/anso"' in gone.text, "what it called similar is suggested"
    for path in ("/", "/directory.json", "/directory.rss", "/sitemap.xml", "/enquiries/new?network=ista"):
        assert "networks/ista" not in client.get(path).text, path
        assert 'value="ista"' not in client.get(path).text, path
    assert "ISTA" in client.get(f"/desk/enquiries/{reference}").text
    assert reference in client.get("/desk/?view=open&network=ista").text
    assert "This network is hidden" in client.get("/desk/networks/ista").text
    assert 'href="/desk/networks/ista"' not in client.get("/desk/networks").text
    assert 'href="/desk/networks/ista"' in client.get("/desk/networks?show=hidden").text
    data = {"name": "Example", "country": "DE", "type": "university", "networks": ["ista"], "version": 1}
    assert client.post(f"/desk/organisations/{record}/edit", data=data).status_code == 303
    assert edit(client, filled(write, "uasr", similar=["ista"]), "uasr").status_code == 303
    assert edit(client, filled(write)).status_code == 303
    assert client.get("/networks/ista").status_code == 404, "saving it again does not show it"
    assert edit(client, {**filled(write), "shown": "y"}).status_code == 303
    assert client.get("/networks/ista").status_code == 200


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.LIAISON])
def test_who_keeps_an_entry_checks_it_and_nobody_else_is_offered_to(
    client: FlaskClient, write: Write, sign_in: Any, role: Role
) -> None:
    def rows(session: Any) -> str:
        person = make_person(session, role=role, name="Chan Tai Man")
        make_network(session, slug="own", owner=person, as_of=datetime(2020, 1, 2, tzinfo=UTC).date(), acronym="OWN")
        make_network(session, slug="other", as_of=datetime(2020, 1, 2, tzinfo=UTC).date(), acronym="OTHER")
        return person.email

    sign_in(client, write(rows))
    day = client.get("/desk/my-day").text
    assert "/desk/networks/own" in day
    assert "/desk/networks/other" not in day
    page = client.get("/desk/networks/own").text
    assert "Confirm that this entry is up to date" in page
    assert "No one has checked it for a year" in page
    assert "Confirm that this entry is up to date" not in client.get("/desk/networks/other").text
    assert client.post("/desk/networks/other/verified", data={"version": 1}).status_code == 409
    assert client.post("/desk/networks/own/verified", data={"version": 7}).status_code == 409
    assert stored(write, "own").verified_on is None
    assert client.post("/desk/networks/own/verified", data={"version": 1}).status_code == 303
    assert stored(write, "own").verified_by == "Chan Tai Man"
    assert stored(write, "other").verified_on is None
    assert "/desk/networks/own" not in client.get("/desk/my-day").text
    assert "was last checked on" in client.get("/networks/own").text
    assert "was last checked on" not in client.get("/networks/other").text
    for path in ("own/edit", "own/owner", "new"):
        assert client.post(f"/desk/networks/{path}", data={}).status_code == 403


@pytest.mark.usefixtures("admin")
def test_list_marks_what_is_to_check_and_asks_the_database_as_often_for_many(
    client: FlaskClient, write: Write, count_queries: Any
) -> None:
    def more(session: Any) -> None:
        person = make_person(session, role=Role.COORDINATOR, name="Keeps It")
        for _ in range(5):
            make_network(session, owner=person, as_of=datetime(2020, 1, 2, tzinfo=UTC).date())

    counts = []
    for _ in range(3):
        for path in ("/desk/networks", "/desk/networks/ista", "/desk/networks/ista/edit"):
            with count_queries() as statements:
                assert client.get(path).status_code == 200
            counts.append(len(statements))
        write(more)
    assert counts[:3] == counts[3:6] == counts[6:]
    assert max(counts) <= 11
    page = client.get("/desk/networks?show=check").text
    assert page.count("data-row") == 15
    assert page.count('data-tone="warn"') == 15
    assert "Keeps It" in page
    assert "/desk/networks/ista" not in page


@pytest.mark.usefixtures("admin")
def test_administrator_says_who_keeps_an_entry(client: FlaskClient, write: Write) -> None:
    def rows(session: Any) -> tuple[int, int]:
        return make_person(session, name="Keeper").id, make_person(session, role=Role.HOST, name="Guest").id

    keeper, host = write(rows)
    page = client.get("/desk/networks/ista").text
    offered = page.split('name="owner"')[1].split("</select>")[0]
    assert "Keeper" in offered
    assert "Guest" not in offered
    assert client.post("/desk/networks/ista/owner", data={"owner": host, "version": 1}).status_code == 400
    assert client.post("/desk/networks/ista/owner", data={"owner": keeper, "version": 1}).status_code == 303
    assert stored(write).owner.name == "Keeper"
    assert "Keeper" in client.get("/desk/networks").text
    write(lambda session: setattr(networks.network(session, "ista").owner, "active", False))
    page = client.get("/desk/networks/ista").text
    assert "Keeper (no longer active)" in page
    assert "no longer available" in page
    assert client.post("/desk/networks/ista/owner", data={"owner": 0, "version": 2}).status_code == 303
    assert stored(write).owner is None
