"""Kept connections to PostgreSQL: each is tried before its next use where it rested or the server ended it, and keeps
what was prepared on it when a transaction is rolled back."""

import select
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Connection, Dialect, Update, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DisconnectionError

# What was used within so many seconds is taken for sound while the server is silent. Only a line that was cut without a
# word can be lost unnoticed for as long.
RESTS = 1.0
_SINCE = "rests_since"


class Remembering(psycopg.Connection[Any]):
    """Keeps what it prepared when a transaction is rolled back, as the server does; the driver has all of it forgotten.

    Each page that only reads ends by rolling back, and would be planned anew, which takes longer than to read it.
    """

    def rollback(self) -> None:
        """Roll back the pending transaction; after an error as the driver does."""
        with self.lock:
            is_open = self.pgconn.transaction_status == TransactionStatus.INTRANS
            if is_open and self.pgconn.exec_(b"ROLLBACK").status == ExecStatus.COMMAND_OK:
                return
        super().rollback()


class _ByHeart:
    def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
        return super().execute(query, params, **more, prepare=True)  # type: ignore[misc]


class _Cursor(_ByHeart, psycopg.Cursor[Any]):
    pass


class _RawCursor(_ByHeart, psycopg.RawCursor[Any]):
    pass


@contextmanager
def by_heart(connection: Connection, *, raw: bool = False) -> Iterator[None]:
    """Have PostgreSQL know the statements that run meanwhile by heart from the first time, and not from the sixth.

    `raw` ones have their values as $1, $2 and so on. Elsewhere nothing changes.
    """
    driver: Any = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        yield
        return
    before, driver.cursor_factory = driver.cursor_factory, _RawCursor if raw else _Cursor
    try:
        yield
    finally:
        driver.cursor_factory = before


def straight(connection: Connection, statement: Update, values: Mapping[str, Any]) -> None:
    """Run a statement that is made once, for one of thousands: SQLAlchemy takes twice as long around it as the driver.

    PostgreSQL knows it by heart, and its errors are the driver's. Elsewhere it runs as any other.
    """
    driver: Any = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        connection.execute(statement, values)
        return
    text, fixed, kinds = _written(statement, connection.dialect)
    given = {name: kind(values[name]) if kind else values[name] for name, kind in kinds}
    _Cursor(driver).execute(text, fixed | given)


@cache
def _written(
    statement: Update, dialect: Dialect
) -> tuple[str, dict[str, Any], tuple[tuple[str, Callable[[Any], Any] | None], ...]]:
    """Return a statement as the driver takes it, its own values, and what makes each value that is given."""
    compiled: Any = statement.compile(dialect=dialect)
    binds = {name: compiled.binds[name] for name in compiled.params}
    kinds = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in binds.items()}
    own = {name: bind.value for name, bind in binds.items() if not bind.required}
    fixed = {name: kind(own[name]) if (kind := kinds.pop(name)) else own[name] for name in own}
    return str(compiled), fixed, tuple(kinds.items())


def init_remembering(engine: Engine) -> None:
    """Have an engine's connections keep what PostgreSQL has prepared for them."""
    if engine.dialect.name != "postgresql":
        return

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, arguments: Any, named: Any) -> Any:
        return Remembering.connect(*arguments, **named)

    @event.listens_for(engine, "handle_error")
    def renew(context: Any) -> None:
        """What was prepared before a column got another type is refused from then on: all lines are made anew."""
        if isinstance(context.original_exception, psycopg.errors.FeatureNotSupported):
            context.is_disconnect = True


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
