"""What clashes with the days, the place and the host of a visit, with its reason; and the next days that are free."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NotRequired, TypedDict, Unpack
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.calendar.working_days import WEEKEND, WHOLE, halves_between
from webapp.domain.security.permissions import Actor
from webapp.domain.visits import surroundings
from webapp.domain.visits.hours import When, half_days, spans
from webapp.domain.visits.surroundings import Days, OtherVisit, Surroundings
from webapp.i18n import localised
from webapp.vocabulary import ClashKind, DayKind, DaySaid, Language, Level

# How far ahead other days are looked for.
AHEAD = 90
_ORDER = {kind: place for place, kind in enumerate(ClashKind)}
# What a partner's own form tells them of anyway, or what is no one's business but the office's.
_UNSAID = frozenset(
    {
        ClashKind.HOLIDAY, ClashKind.WEEKEND, ClashKind.HALF_DAY, ClashKind.THEIR_HOLIDAY, ClashKind.SHORT_NOTICE,
        ClashKind.LEADERS_AWAY, ClashKind.WALK, ClashKind.TENTATIVE_VISIT, ClashKind.CONFIRMED_VISIT,
        ClashKind.ROOM_WANTED, ClashKind.ROOM_THAT_DAY, ClashKind.HOST_WANTED, ClashKind.HOST_THAT_DAY,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Clash:
    """One thing that clashes with a visit: `hard` where it cannot be as long as that is so.

    `what` it is with, in the reader's language, goes into the sentence of `labels.CLASH`; `reference` is that of
    another visit's enquiry.
    """

    kind: ClashKind
    hard: bool
    first_day: date
    last_day: date
    what: str = ""
    reference: str = ""
    minutes: int = 0


@dataclass(frozen=True)
class Alternative:
    """Other days for the same visit, with the little that clashes with them."""

    when: When
    clashes: tuple[Clash, ...]


@dataclass(frozen=True)
class _Ask:
    """What is asked of each of the days."""

    room_id: int | None
    host_id: int | None
    guests: int | None
    needed: int
    online: bool
    today: date
    zone: ZoneInfo
    settings: Settings


class Circumstances(TypedDict):
    """What else is known of a visit: `besides` is its own id, which is in no one's way; names are in `language`.

    With an `actor`, visits that they do not see are not named.
    """

    now: datetime
    settings: Settings
    guests: NotRequired[int | None]
    level: NotRequired[Level | None]
    online: NotRequired[bool]
    besides: NotRequired[int | None]
    actor: NotRequired[Actor]
    language: NotRequired[Language]


def clashes(
    session: Session,
    when: When,
    room_id: int | None,
    host_id: int | None,
    country: str,
    **more: Unpack[Circumstances],
) -> tuple[Clash, ...]:
    """Return what clashes with a visit from a country, hard things first, each once with its days."""
    return clashes_for(session, [when], room_id, host_id, country, **more)[0]


def clashes_for(
    session: Session,
    whens: Sequence[When],
    room_id: int | None,
    host_id: int | None,
    country: str,
    **more: Unpack[Circumstances],
) -> list[tuple[Clash, ...]]:
    """Return what clashes with each of several days: as many statements as for one."""
    if not whens:
        return []
    ask = _asked(room_id, host_id, more)
    around = _look(session, surroundings.ranges(whens), (room_id, host_id), country, more)
    return [_found(when, ask, around) for when in whens]


def next_free(
    session: Session,
    when: When,
    room_id: int | None,
    host_id: int | None,
    country: str,
    **more: Unpack[Circumstances],
) -> Alternative | None:
    """Return the next days within AHEAD that clash with nothing; else the next that clash with nothing hard.

    They are as many days at the same hours, with the same room and host. None where there are none.
    """
    ask = _asked(room_id, host_id, more)
    begin = max(when.first_day, ask.today)
    days = [(begin, begin + timedelta(AHEAD) + (when.last_day - when.first_day))]
    around = _look(session, days, (room_id, host_id), country, more)
    possible: Alternative | None = None
    for later in range(1, AHEAD + 1):
        other = when.moved((begin - when.first_day).days + later, ask.zone)
        found = _found(other, ask, around)
        if not found:
            return Alternative(other, found)
        if possible is None and not any(clash.hard for clash in found):
            possible = Alternative(other, found)
    return possible


def for_partner(found: Iterable[Clash]) -> DaySaid | None:
    """Return all that a partner learns of a day: busy, short notice, or nothing. Never with whom or why."""
    kinds = {clash.kind for clash in found}
    if kinds - _UNSAID:
        return DaySaid.BUSY
    return DaySaid.SHORT_NOTICE if ClashKind.SHORT_NOTICE in kinds else None


def each_day(when: When, zone: ZoneInfo) -> list[When]:
    """Return each day of a range by itself with its hours, as a strip of a calendar shows it."""
    known = {start.date(): (start, end) for start, end in spans(when, zone)}
    return [When(day, day, *known.get(day, (None, None))) for day in when.days]


def _asked(room_id: int | None, host_id: int | None, more: Circumstances) -> _Ask:
    settings, online = more["settings"], more.get("online", False)
    needed = settings.levels.online if online else settings.levels.notice[more.get("level") or Level.C]
    today = more["now"].astimezone(settings.zone).date()
    return _Ask(room_id, host_id, more.get("guests"), needed, online, today, settings.zone, settings)


def _look(
    session: Session, days: Days, place: tuple[int | None, int | None], country: str, more: Circumstances
) -> Surroundings:
    language = more.get("language", Language.EN)
    said: dict[str, Any] = {name: more.get(name) for name in ("besides", "actor", "settings")}
    return surroundings.look(session, days, *place, country, language=language, **said)


def _found(when: When, ask: _Ask, around: Surroundings) -> tuple[Clash, ...]:
    merged: dict[tuple[ClashKind, bool, str, str], list[Clash]] = defaultdict(list)
    for clash in (*_of_days(when, ask, around), *_of_place(when, ask, around), *_of_others(when, ask, around)):
        known = merged[clash.kind, clash.hard, clash.what, clash.reference]
        if known and clash.first_day <= known[-1].last_day + timedelta(1):
            known[-1] = replace(known[-1], last_day=max(known[-1].last_day, clash.last_day))
        else:
            known.append(clash)
    every = (clash for known in merged.values() for clash in known)
    return tuple(sorted(every, key=lambda clash: (not clash.hard, _ORDER[clash.kind], clash.first_day)))


def _of_days(when: When, ask: _Ask, around: Surroundings) -> Iterator[Clash]:
    """Yield what the calendars and the office's own rules say of each day."""
    if when.first_day < ask.today:
        yield Clash(ClashKind.PAST, True, when.first_day, min(when.last_day, ask.today - timedelta(1)))
    else:
        given = halves_between(ask.today, when.first_day, around.office) // WHOLE
        if given < ask.needed:
            yield Clash(ClashKind.SHORT_NOTICE, False, when.first_day, when.first_day, f"{given}/{ask.needed}")
    for day in when.days:
        yield from _of_day(day, around)
        for block in around.blocks:
            if block.first <= day <= block.last:
                yield Clash(ClashKind.BLOCKED, block.hard, day, day, block.name)
        for trip in around.trips:
            away = {name for number, name in trip.people.items() if number != ask.host_id}
            if trip.first <= day <= trip.last and (away or trip.others):
                names = ", ".join(filter(None, (*sorted(away), trip.others)))
                yield Clash(ClashKind.LEADERS_AWAY, False, day, day, f"{names} ({trip.title})")


