"""What was written to enquiries that are held during the update waits until they are taken for genuine."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from tests.models.conftest import Installed
from tests.models.test_migrations import add
from webapp.db import db

DAY = date(2026, 11, 23)
WORDS = {"kind": "visit", "asked_as": "visit", "language": "en", "organisation_type": "university", "priority": 1}
CASES = [("held", "suspect", DAY), ("again", "spam", DAY), ("late", "spam", None), ("waits", "awaiting_partner", DAY)]


def stored(query: str) -> list[Any]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def test_what_was_written_to_held_enquiries_waits(installed: Installed) -> None:
    with installed("0032"):
        with db.engine.begin() as connection:
            events: dict[tuple[str, str], list[tuple[int, int]]] = {}
            for name, status, stopped in CASES:
                more = {"status": status, "clock_stopped_on": stopped, **WORDS}
                number = add(connection, "enquiries", reference=name, form_hash=name, **more)
                for kind in ("submitted", "partner_message", "partner_message"):
                    made = add(connection, "events", enquiry_id=number, kind=kind, actor_kind="partner", action=None)
                    events.setdefault((name, kind), []).append((number, made))
            number, told = events["again", "partner_message"][0]
            link = {"enquiry_id": number, "kind": "liaison_partner_wrote", "language": "en", "state": "sent"}
            add(connection, "messages", dedupe_key=f"liaison_partner_wrote:{number}:{told}", message_id="a", **link)
        upgrade(revision="0033")
        waiting = [*events["held", "partner_message"], events["again", "partner_message"][1]]
        assert stored("SELECT enquiry_id, event_id FROM untold ORDER BY event_id") == sorted(waiting)
        assert stored("SELECT DISTINCT due_at FROM untold") == [(None,)]
        db.session.remove()
        downgrade(revision="0032")
        assert len(stored("SELECT id FROM events")) == 12
