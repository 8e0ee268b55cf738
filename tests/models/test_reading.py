"""What only reads begins nothing on PostgreSQL, and the connection is as good for transactions afterwards."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import NotSupportedError

from tests.factories import make_person
from webapp.db import db, reading, transaction
from webapp.models import Person


def people(session: Any) -> int:
    return session.scalar(select(func.count()).select_from(Person)) or 0


def fail_after_writing() -> None:
    with transaction() as session:
        make_person(session, role=None)
        session.flush()
        raise ZeroDivisionError


def test_a_column_that_gets_another_type_costs_one_answer_and_not_all_that_follow(app: Flask) -> None:
    with app.app_context():
        if db.engine.name != "postgresql":
            pytest.skip("SQLite prepares anew by itself")

        def read() -> bool:
            try:
                reading().execute(select(Person.email)).all()
            except NotSupportedError:
                return False
            finally:
                db.session.remove()
            return True

        def change(kind: str) -> None:
            with create_engine(db.engine.url).begin() as other:
                other.exec_driver_sql(f"ALTER TABLE people ALTER COLUMN email TYPE {kind}")

        # Both lines know the statement by heart.
        with db.engine.connect():
            assert all(read() for _ in range(8))
        assert all(read() for _ in range(8))
        change("text")
        assert [read() for _ in range(3)] == [False, True, True]
        with db.engine.connect():
            assert read()


def test_reading_begins_nothing_and_leaves_the_connection_to_transactions_as_it_was(app: Flask) -> None:
    with app.app_context():
        on_postgresql = db.engine.name == "postgresql"

        def has_begun() -> bool:
            driver: Any = db.session().connection().connection.driver_connection
            return not on_postgresql or bool(driver.info.transaction_status.name == "INTRANS")

        for _ in range(2):
            assert people(reading()) == 0
            assert has_begun() is not on_postgresql
            db.session.remove()
            with pytest.raises(ZeroDivisionError):
                fail_after_writing()
            assert people(db.session()) == 0
            assert has_begun()
            assert reading() is db.session()  # what has begun stays begun
            assert has_begun()
            db.session.remove()
