"""The audit log: who did what and from where, in a chain that no one changes unseen."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.factories import NOW, make_organisation, staff_actor
from webapp.db import db, transaction
from webapp.domain.errors import NotAllowed
from webapp.domain.history import audit, audit_chain
from webapp.domain.history.audit import AuditFilters
from webapp.domain.security.permissions import Actor, Origin
from webapp.models import AuditEntry, Change
from webapp.vocabulary import ActorKind, AuditKind, Role

Write = Callable[[Callable[[Session], Any]], Any]
ORIGIN = Origin("192.0.2.77", "f00d")
LEE = replace(staff_actor(Role.ADMINISTRATOR, person_id=7), origin=ORIGIN)


def note(write: Write, number: int = 1, *, now: datetime = NOW, by: Actor = LEE) -> None:
    for _ in range(number):
        write(lambda session: audit.note(session, AuditKind.SIGNED_IN, by, now=now))


def entries(write: Write) -> list[AuditEntry]:
    return list(write(lambda session: session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()))


def verdict(write: Write, **more: Any) -> audit_chain.Verdict:
    found: audit_chain.Verdict = write(lambda session: audit_chain.verify(session, **more))
    return found


@contextmanager
def without_guards(session: Session) -> Iterator[None]:
    """Do what someone with all rights on the database can."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))
    else:
        for (name,) in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            session.execute(text(f"DROP TRIGGER {name}"))
    yield


def test_a_line_says_who_did_what_from_where_and_in_which_request(write: Write) -> None:
    write(lambda session: audit.note(session, AuditKind.FILE_DOWNLOADED, LEE, now=NOW, subject="LD-1", file=3))
    (entry,) = entries(write)
    assert (entry.number, entry.at, entry.kind) == (1, NOW, AuditKind.FILE_DOWNLOADED)
    assert (entry.actor_kind, entry.actor_id, entry.actor_name) == (ActorKind.STAFF, 7, "Lee Siu Ming")
    assert (entry.subject, entry.data, entry.request_id) == ("LD-1", {"file": 3}, "f00d")
    assert (entry.address, entry.network) == ("192.0.2.77", "192.0.2.0/24")


@pytest.mark.parametrize("kind", [ActorKind.PARTNER, ActorKind.APPROVER, ActorKind.FACULTY])
def test_people_outside_the_office_are_not_named(write: Write, kind: ActorKind) -> None:
    note(write, by=Actor(kind, "Erika Mustermann", origin=ORIGIN))
    assert entries(write)[0].actor_name == ""


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.77", "192.0.2.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("", ""), ("unix", "")],
)
def test_of_an_address_its_network_stays(address: str, network: str) -> None:
    assert audit_chain.truncated(address) == network


def test_a_change_of_a_record_is_in_the_log_by_its_number_and_not_by_its_words(write: Write) -> None:
    write(lambda session: make_organisation(session, "Example College of Secrets"))
    (entry,) = entries(write)
    change = write(lambda session: session.scalars(select(Change)).one())
    assert entry.kind is AuditKind.RECORD_CHANGED
    assert entry.data == {"change": change.id, "digest": audit_chain.digest(change)}
    assert "Secrets" not in str(vars(entry))


def test_what_was_rolled_back_is_not_in_the_log(app: Flask, write: Write) -> None:
    def fail(session: Session) -> None:
        audit.note(session, AuditKind.SIGNED_IN, LEE, now=NOW)
        raise NotAllowed

    with pytest.raises(NotAllowed):
        write(fail)

    with app.app_context():  # in one request, whose session is used again
        with suppress(NotAllowed), transaction() as session:
            fail(session)
        with transaction() as session:
            session.execute(text("SELECT 1"))
    assert entries(write) == []

    def half(session: Session) -> None:
        audit.note(session, AuditKind.SIGNED_OUT, LEE, now=NOW)
        with suppress(NotAllowed), session.begin_nested():
            with session.begin_nested():
                audit.note(session, AuditKind.SIGNED_IN, LEE, now=NOW)
            raise NotAllowed
        with session.begin_nested():
            audit.note(session, AuditKind.PASSWORD_CHANGED, LEE, now=NOW)

    write(half)
    assert [entry.kind for entry in entries(write)] == [AuditKind.SIGNED_OUT, AuditKind.PASSWORD_CHANGED]


