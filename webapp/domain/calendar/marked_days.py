"""Days that the office marks in the calendar: closed, half, or worked against weekend and holiday."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.db import enqueue_after_commit
from webapp.domain.calendar import clock, office_calendar, retiming
from webapp.domain.calendar.working_days import Calendar, Mark
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.history import changes as history_changes
from webapp.domain.history import versions
from webapp.domain.history.uniqueness import alone
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import SYSTEM, Actor, require
from webapp.i18n import N_, translations
from webapp.models import CalendarChange, CalendarDay, Closure
from webapp.vocabulary import ActorKind, AuditAction, DayKind, Job, Language, Permission, RecordType

# So many moves are shown on a page.
SHOWN = 50
# A change whose job was lost is found by the hour after it; a worker may be away for long.
_RECENT = timedelta(days=14)
_UP_TO_DATE = N_("brought up to date")


@dataclass(frozen=True)
class MarkedDay:
    """What the office says of a day; names by language, of which English is required and replaces missing ones."""

    day: date
    kind: DayKind
    name: Mapping[str, str]


def of_year(session: Session, year: int) -> Sequence[CalendarDay]:
    """Return the days that the office marked in a year, in order."""
    query = select(CalendarDay).where(CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)))
    return session.scalars(query.order_by(CalendarDay.day)).all()


def marked(session: Session, day: date) -> CalendarDay | None:
    """Return how a day is marked, or None."""
    return session.scalars(select(CalendarDay).where(CalendarDay.day == day)).one_or_none()


def changes(session: Session, year: int, *, limit: int = 20) -> Sequence[CalendarChange]:
    """Return the latest changes to the days of a year, newest first."""
    query = select(CalendarChange).where(CalendarChange.day.between(date(year, 1, 1), date(year, 12, 31)))
    return session.scalars(query.order_by(CalendarChange.id.desc()).limit(limit)).all()


def would_move(session: Session, day: date, mark: Mark | None, *, actor: Actor, settings: Settings) -> clock.Preview:
    """Return what marking a day (None: taking its mark away) would move, SHOWN of it; changes nothing."""
    require(actor, Permission.CALENDAR_EDIT)
    present = _with(session, day, mark, settings=settings)
    return clock.preview(session, day, day, present, settings=settings, most=SHOWN)


def _with(session: Session, day: date, mark: Mark | None, *, settings: Settings) -> Calendar:
    """Return the calendar with another mark for a day, unless a closure holds that day anyway."""
    present = office_calendar.around(session, day, settings=settings)
    closed = select(Closure.id).where(Closure.revoked_at.is_(None), Closure.first <= day, Closure.last >= day)
    return present if session.scalar(closed.limit(1)) is not None else present.marked({day: mark})


def mark(session: Session, marked_day: MarkedDay, *, version: int, by: Acting) -> clock.Batch:
    """Mark a day, or change its mark, and move the promises that counted it; of many, a job moves the rest: `follow`.

    `version` is that of the mark that the actor read, 0 for none. Raises Conflict where that has changed,
    Invalid without an English name.
    """
    require(by.actor, Permission.CALENDAR_EDIT)
    alone(session, office_calendar.CHANGING)
    name = {language: text.strip() for language, text in marked_day.name.items() if text.strip()}
    if not name.get(Language.EN):
        raise Invalid({"name": "needed"})
    row = marked(session, marked_day.day)
    before = _said(row)
    versions.expect(row or CalendarDay(version=0), version)
    if row is None:
        row = CalendarDay(day=marked_day.day, version=_last_version(session, marked_day.day))
        session.add(row)
    row.kind, row.name, row.edited_by, row.edited_at = marked_day.kind, name, by.actor.name, by.now
    versions.raise_version(row)
    session.flush()
    return _recalculate(session, marked_day.day, before, _said(row), version=row.version, by=by)


def unmark(session: Session, day: date, *, version: int, by: Acting) -> clock.Batch:
    """Remove the mark of a day and move the promises that counted it; of many, a job moves the rest: `follow`.

    Raises Conflict where someone changed it since `version`, NotFound where it is not marked.
    """
    require(by.actor, Permission.CALENDAR_EDIT)
    alone(session, office_calendar.CHANGING)
    row = marked(session, day)
    versions.expect(row or CalendarDay(version=0), version)
    if row is None:
        raise NotFound("day")
    before, after = _said(row), versions.raise_version(row)
    session.delete(row)
    session.flush()
    return _recalculate(session, day, before, None, version=after, by=by)


def follow(
    session: Session, change_id: int, *, now: datetime, settings: Settings, after: clock.Place = clock.START
) -> clock.Place | None:
    """Move some more of what a change of a day moves, in the name of who made it; return how far, None at the end.

    Each call is a transaction of its own: whatever ends the job, what was moved stays. A day that was changed again
    since is left to that change.
    """
    alone(session, office_calendar.CHANGING)
    change = session.get_one(CalendarChange, change_id)
    newer = select(CalendarChange.id).where(CalendarChange.day == change.day, CalendarChange.id > change_id)
    if session.scalar(newer.limit(1)) is not None:
        return None
    by = Acting(Actor(ActorKind.STAFF, change.actor_name, change.actor_id), now, settings)
    because = _because(change.before, change.after)
    days = office_calendar.around(session, change.day, settings=settings)
    found = retiming.retime(session, change.day, change.day, days, day=change.day, because=because, by=by, after=after)
    return found.after


def recalculate(
    session: Session, *, now: datetime, settings: Settings, after: clock.Place = clock.START
) -> clock.Batch:
    """Move promises from today on that are not where the calendar puts them; returns those, in most hours none.

    It moves as many as one transaction should: call it again after them, until it has looked at all.

    An enquiry that arrives in the moment of a change may be counted in the calendar before it, a new release may know
    holidays that the last one did not, and of a day that was changed just now the job may have been lost.
    """
    if session.scalar(select(Closure.id).where(Closure.moving).limit(1)) is not None:
        return clock.Batch((), None)  # they move because of that, and it says so
    today = now.astimezone(settings.zone).date()
    changed = session.scalar(select(func.min(CalendarChange.day)).where(CalendarChange.at > now - _RECENT))
    days = office_calendar.around(session, today, settings=settings)
    because = {language.value: translations(language).gettext(_UP_TO_DATE) for language in Language}
    by = Acting(SYSTEM, now, settings)
    first = min(today, changed or today)
    return retiming.retime(session, first, today, days, because=because, by=by, after=after)


def _last_version(session: Session, day: date) -> int:
    """Return the last version of a day that is marked no longer: the next mark is none that anyone has read."""
    last = history_changes.history(session, RecordType.DAY, day.isoformat(), limit=1)
    return (last[0].version or 0) if last else 0


def _said(row: CalendarDay | None) -> dict[str, Any] | None:
    return None if row is None else {"kind": row.kind.value, "name": dict(row.name)}


def _fields(said: dict[str, Any] | None) -> dict[str, str]:
    names = {"name" if each is Language.EN else f"name_{each.suffix}": _name_of(said, each) for each in Language}
    return {"day_kind": _kind_of(said), **names}


def _kind_of(said: dict[str, Any] | None) -> str:
    return str(said["kind"]) if said else ""


def _name_of(said: dict[str, Any] | None, language: Language) -> str:
    return str(said["name"].get(language, "")) if said else ""


def _recalculate(
    session: Session,
    day: date,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    *,
    version: int,
    by: Acting,
) -> clock.Batch:
    """Move what counted the day, and write down who changed it, when, and how many promises that moves."""
    days = office_calendar.around(session, day, settings=by.settings)
    moved = retiming.retime(session, day, day, days, day=day, because=_because(before, after), by=by)
    left = clock.number(session, day, day, days, settings=by.settings) if moved.after is not None else 0
    fields = history_changes.difference(_fields(before), _fields(after))
    action = AuditAction.MADE if before is None else AuditAction.CHANGED if after is not None else AuditAction.DELETED
    name = day.isoformat()
    history_changes.record(session, RecordType.DAY, name, action, name=name, version=version, fields=fields, by=by)
    change = CalendarChange(
        day=day,
        at=by.now,
        actor_id=by.actor.person_id,
        actor_name=by.actor.name,
        before=before,
        after=after,
        moved=len(moved.moves) + left,
    )
    session.add(change)
    session.flush()
    if left:
        enqueue_after_commit(session, Job.DAYS_MOVE, change.id)
    return clock.Batch(moved.moves, moved.after if left else None)


def _because(before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str, str]:
    return dict((after or before or {}).get("name", {}))
