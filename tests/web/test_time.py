"""One time a request: whatever a request writes happened at the same moment."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import NOW, make_enquiry, make_network, make_person, tracking_token
from webapp.config import Settings
from webapp.models import Enquiry, Event, Message
from webapp.vocabulary import MessageState, Role
from webapp.web import edge

Write = Callable[[Callable[[Session], Any]], Any]


def test_request_has_one_time_and_the_next_one_another(app: Flask) -> None:
    with app.app_context(), time_machine.travel(NOW, tick=False) as clock:  # one context, as the command line has it
        with app.test_request_context():
            first = edge.now()
            clock.shift(timedelta(hours=9))
            assert edge.now() == first == NOW
            assert edge.today() == NOW.date()
        with app.test_request_context():
            assert edge.now() == NOW + timedelta(hours=9)


def test_outside_a_request_the_time_goes_by(app: Flask) -> None:
    with app.app_context(), time_machine.travel(NOW, tick=False) as clock:
        assert edge.now() == NOW
        clock.shift(60)
        assert edge.now() == NOW + timedelta(minutes=1)


def written(session: Session, events: int, messages: int) -> tuple[set[datetime], int]:
    """All times of what was written after these rows, and how many rows that are."""
    lines = session.scalars(select(Event).where(Event.id > events)).all()
    queued = (Message.id > messages) | (Message.queued_at > NOW)
    emails = session.scalars(select(Message).where(queued)).all()
    changed = {session.get_one(Enquiry, line.enquiry_id).changed_at for line in lines}
    staged = {at for email in emails for at in (email.created_at, email.queued_at) if at > NOW}
    # Correcting an address is no change of the enquiry's status.
    return {line.at for line in lines} | (changed - {NOW}) | staged, len(lines) + len(emails)


@pytest.mark.parametrize("route", ["review", "accept", "decline", "partner writes", "partner withdraws", "correct"])
def test_history_enquiry_and_emails_of_one_request_have_one_time(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings, route: str
) -> None:
    def rows(session: Session) -> tuple[str, str, str, int]:
        liaison = make_person(session, role=Role.COORDINATOR)
        enquiry = make_enquiry(session, settings, network=make_network(session, liaison=liaison))
        receipt = session.scalars(select(Message).where(Message.recipient_email == enquiry.contact_email)).one()
        receipt.state, receipt.next_attempt_at = MessageState.FAILED, None
        return liaison.email, enquiry.reference, tracking_token(session, settings, enquiry), receipt.id

    email, reference, token, failed = write(rows)
    sign_in(client, email)
    last: Any = write(lambda s: (s.scalar(select(func.max(Event.id))), s.scalar(select(func.max(Message.id)))))
    address, data = {
        "partner writes": (f"/track/{token}/messages", {"message": "One thing more"}),
        "partner withdraws": (f"/track/{token}/withdraw", {"reason": "We cannot come"}),
        "correct": (
            f"/desk/messages/{failed}/retry",
            {"email": "right@example.org", "lasting": "y", "known": "erika@example.org"},
        ),
    }.get(route, (f"/desk/enquiries/{reference}/actions/{route}", {"version": "1", "text": "Words"}))
    answer = client.post(address, data=data)
    assert answer.status_code == 303, answer.text
    times, number = write(lambda session: written(session, *last))
    assert len(times) == 1
    assert number >= (1 if route == "review" else 2)
