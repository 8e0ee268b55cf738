"""Links of four tables become rows of one: every token still opens what it opened, and waiting emails carry it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from tests.models.conftest import Installed
from tests.models.test_migrations import add
from webapp.config import Settings
from webapp.db import db, transaction
from webapp.domain.errors import Gone
from webapp.domain.links import issuing, opening
from webapp.domain.messages import delivery
from webapp.domain.security.tokens import derive_token, hash_token, link_token
from webapp.mail.messages import DECISION_TOKEN_SLOT, TRACKING_TOKEN_SLOT, decision_mark
from webapp.models import Enquiry, Link
from webapp.vocabulary import LinkEnd, LinkKind

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SOON = NOW + timedelta(days=30)
KEY = "a key for tests only, thirty-two characters"
TOKEN = re.compile(r"/(track|decisions)/([\w-]{43})(?![\w-])")
WORDS = {"kind": "visit", "asked_as": "visit", "language": "en", "organisation_type": "university", "priority": 1}
SAID = {"language": "en", "state": "queued", "recipient_email": "ng@example.org"}
DEAN = {"recipient_email": "dean@example.org"}
Tokens = dict[str, tuple[str, str]]


def secret(nonce: str) -> dict[str, str]:
    return {"token_nonce": nonce, "token_hash": hash_token(derive_token(nonce, KEY))}


def token(nonce: str) -> str:
    return derive_token(nonce, KEY)


def fill(connection: sa.Connection) -> None:
    """Write an installation with a link of each kind, one of them passed on, and an email that waits with each."""
    numbers = {name: add(connection, "enquiries", id=number, reference=f"LD-{name}", form_hash=name, status=status,
                         contact_email=f"{name}@example.org", **WORDS, **secret(f"track-{name}"))
               for name, number, status in (("one", 3, "awaiting_approval"), ("two", 8, "in_review"))}  # fmt: skip
    person = add(connection, "people", email="ng@example.org", name="Dr Ng", language="en", role=None)
    other = add(connection, "people", email="ho@example.org", name="Ms Ho", language="en", role=None)
    faculty = add(connection, "faculties", language="en")
    lasts: dict[str, Any] = {"created_at": NOW, "expires_at": SOON}
    for number, name, whose, more in (
        (5, "one", person, {}),
        (7, "two", person, {}),
        (9, "one", other, {"revoked_at": NOW, "passed_to": "Dr Ng"}),
    ):
        values = {"passed_to": "", "person_id": whose, "enquiry_id": numbers[name], **lasts, **more}
        add(connection, "decisions", id=number, **values, **secret(f"decision-{number}"))
    asked = {"language": "en", "email": "dean@example.org", "note": "", "recalled_by": ""}
    for name, number in numbers.items():
        given = {"enquiry_id": number, **asked, **lasts}
        del given["recalled_by"]
        add(connection, "approvals", id=number - 2, **given, **secret(f"approval-{name}"))
        given = {**given, "faculty_id": faculty, "return_by": NOW.date(), "recalled_by": ""}
        add(connection, "referrals", id=number - 1, **given, **secret(f"referral-{name}"))
    for key, kind, text, more in (
        ("to partner", "partner_receipt", f"/track/{TRACKING_TOKEN_SLOT} /decisions/{DECISION_TOKEN_SLOT}",
         {"recipient_email": "two@example.org"}),
        ("to liaison", "liaison_received", f"/decisions/{DECISION_TOKEN_SLOT} /track/{TRACKING_TOKEN_SLOT}",
         {"decision_id": 7}),
        ("to dean", "approver_asked", f"/decisions/{DECISION_TOKEN_SLOT}", {"approval_id": 6, **DEAN}),
        ("to faculty", "faculty_asked", f"/decisions/{DECISION_TOKEN_SLOT}", {"referral_id": 7, **DEAN}),
        ("plain", "liaison_withdrawn", f"/decisions/{DECISION_TOKEN_SLOT}", {}),
        ("list", "liaison_digest", f"/decisions/{decision_mark(5)} /decisions/{decision_mark(7)}",
         {"enquiry_id": None}),
    ):  # fmt: skip
        about = {"enquiry_id": 8, "created_at": NOW, "queued_at": NOW, "next_attempt_at": NOW, **SAID, **more}
        number = add(connection, "messages", dedupe_key=key, message_id=key, kind=kind, text=text, html="", **about)
    for enquiry, decision in ((3, 5), (8, 7)):
        add(connection, "message_lines", message_id=number, enquiry_id=enquiry, decision_id=decision)


EXPECTED: dict[str, list[tuple[str, str]]] = {
    "to partner": [("track", token("track-two"))],
    "to liaison": [("decisions", token("decision-7"))],
    "to dean": [("decisions", token("approval-two"))],
    "to faculty": [("decisions", token("referral-two"))],
    "plain": [],
    "list": [("decisions", token("decision-5")), ("decisions", token("decision-7"))],
}


@contextmanager
def filled(installed: Installed) -> Iterator[Settings]:
    with installed("0017") as app:
        with db.engine.begin() as connection:
            fill(connection)
        yield app.extensions["settings"]


def carried(settings: Settings) -> dict[str, list[tuple[str, str]]]:
    """Return what the waiting emails carry, as they would leave now."""
    with transaction() as session:
        keys = session.execute(sa.text("SELECT id, dedupe_key FROM messages ORDER BY id")).all()
        found = {key: delivery.claim(session, number, now=NOW, settings=settings) for number, key in keys}
        return {key: TOKEN.findall(each.text) for key, each in found.items() if each is not None}


def rows(table: str) -> list[dict[str, Any]]:
    db.session.rollback()
    found = db.session.execute(sa.text(f"SELECT * FROM {table} ORDER BY id")).mappings().all()
    db.session.rollback()
    return [dict(row) for row in found]


def test_each_token_opens_what_it_opened(installed: Installed) -> None:
    with filled(installed):
        upgrade()
        session = db.session()
        for nonce, kind, number, email in (
            ("track-one", LinkKind.TRACKING, 3, "one@example.org"),
            ("track-two", LinkKind.TRACKING, 8, "two@example.org"),
            ("decision-5", LinkKind.DECISION, 3, "ng@example.org"),
            ("decision-7", LinkKind.DECISION, 8, "ng@example.org"),
            ("approval-one", LinkKind.APPROVAL, 3, "dean@example.org"),
            ("referral-one", LinkKind.REFERRAL, 3, "dean@example.org"),
            ("referral-two", LinkKind.REFERRAL, 8, "dean@example.org"),
        ):
            found = opening.opened(session, token(nonce), *LinkKind, now=NOW)
            assert (found.kind, found.enquiry.id, found.link.email) == (kind, number, email)
            assert found.link.expires_at == (None if kind is LinkKind.TRACKING else SOON)
            assert found.question is None or found.question.link_id == found.link.id
            assert found.question is None or found.question.enquiry_id == number
        with pytest.raises(Gone) as gone:
            opening.opened(session, token("decision-9"), *LinkKind, now=NOW)
        assert (gone.value.passed_to, gone.value.why) == ("Dr Ng", LinkEnd.PASSED_ON)
        with pytest.raises(Gone):
            opening.opened(session, token("decision-7"), *LinkKind, now=SOON)


def test_emails_that_wait_leave_with_their_links_after_it_and_after_its_undoing(installed: Installed) -> None:
    with filled(installed) as settings:
        upgrade()
        assert carried(settings) == EXPECTED
        db.session.remove()
        downgrade(revision="0017")
        assert [row["decision_id"] for row in rows("message_lines")] == [5, 7]
        named = [(row["decision_id"], row["approval_id"], row["referral_id"]) for row in rows("messages")]
        assert named == [(None,) * 3, (7, None, None), (None, 6, None), (None, None, 7), (None,) * 3, (None,) * 3]
        with db.engine.begin() as connection:
            connection.execute(sa.text("UPDATE messages SET next_attempt_at = :now"), {"now": NOW.replace(tzinfo=None)})
        upgrade()
        assert carried(settings) == EXPECTED


def test_undoing_gives_every_table_back_what_it_had(installed: Installed) -> None:
    tables = ("decisions", "approvals", "referrals", "enquiries", "messages", "message_lines")
    with filled(installed):
        before = {table: rows(table) for table in tables}
        upgrade()
        db.session.remove()
        downgrade(revision="0017")
        assert {table: rows(table) for table in tables} == before


def test_links_issued_since_do_not_meet_those_of_before(installed: Installed) -> None:
    with filled(installed) as settings:
        upgrade()
        with transaction() as session:
            highest = session.scalars(sa.select(sa.func.max(Link.id))).one()
            person = session.execute(sa.text("SELECT id FROM people WHERE email = 'ho@example.org'")).scalar_one()
            made = issuing.issue(session, session.get_one(Enquiry, 8), person, now=NOW, settings=settings)
            assert made.id > highest
            number, secret_of_it = made.id, link_token(made, secret_keys=settings.secret_keys)
        db.session.remove()
        downgrade(revision="0017")
        assert [row["id"] for row in rows("decisions")] == [5, 7, 9, number]
        upgrade()
        assert opening.opened(db.session(), secret_of_it, *LinkKind, now=NOW).link.id == number


def test_a_partner_has_one_link_that_opens_and_those_before_it(installed: Installed) -> None:
    with filled(installed) as settings:
        upgrade()
        with pytest.raises(sa.exc.IntegrityError), transaction() as session:
            issuing.track(session, session.get_one(Enquiry, 8), now=NOW, settings=settings)
        with transaction() as session:
            issuing.tracking(session, session.get_one(Enquiry, 8)).ended_at = NOW
            session.flush()
            made = issuing.track(session, session.get_one(Enquiry, 8), now=NOW, settings=settings)
            assert issuing.tracking(session, session.get_one(Enquiry, 8)) is made
        with pytest.raises(Gone):
            opening.opened(db.session(), token("track-two"), LinkKind.TRACKING, now=NOW)
        assert opening.opened(db.session(), token("track-one"), LinkKind.TRACKING, now=NOW).enquiry_id == 3
