"""What in a programme will not go smoothly: gaps, overlaps, too little time to walk, one person in two slots."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import combinations
from zoneinfo import ZoneInfo

from webapp.models import Visit, VisitSlot
from webapp.vocabulary import Language, SlotAnswer

# Longer than this without anything, visitors wait.
GAP = timedelta(minutes=30)
# From one building to another; a large group needs longer.
WALK, WALK_LARGE, LARGE = timedelta(minutes=10), timedelta(minutes=15), 10


class Friction(StrEnum):
    """What is in the way of a programme."""

    GAP = "gap"
    OVERLAP = "overlap"
    WALK = "walk"
    PERSON = "person"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Snag:
    """One friction: at a slot, with an earlier one where there are two; `minutes` long, or about a person's `name`."""

    kind: Friction
    slot: VisitSlot
    earlier: VisitSlot | None = None
    minutes: int = 0
    name: str = ""


def snags(visit: Visit, slots: Sequence[VisitSlot]) -> list[Snag]:
    """Return what to warn of in a visit's slots, which come in their order with rooms and hosts; pure."""
    found = [*_outside(visit, slots), *_between(visit, slots), *_overlaps(slots)]
    return sorted(found, key=lambda each: (each.slot.starts_at, each.kind))


def _outside(visit: Visit, slots: Sequence[VisitSlot]) -> Iterator[Snag]:
    for slot in slots:
        if visit.starts_at and visit.ends_at:
            beyond = slot.starts_at < visit.starts_at or slot.ends_at > visit.ends_at
        else:
            day = slot.starts_at.astimezone(ZoneInfo(visit.timezone)).date()
            beyond = bool(visit.first_day and visit.last_day) and not visit.first_day <= day <= visit.last_day  # type: ignore[operator]
        if beyond:
            yield Snag(Friction.OUTSIDE, slot)


def _between(visit: Visit, slots: Sequence[VisitSlot]) -> Iterator[Snag]:
    """Compare each slot with the one that ends last before it; the night between two days is no gap."""
    zone = ZoneInfo(visit.timezone)
    large = (visit.guests or 0) > LARGE
    latest: VisitSlot | None = None
    for slot in slots:
        if latest is not None:
            pause = slot.starts_at - latest.ends_at
            same_day = slot.starts_at.astimezone(zone).date() == latest.ends_at.astimezone(zone).date()
            if pause >= timedelta(0) and same_day:
                yield from _pause(latest, slot, pause, WALK_LARGE if large else WALK)
        if latest is None or slot.ends_at >= latest.ends_at:
            latest = slot


def _pause(earlier: VisitSlot, slot: VisitSlot, pause: timedelta, walk: timedelta) -> Iterator[Snag]:
    if pause > GAP:
        yield Snag(Friction.GAP, slot, earlier, minutes=_minutes(pause))
    if pause < walk and _building(earlier) and _building(slot) and _building(earlier) != _building(slot):
        yield Snag(Friction.WALK, slot, earlier, minutes=_minutes(walk))


def _overlaps(slots: Sequence[VisitSlot]) -> Iterator[Snag]:
    for earlier, slot in combinations(slots, 2):
        shared = min(earlier.ends_at, slot.ends_at) - slot.starts_at
        if shared <= timedelta(0):
            continue
        yield Snag(Friction.OVERLAP, slot, earlier, minutes=_minutes(shared))
        people = {host.person_id for host in earlier.hosts if host.answer in (SlotAnswer.NONE, SlotAnswer.YES)}
        for host in slot.hosts:
            if host.person_id in people and host.answer in (SlotAnswer.NONE, SlotAnswer.YES):
                yield Snag(Friction.PERSON, slot, earlier, name=host.person.name)


def _building(slot: VisitSlot) -> str:
    """Return where a slot is as far as walking goes: its room's building, or the place in words; "" if unknown."""
    building = slot.room.building.get(Language.EN, "") if slot.room else ""
    return (building or slot.place).strip().casefold()


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
