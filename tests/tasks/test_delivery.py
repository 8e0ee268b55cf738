"""A real worker: it takes jobs from a real queue and brings emails to a real mail server."""

import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from tests import commands
from tests.conftest import unavailable
from tests.factories import acting, make_enquiry, staff_actor
from tests.mail.smtp import Desk, free_port, smtp_server
from tests.queues import Queue, valkey, wait_for
from tests.servers import Unavailable
from webapp.broker import CeleryBroker, celery_settings
from webapp.config import Settings
from webapp.domain import settings as office_settings
from webapp.domain.messages import delivery
from webapp.models import Event, Message
from webapp.vocabulary import EventKind, Fault, Job, MessageState, Role

pytestmark = pytest.mark.journey
Write = Callable[[Callable[[Session], Any]], Any]
# The workers' process numbers, in order.
started: list[int] = []


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
    command = ["-A", "tasks", "worker", "-P", "solo", "--loglevel", "INFO"]
    quick = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    sender = Celery("sender", set_as_current=False)
    sender.conf.update(celery_settings(settings.model_copy(update={"redis_url": queue.url}).broker_url))
    log.touch()
    process = commands.start_worker((*command, *quick), environment, log)
    assert process.pid is not None
    started.append(process.pid)
    try:
        wait_for(lambda: b" ready." in log.read_bytes(), "the worker is ready", 60)
        yield sender
    finally:
        process.kill()
        process.join(60)


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


def enquiries(write: Write, settings: Settings, count: int) -> set[str]:
    """Make enquiries, with two emails each; return the Message-IDs of all."""
    for number in range(count):
        write(lambda s, n=number: make_enquiry(s, settings, contact_email=f"partner-{n}@example.org"))
    return set(write(lambda s: s.scalars(select(Message.message_id)).all()))


def came(desk: Desk) -> Counter[str]:
    return Counter(message_from_bytes(envelope.content)["Message-ID"] for envelope in desk.envelopes)  # type: ignore[arg-type]


def test_one_sweep_goes_on_until_nothing_is_due(
    write: Write, settings: Settings, queue: Queue, desk: Desk, tmp_path: Path
) -> None:
    staged = enquiries(write, settings, delivery.AT_ONCE + 5)
    with worker(settings, queue, desk, tmp_path / "worker.log") as sender:
        sender.send_task(Job.OUTBOX_SWEEP)
        wait_for(lambda: states(write) == {MessageState.SENT}, "everything was sent")
    assert came(desk) == dict.fromkeys(staged, 1)
    # A line is kept for a hundred emails.
    assert len(desk.lines) == 2


def test_a_slow_server_gets_each_email_once_and_what_is_held_meanwhile_is_given_back(
    write: Write, settings: Settings, queue: Queue, desk: Desk, tmp_path: Path
) -> None:
    desk.takes_seconds = delivery.HELD.total_seconds() * 0.6
    staged = enquiries(write, settings, 2)
    held: list[list[MessageState]] = []
    desk.on_taken = lambda _count: held.append(write(lambda s: s.scalars(select(Message.state)).all()))
    with worker(settings, queue, desk, tmp_path / "worker.log") as sender:
        sender.send_task(Job.OUTBOX_SWEEP)
        wait_for(lambda: states(write) == {MessageState.SENT}, "everything was sent")
    assert came(desk) == dict.fromkeys(staged, 1)
    assert set(write(lambda s: s.execute(select(Message.attempts, Message.unanswered)).all())) == {(1, 1)}
    assert [each.count(MessageState.SENDING) for each in held] == [4, 3, 2, 1]


def test_each_that_cannot_leave_fails_by_itself_and_takes_no_other_for_it(
    write: Write, settings: Settings, queue: Queue, desk: Desk, tmp_path: Path
) -> None:
    """Each is composed while the server takes the one before: what follows one that fails is still its own."""
    desk.plus_answer = "550 no such person"
    staged = enquiries(write, settings, 4)
    forged, refused = {2, 3, 8}, {5}

    def spoil(session: Session) -> set[str]:
        in_turn = select(Message).order_by(Message.next_attempt_at, Message.id).options(joinedload(Message.link))
        rows = session.scalars(in_turn).all()
        for number, row in enumerate(rows, 1):
            row.subject = "=?utf-8?q?x?=" if number in forged else row.subject
            row.recipient_email = f"to{'+' if number in refused else '-'}{number}@example.org"
            if row.link is not None:
                row.link.email = row.recipient_email
        return {rows[number - 1].message_id for number in forged | refused}

    spoilt = write(spoil)
    with worker(settings, queue, desk, tmp_path / "worker.log") as sender:
        sender.send_task(Job.OUTBOX_SWEEP)
        wait_for(lambda: states(write) == {MessageState.SENT, MessageState.FAILED}, "all have ended")
    assert came(desk) == dict.fromkeys(staged - spoilt, 1)
    failed = select(Message.message_id).where(Message.state == MessageState.FAILED)
    assert set(write(lambda s: s.scalars(failed).all())) == spoilt


