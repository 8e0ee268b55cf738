"""Who left before is taken to have left when the log of changes says so, else on the day of the migration."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from tests.models.conftest import Installed
from tests.models.test_migrations import add
from webapp.db import db
from webapp.models import Person

LEFT = datetime(2025, 3, 4, 9, tzinfo=UTC)


def test_the_time_of_closing_is_taken_from_the_log(installed: Installed) -> None:
    with installed("0034"):
        with db.engine.begin() as connection:
            names = {"works": True, "left": False, "left twice": False, "unknown": False, "came back": True}
            numbers = {
                name: add(connection, "people", name=name, email=f"{name}@example.org", active=active)
                for name, active in names.items()
            }
            for name, at, fields in (
                ("left", LEFT, {"active": [True, False]}),
                ("left", LEFT + timedelta(days=1), {"name": ["Left", "left"]}),
                ("left twice", LEFT - timedelta(days=9), {"active": [True, False]}),
                ("left twice", LEFT - timedelta(days=5), {"active": [False, True]}),
                ("left twice", LEFT, {"active": [True, False]}),
                ("came back", LEFT, {"active": [True, False]}),
            ):
                key = str(numbers[name])
                add(connection, "changes", subject="person", subject_key=key, deed="changed", at=at, fields=fields)
            key = str(numbers["unknown"])
            add(connection, "changes", subject="faculty", subject_key=key, at=LEFT, fields={"active": [True, False]})
        began = datetime.now(UTC)
        upgrade()
        closed = {row.name: row.closed_at for row in db.session.execute(sa.select(Person.name, Person.closed_at))}
        unknown = closed.pop("unknown")
        assert closed == {"works": None, "left": LEFT, "left twice": LEFT, "came back": None}
        assert unknown is not None
        assert began - timedelta(seconds=1) <= unknown <= datetime.now(UTC)
        assert set(db.session.scalars(sa.select(Person.erased_at))) == {None}
        db.session.remove()
        downgrade(revision="0034")
        assert db.session.execute(sa.text("SELECT count(*) FROM people")).scalar_one() == 5
        db.session.remove()
        upgrade()
