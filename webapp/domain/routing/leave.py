"""Leave: who says that someone is away, from when to when, and who answers meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from webapp.db import enqueue_after_commit
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.history import changes, versions
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require
from webapp.models import Leave, Network, Person
from webapp.vocabulary import AuditAction, Job, Permission, RecordType

# A person who is away for longer should give the post to someone else.
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Absence:
    """What someone enters: first and last day away, for one network or (None) all, and who answers meanwhile."""

    person_id: int
    starts_on: date
    ends_on: date
    network_id: int | None = None
    cover_id: int | None = None


def take(session: Session, absence: Absence, *, by: Acting) -> Leave:
    """Enter leave, and have open work moved. Raises Invalid by field, NotFound for others' without the right."""
    _check(session, absence, today=by.today)
    _require(by.actor, absence.person_id)
    leave = Leave(
        person_id=absence.person_id,
        network_id=absence.network_id,
        cover_id=absence.cover_id,
        starts_on=absence.starts_on,
        ends_on=absence.ends_on,
        entered_by=by.actor.name,
        entered_at=by.now,
    )
    session.add(leave)
    session.flush()
    _note(session, leave, AuditAction.MADE, {}, _standing(session, leave), by=by)
    enqueue_after_commit(session, Job.ENQUIRIES_REROUTE, leave.id)
    return leave


def _check(session: Session, absence: Absence, *, today: date) -> None:
    faults = {}
    # Held, so that two entries of one person come one after the other.
    person = session.get(Person, absence.person_id, with_for_update=True)
    if person is None or not person.active:
        faults["person"] = "unknown"
    if absence.ends_on < absence.starts_on:
        faults["ends_on"] = "before start"
    elif absence.ends_on < today:
        faults["ends_on"] = "past"
    elif absence.ends_on - absence.starts_on > LONGEST:
        faults["ends_on"] = "long"
    if absence.cover_id is not None:
        cover = session.get(Person, absence.cover_id)
        if cover is None or not cover.active:
            faults["cover"] = "unknown"
        elif absence.cover_id == absence.person_id:
            faults["cover"] = "same"
    if not faults and session.scalar(_overlapping(absence)) is not None:
        faults["starts_on"] = "overlap"
    if faults:
        raise Invalid(faults)


def _overlapping(absence: Absence) -> Select[Leave]:
    return select(Leave).where(
        Leave.person_id == absence.person_id,
        Leave.network_id.is_(None) if absence.network_id is None else Leave.network_id == absence.network_id,
        Leave.starts_on <= absence.ends_on,
        Leave.ends_on >= absence.starts_on,
    )


def end(session: Session, leave_id: int, *, version: int, by: Acting) -> Leave:
    """Let leave end now (its last day was yesterday), or cancel it where it had not begun; work comes back.

    Raises Conflict where someone ended it since `version`, NotFound for leave that is over or was cancelled, or someone
    else's without the right.
    """
    leave = session.scalars(select(Leave).where(Leave.id == leave_id).with_for_update()).one_or_none()
    if leave is None:
        raise NotFound("leave")
    _require(by.actor, leave.person_id)
    versions.expect(leave, version)
    if leave.ends_on < by.today:
        raise NotFound("leave")
    before = _standing(session, leave)
    if leave.starts_on >= by.today:
        _note(session, leave, AuditAction.DELETED, before, {}, by=by)
        session.delete(leave)
    else:
        leave.ends_on = by.today - timedelta(1)
        versions.raise_version(leave)
        _note(session, leave, AuditAction.CHANGED, before, _standing(session, leave), by=by)
    enqueue_after_commit(session, Job.ENQUIRIES_REROUTE, leave.id)
    return leave


def _standing(session: Session, leave: Leave) -> dict[str, str]:
    cover = session.get(Person, leave.cover_id) if leave.cover_id is not None else None
    network = session.get(Network, leave.network_id) if leave.network_id is not None else None
    given = {"starts_on": leave.starts_on.isoformat(), "ends_on": leave.ends_on.isoformat()}
    return given | {"cover": cover.name if cover else "", "network": network.short_name if network else ""}


def _note(
    session: Session, leave: Leave, action: AuditAction, before: dict[str, str], after: dict[str, str], *, by: Acting
) -> None:
    fields = {
        name: (before.get(name, ""), after.get(name, ""))
        for name in before | after
        if before.get(name, "") != after.get(name, "")
    }
    name = session.get_one(Person, leave.person_id).name
    changes.record(session, RecordType.LEAVE, leave.id, action, name=name, version=leave.version, fields=fields, by=by)


def _require(actor: Actor, person_id: int) -> None:
    if person_id == actor.person_id:
        require(actor, Permission.LEAVE_TAKE)
    elif not actor.can(Permission.LEAVE_MANAGE):
        raise NotFound("leave")


def present_and_coming(session: Session, *, actor: Actor, today: date) -> Sequence[Leave]:
    """Return the leave that is not over, first to begin first, with its people; one's own where one may see no more."""
    require(actor, Permission.LEAVE_TAKE)
    query = select(Leave).where(Leave.ends_on >= today).order_by(Leave.starts_on, Leave.id)
    if not actor.can(Permission.LEAVE_MANAGE):
        query = query.where(or_(Leave.person_id == actor.person_id, Leave.cover_id == actor.person_id))
    people = (joinedload(Leave.person), joinedload(Leave.cover), joinedload(Leave.network))
    return session.scalars(query.options(*people)).all()
