"""The audit log: who did what, when, from where and in which request. Lines are written as a transaction commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import event, exists, insert, select
from sqlalchemy.orm import Session, SessionTransaction

from webapp.domain.history import audit_chain
from webapp.domain.history.uniqueness import alone
from webapp.domain.security.permissions import SYSTEM, Actor, require
from webapp.models import AuditEntry, Change, Person
from webapp.vocabulary import ActorKind, AuditKind, Permission

SHOWN = 50
_NOTED = "liaison_noted"
# The others may be people outside the office, whose names must be able to go: the line says by which link they came.
# A host has a row, from which their name is read as long as it is there: `names`.
_NAMED = (ActorKind.STAFF, ActorKind.LIAISON, ActorKind.SYSTEM, ActorKind.VISITOR)


@dataclass(frozen=True)
class _Noted:
    """What is to become a line; `inside` is the savepoint within which it was noted."""

    kind: AuditKind
    actor: Actor
    at: datetime
    subject: str
    data: Mapping[str, Any]
    change: Change | None
    inside: SessionTransaction | None


@dataclass(frozen=True)
class AuditFilters:
    """Which lines are asked for; what is None does not filter. `until` is the moment after the last one."""

    kind: AuditKind | None = None
    person_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def note(
    session: Session,
    kind: AuditKind,
    actor: Actor,
    *,
    now: datetime,
    subject: str = "",
    change: Change | None = None,
    **data: Any,
) -> None:
    """Write a line that becomes true with this transaction, or not at all; `data` is plain JSON.

    Give no name or address of a partner: lines stay for a year, whatever is erased. The line is written, and the chain
    locked, as the last thing before the commit, so that no one waits for it while holding it.
    """
    noted = _Noted(kind, actor, now, subject, data, change, session.get_nested_transaction())
    session.info.setdefault(_NOTED, []).append(noted)


def is_noted(session: Session, kind: AuditKind, actor: Actor, subject: str, *, since: datetime) -> bool:
    """Return whether someone did this already, at or after `since`; for what a reload would repeat."""
    who = (AuditEntry.actor_kind == actor.kind, AuditEntry.actor_id == actor.person_id)
    same = (AuditEntry.kind == kind, AuditEntry.subject == subject, *who, AuditEntry.at >= since)
    return bool(session.scalar(select(exists().where(*same))))


def listed(
    session: Session, filters: AuditFilters, *, actor: Actor, after: int | None = None, limit: int = SHOWN
) -> tuple[Sequence[AuditEntry], int | None]:
    """Return lines, latest first, in pages by keyset, and the number after which the next page starts."""
    require(actor, Permission.AUDIT_READ)
    query = select(AuditEntry).order_by(AuditEntry.number.desc()).limit(limit + 1)
    for column, value in ((AuditEntry.kind, filters.kind), (AuditEntry.actor_id, filters.person_id)):
        if value is not None:
            query = query.where(column == value)
    if filters.since is not None:
        query = query.where(AuditEntry.at >= filters.since)
    if filters.until is not None:
        query = query.where(AuditEntry.at < filters.until)
    if after is not None:
        query = query.where(AuditEntry.number < after)
    rows = session.scalars(query).all()
    return rows[:limit], rows[limit - 1].number if len(rows) > limit else None


def changes_of(session: Session, entries: Sequence[AuditEntry], *, actor: Actor) -> dict[int, Change]:
    """Return the changes of records that lines tell of, by id, in one statement."""
    require(actor, Permission.AUDIT_READ)
    ids = [entry.data["change"] for entry in entries if "change" in entry.data]
    return {row.id: row for row in session.scalars(select(Change).where(Change.id.in_(ids)))} if ids else {}


def names(session: Session, entries: Sequence[AuditEntry], *, actor: Actor) -> dict[int, str]:
    """Return who acted in lines that hold no name but the number of a person, in one statement."""
    require(actor, Permission.AUDIT_READ)
    ids = {entry.actor_id for entry in entries if not entry.actor_name and entry.actor_id is not None}
    query = select(Person.id, Person.name).where(Person.id.in_(ids))
    return {number: name for number, name in session.execute(query)} if ids else {}  # noqa: C416 - rows, not tuples


def forget(session: Session, *, now: datetime) -> bool:
    """Remove what is no longer kept: lines after a year, the whole address after 90 days. The log says so itself.

    Of many, some: call it again, in another transaction, while it returns that there is more.
    """
    more = audit_chain.empty_addresses(session, now=now)
    through, has_more = audit_chain.cut(session, now=now)
    if through:
        note(session, AuditKind.ENTRIES_REMOVED, SYSTEM, now=now, through=through)
    return more or has_more


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.get(_NOTED):
        return
    session.flush()  # a change of a record has its id by then
    alone(session, "audit log")
    last = select(AuditEntry.number, AuditEntry.hash).order_by(AuditEntry.number.desc()).limit(1)
    number, previous = session.execute(last).first() or audit_chain.BEGINNING
    rows = []
    for noted in session.info.pop(_NOTED):
        number += 1
        rows.append(audit_chain.chained(_values(noted), number=number, previous=previous, origin=noted.actor.origin))
        previous = rows[-1]["hash"]
    session.execute(insert(AuditEntry), rows)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    """What was noted is not true where it was rolled back: all of it, or what a savepoint held."""
    ended = session.get_nested_transaction()
    if ended is None:
        session.info.pop(_NOTED, None)
    elif session.info.get(_NOTED):
        session.info[_NOTED] = [noted for noted in session.info[_NOTED] if not _is_within(noted.inside, ended)]


def _is_within(inner: SessionTransaction | None, outer: SessionTransaction) -> bool:
    return inner is not None and (inner is outer or _is_within(inner.parent, outer))


def _values(noted: _Noted) -> dict[str, Any]:
    actor, data = noted.actor, dict(noted.data)
    if noted.change is not None:
        data |= {"change": noted.change.id, "digest": audit_chain.digest(noted.change)}
    name = actor.name if actor.kind in _NAMED else ""
    return {
        "at": noted.at,
        "kind": noted.kind,
        "actor_kind": actor.kind,
        "actor_id": actor.person_id,
        "actor_name": f"{name} ({actor.origin.system_user})" if actor.origin.system_user else name,
        "subject": noted.subject,
        "data": data,
    }
