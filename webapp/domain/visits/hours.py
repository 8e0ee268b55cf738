"""When a visit is: its days, its hours on each of them, and the five-minute steps and half days that they fill."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from webapp.domain.calendar import office_calendar

# A visit that comes in the afternoon and leaves in the morning has the days between these hours.
OPENS, NOON, CLOSES = time(8), time(13), time(18)
STEP = 300
MORNING, AFTERNOON = 0, 1


@dataclass(frozen=True)
class When:
    """The days of a visit where it is received, and its times, which may not be known yet: both or neither."""

    first_day: date
    last_day: date
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def moved(self, days: int, zone: tzinfo) -> "When":
        """Return the same days so many later, at the same hours of the place's clock."""
        by = timedelta(days)
        start, end = (self._later(at, by, zone) for at in (self.starts_at, self.ends_at))
        return When(self.first_day + by, self.last_day + by, start, end)

    @staticmethod
    def _later(at: datetime | None, by: timedelta, zone: tzinfo) -> datetime | None:
        if at is None:
            return None
        here = at.astimezone(zone)
        return datetime.combine(here.date() + by, here.time(), zone)

    @property
    def days(self) -> Iterator[date]:
        """Yield each of its days."""
        return office_calendar.days(self.first_day, self.last_day)


def spans(when: When, zone: tzinfo) -> list[tuple[datetime, datetime]]:
    """Return the hours of each day, from when to when; nothing while no time is known.

    On each of several days it is there between the same hours, so that a room is free for others at night. Where it
    leaves earlier in the day than it came, it is there from its coming to the evening, and from the morning on.
    """
    if when.starts_at is None or when.ends_at is None or when.ends_at <= when.starts_at:
        return []
    start, end = when.starts_at.astimezone(zone), when.ends_at.astimezone(zone)
    if start.date() == end.date():
        return [(start, end)]
    days = list(office_calendar.days(start.date(), end.date()))
    if start.time() < end.time():
        return [(_at(day, start.time(), zone), _at(day, end.time(), zone)) for day in days]
    evening = _at(days[0], CLOSES, zone) if start.time() < CLOSES else _at(days[1], time(), zone)
    morning = _at(days[-1], OPENS if end.time() > OPENS else time(), zone)
    between = [(_at(day, OPENS, zone), _at(day, CLOSES, zone)) for day in days[1:-1]]
    found = [(start, evening), *between, (morning, end)]
    return [(first, last) for first, last in found if first < last]


def _at(day: date, hour: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, hour.replace(tzinfo=None), zone)


def steps(when: When, zone: tzinfo) -> list[int]:
    """Return the five-minute steps since 1970 that it fills, in order; the one that begins as it ends is free."""
    found: set[int] = set()
    for start, end in spans(when, zone):
        found.update(range(int(start.timestamp()) // STEP, -(-int(end.timestamp()) // STEP)))
    return sorted(found)


def half_days(when: When, zone: tzinfo) -> set[tuple[date, int]]:
    """Return the half days that it fills; all of its days while no time is known."""
    known = spans(when, zone)
    if not known:
        return {(day, half) for day in when.days for half in (MORNING, AFTERNOON)}
    found = set()
    for start, end in known:
        if start.time() < NOON:
            found.add((start.date(), MORNING))
        if end.date() > start.date() or end.time() > NOON:
            found.add((start.date(), AFTERNOON))
    return found