def test_several_lines_of_one_transaction_cost_one_insert(write: Write, count_queries: Any) -> None:
    note(write)

    def several(session: Session) -> None:
        for _ in range(5):
            audit.note(session, AuditKind.SIGNED_IN, LEE, now=NOW)

    with count_queries() as statements:
        write(several)
    ours = [statement for statement in statements if "audit_entries" in statement]
    assert len(ours) == 2, statements
    assert len(statements) <= 3, statements


def test_many_at_once_make_one_chain(app: Flask, write: Write) -> None:
    together = threading.Barrier(8)

    def work() -> None:
        together.wait(60)
        for _ in range(5):
            with app.app_context():
                with transaction() as session:
                    audit.note(session, AuditKind.SIGNED_IN, LEE, now=NOW)
                db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    found = entries(write)
    assert [entry.number for entry in found] == list(range(1, 41))
    assert verdict(write) == audit_chain.Verdict(40, found[-1].hash)


def test_the_database_refuses_to_change_or_to_remove_a_line(write: Write, app: Flask) -> None:
    note(write, 2, now=datetime.now(UTC) - timedelta(80))
    row = {column.key: getattr(entries(write)[0], column.key) for column in AuditEntry.__mapper__.columns}
    attempts: list[Any] = [
        delete(AuditEntry),
        update(AuditEntry).values(actor_name="Someone Else"),
        update(AuditEntry).values(address="", salt=""),
        update(AuditEntry).where(AuditEntry.number == 2).values(number=3),
        text("INSERT INTO audit_entries SELECT * FROM audit_entries WHERE number = 1"),
        insert(AuditEntry).values(row | {"number": 3}),
    ]
    if db_name(app) == "postgresql":
        attempts.append(text("TRUNCATE audit_entries"))
    else:
        attempts.append(text("REPLACE INTO audit_entries SELECT * FROM audit_entries WHERE number = 1"))
    for attempt in attempts:
        with pytest.raises(DatabaseError):
            write(lambda session, attempt=attempt: session.execute(attempt))
    assert verdict(write).lines == 2


def db_name(app: Flask) -> str:
    with app.app_context():
        return db.engine.dialect.name


def test_the_models_refuse_it_too(write: Write) -> None:
    note(write)

    def change(session: Session) -> None:
        session.scalars(select(AuditEntry)).one().actor_name = "Someone Else"

    with pytest.raises(RuntimeError, match="stays on record"):
        write(change)


CHANGED = {"actor_name": "x", "actor_id": 9, "subject": "x", "request_id": "x", "kind": AuditKind.SIGNED_OUT,
    "at": NOW + timedelta(1), "data": {"a": 1}, "network": "198.51.100.0/24", "seal": "x", "hash": "x",
    "previous": "x", "actor_kind": ActorKind.SYSTEM}  # fmt: skip


@pytest.mark.parametrize("column", CHANGED)
def test_a_line_that_was_changed_all_the_same_is_found(write: Write, column: str) -> None:
    note(write, 3)

    def change(session: Session) -> None:
        with without_guards(session):
            session.execute(update(AuditEntry).where(AuditEntry.number == 2).values({column: CHANGED[column]}))

    write(change)
    found = verdict(write)
    assert (found.broken, found.lines) == (2, 1), found


@pytest.mark.parametrize(("number", "broken"), [(1, 2), (2, 3)])
def test_a_line_that_was_removed_is_missed(write: Write, number: int, broken: int) -> None:
    note(write, 3)

    def remove(session: Session) -> None:
        with without_guards(session):
            session.execute(delete(AuditEntry).where(AuditEntry.number == number))

    write(remove)
    found = verdict(write)
    assert (found.broken, found.why) == (broken, "lines before it are missing")


def test_the_last_line_is_missed_by_someone_who_kept_its_hash(write: Write) -> None:
    note(write, 3)
    head = verdict(write).head
    assert verdict(write, head=head).broken is None

    def remove(session: Session) -> None:
        with without_guards(session):
            session.execute(delete(AuditEntry).where(AuditEntry.number == 3))

    write(remove)
    assert verdict(write).broken is None
    assert verdict(write, head=head).broken == 3


