"""What do you hold about me: a link by email alone, the file, the request, and what an administrator decides."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.domain.privacy.dump import hits
from tests.factories import make_enquiry, make_person
from webapp.config import Settings
from webapp.db import db
from webapp.domain.messages import delivery
from webapp.models import DataRequest, Enquiry, Message
from webapp.vocabulary import MessageKind, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]
SignIn = Callable[..., None]
Look = Callable[[], None]
EMAIL = "erika@example.com"
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def kept(write: Write, settings: Settings) -> str:
    """An enquiry of someone who will ask; returns its reference."""
    return str(write(lambda s: make_enquiry(s, settings, contact_email=EMAIL, contact_name="Erika Sample").reference))


def link_of(app: Flask, write: Write, settings: Settings) -> str:
    """Return the path in the email as it leaves."""

    def claim(session: Session) -> str:
        number = session.scalars(
            select(Message.id).where(Message.kind == MessageKind.PERSON_OWN_DATA).order_by(Message.id.desc())
        ).first()
        assert number is not None
        sent = delivery.claim(session, number, now=datetime.now(UTC) + timedelta(minutes=1), settings=settings)
        assert sent is not None
        assert sent.recipient_email == EMAIL
        stored = session.get_one(Message, number)
        found = re.search(r"/my-data/[\w-]{43}", sent.text)
        assert found is not None
        assert found.group() not in stored.text
        return found.group()

    return str(write(claim))


def test_the_link_goes_to_the_address_alone_and_tells_nothing_before(
    client: FlaskClient, app: Flask, write: Write, settings: Settings, kept: str, look: Look
) -> None:
    known = client.post("/my-data", data={"email": EMAIL.upper()})
    unknown = client.post("/my-data", data={"email": "no-one@example.com"})
    assert known.status_code == unknown.status_code == 200
    assert known.get_data() == unknown.get_data()
    client.post("/my-data", data={"email": EMAIL})
    assert write(lambda s: s.scalars(select(Message).where(Message.kind == MessageKind.PERSON_OWN_DATA)).all()) == []
    look()
    sent = write(lambda s: s.scalars(select(Message).where(Message.kind == MessageKind.PERSON_OWN_DATA)).all())
    assert [message.recipient_email for message in sent] == [EMAIL]
    path = link_of(app, write, settings)
    page = client.get(path)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "1 enquiry" in page.get_data(as_text=True)
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"{path}/data.zip").get_data()))
    assert "Erika Sample" in archive.read("data.json").decode()
    assert kept in archive.read("data.json").decode()


def test_the_link_leaves_ten_times_a_day_and_the_answer_stays_the_same(
    client: FlaskClient, write: Write, kept: str, look: Callable[..., None]
) -> None:
    pages = set()
    for number in range(14):
        with time_machine.travel(NOON + timedelta(minutes=6 * number), tick=False):
            pages.add(client.post("/my-data", data={"email": EMAIL}).get_data())
            look()
    assert len(pages) == 1
    sent = write(lambda s: s.scalars(select(Message.id).where(Message.kind == MessageKind.PERSON_OWN_DATA)).all())
    assert len(sent) == 10


def test_what_is_wrong_or_over_opens_nothing(
    client: FlaskClient, app: Flask, write: Write, settings: Settings, kept: str, look: Look
) -> None:
    assert client.post("/my-data", data={"email": "no address"}).status_code == 422
    assert client.get(f"/my-data/{'x' * 43}").status_code == 404
    client.post("/my-data", data={"email": EMAIL})
    look()
    path = link_of(app, write, settings)

    def run_out(session: Session) -> None:
        session.scalars(select(DataRequest)).one().expires_at = datetime.now(UTC)

    write(run_out)
    for address in (path, f"{path}/data.zip"):
        assert client.get(address).status_code == 404
    assert client.post(f"{path}/erasure").status_code == 404


def asked(client: FlaskClient, app: Flask, write: Write, settings: Settings, look: Look) -> str:
    client.post("/my-data", data={"email": EMAIL})
    look()
    path = link_of(app, write, settings)
    assert client.post(f"{path}/erasure").status_code == 303
    assert "You asked for this" in client.get(path).get_data(as_text=True)
    return path


def test_erasure_is_asked_for_and_confirmed_at_the_desk(
    client: FlaskClient, app: Flask, write: Write, settings: Settings, sign_in: SignIn, kept: str, look: Look
) -> None:
    path = asked(client, app, write, settings, look)
    assert write(lambda s: s.scalars(select(Enquiry)).one().emptied_at) is None
    desk = app.test_client()
    sign_in(desk, write(lambda s: make_person(s, role=Role.ADMINISTRATOR)))
    assert EMAIL in desk.get("/desk/privacy").get_data(as_text=True)
    page = desk.get("/desk/privacy/1").get_data(as_text=True)
    assert "Erase for good" in page
    done = desk.post("/desk/privacy/1", data={"do": "erase"}, follow_redirects=True)
    assert "1 enquiry was erased" in done.get_data(as_text=True)
    with app.app_context():
        # The email that tells of it goes a week later.
        assert [row for row in hits(db.session(), "Erika") if "person_decided" not in row] == []
    assert "were erased" in client.get(path).get_data(as_text=True)
    shown = desk.get(f"/desk/enquiries/{kept}")
    assert shown.status_code == 200
    assert "Personal data were erased" in shown.get_data(as_text=True)
    assert "Erase for good" not in desk.get("/desk/privacy/1").get_data(as_text=True)
    for address in ("/desk/", "/desk/board", "/desk/my-day"):
        assert desk.get(address).status_code == 200


def test_a_refusal_needs_a_reason_that_the_person_reads(
    client: FlaskClient, app: Flask, write: Write, settings: Settings, sign_in: SignIn, kept: str, look: Look
) -> None:
    path = asked(client, app, write, settings, look)
    desk = app.test_client()
    sign_in(desk, write(lambda s: make_person(s, role=Role.ADMINISTRATOR)))
    assert desk.post("/desk/privacy/1", data={"do": "refuse", "reason": " "}).status_code == 400
    assert desk.post("/desk/privacy/1", data={"do": "refuse", "reason": "A claim is open."}).status_code == 303
    page = client.get(path).get_data(as_text=True)
    assert "A claim is open." in page
    assert "Erika" in write(lambda s: s.scalars(select(Enquiry)).one().contact_name)


def test_only_administrators_see_records_and_requests(
    app: Flask, client: FlaskClient, write: Write, sign_in: SignIn
) -> None:
    sign_in(client, write(lambda s: make_person(s, role=Role.COORDINATOR)))
    for path in ("/desk/privacy", "/desk/privacy/records", "/desk/privacy/1"):
        assert client.get(path).status_code == 403
    desk = app.test_client()
    sign_in(desk, write(lambda s: make_person(s, role=Role.ADMINISTRATOR)))
    for language in ("en", "zh-hant", "zh-hans"):
        page = desk.get(f"/desk/privacy/records?language={language}").get_data(as_text=True)
        assert "enquiries.contact_name" in page
        assert "36" in page
    assert "Months after which" in desk.get("/desk/settings/privacy").get_data(as_text=True)


def test_a_legal_hold_is_put_shown_and_ended(
    client: FlaskClient, app: Flask, write: Write, settings: Settings, sign_in: SignIn, kept: str, look: Look
) -> None:
    sign_in(client, write(lambda s: make_person(s, role=Role.ADMINISTRATOR)))
    address = f"/desk/enquiries/{kept}/hold"
    client.post(address, data={"reason": "A claim is open.", "version": "1"})
    assert write(lambda s: s.scalars(select(Enquiry)).one().hold_reason) == "A claim is open."
    refused = client.post(address, data={"reason": "Another", "version": "1"})
    assert refused.status_code == 409
    assert ">Another</textarea>" in refused.get_data(as_text=True)
    assert write(lambda s: s.scalars(select(Enquiry)).one().hold_reason) == "A claim is open."
    reader = app.test_client()
    sign_in(reader, write(lambda s: make_person(s, role=Role.COORDINATOR)))
    page = reader.get(f"/desk/enquiries/{kept}").get_data(as_text=True)
    assert page.count("A claim is open.") == 2
    assert "End the hold" not in page
    assert reader.post(address, data={"reason": "x", "version": "2"}).status_code == 403
    client.post(address, data={"do": "end", "version": "2"})
    found = write(lambda s: s.scalars(select(Enquiry)).one())
    assert (found.hold_since, found.status) == (None, Status.RECEIVED)


def test_what_is_said_after_asking_is_in_the_language_of_the_page(
    client: FlaskClient, app: Flask, write: Write, settings: Settings, kept: str, look: Callable[..., None]
) -> None:
    client.post("/my-data?language=zh-hans", data={"email": EMAIL})
    look()
    page = client.get(link_of(app, write, settings)).text
    action = re.search(r'action="([^"]*/erasure[^"]*)"', page)
    assert action is not None
    answer = client.post(action[1], follow_redirects=True).text
    assert '<html lang="zh-Hans' in answer
    assert "国际事务处已收到您的要求" in answer
    assert "Your request" not in answer


def test_settings_lead_to_personal_data(client: FlaskClient, sign_in: SignIn, write: Write) -> None:
    sign_in(client, write(lambda s: make_person(s, role=Role.ADMINISTRATOR)))
    assert 'href="/desk/privacy"' in client.get("/desk/settings").text.partition("<main")[2]


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_what_a_hold_keeps_is_said_on_the_page_and_at_the_desk(
    client: FlaskClient,
    app: Flask,
    write: Write,
    settings: Settings,
    sign_in: SignIn,
    kept: str,
    language: str,
    look: Look,
) -> None:
    path = asked(client, app, write, settings, look)
    desk = app.test_client()
    sign_in(desk, write(lambda s: make_person(s, role=Role.ADMINISTRATOR)))
    desk.post(f"/desk/enquiries/{kept}/hold", data={"reason": "A claim is open.", "version": "1"})
    said = {"en": "except what is on legal hold", "zh-hant": "受法律保留的除外", "zh-hans": "受法律保留的除外"}[
        language
    ]
    done = desk.post(f"/desk/privacy/1?language={language}", data={"do": "erase"}, follow_redirects=True)
    assert kept in done.text
    page = client.get(f"{path}?language={language}").text
    assert said in page
    assert "A claim is open." not in page
    assert f"{path}/erasure" not in page
    assert said in desk.get(f"/desk/privacy?language={language}").text
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"{path}/data.zip").get_data()))
    assert kept in archive.read("data.json").decode()


def test_the_desk_says_in_words_where_a_name_is_written_still(
    client: FlaskClient, app: Flask, write: Write, settings: Settings, sign_in: SignIn, kept: str, look: Look
) -> None:
    other = write(
        lambda s: make_enquiry(s, settings, contact_email="other@example.org", message="Ask Erika Sample").reference
    )
    asked(client, app, write, settings, look)
    sign_in(client, write(lambda s: make_person(s, role=Role.ADMINISTRATOR)))
    said = client.post("/desk/privacy/1", data={"do": "erase"}, follow_redirects=True).text
    said = said.split("The name is still written in")[1].split("</")[0]
    assert f"enquiries ({other})" in said
    assert f"emails ({other})" in said
    assert not re.search(r"\w+\.\w+ \(", said)
