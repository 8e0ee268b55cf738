"""Whatever someone of the office does that sends an email counts; one too many changes nothing and keeps the words."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import RecordingBroker, make_settings
from tests.factories import NOW, make_enquiry, make_faculty, make_person
from webapp import create_app
from webapp.config import Settings
from webapp.db import db, transaction
from webapp.domain.limits.buckets import per
from webapp.domain.messages import allowance
from webapp.models import Enquiry, Event, Message
from webapp.vocabulary import MessageState, Role
from webapp.web.limits import limiter

Write = Callable[[Callable[[Session], Any]], Any]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW + HOUR, tick=False) as traveller:
        yield traveller


@pytest.fixture
def limited(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An application that counts, in which one person sends three times an hour."""
    monkeypatch.setattr(allowance, "ACTS", per(HOUR, allowance.ACTS.name, 3))
    app = create_app(make_settings(database_url, data_dir=tmp_path, rate_limits="on"), broker=RecordingBroker())
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    limiter.enabled = False


@pytest.fixture
def office(limited: Flask, sign_in: Any) -> FlaskClient:
    client = limited.test_client()
    with limited.app_context(), transaction() as session:
        email = make_person(session, role=Role.ADMINISTRATOR, name="Lee Siu Ming").email
    sign_in(client, email)
    return client


def make(app: Flask, number: int = 1) -> list[str]:
    with app.app_context(), transaction() as session:
        settings: Settings = app.extensions["settings"]
        quiet = settings.model_copy(update={"rate_limits": "off"})
        return [make_enquiry(session, quiet).reference for _ in range(number)]


def rows(app: Flask) -> tuple[int, int]:
    """Return how many events and emails there are."""
    with app.app_context():
        session = db.session()
        return session.scalar(select(func.count(Event.id))) or 0, session.scalar(select(func.count(Message.id))) or 0


def reply(client: FlaskClient, reference: str, version: int, text: str = "Thank you.") -> Any:
    return client.post(f"/desk/enquiries/{reference}/actions/reply", data={"version": version, "text": text})


@pytest.mark.one_database
def test_one_email_too_many_changes_nothing_and_keeps_the_words(
    limited: Flask, office: FlaskClient, sign_in: Any, clock: Any
) -> None:
    (reference,) = make(limited)
    assert [reply(office, reference, number + 1).status_code for number in range(3)] == [303] * 3
    before = rows(limited)
    refused = reply(office, reference, 4, "Words of mine that took an hour.")
    assert (refused.status_code, int(refused.headers["Retry-After"])) == (429, 20 * 60)
    assert "as many emails as one person can in an hour" in refused.text
    assert "Words of mine that took an hour.</textarea>" in refused.text
    assert rows(limited) == before
    note = {"version": 4, "text": "No one is emailed by this."}
    assert office.post(f"/desk/enquiries/{reference}/actions/note", data=note).status_code == 303

    colleague = limited.test_client()
    with limited.app_context(), transaction() as session:
        email = make_person(session, name="Another Colleague").email
    sign_in(colleague, email)
    assert reply(colleague, reference, 5).status_code == 303
    clock.shift(timedelta(minutes=20))
    assert reply(office, reference, 6).status_code == 303


def approval(client: FlaskClient, reference: str) -> Any:
    data = {"version": 1, "text": "May we?", "approvers-0-name": "Prof. Ho", "approvers-0-email": "ho@example.org"}
    return client.post(f"/desk/enquiries/{reference}/actions/ask_approval", data=data)


def referral(client: FlaskClient, reference: str) -> Any:
    with client.application.app_context(), transaction() as session:
        faculty = make_faculty(session, f"Faculty for {reference}").id
    data = {"version": 1, "question": "Could you?", "faculty": faculty, "return_by": "2026-12-01"}
    return client.post(f"/desk/enquiries/{reference}/actions/refer", data=data)


def decision(client: FlaskClient, reference: str) -> Any:
    return client.post(f"/desk/enquiries/{reference}/actions/accept", data={"version": 1, "text": "Welcome."})


def again(client: FlaskClient, reference: str) -> Any:
    with client.application.app_context(), transaction() as session:
        query = select(Message).join(Enquiry).where(Enquiry.reference == reference).order_by(Message.id).limit(1)
        message = session.scalars(query).one()
        message.state, number = MessageState.FAILED, message.id
    return client.post(f"/desk/messages/{number}/retry", data={"email": "erika@example.org"})


@pytest.mark.one_database
@pytest.mark.parametrize("act", [approval, referral, decision, again])
def test_every_act_that_sends_counts(
    limited: Flask, office: FlaskClient, act: Callable[[FlaskClient, str], Any]
) -> None:
    references = make(limited, 4)
    answers = [act(office, reference) for reference in references]
    assert [answer.status_code for answer in answers] == [303] * 3 + [429]


@pytest.mark.one_database
def test_many_emails_of_one_act_count_each(
    limited: Flask, office: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "EMAILS", per(HOUR, allowance.EMAILS.name, 2))
    for reference, code in zip(make(limited, 3), (303, 303, 429), strict=True):
        assert decision(office, reference).status_code == code


@pytest.mark.one_database
def test_limits_that_are_off_count_no_one(
    client: FlaskClient, write: Write, settings: Settings, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "ACTS", per(HOUR, allowance.ACTS.name, 1))
    sign_in(client, write(lambda s: make_person(s).email))
    reference = write(lambda s: make_enquiry(s, settings).reference)
    assert [reply(client, reference, number + 1).status_code for number in range(3)] == [303] * 3
