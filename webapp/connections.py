"""A kept connection to PostgreSQL is tried before its next use, where it rested or the server ended it meanwhile."""

import select
import time
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DisconnectionError

# What was used within so many seconds is taken for sound while the server is silent. Only a line that was cut without a
# word can be lost unnoticed for as long.
RESTS = 1.0
_SINCE = "rests_since"


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
