"""A worker that is killed while it makes a paper loses nothing: the next one makes it, though no one asks again."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import unavailable
from tests.domain.visits.test_papers import PASSPORT, delegate, planned
from tests.factories import NOW, acting
from tests.mail.smtp import Desk, smtp_server
from tests.queues import Queue, valkey, wait_for
from tests.servers import Unavailable
from tests.tasks.test_delivery import worker
from webapp.config import Settings
from webapp.domain.papers import orders, versions
from webapp.domain.visits import letters_of
from webapp.domain.visits.letters_of import Wording
from webapp.models import PaperOrder
from webapp.vocabulary import Job, Language, LetterPurpose, OrderState, Paper

pytestmark = [pytest.mark.journey, pytest.mark.one_database]
Write = Callable[[Callable[[Session], Any]], Any]
ROOT = Path(__file__).parents[2]
KILLED = """
import os, signal
from tasks import papers
papers.making.make = lambda *_a, **_k: os.kill(os.getpid(), signal.SIGKILL)
papers.make()
"""

CHANGED = """
from datetime import UTC, datetime
from tasks import papers
from tasks.service import environment
from webapp.db import transaction
from webapp.domain import settings as office
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import COMMAND_LINE
make = papers.making.make
def made(session, claimed, *, settings):
    print(f"{claimed.name}: {settings.office_phone}")
    content = make(session, claimed, settings=settings)
    if not settings.office_phone:
        by = Acting(COMMAND_LINE, datetime.now(UTC), environment)
        with transaction() as now:
            office.change(now, {"office_phone": "+852 5550 0100"}, version=0, by=by, settings=environment)
    return content
papers.making.make = made
papers.make()
"""


@pytest.fixture
def queue() -> Iterator[Queue]:
    try:
        with valkey() as running:
            yield running
    except Unavailable as error:
        unavailable(str(error))


def states(write: Write) -> list[tuple[OrderState, int]]:
    rows = write(lambda s: s.execute(select(PaperOrder.state, PaperOrder.tries).order_by(PaperOrder.id)).all())
    return [tuple(row) for row in rows]


def two_asked_for(session: Session, settings: Settings) -> int:
    enquiry, _visit = planned(session, settings)
    orders.ask(session, enquiry.id, [Paper.PROGRAMME, Paper.DOSSIER], now=NOW)
    return enquiry.id


def run(script: str, settings: Settings, queue: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIAISON_")} | {
        "LIAISON_ENV": "test",
        "LIAISON_SECRET_KEY": settings.secret_key,
        "LIAISON_DATABASE_URL": settings.database_url,
        "LIAISON_REDIS_URL": queue,
        "LIAISON_SMTP_URL": "smtp://127.0.0.1:9",
    }
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)


def test_what_is_asked_for_after_a_setting_is_made_with_it_though_the_job_began_before(
    write: Write, settings: Settings
) -> None:
    enquiry_id = write(lambda session: two_asked_for(session, settings))
    done = run(CHANGED, settings, "redis://127.0.0.1:9/0")
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith(tuple(Paper))] == [
        "programme: ",
        "dossier: +852 5550 0100",
    ]
    assert write(lambda s: versions.content(s, enquiry_id, Paper.DOSSIER)).startswith(b"%PDF")


def test_a_letter_that_lacks_a_fact_by_now_is_told_and_not_tried_again(write: Write, settings: Settings) -> None:
    def rows(session: Session) -> None:
        enquiry, visit = planned(session, settings)
        person = delegate(session, enquiry, 1, "Kari", **PASSPORT)
        known = settings.model_copy(update={"office_phone": "+852 5550 0100"})
        wording = Wording(
            LetterPurpose.HK_OTHER, Language.EN, "Talks", visit.first_day, visit.last_day, "Lee", "Director", "They"
        )
        letters_of.issue(session, enquiry, visit, wording, [person.id], by=acting(settings=known))

    write(rows)
    done = run("from tasks import papers; papers.make()", settings, "redis://127.0.0.1:9/0")
    assert done.returncode == 0, done.stderr
    assert states(write) == [(OrderState.INCOMPLETE, 1)]
    assert write(lambda s: s.scalars(select(PaperOrder.problems)).one()) == [["phone", "The letter must state this."]]


def test_what_a_killed_worker_had_taken_up_is_made_by_the_next(
    write: Write, settings: Settings, queue: Queue, tmp_path: Path
) -> None:
    enquiry_id = write(lambda session: two_asked_for(session, settings))
    done = run(KILLED, settings, queue.url)
    assert done.returncode == -signal.SIGKILL
    assert states(write) == [(OrderState.WAITING, 1), (OrderState.WAITING, 0)]

    def two_minutes_ago(session: Session) -> None:
        order = orders.of(session, enquiry_id)[0]
        assert order.due_at is not None
        order.due_at -= orders.LEASE

    with smtp_server(Desk()) as desk, worker(settings, queue, desk, tmp_path / "worker.log") as sender:
        sender.send_task(Job.PAPERS_MAKE)
        wait_for(lambda: states(write)[1] == (OrderState.MADE, 1), "what is free is made")
        assert states(write)[0] == (OrderState.WAITING, 1)  # the dead worker may still be alive
        write(two_minutes_ago)
        sender.send_task(Job.PAPERS_MAKE)
        wait_for(lambda: states(write)[0] == (OrderState.MADE, 2), "what was left behind is made")
    for name in (Paper.PROGRAMME, Paper.DOSSIER):
        assert write(lambda s, name=name: versions.content(s, enquiry_id, name)).startswith(b"%PDF")
