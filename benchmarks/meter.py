"""What each transaction of an application takes of the processor, here and in PostgreSQL; on Linux, on one machine."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import Flask

from webapp.db import db


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
        record.info["began"] = time.perf_counter(), _processor(connection)
        record.info["statements"] = record.info["rows"] = 0

    def _count(self, connection: sa.Connection, cursor: Any, *_: Any) -> None:
        connection.info["statements"] += 1
        connection.info["rows"] += max(cursor.rowcount, 0)

    def _end(self, connection: Any, record: Any) -> None:
        began, worked = record.info["began"]
        took = _processor(connection) - worked, time.perf_counter() - began
        self.found.append(Took(*took, record.info["statements"], record.info["rows"]))

    def of(self, job: Callable[[], object]) -> list[Took]:
        """Run a job, and return what each of its transactions took."""
        self.found = []
        job()
        with self.app.app_context():
            db.session.remove()
        return self.found


def _processor(connection: Any) -> float:
    """Return how many seconds of the processor this process and the database's for a connection have had."""
    nanoseconds = int(Path(f"/proc/{connection.info.backend_pid}/schedstat").read_text().split()[0])
    return time.process_time() + nanoseconds / 1e9
