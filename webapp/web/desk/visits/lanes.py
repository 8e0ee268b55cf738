"""Rooms and hosts as lanes of a week: visits, and slots of programmes in other rooms and by other people."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from webapp.db import db
from webapp.domain.enquiries import loading
from webapp.domain.visits import calendar
from webapp.domain.visits.calendar import Stretch
from webapp.i18n import localised
from webapp.models import Person, Visit, VisitSlot
from webapp.web import edge
from webapp.web.desk.visits.programme import is_host


@dataclass(frozen=True)
class LaneDay:
    """What a room or a host has on one day."""

    visits: Sequence[Visit]
    slots: Sequence[tuple[Visit, VisitSlot]]


@dataclass(frozen=True)
class Lane:
    """A room or a host, and each day of a week."""

    name: str
    days: Sequence[LaneDay]


def of(stretch: Stretch, days: Sequence[date]) -> list[Lane]:
    """Return a lane for each room and each host of a week, rooms first, both by name.

    A slot is in the lane of its visit's own room or host already; it has its place in those that are its own.
    """
    language, visits = edge.language(), {visit.id: visit for visit in stretch.visits}
    names: dict[tuple[int, int], str] = {}
    theirs: dict[tuple[int, int], list[Visit]] = defaultdict(list)
    slots: dict[tuple[int, int], list[tuple[Visit, VisitSlot]]] = defaultdict(list)
    for visit in stretch.visits:
        if visit.room:
            names[0, visit.room.id] = localised(visit.room.name, language)
            theirs[0, visit.room.id].append(visit)
        if visit.host:
            names[1, visit.host.id] = visit.host.name
            theirs[1, visit.host.id].append(visit)
    whole = loading.seen_whole(db.session(), {each.enquiry_id for each in stretch.visits}, actor=edge.actor())
    for slot in stretch.slots:
        visit = visits[slot.visit_id]
        people = _shown(slot, whole=visit.enquiry_id in whole or is_host(visit))
        if people is None:
            continue
        if slot.room and slot.room_id != visit.room_id:
            names[0, slot.room.id] = localised(slot.room.name, language)
            slots[0, slot.room.id].append((visit, slot))
        for person in people:
            if person.id != visit.host_id:
                names[1, person.id] = person.name
                slots[1, person.id].append((visit, slot))
    keys = sorted(names, key=lambda key: (key[0], names[key]))
    return [Lane(names[key], [_day(day, theirs[key], slots[key]) for day in days]) for key in keys]


def _shown(slot: VisitSlot, *, whole: bool) -> list[Person] | None:
    """Return who is shown to receive in a slot; None where the reader sees nothing of it."""
    people = calendar.asked(slot)
    return people if whole or any(person.id == edge.actor().person_id for person in people) else None


def _day(day: date, visits: Sequence[Visit], slots: Sequence[tuple[Visit, VisitSlot]]) -> LaneDay:
    there = [
        visit for visit in visits if visit.first_day and visit.last_day and visit.first_day <= day <= visit.last_day
    ]
    return LaneDay(there, [(visit, slot) for visit, slot in slots if _local(visit, slot.starts_at).date() == day])


def _local(visit: Visit, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(visit.timezone))
