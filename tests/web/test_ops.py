"""Operations: alive, ready, and figures."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import RecordingBroker
from tests.factories import make_enquiry
from webapp import create_app
from webapp.config import Settings
from webapp.domain import delivery
from webapp.models import Message
from webapp.web import ops

Write = Callable[[Callable[[Session], Any]], Any]


def test_healthz_asks_nobody(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_readyz_tells_that_the_queue_is_away(client: FlaskClient) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json == {"status": "degraded", "database": "ok", "queue": "down", "outbox": "ok"}


def test_readyz_is_ok_when_every_part_is(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ops, "_queue", lambda: "ok")
    response = client.get("/readyz")
    assert (response.status_code, response.json["status"]) == (200, "ok")


@pytest.mark.parametrize(("minutes", "expected"), [(4, "ok"), (6, "late")])
def test_readyz_tells_that_mails_are_late(
    client: FlaskClient, write: Write, settings: Settings, minutes: int, expected: str
) -> None:
    write(lambda s: make_enquiry(s, settings, now=datetime.now(UTC) - timedelta(minutes=minutes)))
    assert client.get("/readyz").json["outbox"] == expected


def test_readyz_survives_a_database_that_is_away(settings: Settings, tmp_path: Path) -> None:
    gone = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/no/such/folder.db"})
    response = create_app(gone, broker=RecordingBroker()).test_client().get("/readyz")
    assert response.status_code == 503
    assert (response.json["database"], response.json["outbox"]) == ("down", "unknown")


def test_metrics_count_what_was_not_sent(client: FlaskClient, write: Write, settings: Settings) -> None:
    sent_at = datetime.now(UTC) - timedelta(minutes=2)

    def make(session: Session) -> None:
        make_enquiry(session, settings, now=sent_at)
        number = session.scalars(select(Message.id)).first()
        assert number is not None
        letter = delivery.claim(session, number, now=sent_at, settings=settings)
        assert letter is not None
        delivery.record_failure(session, letter, error="no", permanent=True, now=sent_at)

    write(make)
    lines = client.get("/metrics").text.splitlines()
    assert 'liaison_outbox_messages{state="queued"} 1.0' in lines
    assert 'liaison_outbox_messages{state="failed"} 1.0' in lines
    (age,) = (line for line in lines if line.startswith("liaison_outbox_oldest_due_seconds "))
    assert 119 < float(age.split()[1]) < 300


def test_metrics_tell_nothing_about_people(client: FlaskClient, write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings))
    assert "example.org" not in client.get("/metrics").text
