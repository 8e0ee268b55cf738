"""The database: Flask-SQLAlchemy and its base, and `transaction()`, the only place that commits several writes."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Connection, DateTime, Dialect, Enum, Integer, MetaData, String, TypeDecorator, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, MappedColumn, Session, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry

from webapp.vocabulary import Job

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
_WRITES = "liaison_writes"
_NUDGES = "liaison_nudges"
_CHECKS = "liaison_checks"
Check = TypeVar("Check", bound=Callable[[], None])
_AUTOCOMMIT = "AUTOCOMMIT"

type_json = JSON().with_variant(JSONB(), "postgresql")


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept and returned in UTC; refuses naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Ranked(TypeDecorator[StrEnum]):
    """A word of a closed set, kept as its place in the set, so that the database sorts by it."""

    impl = Integer
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else list(self.words).index(self.words(value))

    def process_result_value(self, value: int | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002
        return None if value is None else list(self.words)[value]


class Base(DeclarativeBase):
    """The base of every model; words of the vocabulary are stored as their values."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={
            datetime: UTCDateTime,
            dict[str, Any]: type_json,
            list[Any]: type_json,
            str: String,
        },
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False})


def word(words: type[StrEnum], *, default: StrEnum | None = None) -> MappedColumn[Any]:
    """Return a column of one of the given words, as text; without a default it must be given (or may be null)."""
    kind = Enum(
        words,
        native_enum=False,
        length=32,
        create_constraint=False,
        validate_strings=True,
        values_callable=lambda e: [m.value for m in e],
    )
    return mapped_column(kind) if default is None else mapped_column(kind, default=default)


def enqueue_after_commit(session: Session, job: Job, row_id: int) -> None:
    """Ask for a job on a row once this transaction has been committed; forgotten when it is rolled back."""
    session.info.setdefault(_NUDGES, []).append((job, row_id))


def before_commit(session: Session, name: str, check: Check) -> Check:
    """Ask for something to be called once before this transaction is committed, and return what was asked for first.

    What it raises ends the transaction; it is forgotten when that is rolled back.
    """
    asked: dict[str, Check] = session.info.setdefault(_CHECKS, {})
    return asked.setdefault(name, check)


@contextmanager
def transaction() -> Iterator[Session]:
    """Yield a session whose changes all become true together at the end, or not at all.

    Whatever was read before is read again inside: fetch what is to be changed within the block. Jobs asked for with
    `enqueue_after_commit` are handed to the broker after the commit; a broker that is down changes nothing here.
    """
    session: Session = db.session()
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed outside a transaction")
    session.rollback()
    session.expire_all()  # a session that committed before has nothing to roll back, and would keep what it read
    _forget(session)
    session.connection(execution_options={_WRITES: True})
    try:
        yield session
        for check in session.info.pop(_CHECKS, {}).values():
            check()
        session.commit()
    except BaseException:
        session.rollback()
        _forget(session)
        raise
    jobs: list[tuple[Job, int]] = session.info.pop(_NUDGES, [])
    current_app.extensions["broker"].enqueue(jobs)


def _forget(session: Session) -> None:
    """Forget what was asked for in a transaction that is no more."""
    for what in (_NUDGES, _CHECKS):
        session.info.pop(what, None)


def reading() -> Session:
    """Return the request's session for what only reads: PostgreSQL begins and ends nothing around it.

    There each statement sees what is true when it runs, as it does in our transactions, too. Lock nothing with it; what
    a transaction bounds, such as the time that a page of the desk may take, is not bounded.
    """
    found: Session = db.session()
    if not found.in_transaction() and found.get_bind().dialect.name == "postgresql":
        found.connection(execution_options={"isolation_level": _AUTOCOMMIT})
    return found


@contextmanager
def one_by_one() -> Iterator[Connection]:
    """Yield a connection on which each statement is a transaction of its own: true once it has run, at little cost.

    For what has happened outside already, such as that a server took an email. Writes that hang on each other go into
    a `transaction()`.
    """
    with db.engine.connect().execution_options(isolation_level=_AUTOCOMMIT) as connection:
        yield connection


def overwrite_log() -> None:
    """Have SQLite move its write-ahead log into its file and empty it: what was erased can be read there until then.

    Best effort: where someone is reading just now, the next call does it. Other databases see to it themselves.
    """
    db.session.remove()
    if db.engine.dialect.name == "sqlite":
        with one_by_one() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    """Each SQLite connection: we begin transactions ourselves, readers never wait, a commit survives a power cut, and
    what was deleted is overwritten.
    """
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """Writers queue at the start: a read that turns into a write would fail as locked."""
    if connection.dialect.name == "sqlite" and connection.get_execution_options().get("isolation_level") != _AUTOCOMMIT:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
