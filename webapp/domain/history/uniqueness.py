"""Translate unique-constraint violations into domain errors, or return the row that is there."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from webapp.db import Base
from webapp.domain.errors import DomainError

M = TypeVar("M", bound=Base)


@contextmanager
def only_one(session: Session, refusal: DomainError) -> Iterator[None]:
    """Translate a violated unique key into `refusal`; the transaction is good afterwards.

    Keep the block to that one write: whatever else breaks a rule of the database in it is taken for the same.
    """
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        raise refusal from error


def insert_once(
    session: Session, model: type[M], *, unique: Sequence[InstrumentedAttribute[Any]], **values: Any
) -> M | None:
    """Insert a row in one statement and return it, or None where its unique key is taken.

    On PostgreSQL the second of two at once waits for the first's end; keep the order of keys the same everywhere.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    once = insert(model).values(**values).on_conflict_do_nothing(index_elements=list(unique)).returning(model)
    return session.scalars(once).one_or_none()


def alone(session: Session, what: str) -> None:
    """Lock `what` until this transaction ends, so that those who check before they write do so one after the other.

    For rules that no unique key can say. On SQLite writers queue anyway. Take it before anything is read or locked.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(what))))
