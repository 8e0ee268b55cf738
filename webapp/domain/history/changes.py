"""The record of what staff did to the records that they keep; it is added to, and never changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.history import audit
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require
from webapp.models import Change
from webapp.vocabulary import AuditAction, AuditKind, Permission, RecordType

SHOWN = 50
# Which lines of the audit log tell of changes of these records; of all others, "a record was changed".
_KINDS = {
    RecordType.PERSON: AuditKind.ACCOUNT_CHANGED,
    RecordType.SETTINGS: AuditKind.SETTINGS_CHANGED,
    RecordType.LEAVE: AuditKind.LEAVE_CHANGED,
}


def record(
    session: Session,
    record_type: RecordType,
    key: str | int,
    action: AuditAction,
    *,
    name: str,
    by: Acting,
    version: int | None = None,
    fields: Mapping[str, tuple[Any, Any]] | None = None,
) -> Change:
    """Record an action with what it changed, fields as plain JSON (before, after); the audit log tells of it too."""
    change = Change(
        at=by.now,
        actor_id=by.actor.person_id,
        actor_name=by.actor.name,
        subject=record_type,
        subject_key=str(key),
        subject_name=name,
        version=version,
        deed=action,
        fields={field: list(values) for field, values in (fields or {}).items()},
    )
    session.add(change)
    audit.note(session, _KINDS.get(record_type, AuditKind.RECORD_CHANGED), by.actor, now=by.now, change=change)
    return change


def history(session: Session, record_type: RecordType, key: str | int, *, limit: int = SHOWN) -> Sequence[Change]:
    """Return what was done to a record, latest first. Ask only for a record that the actor may read."""
    query = select(Change).where(Change.subject == record_type, Change.subject_key == str(key))
    return session.scalars(query.order_by(Change.id.desc()).limit(limit)).all()


def listed(
    session: Session,
    *,
    actor: Actor,
    record_type: RecordType | None = None,
    after: int | None = None,
    limit: int = SHOWN,
) -> tuple[Sequence[Change], int | None]:
    """Return what was done to all records, latest first, in pages by keyset, and the id after which the next starts."""
    require(actor, Permission.CHANGE_READ)
    query = select(Change).order_by(Change.id.desc()).limit(limit + 1)
    if record_type is not None:
        query = query.where(Change.subject == record_type)
    if after is not None:
        query = query.where(Change.id < after)
    rows = session.scalars(query).all()
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the fields whose values differ, with both values."""
    return {name: (before[name], value) for name, value in after.items() if before[name] != value}


def missed(changes: Sequence[Change], version: int) -> dict[str, tuple[Any, Any]]:
    """Return what others changed after a version, from a record's changes, latest first: (value then, value now)."""
    found: dict[str, tuple[Any, Any]] = {}
    for change in reversed(changes):
        if change.version is not None and change.version > version:
            for name, (before, after) in change.fields.items():
                found[name] = (found[name][0] if name in found else before, after)
    return found
