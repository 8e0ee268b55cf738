"""Kept connections to PostgreSQL: each is tried before its next use where it rested or the server ended it, and has by
heart what was prepared on it."""

import select
import time
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Dialect, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DisconnectionError

from webapp.db import WRITES

# What was used within so many seconds is taken for sound while the server is silent. Only a line that was cut without a
# word can be lost unnoticed for as long.
RESTS = 1.0
_SINCE = "rests_since"


class Remembering(psycopg.Connection[Any]):
    """A connection on which a transaction that only read ends with COMMIT, whatever is asked for: it is the same.

    With each ROLLBACK psycopg forgets all that PostgreSQL has prepared, and pages of the desk would be planned anew,
    which takes longer than to read them. What `transaction()` began, or is no SELECT, may have written.
    """

    has_written = False

    def commit(self) -> None:
        """End a transaction."""
        self.has_written = False
        super().commit()

    def rollback(self) -> None:
        """End a transaction, and undo what it wrote."""
        only_read = self.info.transaction_status is TransactionStatus.INTRANS and not self.has_written
        self.has_written = False
        if only_read:
            super().commit()
        else:
            super().rollback()


def init_remembering(engine: Engine) -> None:
    """Have an engine's connections keep what PostgreSQL has prepared for them; all statements must go through it."""

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Dialect, _record: Any, given: Any, named: Any) -> Any:
        return Remembering.connect(*given, **named) if dialect.driver == "psycopg" else None

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        note(connection, None, "" if connection.get_execution_options().get(WRITES) else "SELECT")

    @event.listens_for(engine, "before_cursor_execute")
    def note(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        own = connection.connection.dbapi_connection
        if isinstance(own, Remembering) and not statement.lstrip("(").startswith("SELECT"):
            own.has_written = True


def init_trying(engine: Engine) -> None:
    """Have an engine try its connections: where one is lost, another takes its place before anyone notices.

    It is `pool_pre_ping` without a way to the server and back for each request of a busy service.
    """
    event.listen(engine, "checkin", _rest)

    @event.listens_for(engine, "checkout")
    def try_again(connection: Any, record: Any, _proxy: Any) -> None:
        now = time.monotonic()
        if not isinstance(connection, psycopg.Connection):
            return
        if now - record.info.get(_SINCE, now) < RESTS and not _has_heard(connection):
            return
        try:
            engine.dialect.do_ping(connection)  # type: ignore[arg-type]
        except psycopg.Error as error:
            raise DisconnectionError from error


def _rest(_connection: Any, record: Any) -> None:
    record.info[_SINCE] = time.monotonic()


def _has_heard(connection: "psycopg.Connection[Any]") -> bool:
    """Return whether anything came from the server that no one asked for, such as that it ends."""
    if connection.closed:
        return True
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))