def _of_day(day: date, around: Surroundings) -> Iterator[Clash]:
    mark = around.office.marks.get(day)
    if mark is not None:
        if mark.kind is DayKind.CLOSED:
            yield Clash(ClashKind.CLOSED, True, day, day, mark.name)
        elif mark.kind is DayKind.HALF:
            yield Clash(ClashKind.HALF_DAY, False, day, day, mark.name)
    elif day in around.office.holidays:
        yield Clash(ClashKind.HOLIDAY, False, day, day, around.office.holidays[day])
    elif around.office.why(day) == WEEKEND:
        yield Clash(ClashKind.WEEKEND, False, day, day)
    if day in around.theirs.holidays:
        yield Clash(ClashKind.THEIR_HOLIDAY, False, day, day, around.theirs.holidays[day])


def _of_place(when: When, ask: _Ask, around: Surroundings) -> Iterator[Clash]:
    """Yield what the room and the host say by themselves, without other visits."""
    days, room, host = (when.first_day, when.last_day), around.room, around.host
    if room is not None:
        if not room.active:
            yield Clash(ClashKind.ROOM_HIDDEN, True, *days, localised(room.name, Language.EN))
        if room.seats is not None and ask.guests is not None and room.seats < ask.guests:
            yield Clash(ClashKind.ROOM_SMALL, True, *days, f"{room.seats}/{ask.guests}")
    if host is None:
        return
    if not host.active:
        yield Clash(ClashKind.HOST_GONE, True, *days, host.name)
    for leave in around.leaves:
        if part := _shared(when, leave.first, leave.last):
            yield Clash(ClashKind.HOST_AWAY, True, *part, host.name)
    for trip in around.trips:
        if host.id in trip.people and (part := _shared(when, trip.first, trip.last)):
            yield Clash(ClashKind.HOST_TRAVELS, True, *part, trip.title)


