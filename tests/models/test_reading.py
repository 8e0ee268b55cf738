"""What only reads begins nothing on PostgreSQL, and the connection is as good for transactions afterwards."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

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
