"""A real worker takes files to a real virus scanner: as they come, in the sweep, and again once the scanner is back."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import unavailable
from tests.factories import make_enquiry
from tests.mail.smtp import Desk, smtp_server
from tests.queues import Queue, valkey, wait_for
from tests.servers import EICAR, EICAR_NAME, Clamd, Unavailable
from tests.tasks.test_delivery import worker
from webapp.broker import CeleryBroker
from webapp.config import Settings
from webapp.domain.enquiries import tracking
from webapp.domain.enquiries.drafts import Upload
from webapp.models import Attachment, Event
from webapp.vocabulary import EventKind, Job

pytestmark = pytest.mark.journey
Write = Callable[[Callable[[Session], Any]], Any]
CLEAN = Upload("plan.txt", "text/plain", b"A plan of three pages.")
INFECTED = Upload("list.txt", "text/plain", EICAR.encode())
FOUND = f"{EICAR_NAME}.UNOFFICIAL"


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


def send(write: Write, settings: Settings) -> None:
    now = datetime.now(UTC)

    def add(session: Session) -> None:
        enquiry = make_enquiry(session, settings, now=now)
        tracking.write(session, enquiry, "Two files.", uploads=[CLEAN, INFECTED], now=now, settings=settings)

    write(add)


def checked(write: Write) -> dict[str, str | None]:
    query = select(Attachment.name, Attachment.finding).where(Attachment.checked_at.is_not(None))
    return {name: finding for name, finding in write(lambda s: s.execute(query).all())}  # noqa: C416


def test_files_are_checked_soon_after_they_came(
    app: Flask, write: Write, settings: Settings, queue: Queue, desk: Desk, scanner: Clamd, tmp_path: Path
) -> None:
    app.extensions["broker"] = CeleryBroker(settings.model_copy(update={"redis_url": queue.url}).broker_url)
    known = settings.model_copy(update={"clamd_url": scanner.url})
    with worker(settings, queue, desk, tmp_path / "worker.log", {"LIAISON_CLAMD_URL": scanner.url}):
        send(write, known)
        wait_for(lambda: checked(write) == {"plan.txt": None, "list.txt": FOUND}, "both files are checked")
    told = select(Event).where(Event.kind == EventKind.FILE_HELD_BACK)
    assert [event.facts.found for event in write(lambda s: s.scalars(told).all())] == [FOUND]


def test_sweep_finds_files_from_before_and_waits_for_a_scanner_that_is_away(
    write: Write, settings: Settings, queue: Queue, desk: Desk, scanner: Clamd, tmp_path: Path
) -> None:
    send(write, settings)
    log, hidden = tmp_path / "worker.log", scanner.folder / "away.ctl"
    (scanner.folder / "clamd.ctl").rename(hidden)
    with worker(settings, queue, desk, log, {"LIAISON_CLAMD_URL": scanner.url}) as sender:
        sender.send_task(Job.FILES_SWEEP)
        sender.send_task(Job.FILE_CHECK, args=(1,))
        wait_for(lambda: b"scanner.away" in log.read_bytes(), "the sweep says that the scanner is away")
        wait_for(lambda: b"file.unchecked" in log.read_bytes(), "so does the check")
        assert checked(write) == {}
        hidden.rename(scanner.folder / "clamd.ctl")
        write(lambda s: [setattr(file, "tried_at", None) for file in s.scalars(select(Attachment))])  # a minute later
        sender.send_task(Job.FILES_SWEEP)
        wait_for(lambda: checked(write) == {"plan.txt": None, "list.txt": FOUND}, "both files are checked")
    assert EICAR.encode() not in log.read_bytes()
