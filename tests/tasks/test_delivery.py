"""A real worker: it takes jobs from a real queue and brings emails to a real mail server."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.conftest import unavailable
from tests.factories import acting, make_enquiry, staff_actor
from tests.mail.smtp import Desk, smtp_server
from tests.queues import Queue, valkey, wait_for
from tests.servers import Unavailable
from webapp.broker import CeleryBroker, celery_settings
from webapp.config import Settings
from webapp.domain import settings as office_settings
from webapp.domain.messages import delivery
from webapp.models import Event, Message
from webapp.vocabulary import EventKind, Job, MessageState, Role

pytestmark = pytest.mark.journey
ROOT = Path(__file__).parents[2]
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def queue() -> Iterator[Queue]:
    try:
        with valkey() as running:
            yield running
    except Unavailable as error:
        unavailable(str(error))


@pytest.fixture
def desk() -> Iterator[Desk]:
    with smtp_server(Desk()) as running:
        yield running


@contextmanager
def worker(
    settings: Settings, queue: Queue, desk: Desk, log: Path, more: dict[str, str] | None = None
) -> Iterator[Celery]:
    """Run a worker until the block ends, with more settings if given; yields an application that can send it jobs."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIAISON_")} | {
        "LIAISON_ENV": "test",
        "LIAISON_SECRET_KEY": settings.secret_key,
        "LIAISON_DATABASE_URL": settings.database_url,
        "LIAISON_REDIS_URL": queue.url,
        "LIAISON_SMTP_URL": f"smtp://127.0.0.1:{desk.port}",
        "LIAISON_PUBLIC_URL": settings.public_url,
        **(more or {}),
    }
    command = [sys.executable, "-m", "celery", "-A", "tasks", "worker", "-P", "solo", "--loglevel", "INFO"]
    quick = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    sender = Celery("sender", set_as_current=False)
    sender.conf.update(celery_settings(settings.model_copy(update={"redis_url": queue.url}).broker_url))
    with log.open("wb") as output:
        process = subprocess.Popen([*command, *quick], cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            wait_for(lambda: b" ready." in log.read_bytes(), "the worker is ready", 60)
            yield sender
        finally:
            process.kill()
            process.wait(60)


def states(write: Write) -> set[MessageState]:
    return set(write(lambda s: s.scalars(select(Message.state)).all()))


def test_enquiry_is_delivered_once_by_its_nudge(
    app: Flask, write: Write, settings: Settings, queue: Queue, desk: Desk, tmp_path: Path
) -> None:
    app.extensions["broker"] = CeleryBroker(settings.model_copy(update={"redis_url": queue.url}).broker_url)
    with worker(settings, queue, desk, tmp_path / "worker.log"):
        enquiry = write(lambda s: make_enquiry(s, settings))
        wait_for(lambda: states(write) == {MessageState.SENT}, "both mails are sent")
    mails = [message_from_bytes(envelope.content) for envelope in desk.envelopes]  # type: ignore[arg-type]
    stored = write(lambda s: s.scalars(select(Message.message_id)).all())
    assert sorted(mail["Message-ID"] for mail in mails) == sorted(stored)
    assert {mail["X-Liaison-Reference"] for mail in mails} == {enquiry.reference}


def test_worker_takes_what_the_office_chooses_while_it_runs(
    write: Write, settings: Settings, queue: Queue, desk: Desk, tmp_path: Path
) -> None:
    by = acting(staff_actor(Role.ADMINISTRATOR))

    def write_to(email: str) -> None:
        chosen = write(lambda s: office_settings.in_force(s, settings))
        write(lambda s: make_enquiry(s, chosen, contact_email=email))
        sender.send_task(Job.OUTBOX_SWEEP)
        wait_for(lambda: states(write) == {MessageState.SENT}, "the mails are sent")

    with worker(settings, queue, desk, tmp_path / "worker.log") as sender:
        write_to("before@example.org")
        write(
            lambda s: office_settings.change(
                s, {"institution_short": "EXU", "institution": "Example U"}, version=0, by=by, settings=settings
            )
        )
        write_to("chosen@example.org")
        back = {name: getattr(settings, name) for name in ("institution_short", "institution")}
        write(lambda s: office_settings.change(s, back, version=1, by=by, settings=settings))
        write_to("after@example.org")
    mails = {envelope.rcpt_tos[0]: message_from_bytes(envelope.content) for envelope in desk.envelopes}  # type: ignore[arg-type]
    for name, sender_name in (("before", "PolyU"), ("chosen", "EXU"), ("after", "PolyU")):
        mail = mails[f"{name}@example.org"]
        assert mail["From"].split() == [sender_name, f"<{settings.mail_from}>"]
        text = mail.get_payload(0).get_payload(decode=True).decode()  # type: ignore[union-attr]
        assert ("Example U" in text) == (name == "chosen")


def test_sweep_finds_what_was_never_nudged_and_whose_worker_died(
    write: Write, settings: Settings, queue: Queue, desk: Desk, tmp_path: Path
) -> None:
    write(lambda s: make_enquiry(s, settings))

    def claim_long_ago(session: Session) -> str:
        row = session.scalars(select(Message).order_by(Message.id).limit(1)).one()
        assert row.next_attempt_at is not None
        at = row.next_attempt_at
        session.execute(update(Message).values(next_attempt_at=at - delivery.LEASE * 2))
        letter = delivery.claim(session, row.id, now=at - delivery.LEASE * 2, settings=settings)
        assert letter is not None
        return letter.message_id

    identifier = write(claim_long_ago)
    with worker(settings, queue, desk, tmp_path / "worker.log") as sender:
        sender.send_task(Job.OUTBOX_SWEEP)
        wait_for(lambda: states(write) == {MessageState.SENT}, "the sweep delivered everything")
    found = [message_from_bytes(envelope.content)["Message-ID"] for envelope in desk.envelopes]  # type: ignore[arg-type]
    assert len(found) == 2
    assert identifier in found


def test_refusal_for_good_ends_in_sight(
    write: Write, settings: Settings, queue: Queue, desk: Desk, tmp_path: Path
) -> None:
    desk.recipient_answer = "550 no such person"
    write(lambda s: make_enquiry(s, settings))
    log = tmp_path / "worker.log"
    with worker(settings, queue, desk, log, {"LIAISON_LOG": "json"}) as sender:
        job = sender.send_task(Job.OUTBOX_SWEEP)
        wait_for(lambda: states(write) == {MessageState.FAILED}, "both mails are given up")
        broken = sender.send_task(Job.MAIL_DELIVER, args=({"email": "erika@example.org"},))
        wait_for(lambda: b"raised unexpected" in log.read_bytes(), "a job broke")
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    refused = [line for line in lines if line["event"] == "message.not_sent"]
    assert {line["job"] for line in refused} == {Job.MAIL_DELIVER.value}
    assert len({line["job_id"] for line in refused}) == 2
    assert job.id not in {line["job_id"] for line in refused}
    [crash] = [line for line in lines if "raised unexpected" in line["event"]]
    assert (crash["job_id"], crash["logger"], crash["level"]) == (broken.id, "celery.app.trace", "error")
    assert "in deliver\n" in crash["exception"]
    assert "erika@example.org" not in log.read_text()
    errors = write(lambda s: s.scalars(select(Message.last_error)).all())
    assert all("550" in error for error in errors)
    kinds = write(lambda s: s.scalars(select(Event.kind)).all())
    assert kinds.count(EventKind.MAIL_FAILED) == 2
