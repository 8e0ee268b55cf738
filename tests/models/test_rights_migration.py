"""Links of partners whose enquiry ended get a last day, and what came before counts as confirmed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from tests.models.conftest import Installed
from tests.models.test_migrations import add
from webapp.db import db

CHANGED = datetime(2026, 5, 4, 9, tzinfo=UTC)
WORDS = {"kind": "visit", "asked_as": "visit", "language": "en", "organisation_type": "university", "priority": 1}


def stored(column: str, table: str) -> list[Any]:
    db.session.rollback()
    found = db.session.execute(sa.text(f"SELECT {column} FROM {table} ORDER BY id")).scalars().all()
    db.session.rollback()
    return list(found)


def test_links_to_what_ended_run_out_and_those_to_what_is_open_do_not(installed: Installed) -> None:
    with installed("0020"):
        with db.engine.begin() as connection:
            for number, status in enumerate(("in_review", "declined"), start=1):
                about = {"reference": f"LD-{number}", "form_hash": status, "status": status, "changed_at": CHANGED}
                add(connection, "enquiries", id=number, submitted_at=CHANGED, **about, **WORDS)
                link = {"kind": "tracking", "enquiry_id": number, "nonce": status, "token_hash": status}
                add(connection, "links", id=number, created_at=CHANGED, expires_at=None, ended_at=None, **link)
        upgrade(revision="0025")
        first, last = stored("expires_at", "links")
        assert first is None
        assert str(CHANGED + timedelta(days=186))[:10] in str(last)
        assert all(str(each)[:10] == "2026-05-04" for each in stored("address_confirmed_at", "enquiries"))
        db.session.remove()
        downgrade(revision="0020")
        assert stored("expires_at", "links") == [None, None]
        assert stored("reference", "enquiries") == ["LD-1", "LD-2"]
