"""A partner's link ends when another takes its place, and some months after the enquiry did."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, make_person, staff_actor, tracking_token
from webapp.config import Settings
from webapp.domain.enquiries import actions, addresses, loading
from webapp.domain.messages import delivery
from webapp.models import Enquiry, Event, Link, Message
from webapp.vocabulary import Action, Kind, MessageKind, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]
JSON = {"Accept": "application/json"}


@pytest.fixture
def token(write: Write, settings: Settings) -> str:
    return str(write(lambda s: tracking_token(s, settings, make_enquiry(s, settings, kind=Kind.QUESTION))))


def held(session: Session) -> Enquiry:
    return loading.locked(session, session.scalars(select(Enquiry.reference)).one(), actor=staff_actor())


def present(write: Write, settings: Settings) -> str:
    return str(write(lambda s: tracking_token(s, settings, s.query(Enquiry).one())))


def mailed(write: Write, settings: Settings, kind: MessageKind) -> Any:
    """Return the one email of a kind as it leaves."""
    number = write(lambda s: s.scalars(select(Message.id).where(Message.kind == kind)).one())
    return write(lambda s: delivery.claim(s, number, now=NOW + timedelta(days=900), settings=settings))


def assert_replaced(client: FlaskClient, token: str) -> None:
    page = client.get(f"/track/{token}")
    assert page.status_code == 410
    assert "This link was replaced" in page.text
    assert 'name="reference"' in page.text
    assert client.get(f"/track/{token}", headers=JSON).status_code == 410
    assert client.post(f"/track/{token}/withdraw", data={"reason": ""}).status_code == 410
    assert client.post(f"/track/{token}/messages", data={"message": "More"}).status_code == 410


def test_correcting_the_address_ends_the_link_of_who_had_the_old_one(
    client: FlaskClient, write: Write, settings: Settings, token: str
) -> None:
    known = "erika@example.org"
    write(lambda s: addresses.correct(s, held(s), "right@example.org", known=known, by=acting(settings=settings)))
    write(lambda s: actions.act(s, held(s), Action.REPLY, text="For you alone", by=acting(settings=settings)))
    assert_replaced(client, token)
    new = present(write, settings)
    assert "For you alone" in client.get(f"/track/{new}").text
    leaving = mailed(write, settings, MessageKind.PARTNER_MESSAGE)
    assert (leaving.recipient_email, new in leaving.text) == ("right@example.org", True)
    assert write(lambda s: s.query(Enquiry).one().status) is Status.RECEIVED


def test_staff_replace_a_link(client: FlaskClient, write: Write, settings: Settings, sign_in: Any, token: str) -> None:
    sign_in(client, write(lambda s: make_person(s).email))
    reference = write(lambda s: s.query(Enquiry).one().reference)
    page = f"/desk/enquiries/{reference}"
    assert f'action="{page}/actions/renew_link"' in client.get(page).text
    assert client.post(f"{page}/actions/renew_link", data={"version": "1"}).status_code == 303
    assert_replaced(client, token)
    leaving = mailed(write, settings, MessageKind.PARTNER_LINK)
    assert present(write, settings) in leaving.text
    assert "replaced the partner’s link" in client.get(page).text


def test_who_may_not_send_emails_again_replaces_no_link(
    client: FlaskClient, write: Write, settings: Settings, sign_in: Any, token: str
) -> None:
    sign_in(client, write(lambda s: make_person(s, role=Role.OBSERVER).email))
    reference = write(lambda s: s.query(Enquiry).one().reference)
    page = f"/desk/enquiries/{reference}"
    assert "renew_link" not in client.get(page).text
    assert client.post(f"{page}/actions/renew_link", data={"version": "1"}).status_code == 409
    assert client.get(f"/track/{token}").status_code == 200


def test_partner_has_a_new_link_sent_and_only_the_email_has_it(
    client: FlaskClient, write: Write, settings: Settings, token: str
) -> None:
    assert "Send me a new link" in client.get(f"/track/{token}").text
    assert client.get(f"/track/{token}/new-link").status_code == 405
    answer = client.post(f"/track/{token}/new-link", follow_redirects=True)
    assert "A new link is on its way to your email address" in answer.text
    new = present(write, settings)
    assert new not in answer.text
    assert_replaced(client, token)
    leaving = mailed(write, settings, MessageKind.PARTNER_LINK)
    assert (leaving.recipient_email, new in leaving.text) == ("erika@example.org", True)
    assert not write(lambda s: s.scalars(select(Event).where(Event.action == Action.REQUEST_LINK)).one().public)


def test_a_new_link_too_many_in_a_day_waits_and_the_one_before_stays(
    client: FlaskClient, write: Write, settings: Settings, token: str
) -> None:
    for _ in range(10):
        assert client.post(f"/track/{present(write, settings)}/new-link").status_code == 303
    last = present(write, settings)
    answer = client.post(f"/track/{last}/new-link")
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)
    assert client.get(f"/track/{last}").status_code == 200


@pytest.mark.parametrize("months", [1, 6])
def test_a_link_runs_out_some_months_after_the_end_and_can_be_had_anew(
    client: FlaskClient, write: Write, settings: Settings, token: str, months: int
) -> None:
    given = settings.model_copy(update={"tracking_months": months})
    write(lambda s: actions.act(s, held(s), Action.DECLINE, text="Sorry", by=acting(settings=given)))
    with time_machine.travel(NOW + timedelta(days=31 * months - 1), tick=False):
        assert client.get(f"/track/{token}").status_code == 200
    later = NOW + timedelta(days=31 * months, minutes=1)
    with time_machine.travel(later, tick=False):
        assert client.get(f"/track/{token}").status_code == 410
        reference = write(lambda s: s.query(Enquiry).one().reference)
        write(lambda s: actions.act(s, held(s), Action.REPLY, text="We think of you", by=acting(now=later)))
        new = present(write, settings)
        assert client.get(f"/track/{new}").status_code == 200
        assert reference in client.get(f"/track/{new}").text
    with time_machine.travel(later + timedelta(days=31), tick=False):
        assert client.get(f"/track/{new}").status_code == 410
        write(lambda s: actions.act(s, held(s), Action.REOPEN, by=acting(now=later + timedelta(days=31))))
        assert client.get(f"/track/{present(write, settings)}").status_code == 200


def test_a_link_to_an_open_enquiry_does_not_run_out(write: Write, token: str) -> None:
    assert write(lambda s: s.scalars(select(Link.expires_at)).one()) is None
