"""The promise: by which working day a first answer is due. Pure functions over an explicit calendar."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

from webapp.vocabulary import Language

SATURDAY = 5
# Where offices close on more days than the statutory ones that the library calls public.
_GENERAL_HOLIDAYS = {"HK": ("public", "optional")}
STOPPED = "stopped"
# In which of the library's locales holidays are named.
HOLIDAY_LOCALES = {Language.EN: "en_US", Language.ZH_HANT: "zh_HK", Language.ZH_HANS: "zh_CN"}


@dataclass(frozen=True)
class Calendar:
    """The days on which nobody answers: weekends, and holidays by date with their name in English."""

    holidays: dict[date, str]

    def why_closed(self, day: date) -> str | None:
        """Return a holiday's name, "weekend", or None for a working day."""
        if day in self.holidays:
            return self.holidays[day]
        return "weekend" if day.weekday() >= SATURDAY else None

    def is_working_day(self, day: date) -> bool:
        return self.why_closed(day) is None


@dataclass(frozen=True)
class Promise:
    """A due date and how it was counted: each day after the start, with why it does not count (None: it does)."""

    due: date
    days: tuple[tuple[date, str | None], ...]


@cache
def public_calendar(country: str, first_year: int, last_year: int, language: str = "en_US") -> Calendar:
    """Return the general holidays of a country for whole years, inclusive; names in a locale of the library."""
    days = holidays.country_holidays(
        country,
        years=range(first_year, last_year + 1),
        language=language,
        categories=_GENERAL_HOLIDAYS.get(country, ("public",)),
    )
    return Calendar(dict(days.items()))


def calendar_around(country: str, day: date, language: str = "en_US") -> Calendar:
    """Return the calendar of the years that a promise made on this day, or a visit planned then, can touch."""
    return public_calendar(country, day.year - 1, day.year + 3, language)


def promise(start: date, working_days: int, calendar: Calendar) -> Promise:
    """Count working days from the day after `start` (the day in the institution's zone) and say how.

    `working_days` is at least 1; a start on a closed day counts from the next one all the same.
    """
    if working_days < 1:
        raise ValueError("a promise needs at least one working day")
    counted: list[tuple[date, str | None]] = []
    left = working_days
    for day in _days_after(start):
        reason = calendar.why_closed(day)
        counted.append((day, reason))
        left -= reason is None
        if left == 0:
            return Promise(day, tuple(counted))
    raise AssertionError("unreachable")


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Return how many working days come after `start` up to and including `end`; negative where `end` is earlier."""
    if end < start:
        return -working_days_between(end, start, calendar)
    return sum(calendar.is_working_day(start + timedelta(n)) for n in range(1, (end - start).days + 1))


def move(due: date, stopped: date, resumed: date, calendar: Calendar) -> date:
    """Return the due date after a clock that stood still from one day to another runs again.

    As many working days are added as passed while it stood; a clock that stopped after the due date keeps it.
    """
    passed = working_days_between(stopped, resumed, calendar)
    if passed <= 0 or stopped > due:
        return due
    return promise(due, passed, calendar).due


def account(
    start: date, due: date, stops: Iterable[tuple[date, date | None]], calendar: Calendar
) -> tuple[tuple[date, str | None], ...]:
    """Say of each day after `start` up to `due` why it did not count: a holiday, "weekend", STOPPED, or None: it did.

    `stops` are the days from which and through which the clock stood still; None as an end: it still does.
    """
    days = [start + timedelta(number) for number in range(1, (due - start).days + 1)]
    still = {day for day in days for first, last in stops if first < day and (last is None or day <= last)}
    return tuple((day, calendar.why_closed(day) or (STOPPED if day in still else None)) for day in days)


def _days_after(start: date) -> Iterator[date]:
    day = start
    while True:
        day += timedelta(1)
        yield day
