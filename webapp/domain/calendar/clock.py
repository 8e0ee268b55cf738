"""The clock of an enquiry's promise: when it was paused, when its answer is due, and what a calendar would change."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session, selectinload

from webapp.config import Settings
from webapp.domain.calendar.working_days import Calendar, promise
from webapp.models import Enquiry

# So many enquiries are read, or moved, in one go, and so many clocks are looked at for it.
AT_ONCE = 250
LOOKED_AT = 2500
# A clock, by when it is due and its id: they are looked at in this order.
Place = tuple[date, int]
START: Place = (date.min, 0)


@dataclass(frozen=True)
class PromiseMove:
    """A promise that another calendar moves from one day to another; earlier too, where a closure is undone."""

    enquiry: Enquiry
    before: date
    after: date


@dataclass(frozen=True)
class Batch:
    """Some of what a calendar moves; `after` is the last clock that was looked at, None where no more are left."""

    moves: Sequence[PromiseMove]
    after: Place | None


def stops(enquiry: Enquiry) -> list[tuple[date, date | None]]:
    """Return after which day and through which day the clock was paused; None: it still is."""
    ended: list[tuple[date, date | None]] = [*_pauses(enquiry)]
    return ended if enquiry.clock_stopped_on is None else [*ended, (enquiry.clock_stopped_on, None)]


def _pauses(enquiry: Enquiry) -> list[tuple[date, date]]:
    return _days(enquiry.pauses)


def _days(pauses: Iterable[Sequence[str]]) -> list[tuple[date, date]]:
    return [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in pauses]


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


@dataclass(frozen=True)
class Preview:
    """How many promises a calendar would move, and the first of them."""

    number: int
    moves: Sequence[PromiseMove]


def preview(session: Session, first: date, last: date, calendar: Calendar, *, settings: Settings, most: int) -> Preview:
    """Return the promises that a calendar moves, of those whose counting spans any of the days.

    Each enquiry comes with its network; they are the first to be due, at most `most`. Only a day that was counted can
    move a date: a promise that ended before the first day, or began after the last, is kept.
    """
    found = list(_moving(session.execute(_counting(first, last, settings)), calendar, settings))
    return Preview(len(found), _moves(session, [number for _due, number in found[:most]], calendar, settings))


def batch(
    session: Session, first: date, last: date, calendar: Calendar, *, settings: Settings, after: Place = START
) -> Batch:
    """Return the next promises that a calendar moves, held: as many as one transaction should move.

    Go on after its end in another transaction, even where it moves none.
    """
    query = _counting(first, last, settings).where(tuple_(Enquiry.promised_on, Enquiry.id) > after)
    rows = session.execute(query.limit(LOOKED_AT)).all()
    found = list(islice(_moving(rows, calendar, settings), AT_ONCE))
    if len(found) == AT_ONCE:
        end: Place | None = found[-1]
    else:
        end = (rows[-1].promised_on, rows[-1].id) if len(rows) == LOOKED_AT else None
    return Batch(_moves(session, [number for _due, number in found], calendar, settings, lock=True), end)


def _moves(
    session: Session, numbers: Sequence[int], calendar: Calendar, settings: Settings, *, lock: bool = False
) -> list[PromiseMove]:
    query = select(Enquiry).where(Enquiry.id.in_(numbers)).order_by(Enquiry.id)
    if lock:
        query = query.where(Enquiry.has_clock).with_for_update(of=Enquiry)
        query = query.execution_options(populate_existing=True)
    # By what someone else changed before it was held, it may not move any more.
    rows = session.scalars(query.options(selectinload(Enquiry.network))).all()
    there = (PromiseMove(row, row.promised_on, due(row, calendar, settings=settings)) for row in rows)
    found = [move for move in there if move.before != move.after]
    return sorted(found, key=lambda move: (move.before, move.enquiry.id))


def number(session: Session, first: date, last: date, calendar: Calendar, *, settings: Settings) -> int:
    """Return how many promises a calendar moves, as `preview` finds them."""
    return sum(1 for _ in _moving(session.execute(_counting(first, last, settings)), calendar, settings))


def _counting(first: date, last: date, settings: Settings) -> Select[Any]:
    """Select the clocks whose counting spans any of the days, first due first; only what counts is read of them."""
    counted = (Enquiry.promised_on >= first, Enquiry.submitted_at < _midnight(last + timedelta(1), settings))
    columns = (Enquiry.id, Enquiry.submitted_at, Enquiry.promised_on, Enquiry.promised_days, Enquiry.pauses)
    return select(*columns).where(Enquiry.has_clock, *counted).order_by(Enquiry.promised_on, Enquiry.id)


def _moving(rows: Iterable[Any], calendar: Calendar, settings: Settings) -> Iterator[Place]:
    """Yield those clocks that move. Most of them began on few days, and were never paused."""
    known: dict[tuple[date, int], date] = {}
    for enquiry_id, submitted_at, promised_on, days, pauses in rows:
        began = submitted_at.astimezone(settings.zone).date()
        if pauses:
            after = promise(began, days, calendar, _days(pauses)).due
        else:
            after = known.get((began, days)) or promise(began, days, calendar).due
            known[began, days] = after
        if after != promised_on:
            yield promised_on, enquiry_id


def _midnight(day: date, settings: Settings) -> datetime:
    return datetime.combine(day, time(), settings.zone)
