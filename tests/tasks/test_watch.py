"""A real worker tells operators on the second route: once when emails stop, once when they leave again."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import unavailable
from tests.factories import make_enquiry
from tests.mail.smtp import Desk, smtp_server
from tests.queues import Queue, valkey, wait_for
from tests.servers import Unavailable
from tests.tasks.test_delivery import states, worker
from webapp.config import Settings
from webapp.models import Alert, Message
from webapp.vocabulary import Job, MessageState

pytestmark = pytest.mark.journey
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def queue() -> Iterator[Queue]:
    try:
        with valkey() as running:
            yield running
    except Unavailable as error:
        unavailable(str(error))


def test_worker_tells_once_that_emails_stop_and_once_that_it_is_over(
    write: Write, settings: Settings, queue: Queue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(lambda s: make_enquiry(s, settings, now=datetime.now(UTC) - timedelta(minutes=10)))
    later = datetime.now(UTC) + timedelta(hours=1)

    def put_off(session: Session) -> None:
        for row in session.scalars(select(Message)):
            row.next_attempt_at = later

    write(put_off)
    log = tmp_path / "worker.log"
    with smtp_server(Desk()) as desk, smtp_server(Desk()) as second:
        more = {
            "LIAISON_ALERT_SMTP_URL": f"smtp://127.0.0.1:{second.port}",
            "LIAISON_ALERT_EMAIL": "operator@example.org",
        }
        with worker(settings, queue, desk, log, more) as sender:

            def done(times: int) -> bool:
                lines = log.read_bytes().splitlines()
                return sum(b"outbox.watch[" in line and b"succeeded in" in line for line in lines) >= times

            for times in (1, 2):
                sender.send_task(Job.OUTBOX_WATCH)
                wait_for(lambda n=times: done(n), "the watch ran", 30)
            assert len(second.envelopes) == 1
            assert write(lambda s: s.scalars(select(Alert.since)).all()) != [None, None]

            def due(session: Session) -> None:
                for row in session.scalars(select(Message)):
                    row.next_attempt_at = datetime.now(UTC)

            write(due)
            sender.send_task(Job.OUTBOX_SWEEP)
            wait_for(lambda: states(write) == {MessageState.SENT}, "the emails are sent", 30)
            sender.send_task(Job.OUTBOX_WATCH)
            wait_for(lambda: len(second.envelopes) == 2, "operators hear that it is over", 30)
    assert [envelope.rcpt_tos for envelope in second.envelopes] == [["operator@example.org"]] * 2
    assert len(desk.envelopes) == 2
