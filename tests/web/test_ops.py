"""Operations: alive, ready, and figures."""

import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import RecordingBroker, make_settings, migrate, unavailable
from tests.factories import acting, make_enquiry
from tests.queues import Queue, valkey
from tests.servers import PostgreSQL, Unavailable
from webapp import create_app
from webapp.config import Settings
from webapp.domain.messages import delivery, outbox
from webapp.models import Message
from webapp.vocabulary import MessageState

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def queue() -> Iterator[Queue]:
    try:
        with valkey() as running:
            yield running
    except Unavailable as error:
        unavailable(str(error))


def use(app: Flask, queue: Queue) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"redis_url": queue.url})


def test_healthz_asks_nobody(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_readyz_serves_while_the_queue_is_away(client: FlaskClient) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json == {
        "status": "degraded",
        "serving": True,
        "delivering": False,
        "database": "ok",
        "queue": "down",
        "outbox": "ok",
        "oldest_undelivered_seconds": 0,
        "failed": 0,
    }


def test_readyz_is_ok_when_every_part_is(app: Flask, client: FlaskClient, queue: Queue) -> None:
    use(app, queue)
    response = client.get("/readyz")
    assert (response.status_code, response.json["status"]) == (200, "ok")
    assert (response.json["serving"], response.json["delivering"]) == (True, True)


@pytest.mark.parametrize(("minutes", "late"), [(4, False), (6, True)])
def test_readyz_tells_serving_from_delivering(
    app: Flask, client: FlaskClient, write: Write, settings: Settings, queue: Queue, minutes: int, late: bool
) -> None:
    use(app, queue)
    write(lambda s: make_enquiry(s, settings, now=datetime.now(UTC) - timedelta(minutes=minutes)))
    response = client.get("/readyz")
    assert (response.status_code, response.json["serving"]) == (200, True)
    assert (response.json["outbox"], response.json["delivering"]) == ("late" if late else "ok", not late)
    assert minutes * 60 <= response.json["oldest_undelivered_seconds"] < minutes * 60 + 60


def test_readyz_counts_what_failed_and_was_not_set_aside(client: FlaskClient, write: Write, settings: Settings) -> None:
    def fail(session: Session) -> None:
        make_enquiry(session, settings)
        for row in session.scalars(select(Message)):
            row.state, row.next_attempt_at = MessageState.FAILED, None

    write(fail)
    assert client.get("/readyz").json["failed"] == 2
    write(lambda s: outbox.set_aside(s, s.get_one(Message, 1), by=acting(now=datetime.now(UTC))))
    assert client.get("/readyz").json["failed"] == 1


def test_readyz_survives_a_database_that_is_away(settings: Settings, tmp_path: Path) -> None:
    gone = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/no/such/folder.db"})
    response = create_app(gone, broker=RecordingBroker()).test_client().get("/readyz")
    assert response.status_code == 503
    assert (response.json["serving"], response.json["delivering"], response.json["failed"]) == (False, False, None)
    assert (response.json["database"], response.json["outbox"]) == ("down", "unknown")


def test_refused_request_is_one_line_in_the_log_while_the_database_is_away(
    tmp_path_factory: pytest.TempPathFactory,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A server of its own, stopped at once as a power cut does while the application holds connections to it."""
    try:
        server = PostgreSQL.start(tmp_path_factory.mktemp("pg"))
    except Unavailable as error:
        unavailable(f"no PostgreSQL: {error}")
    try:
        url = server.new_database()
        migrate(url)
        served = create_app(make_settings(url), broker=RecordingBroker())
        served.config["WTF_CSRF_ENABLED"] = False
        visitor, form = served.test_client(), {"reference": "LD-2222-2222", "email": "a@example.org"}
        assert visitor.post("/track", data=form).status_code == 200
        assert server.process is not None
        server.process.send_signal(signal.SIGQUIT)
        server.process.wait(60)
        for path, data in (("/track", form), ("/track/a-secret-that-nobody-may-read", None), ("/track", form)):
            capfd.readouterr()
            caplog.clear()
            answer = visitor.post(path, data=data) if data else visitor.get(path)
            assert answer.status_code == 503
            said = "".join(capfd.readouterr())
            assert len(said.splitlines()) == 1, said
            assert len(caplog.records) == 1
            assert "database.unavailable" in said
            assert not any(word in said for word in ("a-secret", "example.org", "LD-2222"))
    finally:
        server.stop()


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
    assert "liaison_outbox_failed 1.0" in lines
    assert "liaison_delivering 0.0" in lines


def test_metrics_tell_nothing_about_people(client: FlaskClient, write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings))
    assert "example.org" not in client.get("/metrics").text
