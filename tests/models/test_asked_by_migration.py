"""Links that outlast their question end sooner; who named their holder is not known of older ones."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from tests.models.conftest import Installed
from tests.models.test_migrations import add
from webapp.db import db
from webapp.models import Link

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
FAR = NOW + timedelta(days=390)
SOON = NOW + timedelta(days=3)
WORDS = {"kind": "visit", "asked_as": "visit", "language": "en", "organisation_type": "university", "priority": 1}
ASKED: dict[str, Any] = {"language": "en", "email": "dean@example.org", "note": "", "created_at": NOW}


def fill(connection: sa.Connection) -> dict[str, int]:
    """Write links of each kind that last for long, and one that does not."""
    found = {}

    def link(name: str, kind: str, enquiry: int, expires: datetime | None = FAR) -> int:
        given = {"email": "a@example.org", "passed_to": "", "created_at": NOW, "expires_at": expires}
        number = add(connection, "links", kind=kind, enquiry_id=enquiry, nonce=name, token_hash=name, ended_why=None,
                     ended_at=None, **given)  # fmt: skip
        found[name] = number
        return number

    rows = {
        status: add(connection, "enquiries", reference=f"LD-{status}", form_hash=status, status=status,
                    changed_at=NOW, **WORDS)
        for status in ("in_review", "declined")
    }  # fmt: skip
    faculty = add(connection, "faculties", language="en")
    link("tracking", "tracking", rows["declined"], None)
    link("open", "decision", rows["in_review"])
    link("decided", "decision", rows["declined"])
    link("nearly over", "decision", rows["declined"], SOON)
    given = {**ASKED, "enquiry_id": rows["in_review"]}
    for name, at in (("approved", NOW), ("asked", None)):
        outcome = "approved" if at else None
        add(connection, "approvals", link_id=link(name, "approval", rows["in_review"]), answered_at=at,
            outcome=outcome, withdrawn_at=None, **given)  # fmt: skip
    given |= {"faculty_id": faculty, "return_by": FAR.date(), "recalled_by": "", "ended_at": None}
    for name, returned, chased in (("returned", NOW, None), ("with it", None, None), ("chased", None, SOON)):
        finding = "can_help" if returned else None
        add(connection, "referrals", link_id=link(name, "referral", rows["in_review"]), returned_at=returned,
            finding=finding, chased_at=chased, **given)  # fmt: skip
    return found


def test_links_end_after_their_answer_and_no_later_than_sixty_days_after_the_email(installed: Installed) -> None:
    with installed("0020"):
        with db.engine.begin() as connection:
            found = fill(connection)
        upgrade(revision="0026")
        ends = {row.id: (row.expires_at, row.asked_by_id) for row in db.session.scalars(sa.select(Link))}
        week, longest = NOW + timedelta(days=7), timedelta(days=60)
        assert {name: ends[number][0] for name, number in found.items()} == {
            "tracking": ends[found["tracking"]][0],  # another migration's
            "open": FAR,
            "decided": week,
            "nearly over": SOON,
            "approved": week,
            "asked": FAR,
            "returned": week,
            "with it": NOW + longest,
            "chased": SOON + longest,
        }
        assert {asker for _, asker in ends.values()} == {None}
        db.session.remove()
        downgrade(revision="0020")
        indexes = {row["name"]: row["unique"] for row in sa.inspect(db.engine).get_indexes("links")}
        assert indexes["uq_links_tracking"]
        assert "ix_links_asked_by_id_created_at" not in indexes
        upgrade(revision="0026")