def _shared(when: When, first: date, last: date) -> tuple[date, date] | None:
    begin, end = max(when.first_day, first), min(when.last_day, last)
    return (begin, end) if begin <= end else None


def _of_others(when: When, ask: _Ask, around: Surroundings) -> Iterator[Clash]:
    """Yield what other visits say: of the same room or host, of the same half day, and how many those are."""
    here, filled = spans(when, ask.zone), half_days(when, ask.zone)
    near = {visit.id: visit for day in when.days for visit in around.by_day.get(day, ())}
    for visit in near.values():
        part = _shared(when, visit.when.first_day, visit.when.last_day) or (when.first_day, when.first_day)
        own = list(_of_same(here, visit, ask, around))
        for kind, hard, minutes in own:
            yield Clash(kind, hard, *part, visit.organisation, visit.reference, minutes)
        if not own and filled & visit.half_days:
            kind = ClashKind.CONFIRMED_VISIT if visit.confirmed else ClashKind.TENTATIVE_VISIT
            yield Clash(kind, False, *part, visit.organisation, visit.reference)
    if not ask.online:
        yield from _full(when, filled, ask, around)


def _of_same(
    here: list[tuple[datetime, datetime]], visit: OtherVisit, ask: _Ask, around: Surroundings
) -> Iterator[tuple[ClashKind, bool, int]]:
    """Yield how another visit meets this one in its room and its host: hard where it is confirmed, at the same hour."""
    both_known = bool(here and visit.spans)
    meets = any(start < last and first < end for start, end in here for first, last in visit.spans)
    for own, theirs, kinds in (
        (ask.room_id, visit.room_id, (ClashKind.ROOM_TAKEN, ClashKind.ROOM_THAT_DAY, ClashKind.ROOM_WANTED)),
        (ask.host_id, visit.host_id, (ClashKind.HOST_TAKEN, ClashKind.HOST_THAT_DAY, ClashKind.HOST_WANTED)),
    ):
        if own is None or own != theirs or (both_known and not meets):
            continue
        if visit.confirmed:
            yield (kinds[0], True, 0) if meets else (kinds[1], False, 0)
        else:
            yield kinds[2], False, 0
    apart = around.room_building and visit.building and around.room_building != visit.building
    if ask.host_id is not None and ask.host_id == visit.host_id and apart and not meets:
        minutes = ask.settings.walk(max(ask.guests or 0, visit.guests or 0))
        walk = timedelta(minutes=minutes)
        if any(start < last + walk and first < end + walk for start, end in here for first, last in visit.spans):
            yield ClashKind.WALK, False, minutes


def _full(when: When, filled: set[tuple[date, int]], ask: _Ask, around: Surroundings) -> Iterator[Clash]:
    # While no time is known, one of the two halves will do.
    counted = max if spans(when, ask.zone) else min
    for day in when.days:
        there = [visit for visit in around.by_day.get(day, ()) if visit.confirmed and visit.in_person]
        halves = [sum((day, half) in visit.half_days for visit in there) for on, half in filled if on == day]
        most = counted(halves, default=0)
        if len(there) >= ask.settings.visits_day:
            yield Clash(ClashKind.DAY_FULL, False, day, day, f"{len(there)}/{ask.settings.visits_day}")
        elif most >= ask.settings.visits_half_day:
            yield Clash(ClashKind.HALF_DAY_FULL, False, day, day, f"{most}/{ask.settings.visits_half_day}")
