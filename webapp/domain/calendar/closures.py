"""Unplanned closures: one step moves every running clock by exactly the days lost, and another takes it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.config import Settings
from webapp.db import enqueue_after_commit
from webapp.domain.calendar import clock, office_calendar, retiming
from webapp.domain.calendar.working_days import Calendar, Mark
from webapp.domain.errors import Invalid, NotAllowed, NotFound
from webapp.domain.history import changes, versions
from webapp.domain.history.uniqueness import alone
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require, visible
from webapp.models import Closure, ClosureMove, Enquiry, Network
from webapp.vocabulary import ActorKind, AuditAction, DayKind, Job, Language, Permission, RecordType

LONGEST = timedelta(days=30)
# So many moves are shown on a page.
SHOWN = 100


def preview(
    session: Session, first: date, last: date, *, actor: Actor, settings: Settings, most: int = SHOWN
) -> clock.Preview:
    """Return how many promises a closure would move, and at most `most` of them; changes nothing.

    Raises Invalid for days that make no closure.
    """
    require(actor, Permission.CALENDAR_EDIT)
    return clock.preview(session, first, last, _shut(session, first, last, settings), settings=settings, most=most)


def number(session: Session, first: date, last: date, *, actor: Actor, settings: Settings) -> int:
    """Return how many promises a closure would move. Raises Invalid for days that make no closure."""
    require(actor, Permission.CALENDAR_EDIT)
    return clock.number(session, first, last, _shut(session, first, last, settings), settings=settings)


def _shut(session: Session, first: date, last: date, settings: Settings) -> Calendar:
    _check(first, last)
    shut = {day: Mark(DayKind.CLOSED, "") for day in office_calendar.days(first, last)}
    return office_calendar.around(session, first, settings=settings).marked(shut)


def declared(session: Session, first: date, last: date) -> Closure | None:
    """Return the closure of just these days that is in force, or None."""
    same = (Closure.first == first, Closure.last == last, Closure.revoked_at.is_(None))
    return session.scalars(select(Closure).where(*same).limit(1)).one_or_none()


def declare(session: Session, first: date, last: date, reason: Mapping[str, str], *, by: Acting) -> Closure:
    """Close the office for these days, for a reason by language, and move every running clock that counted them.

    What moved is written down with the closure; no one is emailed. Of many, a job moves the rest: see `go_on`. The
    same days again are the same closure. Raises Invalid for days that make no closure, or without a reason in English.
    """
    require(by.actor, Permission.CALENDAR_EDIT)
    _check(first, last)
    said = {language: text.strip() for language, text in reason.items() if text.strip()}
    if not said.get(Language.EN):
        raise Invalid({"reason": "needed"})
    alone(session, office_calendar.CHANGING)
    known = declared(session, first, last)
    if known is not None:
        return known
    closure = Closure(first=first, last=last, reason=said, declared_by=by.actor.name, declared_at=by.now, revoked_by="")
    session.add(closure)
    session.flush()
    fields = {"starts_on": ("", first.isoformat()), "ends_on": ("", last.isoformat()), "name": ("", said[Language.EN])}
    _note(session, closure, AuditAction.MADE, fields, by=by)
    _begin(session, closure, by=by)
    return closure


def revoke(session: Session, closure: Closure, *, version: int, by: Acting) -> None:
    """Undo a locked closure: every clock that still runs is counted as if it had never been.

    Raises Conflict where someone undid it since `version`, NotAllowed for one that was undone before.

    An enquiry that was answered, paused or moved meanwhile keeps what happened to it: its clock is counted anew, from
    its beginning, as soon as it runs again.
    """
    require(by.actor, Permission.CALENDAR_EDIT)
    versions.expect(closure, version)
    if closure.revoked_at is not None:
        raise NotAllowed("it is undone")
    closure.revoked_by, closure.revoked_at = by.actor.name, by.now
    versions.raise_version(closure)
    session.flush()
    _note(session, closure, AuditAction.CHANGED, {"active": (True, False)}, by=by)
    _begin(session, closure, by=by)


def _note(session: Session, closure: Closure, action: AuditAction, fields: dict[str, Any], *, by: Acting) -> None:
    name = " – ".join(dict.fromkeys((closure.first.isoformat(), closure.last.isoformat())))
    changes.record(
        session, RecordType.CLOSURE, closure.id, action, name=name, version=closure.version, fields=fields, by=by
    )


def _check(first: date, last: date) -> None:
    if last < first:
        raise Invalid({"last": "early"})
    if last - first >= LONGEST:
        raise Invalid({"last": "long"})


def _begin(session: Session, closure: Closure, *, by: Acting) -> None:
    _move(session, closure, by=by)
    if closure.moving:
        enqueue_after_commit(session, Job.CLOSURES_MOVE, closure.id)


@dataclass(frozen=True)
class Progress:
    """How far the clocks were looked at for a closure, or for its undoing: undone since, all begins anew."""

    undoing: bool
    after: clock.Place


def _move(session: Session, closure: Closure, *, by: Acting, after: clock.Place = clock.START) -> Progress | None:
    """Count clocks that span the closure in the calendar as it is now, and write down what moved.

    It moves as many as one transaction should; returns how far it came, None at the end.
    """
    days, undoing = office_calendar.around(session, closure.first, settings=by.settings), closure.revoked_at is not None
    said: dict[str, Any] = {"closure": closure.id, "undoing": undoing, "because": closure.reason, "after": after}
    found = retiming.retime(session, closure.first, closure.last, days, **said, by=by)
    for move in found.moves:
        session.add(
            ClosureMove(
                closure_id=closure.id, enquiry_id=move.enquiry.id, undoing=undoing, before=move.before, after=move.after
            )
        )
    closure.moving = found.after is not None
    session.flush()
    return None if found.after is None else Progress(undoing, found.after)


def moving(session: Session) -> Sequence[int]:
    """Return the ids of closures that have more to move, first declared first."""
    return session.scalars(select(Closure.id).where(Closure.moving).order_by(Closure.id)).all()


def go_on(
    session: Session, closure_id: int, *, now: datetime, settings: Settings, since: Progress | None = None
) -> Progress | None:
    """Move some more of what a closure moves, in the name of who declared or undid it; return how far, None at the end.

    Each call is a transaction of its own: whatever ends the job, what was moved stays. `since` is where the call before
    it came to; without, it begins at the first clock.
    """
    alone(session, office_calendar.CHANGING)
    closure = locked(session, closure_id)
    if not closure.moving:
        return None
    actor = Actor(ActorKind.STAFF, closure.revoked_by or closure.declared_by)
    after = since.after if since is not None and since.undoing == (closure.revoked_at is not None) else clock.START
    return _move(session, closure, by=Acting(actor, now, settings), after=after)


@dataclass(frozen=True)
class Moved:
    """What a closure moved, or moved back: how many, and those that the page shows."""

    undoing: bool
    number: int
    shown: Sequence[ClosureMove]


def moved(session: Session, closure: Closure, *, actor: Actor) -> list[Moved]:
    """Return what a closure moved, and what moved back, of the enquiries that the actor sees."""
    found = []
    for undoing in (False, True):
        of_it = (ClosureMove.closure_id == closure.id, ClosureMove.undoing == undoing, visible(actor))
        seen = select(ClosureMove).join(Enquiry, Enquiry.id == ClosureMove.enquiry_id).where(*of_it)
        number_ = session.scalar(select(func.count()).select_from(seen.with_only_columns(ClosureMove.id).subquery()))
        load = joinedload(ClosureMove.enquiry).selectinload(Enquiry.network)
        shown = session.scalars(seen.order_by(ClosureMove.id).limit(SHOWN).options(load)).all()
        found.append(Moved(undoing, number_ or 0, shown))
    return found


def left(session: Session, closure: Closure, *, settings: Settings) -> int:
    """Return how many promises a closure still has to move."""
    if not closure.moving:
        return 0
    days = office_calendar.around(session, closure.first, settings=settings)
    return clock.number(session, closure.first, closure.last, days, settings=settings)


def with_notices(session: Session, closure_id: int) -> Closure:
    """Return a closure with its notices, without what it moved, which may be much. Raises NotFound."""
    found = session.get(Closure, closure_id, options=[selectinload(Closure.notices)], populate_existing=True)
    if found is None:
        raise NotFound("closure")
    return found


def of_year(session: Session, year: int) -> Sequence[Closure]:
    """Return the closures that touch a year, undone ones too, latest first."""
    query = select(Closure).where(Closure.first <= date(year, 12, 31), Closure.last >= date(year, 1, 1))
    return session.scalars(query.order_by(Closure.first.desc(), Closure.id.desc())).all()


def closure(session: Session, closure_id: int, *, actor: Actor) -> Closure:
    """Return a closure with what it moved, of the enquiries that the actor sees, and its notices. Raises NotFound."""
    people = (
        joinedload(Enquiry.network).options(joinedload(Network.liaison), joinedload(Network.deputy)),
        joinedload(Enquiry.assignee),
    )
    seen = Closure.moves.and_(ClosureMove.enquiry.has(visible(actor)))
    moves = selectinload(seen).options(joinedload(ClosureMove.enquiry).options(*people))
    found = session.get(Closure, closure_id, options=[moves, selectinload(Closure.notices)], populate_existing=True)
    if found is None:
        raise NotFound("closure")
    return found


def locked(session: Session, closure_id: int) -> Closure:
    """Return a closure, held for this transaction. Raises NotFound."""
    query = select(Closure).where(Closure.id == closure_id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("closure")
    return found
