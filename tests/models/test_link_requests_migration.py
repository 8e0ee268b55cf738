"""Those who wait for a new password while the service is updated still get it, forwards and back."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from tests.models.conftest import Installed
from tests.models.test_migrations import add
from webapp.db import db

ASKED = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)


def stored(columns: str, table: str) -> list[Any]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(f"SELECT {columns} FROM {table} ORDER BY id"))]


def test_requests_that_wait_are_kept(installed: Installed) -> None:
    with installed("0028"):
        with db.engine.begin() as connection:
            for email in ("lee@example.org", "unknown"):
                add(connection, "reset_requests", email=email, at=ASKED)
        before = stored("email, at", "reset_requests")
        upgrade(revision="0032")
        kept = [("lee@example.org", "password", "", "en", None), ("unknown", "password", "", "en", None)]
        assert stored("email, wanted, reference, language, tried_at", "link_requests") == kept
        assert stored("email, at", "link_requests") == before
        with db.engine.begin() as connection:
            add(connection, "link_requests", wanted="own_data", email="erika@example.org")
        downgrade(revision="0028")
        assert stored("email, at", "reset_requests") == before
