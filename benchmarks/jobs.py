"""What scheduled jobs take of a large desk, in process: with nothing to tell, and when everything comes at once.

Times are of the processor, here and in the database, so that what else the machine does counts little.
"""

import argparse
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from benchmarks import desk
from benchmarks.meter import Meter, Took
from tests.conftest import RecordingBroker
from tests.factories import make_settings
from webapp.db import db, transaction
from webapp.domain.calendar import closures, marked_days, office_calendar
from webapp.domain.calendar.marked_days import MarkedDay
from webapp.domain.calendar.working_days import promise
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor
from webapp.models import CalendarChange, Closure
from webapp.vocabulary import ActorKind, DayKind, Role

SIZE, CLOCKS = 100_000, 20_000
# Reminders leave on a Wednesday, in the morning of the office.
_WEDNESDAY, _HOUR = 2, 10
JOBS = (
    *("closures.move", "gathering.tell", "links.answer", "papers.make", "reminders.send", "rosters.sweep"),
    *("routing.reroute", "watch.tell", "housekeeping.let_files_go", "housekeeping.purge", "housekeeping.retain"),
)
_RUN = "status IN ('received', 'in_review', 'awaiting_approval')"


class Desk:
    """A database with many clocks that run, and the jobs loaded for it."""

    def __init__(self, url: str, clocks: int) -> None:
        given = {"ENV": "test", "SECRET_KEY": make_settings(url).secret_key, "DATABASE_URL": url}
        given |= {"REDIS_URL": "redis://127.0.0.1:1/0", "SMTP_URL": "smtp://127.0.0.1:1"}
        with patch.dict(os.environ, {f"LIAISON_{name}": value for name, value in given.items()}):
            self.service = import_module("tasks.service")  # it reads its settings as it is loaded
        self.app: Flask = self.service.flask_app
        self.app.extensions["broker"] = RecordingBroker()
        self.meter = Meter(self.app)
        self.write(_OPENED, number=clocks)
        self.write(_ANSWERED)

    def write(self, statement: str, **given: Any) -> None:
        """Change the database in a way that no one would."""
        with self.app.app_context(), transaction() as session:
            session.execute(sa.text("SET LOCAL session_replication_role = replica"))
            session.execute(sa.text(statement), given)

    def act(self, deed: Callable[[Session, Acting], object]) -> None:
        """Do what someone does at the desk, in one transaction."""
        with self.app.app_context():
            actor = Actor(ActorKind.STAFF, "Person 1", 1, Role.ADMINISTRATOR)
            by = Acting(actor, datetime.now(UTC), self.service.settings())
            with transaction() as session:
                deed(session, by)

    def run(self, name: str, *given: int) -> None:
        """Run a job."""
        module, _, function = name.partition(".")
        getattr(import_module(f"tasks.{module}"), function)(*given)

    def last(self, model: Any) -> int:
        """Return the id of the last row of a table."""
        with self.app.app_context():
            return int(db.session.execute(sa.select(sa.func.max(model.id))).scalar_one())

    def begin_clocks(self) -> None:
        """Let all clocks that run have begun yesterday, and be due when the calendar says."""
        with self.app.app_context():
            known, began = self.service.settings(), datetime.now(UTC) - timedelta(days=1)
            calendar = office_calendar.around(db.session(), began.date(), settings=known)
            due = promise(began.astimezone(known.zone).date(), known.promise_working_days, calendar).due
        changed = "submitted_at = :at, promised_on = :due, due_on = :due, pauses = '[]'"
        self.write(f"UPDATE enquiries SET {changed} WHERE {_RUN}", at=began, due=due)


_OPENED = """
UPDATE enquiries SET status = 'in_review', clock_stopped_on = NULL, due_on = promised_on WHERE id IN (
  SELECT id FROM enquiries WHERE status = 'completed' ORDER BY id DESC LIMIT :number)
"""
_ANSWERED = f"""
UPDATE enquiries e SET assignee_id = NULL, answerer_id = n.liaison_id
FROM networks n WHERE n.id = e.network_id AND e.{_RUN}
"""


def measured(found: Desk) -> Iterator[tuple[str, list[Took]]]:
    """Yield what is measured, by name, with what each of its transactions took."""
    take, day = found.meter.of, (datetime.now(UTC) + timedelta(1)).date()
    for name in JOBS:
        yield f"{name}, nothing to tell", take(lambda name=name: found.run(name))
    found.begin_clocks()
    yield "all move: closure", take(lambda: found.act(lambda s, by: closures.declare(s, day, day, _WHY, by=by)))
    yield "all move: closures.move", take(lambda: found.run("closures.move"))
    number = found.last(Closure)
    found.act(lambda s, by: closures.revoke(s, closures.locked(s, number), version=1, by=by))
    found.run("closures.move")
    marking = MarkedDay(day, DayKind.CLOSED, _WHY)
    yield "all move: marked day", take(lambda: found.act(lambda s, by: marked_days.mark(s, marking, version=0, by=by)))
    change = found.last(CalendarChange)
    yield "all move: closures.follow", take(lambda: found.run("closures.follow", change))
    found.write(f"UPDATE enquiries SET promised_on = :day, due_on = :day WHERE {_RUN}", day=day - timedelta(7))
    found.write("DELETE FROM messages WHERE dedupe_key LIKE 'liaison_digest%'")
    yield "all are late: reminders.send", take(lambda: found.run("reminders.send"))
    found.write(_LEFT)
    yield "50,000 forms and lines: housekeeping.purge", take(lambda: found.run("housekeeping.purge"))


_WHY = {"en": "Storm"}
_LEFT = """
INSERT INTO drafts (form_hash, browser_hash, kind, language, fields, checked, suspect, updated_at, has_files, files_gone)
SELECT 'left ' || g, '', 'visit', 'en', '{}', '{}', false, now() - interval '9 days', false, '[]' FROM generate_series(1, 50000) g
"""  # noqa: E501 - SQL


def rows(url: str, clocks: int) -> Iterator[tuple[str, ...]]:
    """Yield a line for each job; it runs in the morning of a working day."""
    here = datetime.now(make_settings(url).zone)
    morning = here + timedelta((_WEDNESDAY - here.weekday()) % 7 or 7)
    with time_machine.travel(morning.replace(hour=_HOUR), tick=True):
        found = Desk(url, clocks)
        for name in (*JOBS, *JOBS):
            found.run(name)  # until there is nothing to tell
        for name, took in measured(found):
            most = [max((each[place] for each in took), default=0) for place in range(4)]
            cpu, statements = (sum(each[place] for each in took) for place in (0, 2))
            longest = f"{most[0]:.2f} / {most[1]:.2f}"
            yield name, f"{len(took):,}", longest, f"{most[3]:,}", f"{cpu:.2f}", f"{statements:,}"


HEAD = ("job", "transactions", "longest: s of CPU / by the clock", "most rows in one", "in all, s of CPU", "statements")


def main() -> None:
    """Fill a database, and print what jobs take of it."""
    parser = argparse.ArgumentParser(prog="benchmarks.jobs", description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE, help=f"number of enquiries (default {SIZE})")
    parser.add_argument("--clocks", type=int, default=CLOCKS, help=f"of these, that run (default {CLOCKS})")
    given = parser.parse_args()
    with desk.filled([given.size]) as [url]:
        print("; ".join(HEAD))
        for row in rows(url, given.clocks):
            print("; ".join(row), flush=True)


if __name__ == "__main__":
    main()
