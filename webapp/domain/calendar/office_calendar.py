"""The institution's calendar: general holidays, the days that the office marked, and closures no one had planned."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, String, literal, select, type_coerce, union_all
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.calendar.working_days import Calendar, Mark, public_calendar
from webapp.i18n import localised
from webapp.models import CalendarDay, Closure
from webapp.vocabulary import DayKind, Language

_CLOSURE = "closure"
# What everyone who changes days or closures holds, one after the other.
CHANGING = "calendar"
# Years before and after a day that its calendar knows: a clock that was paused for long began long ago.
_BEFORE, _AFTER = 4, 4


def around(session: Session, day: date, *, settings: Settings, language: Language = Language.EN) -> Calendar:
    """Return the calendar of the years that a promise running on this day, or a visit planned then, can touch.

    What the office wrote is read in one query; a closure beats a marked day, and that beats a general holiday.
    """
    first, last = date(day.year - _BEFORE, 1, 1), date(day.year + _AFTER, 12, 31)
    general = public_calendar(settings.institution_country, first.year, last.year, language)
    marks: dict[date, Mark] = {}
    for begins, ends, kind, name in session.execute(_rows(first, last)):
        what = DayKind.CLOSED if kind == _CLOSURE else DayKind(kind)
        marks |= {date_: Mark(what, localised(name, language)) for date_ in days(begins, ends)}
    return replace(general, marks=marks, weekend=settings.days_off)


def days(first: date, last: date) -> Iterator[date]:
    """Yield each day from the first through the last."""
    return (first + timedelta(number) for number in range((last - first).days + 1))


def _rows(first: date, last: date) -> Select[tuple[date, date, str, dict[str, Any]]]:
    """Return a query of marked days, then closures, oldest first: later rows win."""
    marked = select(
        CalendarDay.day.label("first"),
        CalendarDay.day.label("last"),
        type_coerce(CalendarDay.kind, String).label("kind"),
        CalendarDay.name,
        literal(0).label("place"),
    ).where(CalendarDay.day.between(first, last))
    closed = select(Closure.first, Closure.last, literal(_CLOSURE), Closure.reason, Closure.id).where(
        Closure.revoked_at.is_(None), Closure.last >= first, Closure.first <= last
    )
    rows = union_all(marked, closed).subquery()
    return select(rows.c.first, rows.c.last, rows.c.kind, rows.c.name).order_by(rows.c.place)
