"""The clock of an enquiry's promise: when it was paused, when its answer is due, and what a calendar would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.config import Settings
from webapp.domain.calendar.working_days import Calendar, promise
from webapp.models import Enquiry


@dataclass(frozen=True)
class PromiseMove:
    """A promise that another calendar moves from one day to another; earlier too, where a closure is undone."""

    enquiry: Enquiry
    before: date
    after: date


def stops(enquiry: Enquiry) -> list[tuple[date, date | None]]:
    """Return after which day and through which day the clock was paused; None: it still is."""
    ended: list[tuple[date, date | None]] = [*_pauses(enquiry)]
    return ended if enquiry.clock_stopped_on is None else [*ended, (enquiry.clock_stopped_on, None)]


def _pauses(enquiry: Enquiry) -> list[tuple[date, date]]:
    return [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in enquiry.pauses]


def start(enquiry: Enquiry, settings: Settings) -> date:
    """Return the day after which the promise is counted: the institution's day, wherever the partner wrote."""
    return enquiry.submitted_at.astimezone(settings.zone).date()


def due(enquiry: Enquiry, calendar: Calendar, *, settings: Settings) -> date:
    """Return when the first answer of a running clock is due in a calendar: always counted from the beginning.

    So no change of the calendar, pause or undoing can leave anything behind in the date.
    """
    return promise(start(enquiry, settings), enquiry.promised_days, calendar, _pauses(enquiry)).due


def resume(enquiry: Enquiry, today: date) -> None:
    """Let a stopped clock run again; the promise must be counted anew after it."""
    if enquiry.clock_stopped_on is not None:
        enquiry.pauses = [*enquiry.pauses, [enquiry.clock_stopped_on.isoformat(), today.isoformat()]]
        enquiry.clock_stopped_on = None


def moves(
    session: Session, first: date, last: date, calendar: Calendar, *, settings: Settings, lock: bool = False
) -> Sequence[PromiseMove]:
    """Return the promises that a calendar moves, of those whose counting spans any of the days; `lock` holds them.

    Each enquiry comes with its network. Only a day that was counted can move a date: a promise that ended
    before the first day, or began after the last, is kept.
    """
    counted = (Enquiry.promised_on >= first, Enquiry.submitted_at < _midnight(last + timedelta(1), settings))
    query = select(Enquiry).where(Enquiry.has_clock, *counted).order_by(Enquiry.promised_on, Enquiry.id)
    if lock:
        query = query.with_for_update(of=Enquiry).execution_options(populate_existing=True)
    found = session.scalars(query.options(joinedload(Enquiry.network))).all()
    there = [PromiseMove(enquiry, enquiry.promised_on, due(enquiry, calendar, settings=settings)) for enquiry in found]
    return [move for move in there if move.before != move.after]


def _midnight(day: date, settings: Settings) -> datetime:
    return datetime.combine(day, time(), settings.zone)
