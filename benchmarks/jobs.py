"""What scheduled jobs take of a large desk, in process: with nothing to tell, and when everything comes at once.

Times are of the processor, here and of the database, so that what else the machine does counts little.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from importlib import import_module
from typing import Any, NamedTuple

import sqlalchemy as sa
import time_machine
from flask import Flask

from benchmarks import desk
from tests.conftest import RecordingBroker
from tests.factories import make_settings
from sqlalchemy.orm import Session
from webapp.db import db, transaction
from webapp.domain.calendar import office_calendar
from webapp.domain.calendar.working_days import promise
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor
from webapp.vocabulary import ActorKind, Role

SIZE, CLOCKS = 100_000, 20_000
# Reminders leave on a Wednesday, in the morning of the office.
_HOUR_THERE = 10
# What was answered within so many days is taken to be open still.
_OPEN = "('received', 'in_review', 'awaiting_approval')"


class Took(NamedTuple):
    """One transaction: seconds of the processor, seconds by the clock, statements, rows returned or changed."""

    cpu: float
    wall: float
    statements: int
    rows: int


@dataclass
class Meter:
    """Watches each transaction of an application, from the time it has a connection until it gives it back."""

    app: Flask
    found: list[Took] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.app.app_context():
            sa.event.listen(db.engine, "checkout", self._begin)
            sa.event.listen(db.engine, "checkin", self._end)
            sa.event.listen(db.engine, "after_cursor_execute", self._count)

    def _begin(self, connection: Any, record: Any, *_: Any) -> None:
        record.info["began"] = time.perf_counter(), _processor(connection.info.backend_pid)
        record.info["statements"] = record.info["rows"] = 0

    def _count(self, connection: sa.Connection, cursor: Any, *_: Any) -> None:
        connection.info["statements"] += 1
        connection.info["rows"] += max(cursor.rowcount, 0)

    def _end(self, connection: Any, record: Any) -> None:
        began, worked = record.info["began"]
        cpu = _processor(connection.info.backend_pid) - worked
        self.found.append(Took(cpu, time.perf_counter() - began, record.info["statements"], record.info["rows"]))

    def of(self, job: Callable[[], object]) -> list[Took]:
        """Run a job, and return what each of its transactions took."""
        self.found.clear()
        job()
        with self.app.app_context():
            db.session.remove()
        return list(self.found)


def _processor(backend: int) -> float:
    """Return how many seconds of the processor this process and its backend have had."""
    nanoseconds = int(Path(f"/proc/{backend}/schedstat").read_text().split()[0])
    return time.process_time() + nanoseconds / 1e9


class Desk:
    """A database with many clocks that run, and the jobs loaded for it, at an hour in which reminders leave."""

    def __init__(self, url: str, clocks: int) -> None:
        given = {"ENV": "test", "SECRET_KEY": make_settings(url).secret_key, "DATABASE_URL": url} | {
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "SMTP_URL": "smtp://127.0.0.1:1",
        }
        os.environ.update({f"LIAISON_{name}": value for name, value in given.items()})
        self.service = import_module("tasks.service")
        self.app: Flask = self.service.flask_app
        self.app.extensions["broker"] = RecordingBroker()
        self.meter = Meter(self.app)
        self.write(_OPENED, number=clocks)

    def write(self, statement: str, **given: Any) -> None:
        """Change the database in a way that no one would."""
        with self.app.app_context(), transaction() as session:
            session.execute(sa.text("SET LOCAL session_replication_role = replica"))
            session.execute(sa.text(statement), given)

    def act(self, deed: Callable[[Session, Acting], object]) -> None:
        """Do what someone does at the desk, in one transaction."""
        with self.app.app_context():
            by = Acting(
                Actor(ActorKind.STAFF, "Person 1", 1, Role.ADMINISTRATOR), datetime.now(UTC), self.service.settings()
            )
            with transaction() as session:
                deed(session, by)

    def run(self, name: str) -> None:
        """Run a job."""
        module, _, function = name.partition(".")
        getattr(import_module(f"tasks.{module}"), function)()

    def begin_clocks(self) -> None:
        """Let all clocks that run have begun yesterday, and be due when the calendar says."""
        with self.app.app_context():
            known, now = self.service.settings(), datetime.now(UTC)
            began = now - timedelta(days=1)
            calendar = office_calendar.around(db.session(), now.date(), settings=known)
            due = promise(began.astimezone(known.zone).date(), known.promise_working_days, calendar).due
        self.write(
            f"UPDATE enquiries SET submitted_at = :at, promised_on = :due, due_on = :due, pauses = '[]'"
            f" WHERE status IN {_OPEN}",
            at=began,
            due=due,
        )


_OPENED = """
UPDATE enquiries SET status = 'in_review', clock_stopped_on = NULL, due_on = promised_on WHERE id IN (
  SELECT id FROM enquiries WHERE status = 'completed' ORDER BY id DESC LIMIT :number)
"""
