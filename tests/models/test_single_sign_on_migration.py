"""Roles of before count as given at the desk; sign-ins of before are as fresh as their password."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from tests.models.conftest import Installed
from tests.models.test_migrations import add
from webapp.db import db

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PEOPLE: dict[str, dict[str, Any]] = {
    "works": {"role": "coordinator", "password_hash": "x"},
    "invited": {"role": "liaison", "password_hash": None},
    "role taken": {"role": None, "password_hash": "x"},
    "named alone": {"role": None, "password_hash": None},
}


def test_who_had_an_account_had_it_from_the_desk(installed: Installed) -> None:
    with installed("0028"):
        with db.engine.begin() as connection:
            given = {"language": "en", "active": True, "created_at": NOW}
            numbers = {
                name: add(connection, "people", email=f"{name}@example.org", name=name, **values, **given)
                for name, values in PEOPLE.items()
            }
            add(connection, "staff_sessions", person_id=numbers["works"], token_hash="a", created_at=NOW, seen_at=NOW)
        upgrade(revision="0031")
        with db.engine.begin() as connection:
            found = connection.execute(sa.text("SELECT name, role_set_by FROM people ORDER BY id")).all()
            assert [tuple(row) for row in found] == [*[(name, "desk") for name in PEOPLE][:3], ("named alone", None)]
            same = sa.text("SELECT by_provider, asked_at = created_at FROM staff_sessions")
            assert [tuple(map(bool, row)) for row in connection.execute(same)] == [(False, True)]
        downgrade(revision="0028")
        with db.engine.begin() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM people")).scalar() == len(PEOPLE)
            assert connection.execute(sa.text("SELECT count(*) FROM staff_sessions")).scalar() == 1
