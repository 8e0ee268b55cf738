"""Who submits has a page in the same browser; the address is theirs once they act by the link that was emailed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import acting, make_organisation, make_person, staff_actor, tracking_token
from webapp.config import Settings
from webapp.domain.enquiries import actions, loading
from webapp.domain.messages import delivery
from webapp.models import Enquiry, Event, Link, Message
from webapp.vocabulary import Action, EventKind, LinkKind, MessageKind, Status

Write = Callable[[Callable[[Session], Any]], Any]
JSON = {"Accept": "application/json"}
SAID = "Only for who reads that address"


@pytest.fixture
def page(client: FlaskClient, write: Write, answers: Any) -> str:
    """The page of the browser that sent an enquiry in the name of a known partner."""
    write(make_organisation)
    data = answers("question")
    client.post("/enquiries/new", data=data)
    return str(client.post("/enquiries/new", data={"form_id": data["form_id"], "final": "yes"}).location)


@pytest.fixture
def mailed(page: str, write: Write, settings: Settings) -> str:
    """The page of the emailed link."""
    return "/track/" + str(write(lambda s: tracking_token(s, settings, s.query(Enquiry).one())))


def reply(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        found = loading.locked(session, session.scalars(select(Enquiry.reference)).one(), actor=staff_actor())
        by = acting(settings=settings, now=datetime.now(UTC))
        actions.act(session, found, Action.REPLY, text=SAID, by=by)

    write(run)


def enquiry(write: Write) -> Enquiry:
    return write(lambda s: s.query(Enquiry).one())


def test_the_lasting_link_goes_by_email_alone(
    client: FlaskClient, write: Write, settings: Settings, page: str, mailed: str
) -> None:
    assert page != mailed
    number = write(lambda s: s.scalars(select(Message.id).where(Message.kind == MessageKind.PARTNER_RECEIPT)).one())
    text = write(lambda s: delivery.claim(s, number, now=datetime.now(UTC) + timedelta(1), settings=settings)).text
    assert mailed in text
    assert page not in text
    assert mailed not in client.get(page).text


def test_the_browsers_page_opens_in_no_other_and_for_some_days(app: Flask, client: FlaskClient, page: str) -> None:
    assert client.get(page).status_code == 200
    assert app.test_client().get(page).status_code == 404
    assert app.test_client().post(f"{page}/withdraw", data={"reason": ""}).status_code == 404
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3, minutes=1)):
        assert client.get(page).status_code == 410


def test_programs_act_in_the_session_that_sent_it(client: FlaskClient, write: Write, page: str) -> None:
    assert client.get(page, headers=JSON).json["status"] == "received"
    assert client.post(f"{page}/messages", data={"message": "One thing more"}).status_code == 303
    assert "One thing more" in client.get(page).text
    assert client.post(f"{page}/withdraw", data={"reason": ""}).status_code == 303
    assert enquiry(write).status is Status.WITHDRAWN
    assert enquiry(write).address_confirmed_at is None


def test_what_the_office_writes_is_not_shown_before_the_address_is_confirmed(
    client: FlaskClient, write: Write, settings: Settings, page: str, mailed: str
) -> None:
    reply(write, settings)
    assert SAID not in client.get(page).text
    assert "We have written to you by email." in client.get(page).text
    assert SAID not in client.get(page, headers=JSON).text
    assert SAID in client.get(mailed).text
    client.post(f"{mailed}/confirm")
    assert SAID in client.get(page).text
    assert SAID in client.get(page, headers=JSON).text


@pytest.mark.both_databases
@pytest.mark.parametrize("act", ["confirm", "messages", "withdraw"])
def test_acting_by_the_emailed_link_confirms_and_looking_does_not(
    client: FlaskClient, write: Write, mailed: str, act: str
) -> None:
    for _ in range(2):
        assert client.get(mailed).status_code == client.head(mailed).status_code == 200
    client.get(f"{mailed}/withdraw")
    assert client.get(f"{mailed}/confirm").status_code == 405
    found = enquiry(write)
    assert (found.address_confirmed_at, found.organisation_id) == (None, None)
    assert client.post(f"{mailed}/{act}", data={"message": "More", "reason": ""}).status_code == 303
    found = enquiry(write)
    assert found.address_confirmed_at is not None
    assert found.organisation_id is not None
    client.post(f"{mailed}/confirm")
    assert len(write(lambda s: s.scalars(select(Event).where(Event.kind == EventKind.LINKED)).all())) == 1


def test_the_desk_says_that_no_one_confirmed_the_address(
    client: FlaskClient, write: Write, sign_in: Any, page: str, mailed: str
) -> None:
    sign_in(client, write(lambda s: make_person(s).email))
    desk = f"/desk/enquiries/{enquiry(write).reference}"
    before = client.get(desk).text
    assert "address not confirmed" in before
    assert "Not linked yet. It may be:" in before
    assert "An existing partner of the university" not in before
    client.post(f"{mailed}/confirm")
    after = client.get(desk).text
    assert "address not confirmed" not in after
    assert "Not linked yet" not in after


def test_a_new_link_ends_the_page_of_the_browser_too(client: FlaskClient, write: Write, page: str, mailed: str) -> None:
    client.post(f"{mailed}/new-link")
    assert client.get(page).status_code == 410
    assert write(lambda s: s.scalars(select(Link.ended_at).where(Link.kind == LinkKind.BROWSER)).one()) is not None