def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_one_at_most(
    write: Write, settings: Settings, queue: Queue, desk: Desk, tmp_path: Path
) -> None:
    staged = enquiries(write, settings, 5)
    killed: list[int] = []

    def kill(count: int) -> None:
        if count == 4 and not killed:
            killed.append(started[-1])
            os.kill(started[-1], signal.SIGKILL)

    desk.on_taken = kill
    with worker(settings, queue, desk, tmp_path / "first.log") as sender:
        sender.send_task(Job.OUTBOX_SWEEP)
        wait_for(lambda: killed, "the worker was killed")
    assert sum(came(desk).values()) == 4
    found = Counter(write(lambda s: s.scalars(select(Message.state)).all()))
    assert found == {MessageState.SENT: 3, MessageState.SENDING: 7}
    write(lambda s: s.execute(update(Message).values(next_attempt_at=Message.queued_at).where(
        Message.state == MessageState.SENDING)))  # fmt: skip
    queue.client.flushall()
    with worker(settings, queue, desk, tmp_path / "second.log") as sender:
        sender.send_task(Job.OUTBOX_SWEEP)
        wait_for(lambda: states(write) == {MessageState.SENT}, "everything was sent")
    copies = came(desk)
    assert set(copies) == staged
    assert sorted(copies.values()) == [1] * 9 + [2]


def test_without_a_server_all_that_was_claimed_waits_for_the_same_reason(
    write: Write, settings: Settings, queue: Queue, tmp_path: Path
) -> None:
    enquiries(write, settings, 3)
    write(lambda s: s.execute(update(Message).values(queued_at=datetime.now(UTC))))
    with worker(settings, queue, Desk(port=free_port()), tmp_path / "worker.log") as sender:
        sender.send_task(Job.OUTBOX_SWEEP)
        wait_for(lambda: states(write) == {MessageState.QUEUED} and None not in faults(write), "all were tried")
    assert faults(write) == {Fault.REFUSED}
    assert set(write(lambda s: s.execute(select(Message.attempts, Message.unanswered)).all())) == {(1, 0)}


def faults(write: Write) -> set[Fault | None]:
    return set(write(lambda s: s.scalars(select(Message.fault)).all()))


def test_refusal_for_good_ends_in_sight(
    write: Write, settings: Settings, queue: Queue, desk: Desk, tmp_path: Path
) -> None:
    desk.recipient_answer = "550 no such person"
    write(lambda s: make_enquiry(s, settings))
    log = tmp_path / "worker.log"
    more = {"LIAISON_LOG": "json", "LIAISON_CLAMD_URL": "tcp://127.0.0.1:9"}
    with worker(settings, queue, desk, log, more) as sender:
        job = sender.send_task(Job.OUTBOX_SWEEP)
        wait_for(lambda: states(write) == {MessageState.FAILED}, "both mails are given up")
        broken = sender.send_task(Job.FILE_CHECK, args=({"email": "erika@example.org"},))
        wait_for(lambda: b"raised unexpected" in log.read_bytes(), "a job broke")
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    refused = [line for line in lines if line["event"] == "message.not_sent"]
    assert [(line["job"], line["job_id"]) for line in refused] == [(Job.OUTBOX_SWEEP.value, job.id)] * 2
    [crash] = [line for line in lines if "raised unexpected" in line["event"]]
    assert (crash["job_id"], crash["logger"], crash["level"]) == (broken.id, "celery.app.trace", "error")
    assert "in check\n" in crash["exception"]
    assert "erika@example.org" not in log.read_text()
    errors = write(lambda s: s.scalars(select(Message.last_error)).all())
    assert all("550" in error for error in errors)
    kinds = write(lambda s: s.scalars(select(Event.kind)).all())
    assert kinds.count(EventKind.MAIL_FAILED) == 2