def test_an_address_that_was_changed_is_found(write: Write) -> None:
    note(write, 2)

    def change(session: Session) -> None:
        with without_guards(session):
            session.execute(update(AuditEntry).where(AuditEntry.number == 2).values(address="192.0.2.78"))

    write(change)
    assert verdict(write).why == "its address was changed"


@pytest.mark.parametrize(
    "values", [{"subject_name": "Else"}, {"fields": {"name": ["a", "b"]}}, {"actor_name": "Else"}, None]
)
def test_a_record_of_changes_that_was_changed_or_removed_is_found(write: Write, values: Any) -> None:
    write(make_organisation)
    write(lambda session: session.execute(update(Change).values(**values) if values else delete(Change)))
    assert verdict(write).broken == 1


def test_a_record_of_changes_whose_words_were_erased_on_purpose_holds(write: Write) -> None:
    write(make_organisation)
    write(lambda session: session.execute(update(Change).values(fields={}, subject_name="")))
    assert verdict(write).broken is None


def test_after_a_year_lines_go_and_after_ninety_days_whole_addresses(write: Write) -> None:
    now = datetime.now(UTC)
    for age in (400, 367, 100, 10):
        note(write, now=now - timedelta(age))
    write(lambda session: audit.forget(session, now=now))
    found = entries(write)
    assert [entry.number for entry in found] == [3, 4, 5]
    assert [entry.address for entry in found] == ["", "192.0.2.77", ""]
    assert [entry.network for entry in found] == ["192.0.2.0/24", "192.0.2.0/24", ""]
    assert (found[-1].kind, found[-1].data) == (AuditKind.ENTRIES_REMOVED, {"through": 2})
    assert verdict(write) == audit_chain.Verdict(3, found[-1].hash)
    write(lambda session: audit.forget(session, now=now))
    assert entries(write) == found or len(entries(write)) == 3


def test_many_lines_go_by_some_at_a_time_and_the_chain_holds_after_each(
    monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    monkeypatch.setattr(audit_chain, "AT_ONCE", 2)
    now = datetime.now(UTC)
    for age in (400, 399, 398, 397, 396, 100, 99, 98):
        note(write, now=now - timedelta(age))
    runs, more = 0, True
    while more:
        more = write(lambda session: audit.forget(session, now=now))
        runs += 1
        assert verdict(write).broken is None
    found = entries(write)
    assert [entry.number for entry in found][:3] == [6, 7, 8]
    assert not any(entry.address for entry in found)
    assert 3 <= runs <= 5
    assert [entry.data["through"] for entry in found[3:]] == [2, 4, 5]


def test_the_chain_continues_where_all_of_it_was_old(write: Write) -> None:
    now = datetime.now(UTC)
    note(write, 3, now=now - timedelta(400))
    write(lambda session: audit.forget(session, now=now))
    assert [entry.number for entry in entries(write)] == [3, 4]
    assert verdict(write).broken is None


def test_pages_by_kind_person_and_day_neither_skip_nor_repeat(write: Write, session: Session) -> None:
    def some(session: Session) -> None:
        for day in range(6):
            for person, kind in ((7, AuditKind.SIGNED_IN), (8, AuditKind.SIGNED_OUT)):
                by = staff_actor(person_id=person)
                audit.note(session, kind, by, now=NOW + timedelta(day))

    write(some)
    seen: list[int] = []
    after = None
    while True:
        rows, after = audit.listed(session, AuditFilters(), actor=LEE, after=after, limit=5)
        seen += [row.number for row in rows]
        if after is None:
            break
    assert seen == list(range(12, 0, -1))
    given = AuditFilters(AuditKind.SIGNED_OUT, 8, NOW + timedelta(1), NOW + timedelta(3))
    rows, after = audit.listed(session, given, actor=LEE)
    assert [row.number for row in rows] == [6, 4]
    assert audit.listed(session, replace(given, person_id=7), actor=LEE) == ([], None)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_read_it(session: Session, role: Role) -> None:
    with pytest.raises(NotAllowed):
        audit.listed(session, AuditFilters(), actor=staff_actor(role))
