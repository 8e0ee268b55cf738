"""An installation with enquiries in it survives every migration since the first release."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from tests.conftest import RecordingBroker, make_settings
from webapp import create_app
from webapp.db import db

_VALUES: dict[type, Any] = {
    int: 1,
    str: "x",
    bool: True,
    bytes: b"x",
    date: date(2026, 11, 23),
    datetime: datetime(2026, 11, 23, tzinfo=UTC),
}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'old.db'}"
    return str(request.getfixturevalue("postgresql").new_database())


def add(connection: sa.Connection, name: str, **given: Any) -> int:
    """Insert a row as the tables were then: given values, and something that fits wherever one is needed."""
    table = sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
    values = {
        column.name: {} if isinstance(column.type, sa.JSON) else _VALUES[column.type.python_type]
        for column in table.columns
        if not column.nullable and column.name != "id"
    }
    return int(connection.execute(table.insert().values(**{**values, **given}).returning(table.c.id)).scalar_one())


def test_rows_of_the_first_release_are_kept_and_enquiries_stay_with_whom_they_were(empty_url: str) -> None:
    app = create_app(make_settings(empty_url), broker=RecordingBroker())
    with app.app_context():
        upgrade(revision="0001")
        with db.engine.begin() as connection:
            people = {name: add(connection, "people", email=name, active=name != "gone") for name in ("a", "b", "gone")}
            networks = {
                "full": add(connection, "networks", slug="n1", liaison_id=people["a"], deputy_id=people["b"]),
                "left": add(connection, "networks", slug="n2", liaison_id=people["gone"], deputy_id=people["b"]),
            }
            cases = {
                "liaison": (networks["full"], None, people["a"]),
                "deputy": (networks["left"], None, people["b"]),
                "assignee": (networks["left"], people["a"], people["a"]),
                "office": (None, None, None),
            }
            for name, (network, assignee, _) in cases.items():
                unique = dict.fromkeys(("reference", "form_hash", "token_hash"), name)
                enquiry = add(connection, "enquiries", **unique, network_id=network, assignee_id=assignee)
                add(connection, "events", enquiry_id=enquiry)
                add(connection, "messages", enquiry_id=enquiry, dedupe_key=name, message_id=name)
        upgrade()
        found = db.session.execute(sa.text("SELECT reference, answerer_id FROM enquiries")).all()
        assert dict(found) == {name: answerer for name, (_, _, answerer) in cases.items()}  # type: ignore[arg-type]
        for table, number in (("events", 4), ("messages", 4), ("networks", 2), ("people", 3)):
            assert db.session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one() == number
        db.session.remove()
        downgrade(revision="0001")
        assert db.session.execute(sa.text("SELECT count(*) FROM events")).scalar_one() == 4
        db.session.remove()
        upgrade()
        db.engine.dispose()
