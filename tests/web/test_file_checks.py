"""Files that wait for the virus scanner, or in which it found something: on every page that lists them, and at every
address that gives them out."""

import io
import re
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import RecordingBroker
from tests.factories import (
    make_enquiry,
    make_network,
    make_person,
    make_settings,
    refer,
    tracking_token,
)
from tests.servers import Clamd
from tests.web.public.conftest import BROWSER
from webapp.config import Settings
from webapp.domain.enquiries import drafts, tracking
from webapp.domain.enquiries.drafts import Upload
from webapp.domain.files import checking
from webapp.domain.links import issuing
from webapp.domain.security.tokens import link_token
from webapp.models import Attachment, Link
from webapp.vocabulary import Job, LinkKind, Role
from webapp.web import browser

Write = Callable[[Callable[[Session], Any]], Any]
ROOT = Path(__file__).parents[2]
PLAN = Upload("plan.txt", "text/plain", b"A plan of three pages.")
NOW = datetime.now(UTC)
WAITING, HELD_BACK = "is being checked for viruses", "held back: Eicar-Test was found in it"
# What the partner's first form and a message bring to each page that lists files.
PAGES = {"desk": 2, "split": 1, "track": 2, "decision": 2, "referral": 2}


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return make_settings(database_url, data_dir=tmp_path, clamd_url="unix:///nowhere/clamd.ctl")


@dataclass
class Case:
    """An enquiry with one file, and its pages by name."""

    file_id: int
    pages: dict[str, str]

    def downloads(self) -> list[str]:
        return [f"{path}/files/{self.file_id}" for name, path in self.pages.items() if name != "split"]


@pytest.fixture
def case(build: Write, settings: Settings) -> Case:
    def make(session: Session) -> Case:
        person = make_person(session, name="Prof. Example")
        enquiry = make_enquiry(session, settings, network=make_network(session, liaison=person), now=NOW)
        event = tracking.write(session, enquiry, "Our plan.", uploads=[PLAN], now=NOW, settings=settings)
        decision = issuing.issue(session, enquiry, person.id, now=NOW, settings=settings)
        refer(session, settings, enquiry, now=NOW)
        link = session.scalars(select(Link).where(Link.kind == LinkKind.REFERRAL)).one()
        own, asked = (link_token(row, secret_keys=settings.secret_keys) for row in (decision, link))
        desk = f"/desk/enquiries/{enquiry.reference}"
        track = f"/track/{tracking_token(session, settings, enquiry)}"
        pages = {"desk": desk, "split": f"{desk}/split", "track": track}
        return Case(event.files[0].id, {**pages, "decision": f"/decisions/{own}", "referral": f"/decisions/{asked}"})

    made: Case = build(make)
    return made


@pytest.fixture
def reader(client: FlaskClient, write: Write, sign_in: Any) -> FlaskClient:
    """A coordinator, who may also open what links in emails open."""
    sign_in(client, write(lambda s: make_person(s, role=Role.COORDINATOR).email))
    return client


def text(response: Any) -> str:
    return " ".join(unescape(response.text).split())


def found(write: Write, case: Case, finding: str | None, *, now: datetime = NOW) -> None:
    write(lambda s: checking.record(s, case.file_id, finding, now=now))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_that_lists_a_file_says_why_it_cannot_be_opened(
    reader: FlaskClient, case: Case, write: Write, page: str
) -> None:
    waiting = text(reader.get(case.pages[page]))
    assert (waiting.count(WAITING), waiting.count("Eicar-Test")) == (PAGES[page], 0)
    found(write, case, "Eicar-Test")
    held_back = text(reader.get(case.pages[page]))
    assert (held_back.count(WAITING), held_back.count(HELD_BACK)) == (0, PAGES[page])
    assert f"/files/{case.file_id}" not in held_back  # leads nowhere


@pytest.mark.parametrize("page", PAGES)
def test_pages_say_nothing_of_a_file_in_which_nothing_was_found(
    reader: FlaskClient, case: Case, write: Write, page: str
) -> None:
    found(write, case, None)
    said = text(reader.get(case.pages[page]))
    assert "plan.txt" in said
    assert not re.search("viruses|held back", said)


def test_no_address_hands_out_what_was_not_checked_or_is_held_back(
    reader: FlaskClient, case: Case, write: Write
) -> None:
    for path in case.downloads():
        response = reader.get(path)
        assert response.status_code == 409
        assert "“plan.txt” cannot be opened before that. Nothing is lost: try again in a minute." in text(response)
        assert f'href="{path}"' in response.text
        assert f'href="{path.partition("/files/")[0]}"' in response.text
        assert PLAN.content not in response.data
    found(write, case, "Eicar-Test")
    for path in case.downloads():
        response = reader.get(path)
        assert response.status_code == 403
        assert "The virus scanner found Eicar-Test in “plan.txt”, so no one can open it." in text(response)
        assert PLAN.content not in response.data
        as_json = reader.get(path, headers={"Accept": "application/json"})
        assert (as_json.status_code, as_json.json) == (403, {"error": 403, "detail": "file is held back"})


def test_what_was_checked_is_handed_out_as_it_came(reader: FlaskClient, case: Case, write: Write) -> None:
    found(write, case, None)
    assert [reader.get(path).data for path in case.downloads()] == [PLAN.content] * 4


