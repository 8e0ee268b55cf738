"""The promise: by which working day a first answer is due. Pure functions over an explicit calendar."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache

import holidays

from webapp.place import has_holidays
from webapp.vocabulary import DayKind, Language

WEEKEND_DAYS = frozenset({5, 6})
# Where offices close on more days than the statutory ones that the library calls public.
_GENERAL_HOLIDAYS = {"HK": ("public", "optional")}
WEEKEND = "weekend"
STOPPED = "stopped"
# Days are counted in halves, so that two half days make a working day and nothing is ever rounded.
WHOLE = 2
_HALVES = {DayKind.CLOSED: 0, DayKind.HALF: 1, DayKind.WORKING: WHOLE}
# Names of the library that mislead: 周日 is a weekday to the gazette of Hong Kong, and a Sunday on the mainland.
_BETTER_NAMES = {"圣诞节后第一个周日": "圣诞节后首个平日", "The first day of January": "New Year's Day"}
# The library's English is American. Holidays of the United States keep the names that they have there.
_BRITISH = {"Labor": "Labour", "Laborers": "Labourers", "Defense": "Defence", "Honor": "Honour", "honor": "honour"}
_BRITISH |= {"Valor": "Valour", "Canonization": "Canonisation", "Fraternization": "Fraternisation"}
_BRITISH |= {"Nationalization": "Nationalisation", "Program": "Programme", "Theater": "Theatre"}
_AMERICAN = re.compile(rf"\b({'|'.join(_BRITISH)})\b")
_THEIR_OWN = frozenset({"US", "PR", "GU", "VI", "AS", "MP", "UM"})


@dataclass(frozen=True)
class Mark:
    """What the office says of a day, and why; it beats weekends and general holidays."""

    kind: DayKind
    name: str


@dataclass(frozen=True)
class Calendar:
    """Which days count: weekends do not, nor general holidays (by date with their name), unless the office says."""

    holidays: Mapping[date, str]
    marks: Mapping[date, Mark] = field(default_factory=dict)
    weekend: frozenset[int] = WEEKEND_DAYS

    def is_weekend(self, day: date) -> bool:
        """Return whether a day of the week is one without work, whatever else the day is."""
        return day.weekday() in self.weekend

    def halves(self, day: date) -> int:
        """Return how many halves of a day are worked: 0, 1 or 2."""
        if day in self.marks:
            return _HALVES[self.marks[day].kind]
        return 0 if day in self.holidays or self.is_weekend(day) else WHOLE

    def why(self, day: date) -> str | None:
        """Return why a day does not count in full: a name, WEEKEND, or None for a whole working day."""
        if day in self.marks:
            mark = self.marks[day]
            return None if mark.kind is DayKind.WORKING else mark.name
        return self.holidays.get(day) or (WEEKEND if self.is_weekend(day) else None)

    def marked(self, marks: Mapping[date, Mark | None]) -> "Calendar":
        """Return the calendar with other marks for some days; None takes a mark away."""
        merged = {**self.marks, **marks}
        return replace(self, marks={day: mark for day, mark in merged.items() if mark is not None})


@dataclass(frozen=True)
class Day:
    """A day as the promise counted it: how many halves, and why not all of it (None: all of it)."""

    date: date
    halves: int
    why: str | None


@dataclass(frozen=True)
class Promise:
    """A due date and how it was counted: each day after the start."""

    due: date
    days: tuple[Day, ...]


@cache
def public_calendar(country: str, first_year: int, last_year: int, language: Language = Language.EN) -> Calendar:
    """Return the general holidays of a country for whole years, inclusive; names in a language, else in its English.

    Without a country, or where the library has no holidays of it, there are none.
    """
    if not has_holidays(country):
        return Calendar({})
    known = holidays.country_holidays(country).supported_languages
    own = f"en_{country}"
    english = own if own in known else Language.EN.writing.holidays
    wanted = language.writing.holidays
    days = holidays.country_holidays(
        country,
        years=range(first_year, last_year + 1),
        language=wanted if wanted in known and language is not Language.EN else english,
        categories=_GENERAL_HOLIDAYS.get(country, ("public",)),
    )
    names = {day: name.split("; ") for day, name in days.items()}  # one of each holiday of the day
    parted = language.writing.parts.join
    return Calendar({day: parted(_better(name, country) for name in each) for day, each in names.items()})


def _better(name: str, country: str) -> str:
    """Return a holiday's name in British English, or as the office would say it, where the library has it otherwise."""
    if country in _THEIR_OWN:
        return name
    return _AMERICAN.sub(lambda found: _BRITISH[found[0]], _BETTER_NAMES.get(name, name))


def promise(start: date, working_days: int, calendar: Calendar, pauses: Iterable[tuple[date, date]] = ()) -> Promise:
    """Count working days from the day after `start` (the day in the institution's zone) and say how.

    `pauses` are the days after which and through which the clock was paused. A clock that stopped on the very day
    that the count was full is due when it runs again. `working_days` is at least 1; a start on a closed day counts
    from the next one all the same.
    """
    if working_days < 1:
        raise ValueError("a promise needs at least one working day")
    still = tuple(pauses)
    left = working_days * WHOLE
    days: list[Day] = []
    for date_ in _days_after(start):
        day = _counted(date_, calendar, still)
        days.append(day)
        left -= day.halves
        held = any(first <= date_ < last for first, last in still)
        if left <= 0 and calendar.halves(date_) and not held:
            return Promise(date_, tuple(days))
    raise AssertionError("unreachable")


def halves_between(start: date, end: date, calendar: Calendar) -> int:
    """Return how many halves of working days come after `start` up to and including `end`; negative if reversed."""
    if end < start:
        return -halves_between(end, start, calendar)
    return sum(calendar.halves(start + timedelta(n)) for n in range(1, (end - start).days + 1))


def account(start: date, due: date, stops: Iterable[tuple[date, date | None]], calendar: Calendar) -> tuple[Day, ...]:
    """Say of each day after `start` up to `due` how it counted: a name, WEEKEND, STOPPED, or None: in full.

    `stops` are the days after which and through which the clock was paused; None as an end: it still is.
    """
    still = tuple(stops)
    return tuple(_counted(start + timedelta(number), calendar, still) for number in range(1, (due - start).days + 1))


def _counted(day: date, calendar: Calendar, stops: Iterable[tuple[date, date | None]]) -> Day:
    halves, why = calendar.halves(day), calendar.why(day)
    if halves and any(first < day and (last is None or day <= last) for first, last in stops):
        return Day(day, 0, STOPPED)
    return Day(day, halves, why)


def _days_after(start: date) -> Iterator[date]:
    day = start
    while True:
        day += timedelta(1)
        yield day
