"""Connections to PostgreSQL keep what is prepared, and what is written outside of a transaction is undone as ever."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text

from tests.factories import NOW, make_person
from webapp.db import db, transaction
from webapp.models import Alert, Person
from webapp.vocabulary import AlertKind

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def people() -> int:
    return db.session().scalar(select(func.count()).select_from(Person)) or 0


def fail_after_writing(how: str = "") -> None:
    with transaction() as session:
        if how:
            session.execute(text(how))
        else:
            make_person(session, role=None)
        raise ZeroDivisionError


def prepared() -> int:
    with db.engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM pg_prepared_statements")) or 0


def test_what_is_prepared_outlives_a_transaction_that_only_read() -> None:
    if db.engine.dialect.name != "postgresql":
        return
    for _ in range(8):
        people()
        db.session.remove()
    assert prepared()
    with transaction() as session:
        people()
        session.execute(insert(Alert).values(kind=AlertKind.LATE, since=NOW, failed=0))
    assert prepared()
    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    assert not prepared()


@pytest.mark.parametrize("way", ["orm", "core", "text", "driver", "with"])
def test_what_is_written_outside_of_a_transaction_is_undone(way: str) -> None:
    values = "(kind, failed) VALUES ('late', 0)"
    session = db.session()
    people()
    if way == "orm":
        session.add(Alert(kind=AlertKind.LATE, since=NOW, failed=0))
        session.flush()
    elif way == "core":
        session.execute(insert(Alert).values(kind=AlertKind.LATE, since=NOW, failed=0))
    elif way == "text":
        session.execute(text(f"INSERT INTO alerts {values}"))
    elif way == "driver":
        session.connection().exec_driver_sql(f"INSERT INTO alerts {values}")
    elif db.engine.dialect.name == "postgresql":
        session.execute(text(f"WITH made AS (INSERT INTO alerts {values} RETURNING id) SELECT id FROM made"))
    people()
    db.session.remove()
    assert db.session().scalar(select(func.count()).select_from(Alert)) == 0


def test_what_a_transaction_only_selects_may_have_written_by_another_way() -> None:
    """Such as a function: `transaction()` undoes all where it fails."""
    if db.engine.dialect.name != "postgresql":
        return
    with pytest.raises(ZeroDivisionError):
        fail_after_writing("SELECT set_config('liaison.seen', 'yes', false)")
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT current_setting('liaison.seen', true)")) != "yes"