def test_pages_in_the_readers_language(reader: FlaskClient, case: Case) -> None:
    response = reader.get(f"{case.pages['track']}/files/{case.file_id}?language=zh-hant")
    assert "這個檔案正在進行病毒檢查" in response.text


def test_form_and_check_page_say_it_of_files_that_are_not_sent_yet(
    client: FlaskClient, write: Write, broker: RecordingBroker, settings: Settings
) -> None:
    client.set_cookie(browser.COOKIE, BROWSER)
    data = {
        "kind": "question",
        "form_id": drafts.new_id(BROWSER, secret_key=settings.secret_key),
        "network": "",
        "contact_name": "Erika Mustermann",
        "contact_position": "Head of Office",
        "contact_email": "erika@example.org",
        "organisation": "Example Institute",
        "organisation_type": "university",
        "country": "DE",
        "language": "en",
        "subject": "Student exchange",
        "message": "We would like to meet colleagues.",
        "consent": "yes",
    }
    response = client.post("/enquiries/new", data={**data, "attachments": (io.BytesIO(PLAN.content), "plan.txt")})
    assert response.status_code == 303
    file_id = write(lambda s: s.scalars(select(Attachment.id)).one())
    assert (Job.FILE_CHECK, file_id) in broker.jobs
    pages = (response.location, f"/enquiries/new?draft={data['form_id']}")
    assert [text(client.get(page)).count(WAITING) for page in pages] == [1, 1]
    write(lambda s: checking.record(s, file_id, "Eicar-Test", now=NOW))
    assert [text(client.get(page)).count(HELD_BACK) for page in pages] == [1, 1]


def test_history_of_the_desk_tells_what_was_found_and_the_partners_does_not(
    reader: FlaskClient, case: Case, write: Write
) -> None:
    found(write, case, "<b>Eicar</b>")
    told = "The virus scanner found <b>Eicar</b> in “plan.txt”: no one can open this file."
    response = reader.get(case.pages["desk"])
    assert told in text(response)
    assert "<b>Eicar" not in response.text
    assert told not in text(reader.get(case.pages["track"]))


def came(write: Write, case: Case, at: datetime) -> None:
    write(lambda s: setattr(s.get_one(Attachment, case.file_id), "added_at", at))


def test_light_says_that_files_have_waited_too_long_to_who_may_mend_it(
    app: Flask, reader: FlaskClient, case: Case, write: Write, sign_in: Any, settings: Settings
) -> None:
    light = "1 file has not been checked for viruses yet, and cannot be opened."
    came(write, case, datetime.now(UTC))
    assert light not in text(reader.get("/desk/my-day"))
    ago = timedelta(minutes=settings.alert_minutes, seconds=5)
    came(write, case, datetime.now(UTC) - ago)
    assert light in text(reader.get("/desk/my-day"))
    observer = app.test_client()
    sign_in(observer, write(lambda s: make_person(s, role=Role.OBSERVER).email))
    assert light not in text(observer.get("/desk/my-day"))
    found(write, case, None)
    assert light not in text(reader.get("/desk/my-day"))


def test_readyz_says_whether_the_scanner_answers(
    app: Flask, client: FlaskClient, case: Case, scanner: Clamd, write: Write
) -> None:
    def asked() -> tuple[str, int, str]:
        answer = client.get("/readyz").json
        return answer["scanner"], answer["files_waiting"], answer["status"]

    came(write, case, datetime.now(UTC))
    assert asked() == ("down", 1, "degraded")
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"clamd_url": scanner.url})
    assert asked()[:2] == ("ok", 1)
    came(write, case, datetime.now(UTC) - timedelta(hours=1))
    assert asked()[:2] == ("late", 1)
    found(write, case, None)
    assert asked()[:2] == ("ok", 0)
    scanner.process.send_signal(signal.SIGSTOP)
    assert asked()[:2] == ("down", 0)


def test_without_a_scanner_nothing_is_said_of_it(
    app: Flask, reader: FlaskClient, case: Case, count_queries: Callable[[], Any]
) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"clamd_url": None})
    assert "viruses" not in reader.get(case.pages["desk"]).text
    assert [reader.get(path).data for path in case.downloads()] == [PLAN.content] * 4
    assert "scanner" not in reader.get("/readyz").json
    with count_queries() as statements:
        reader.get("/desk/my-day")
    assert not [each for each in statements if "attachments" in each]


def test_contents_are_read_where_they_are_handed_out_or_checked_and_nowhere_else() -> None:
    """Whatever else reads one could hand it out unchecked; splitting copies it within the database.

    A person's own data are given to that person, whose file it was.
    """
    pattern = re.compile(r"Attachment\.content\b|undefer\(.*content|deferred_raiseload|\.c\.content")
    paths = [path for path in (ROOT / "webapp").rglob("*.py") if "migrations" not in path.parts]
    reading = {
        path.relative_to(ROOT / "webapp").as_posix() for path in paths if pattern.search(path.read_text("utf-8"))
    }
    assert reading == {
        "domain/files/checking.py",
        "domain/files/handing_out.py",
        "domain/privacy/export.py",
        "models/enquiry.py",
        # Lists of delegates: only their rows are handed out, never the file.
        "models/roster.py",
        "domain/visits/roster_drafts.py",
        # Papers of our own making.
        "models/visit_letter.py",
    }
