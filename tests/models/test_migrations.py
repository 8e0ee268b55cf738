"""An installation with enquiries in it survives every migration since the first release."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from tests.event_samples import SAMPLES
from tests.models.conftest import Installed
from webapp.db import db
from webapp.domain.search import text as search_text
from webapp.domain.search.folding import folded
from webapp.models import Enquiry, Event, Message, Person, SavedView, StaffSession, Tag, event_codec
from webapp.vocabulary import Action, EventKind

_VALUES: dict[type, Any] = {
    int: 1,
    str: "x",
    bool: True,
    bytes: b"x",
    date: date(2026, 11, 23),
    datetime: datetime(2026, 11, 23, tzinfo=UTC),
}


def add(connection: sa.Connection, table_name: str, /, **given: Any) -> int:
    """Insert a row as the tables were then: given values, and something that fits wherever one is needed."""
    return add_all(connection, table_name, [given])[0]


def add_all(connection: sa.Connection, table_name: str, rows: list[dict[str, Any]]) -> list[int]:
    """Insert several rows with the same columns."""
    table = sa.Table(table_name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
    values = {
        column.name: {} if isinstance(column.type, sa.JSON) else _VALUES[column.type.python_type]
        for column in table.columns
        if not column.nullable and column.name != "id"
    }
    inserted = table.insert().returning(table.c.id, sort_by_parameter_order=True)
    return list(connection.execute(inserted, [{**values, **given} for given in rows]).scalars())


def test_rows_of_the_first_release_are_kept_and_enquiries_stay_with_whom_they_were(installed: Installed) -> None:
    with installed("0001"):
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


def test_promises_of_the_first_releases_know_when_their_clocks_stood_still(installed: Installed) -> None:
    changes = {
        "never": [("received", "in_review")],
        "once": [("in_review", "awaiting_partner"), ("awaiting_partner", "in_review")],
        "still": [("in_review", "awaiting_partner")],
        "twice": [("received", "accepted"), ("accepted", "declined"), ("declined", "in_review"),
                  ("in_review", "declined"), ("declined", "in_review")],
        "spam": [("received", "spam"), ("spam", "received")],
    }  # fmt: skip
    with installed("0004", promise_working_days=7):
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


def test_canned_replies_are_filled_in_as_before(installed: Installed) -> None:
    with installed("0007"):
        with db.engine.begin() as connection:
            add(connection, "canned_replies", text="Dear {name}, by {due}: {subject}. {sender}")
        upgrade()
        query = sa.text("SELECT text, version FROM canned_replies")
        after = ("Dear {contact_name}, by {promised_on}: {subject}. {sender}", 1)
        assert db.session.execute(query).one() == after
        db.session.remove()
        downgrade(revision="0007")
        assert "{name}, by {due}" in db.session.execute(sa.text("SELECT text FROM canned_replies")).scalar_one()


def test_enquiries_of_earlier_releases_are_found_by_what_was_written(installed: Installed) -> None:
    texts = {
        "organisation": "Example Institute",
        "contact_email": "Erika@example.org",
        "message": "Our gamelan\norchestra",
        "answers": {"leader_name": "Prof. Jan Kowalski", "units": "Bells", "mode": "in_person"},
        "kind": "visit",
    }
    with installed("0007"):
        with db.engine.begin() as connection:
            for name in ("one", "two"):
                unique = dict.fromkeys(("reference", "form_hash", "token_hash"), name)
                enquiry = add(connection, "enquiries", **{**texts, **unique}, search_text="old")
            for kind, text in (("partner_message", "HARPSICHORDS"), ("note", "secret")):
                add(connection, "events", enquiry_id=enquiry, kind=kind, text=text)
        upgrade(revision="0011")
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


def test_messages_wait_since_they_were_staged(installed: Installed) -> None:
    staged = datetime(2026, 10, 1, 8, tzinfo=UTC)
    with installed("0012"):
        with db.engine.begin() as connection:
            for name in ("one", "two"):
                unique = {"dedupe_key": name, "message_id": f"<{name}@example.org>"}
                said = {"kind": "partner_receipt", "language": "en", "state": "failed", "subject": name}
                add(connection, "messages", **unique, **said, created_at=staged)
        upgrade()
        rows = db.session.scalars(sa.select(Message).order_by(Message.id)).all()
        assert [(row.subject, row.queued_at, row.unanswered, row.fault, row.set_aside_at) for row in rows] == [
            ("one", staged, 0, None, None),
            ("two", staged, 0, None, None),
        ]
        db.session.remove()
        downgrade(revision="0012")
        assert db.session.execute(sa.text("SELECT subject FROM messages ORDER BY id")).scalars().all() == ["one", "two"]


def test_stored_texts_are_folded_as_queries_are(installed: Installed) -> None:
    written = {
        "organisation": "Universität Muster",
        "contact_name": "Łukasz O’Example",
        "contact_email": "erika-m@example.org",
        "phone": "+852 2766-5111",
        "message": "研究\u200b合作",
        "answers": {"leader_name": "Prof. Muñoz"},
    }
    with installed("0012"):
        with db.engine.begin() as connection:
            # More than one batch, with gaps between the ids.
            numbers = [{"id": number * 3, "reference": f"LD-7K3Q-{number:04}"} for number in range(1, 603)]
            unique = [{"form_hash": each["reference"], "token_hash": each["reference"]} for each in numbers]
            rows = [{**written, **each, **more} for each, more in zip(numbers, unique, strict=True)]
            add_all(connection, "enquiries", rows)
            said = ("X" * 9000, "學生交流")
            for number, text in zip((3, 1806), said, strict=True):
                add(connection, "events", enquiry_id=number, kind="partner_message", text=text)
        upgrade()
        texts = db.session.execute(sa.text("SELECT search_text FROM enquiries ORDER BY id")).scalars().all()
        others = dict.fromkeys(("subject", "on_behalf_of", "existing_link"), "x")
        expected = [search_text.text_of(Enquiry(**written, **others, reference=each["reference"])) for each in numbers]
        expected[0] = search_text.with_words(expected[0], said[0])
        expected[-1] = search_text.with_words(expected[-1], said[1])
        assert texts == expected
        first, last = texts[0].split("\n"), texts[-1].split("\n")
        assert first[:2] == ["universitat muster", "lukasz oexample"]
        assert first[5] == "ld7k3q0001 +852 27665111 85227665111"
        assert len(first[6]) == search_text.LONGEST
        assert last[6] == "prof. munoz x 研究合作 学生交流"
        db.session.remove()
        downgrade(revision="0012")
        old = db.session.execute(sa.text("SELECT search_text FROM enquiries WHERE id = 1806")).scalar_one()
        before = (
            "universität muster\nłukasz o’example\nerika-m@example.org\nx\nx\nprof. muñoz x 研究\u200b合作 學生交流"
        )
        assert old == before


def test_records_are_recognised_by_names_that_are_folded_anew(installed: Installed) -> None:
    records = {
        "Universität ’Muster’": (["The Muster-Universität", "範例大學"], "universitat muster"),
        "Gone": ([], "gone"),
        "’": ([], "x"),
    }
    with installed("0012"):
        with db.engine.begin() as connection:
            ids = {}
            for name, (aliases, _) in records.items():
                more = {"merged_into_id": ids["Universität ’Muster’"]} if name == "Gone" else {}
                given = {"aliases": aliases, "domains": ["uni-muster.example"], "search_text": "old", **more}
                ids[name] = add(connection, "organisations", name=name, **given)
            first = ids["Universität ’Muster’"]
            for kind, value in (("name", "universitat muster "), ("name", "gone by"), ("domain", "uni-muster.example")):
                add(connection, "organisation_keys", organisation_id=first, kind=kind, value=value)
        upgrade()
        found = db.session.execute(sa.text("SELECT id, name, sort_name, search_text FROM organisations")).all()
        assert {row.name: row.sort_name for row in found} == {name: key for name, (_, key) in records.items()}
        text = "universitat muster\nthe musteruniversitat\n范例大学\nunimuster.example"
        assert {row.id: row.search_text for row in found}[first] == text
        query = sa.text("SELECT organisation_id, kind, value FROM organisation_keys ORDER BY kind, value")
        assert [tuple(row) for row in db.session.execute(query)] == [
            (first, "domain", "uni-muster.example"),
            (first, "name", "muster universitat"),
            (first, "name", "universitat muster"),
            (first, "name", "范例大学"),
        ]
        db.session.remove()
        downgrade(revision="0012")
        query = sa.text("SELECT value FROM organisation_keys WHERE kind = 'name' ORDER BY value")
        assert db.session.execute(query).scalars().all() == ["muster universitat", "universitat muster", "範例大學"]


def test_tags_that_now_fold_alike_are_both_kept_and_saved_views_follow_their_tags(installed: Installed) -> None:
    old = {"Résumé": "résumé", "resume": "resume", "Łódź": "łódź", "交流": "交流", "協議": "協議", "协议": "协议"}
    with installed("0012"):
        with db.engine.begin() as connection:
            owner = add(connection, "people", email="a")
            enquiry = add(connection, "enquiries", reference="a")
            for name, key in old.items():
                tag = add(connection, "tags", name=name, key=key)
                connection.execute(
                    sa.text("INSERT INTO enquiry_tags (enquiry_id, tag_id) VALUES (:enquiry, :tag)"),
                    {"enquiry": enquiry, "tag": tag},
                )
                query = {"tag": key, "q": "Łódź"}
                add(connection, "saved_views", name=name, owner_id=owner, query=query)
            add(connection, "saved_views", name="none", owner_id=owner, query={"q": "x"})
        upgrade()
        tags = {tag.name: tag.key for tag in db.session.scalars(sa.select(Tag))}
        assert tags == {**old, "Łódź": "lodz"}
        views = {view.name: view.query for view in db.session.scalars(sa.select(SavedView))}
        assert views.pop("none") == {"q": "x"}
        assert views == {name: {"tag": tags[name], "q": "Łódź"} for name in old}
        assert all(folded(tag.name) in tags.values() for tag in db.session.scalars(sa.select(Tag)))
        count = sa.text("SELECT count(*) FROM enquiry_tags")
        assert db.session.execute(count).scalar_one() == len(old)
        db.session.remove()
        downgrade(revision="0012")
        query = sa.text("SELECT name, key FROM tags")
        assert {row.name: row.key for row in db.session.execute(query)} == old


def test_marks_of_merged_enquiries_go_where_they_go_on(installed: Installed) -> None:
    with installed("0012"):
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


def _history(given: list[tuple[EventKind, Action | None, Any]]) -> list[int]:
    """Add lines with these data to an enquiry; return their ids."""
    with db.engine.begin() as connection:
        enquiry = add(connection, "enquiries", reference="LD-7K3Q-9XWT")
        rows = [
            {"enquiry_id": enquiry, "kind": kind.value, "action": action and action.value, "data": data,
             "actor_kind": "system", "actor_name": "", "actor_id": None}
            for kind, action, data in given
        ]  # fmt: skip
        return add_all(connection, "events", rows)


def _stored(numbers: list[int]) -> list[Any]:
    rows = db.session.execute(sa.select(Event.id, Event.stored)).all()
    found = {row.id: row.stored for row in rows}
    db.session.remove()
    return [found[number] for number in numbers]


# Of every kind, and in more rows than are rewritten at once.
_BEFORE = [(sample.kind, sample.action, sample.before) for sample in SAMPLES] * 25


def test_what_events_know_survives_its_new_shape_and_the_way_back(installed: Installed) -> None:
    with installed("0017"):
        numbers = _history(_BEFORE)
        upgrade()
        found = {event.id: event.facts for event in db.session.scalars(sa.select(Event))}
        assert [found[number] for number in numbers] == [sample.facts for sample in SAMPLES] * 25
        assert len(numbers) > 1000
        # Not a key went, and each is where the present code would write it.
        for stored, sample in zip(_stored(numbers), SAMPLES * 25, strict=True):
            assert stored.items() <= {"v": 1, **sample.stored}.items()
            assert len(stored) == 1 + len(sample.before) - ("from" in sample.before) - ("origin" in sample.before)
        downgrade(revision="0017")
        assert _stored(numbers) == [data for *_, data in _BEFORE]
        upgrade()


def test_what_an_older_release_did_not_write_stays_as_it_is(installed: Installed) -> None:
    """Keys that no event of its kind has, data that are no object, and data of the new shape are not touched."""
    odd: list[tuple[EventKind, Action | None, Any]] = [
        (EventKind.STATUS, Action.ACCEPT, {"from": "received", "to": "accepted", "into": "LD-4M2P-8HKV", "x": None}),
        (EventKind.STATUS, Action.ACCEPT, {"from": "received"}),
        (EventKind.STATUS, None, {}),
        (EventKind.NOTE, Action.NOTE, ["damaged"]),
        (EventKind.NOTE, Action.NOTE, "damaged"),
        (EventKind.HANDED_OVER, None, {"v": 2, "hops": ["a"]}),
    ]
    with installed("0017"):
        numbers = _history(odd)
        upgrade()
        accepted, *others = _stored(numbers)
        status = {"before": "received", "after": "accepted"}
        assert accepted == {"v": 1, "status": status, "into": "LD-4M2P-8HKV", "x": None}
        assert others == [{"v": 1, "from": "received"}, {"v": 1}, ["damaged"], "damaged", {"v": 2, "hops": ["a"]}]
        downgrade(revision="0017")
        assert _stored(numbers) == [data for *_, data in odd]


def test_what_this_release_writes_is_read_by_the_one_before(installed: Installed) -> None:
    written = [(s.kind, s.action, event_codec.encode(s.kind, s.action, s.facts)) for s in SAMPLES]
    with installed("head"):
        numbers = _history(written)
        downgrade(revision="0018")
        for stored, sample in zip(_stored(numbers), SAMPLES, strict=True):
            assert sample.before.items() <= stored.items()
            # What is more says that nothing was so, as no key did.
            assert not any(stored[name] for name in stored.keys() - sample.before.keys())
            assert "closure" not in stored or stored["closure"]


def test_one_time_passwords_of_before_are_good_for_three_days_and_sign_ins_stay(installed: Installed) -> None:
    with installed("0029"):
        with db.engine.begin() as connection:
            given = {"one-time": ("x", True), "own": ("x", False), "none": (None, True)}
            ids = {
                name: add(connection, "people", email=name, password_hash=value, password_temporary=temporary)
                for name, (value, temporary) in given.items()
            }
            add(connection, "staff_sessions", person_id=ids["own"])
        before = datetime.now(UTC)
        upgrade(revision="0023")
        until = {row[0]: row[1] for row in db.session.execute(sa.select(Person.email, Person.password_expires_at))}
        assert {name: value is not None for name, value in until.items()} == {
            "one-time": True,
            "own": False,
            "none": False,
        }
        assert before + timedelta(hours=71) < (until["one-time"] or before) < before + timedelta(hours=73)
        assert db.session.execute(sa.select(StaffSession.seen_at)).scalar_one() == _VALUES[datetime]
        db.session.remove()
        downgrade(revision="0029")
        query = sa.text("SELECT email FROM people WHERE password_temporary")
        assert db.session.execute(query).scalars().all() == ["one-time"]
        assert db.session.execute(sa.text("SELECT count(*) FROM staff_sessions")).scalar_one() == 1


def test_old_rows_have_a_first_version(installed: Installed) -> None:
    tables = ("people", "leaves", "saved_views", "calendar_days", "closures")
    with installed("0017"):
        with db.engine.begin() as connection:
            for table in tables:
                add(connection, table, **({"name": "Guest"} if table == "people" else {}))
            add(connection, "staff_sessions", person_id=1)
        upgrade()
        for table in tables:
            assert db.session.execute(sa.text(f"SELECT version FROM {table}")).scalars().all() == [1]
        db.session.remove()
        downgrade(revision="0017")
        for table in (*tables, "staff_sessions"):
            assert db.session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one() == 1
        assert db.session.execute(sa.text("SELECT name FROM people")).scalar_one() == "Guest"
