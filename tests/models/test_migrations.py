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
from webapp.models import Enquiry

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


def add(connection: sa.Connection, name: str, /, **given: Any) -> int:
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


def test_promises_of_the_first_releases_know_when_their_clocks_stood_still(empty_url: str) -> None:
    app = create_app(make_settings(empty_url, promise_working_days=7), broker=RecordingBroker())
    changes = {
        "never": [("received", "in_review")],
        "once": [("in_review", "awaiting_partner"), ("awaiting_partner", "in_review")],
        "still": [("in_review", "awaiting_partner")],
        "twice": [("received", "accepted"), ("accepted", "declined"), ("declined", "in_review"),
                  ("in_review", "declined"), ("declined", "in_review")],
        "spam": [("received", "spam"), ("spam", "received")],
    }  # fmt: skip
    with app.app_context():
        upgrade(revision="0004")
        with db.engine.begin() as connection:
            for name, steps in changes.items():
                enquiry = add(connection, "enquiries", **dict.fromkeys(("reference", "form_hash", "token_hash"), name))
                add(connection, "events", enquiry_id=enquiry)
                for number, (before, after) in enumerate(steps):
                    at = datetime(2026, 11, 23 + number, 17, tzinfo=UTC)  # the day after in Hong Kong
                    add(connection, "events", enquiry_id=enquiry, at=at, data={"from": before, "to": after})
        upgrade()
        rows = db.session.execute(sa.select(Enquiry.reference, Enquiry.pauses, Enquiry.promised_days)).all()
        assert {row.reference: row.pauses for row in rows} == {
            "never": [],
            "once": [["2026-11-24", "2026-11-25"]],
            "still": [],
            "twice": [["2026-11-24", "2026-11-26"], ["2026-11-27", "2026-11-28"]],
            "spam": [],
        }
        assert {row.promised_days for row in rows} == {7}
        db.session.remove()
        db.engine.dispose()


def test_canned_replies_are_filled_in_as_before(empty_url: str) -> None:
    app = create_app(make_settings(empty_url), broker=RecordingBroker())
    with app.app_context():
        upgrade(revision="0007")
        with db.engine.begin() as connection:
            add(connection, "canned_replies", text="Dear {name}, by {due}: {subject}. {sender}")
        upgrade()
        query = sa.text("SELECT text, version FROM canned_replies")
        after = ("Dear {contact_name}, by {promised_on}: {subject}. {sender}", 1)
        assert db.session.execute(query).one() == after
        db.session.remove()
        downgrade(revision="0007")
        assert "{name}, by {due}" in db.session.execute(sa.text("SELECT text FROM canned_replies")).scalar_one()
        db.session.remove()
        db.engine.dispose()


def test_enquiries_of_earlier_releases_are_found_by_what_was_written(empty_url: str) -> None:
    app = create_app(make_settings(empty_url), broker=RecordingBroker())
    texts = {
        "organisation": "Example Institute",
        "contact_email": "Erika@example.org",
        "message": "Our gamelan\norchestra",
        "answers": {"leader_name": "Prof. Jan Kowalski", "units": "Bells", "mode": "in_person"},
        "kind": "visit",
    }
    with app.app_context():
        upgrade(revision="0007")
        with db.engine.begin() as connection:
            for name in ("one", "two"):
                unique = dict.fromkeys(("reference", "form_hash", "token_hash"), name)
                enquiry = add(connection, "enquiries", **{**texts, **unique}, search_text="old")
            for kind, text in (("partner_message", "HARPSICHORDS"), ("note", "secret")):
                add(connection, "events", enquiry_id=enquiry, kind=kind, text=text)
        upgrade()
        rows = db.session.execute(sa.text("SELECT search_text, asked_as FROM enquiries ORDER BY id")).all()
        sender = "example institute\nx\nerika@example.org\nx\nx\n"
        written = "prof. jan kowalski bells x our gamelan orchestra"
        assert [tuple(row) for row in rows] == [
            (sender + written, "visit"),
            (f"{sender}{written} harpsichords", "visit"),
        ]
        db.session.remove()
        downgrade(revision="0007")
        old = db.session.execute(sa.text("SELECT search_text FROM enquiries")).scalars().all()
        assert set(old) == {f"{sender}prof. jan kowalski"}
        db.session.remove()
        db.engine.dispose()


def test_marks_of_merged_enquiries_go_where_they_go_on(empty_url: str) -> None:
    app = create_app(make_settings(empty_url), broker=RecordingBroker())
    with app.app_context():
        upgrade(revision="0012")
        with db.engine.begin() as connection:
            since = datetime(2026, 11, 20, tzinfo=UTC)
            made = [
                add(connection, "enquiries", **dict.fromkeys(("reference", "form_hash", "token_hash"), name), **more)
                for name, more in (("a", {"partner_wrote_at": since}), ("b", {}), ("c", {}))
            ]
            for source, target in ((0, 1), (1, 2)):
                add(connection, "relations", enquiry_id=made[source], other_id=made[target], merged=True)
            for name, email in (("zq", "zq@example.org"), ("Dr Ng", "ng@example.org")):
                add(connection, "people", name=name, email=email, role=None)
        upgrade()
        marks = db.session.execute(sa.text("SELECT partner_wrote_at IS NULL FROM enquiries ORDER BY id")).scalars()
        assert [bool(empty) for empty in marks] == [True, True, False]
        names = db.session.execute(sa.text("SELECT name FROM people ORDER BY id")).scalars().all()
        assert names == ["zq@example.org", "Dr Ng"]
        db.session.remove()
        downgrade(revision="0012")
        db.engine.dispose()
