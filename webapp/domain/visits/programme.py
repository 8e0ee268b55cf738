"""The programme of a visit: slots are added, changed, moved, removed, or added from what a level usually holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.domain.enquiries import visiting
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.history import versions
from webapp.domain.notifications import programme_mails
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import require
from webapp.models import Enquiry, Room, SlotHost, Visit, VisitSlot
from webapp.paths import DATA
from webapp.vocabulary import Language, Level, LinkEnd, Permission, SlotAnswer, SlotNews, VisitState

LONGEST = timedelta(hours=24)
MOST_SLOTS = 60
MOST_HOSTS = 20
# When a day begins that has no time yet.
_BEGINS = time(10)


@dataclass(frozen=True)
class SlotPlan:
    """What a slot is: when, what, where, in which languages, and how many must receive the visitors."""

    starts_at: datetime
    ends_at: datetime
    title: Mapping[str, str]
    purpose: Mapping[str, str] = field(default_factory=dict)
    room_id: int | None = None
    place: str = ""
    languages: str = ""
    interpreter: str = ""
    quorum: int = 1


def of(session: Session, visit: Visit) -> Sequence[VisitSlot]:
    """Return the slots of a visit in their order, with rooms and those who receive: two statements."""
    query = select(VisitSlot).where(VisitSlot.visit_id == visit.id)
    query = query.order_by(VisitSlot.starts_at, VisitSlot.position, VisitSlot.id)
    loads = (joinedload(VisitSlot.room), selectinload(VisitSlot.hosts).joinedload(SlotHost.person))
    return session.scalars(query.options(*loads).execution_options(populate_existing=True)).unique().all()


def one(session: Session, enquiry: Enquiry, slot_id: int) -> VisitSlot:
    """Return a slot of an enquiry's visit with all that belongs to it. Raises NotFound, also for another visit's."""
    hosts = selectinload(VisitSlot.hosts)
    loads = (
        joinedload(VisitSlot.room),
        joinedload(VisitSlot.visit).options(
            joinedload(Visit.room), joinedload(Visit.host), selectinload(Visit.options)
        ),
        hosts.joinedload(SlotHost.person),
        hosts.joinedload(SlotHost.link),
    )
    query = select(VisitSlot).where(VisitSlot.id == slot_id, VisitSlot.enquiry_id == enquiry.id)
    found = session.scalars(query.options(*loads).execution_options(populate_existing=True)).unique().one_or_none()
    if found is None:
        raise NotFound("slot")
    return found


def standing(session: Session, enquiry: Enquiry) -> Visit:
    """Return the visit of an enquiry, as long as something can be planned for it. Raises NotFound."""
    visit = visiting.of(session, enquiry)
    if visit is None or visit.state is VisitState.CANCELLED:
        raise NotFound("visit")
    return visit


def add(session: Session, enquiry: Enquiry, plan: SlotPlan, *, by: Acting) -> VisitSlot:
    """Add a slot to the visit of a locked enquiry. Raises NotAllowed, NotFound, and Invalid by the plan's fields."""
    require(by.actor, Permission.ENQUIRY_DECIDE)
    visit = standing(session, enquiry)
    there = of(session, visit)
    if len(there) >= MOST_SLOTS:
        raise Invalid({"starts": "many"})
    made = VisitSlot(
        version=1,
        visit_id=visit.id,
        enquiry_id=enquiry.id,
        uid=f"{uuid4()}@{urlsplit(by.settings.public_url).hostname}",
        sequence=0,
        position=max((slot.position for slot in there), default=0) + 1,
    )
    _set(session, visit, made, plan, by=by)
    session.add(made)
    session.flush()
    return made


def edit(session: Session, enquiry: Enquiry, slot_id: int, plan: SlotPlan, *, version: int, by: Acting) -> VisitSlot:
    """Change a slot; those who were asked hear of it, and are asked again where it has another time.

    Raises as `add`, and Conflict where someone else changed the slot meanwhile.
    """
    slot = _held(session, enquiry, slot_id, version=version, by=by)
    before, shown = (slot.starts_at, slot.ends_at), _shown(slot)
    _set(session, slot.visit, slot, plan, by=by)
    moved = before != (slot.starts_at, slot.ends_at)
    if moved or shown != _shown(slot):
        _tell(session, enquiry, slot, moved=moved, by=by)
    versions.raise_version(slot)
    session.flush()
    return slot


def move(
    session: Session,
    enquiry: Enquiry,
    slot_id: int,
    starts_at: datetime,
    *,
    with_rest: bool = False,
    version: int,
    by: Acting,
) -> None:
    """Let a slot begin at another time and last as long; `with_rest` moves what follows on its day by as much.

    Raises as `edit`.
    """
    slot = _held(session, enquiry, slot_id, version=version, by=by)
    zone, shift = ZoneInfo(slot.visit.timezone), starts_at - slot.starts_at
    if not shift:
        return
    day = slot.starts_at.astimezone(zone).date()
    rest = [
        each.id
        for each in of(session, slot.visit)
        if with_rest and each.starts_at >= slot.ends_at and each.starts_at.astimezone(zone).date() == day
    ]
    for number in (slot.id, *rest):
        _shift(session, enquiry, one(session, enquiry, number), shift, by=by)


def remove(session: Session, enquiry: Enquiry, slot_id: int, *, version: int, by: Acting) -> None:
    """Take a slot out; its links end, and those who were asked hear that they are not needed. Raises as `edit`."""
    slot = _held(session, enquiry, slot_id, version=version, by=by)
    slot.sequence, slot.changed_at = slot.sequence + 1, by.now
    for host in slot.hosts:
        _tell_one(session, enquiry, slot, host, SlotNews.OFF, by=by)
        if host.link is not None and host.link.ended_at is None:
            host.link.ended_at, host.link.ended_why = by.now, LinkEnd.RECALLED
    session.flush()
    session.delete(slot)
    session.flush()


def put_in(session: Session, enquiry: Enquiry, level: Level, *, known: int, by: Acting) -> Sequence[VisitSlot]:
    """Add what a visit of a level usually holds, after what is there, or from when the visit begins.

    `known` is how many slots the actor saw: pressed twice, it adds nothing more. Raises as `add`, Invalid ("level":
    "day") while no day is known, and Conflict.
    """
    visit = standing(session, enquiry)
    if (count := len(of(session, visit))) != known:
        raise Conflict(version=count, changed_at=None)
    begins = _next(session, visit)
    if begins is None:
        raise Invalid({"level": "day"})
    made = []
    for part in usual()[level]:
        begins += timedelta(minutes=part.get("pause", 0))
        ends = begins + timedelta(minutes=part["minutes"])
        plan = SlotPlan(begins, ends, part["title"], room_id=visit.room_id, quorum=part.get("quorum", 1))
        made.append(add(session, enquiry, plan, by=by))
        begins = ends
    return made


@cache
def usual() -> Mapping[Level, Sequence[Mapping[str, Any]]]:
    """Return what visits of each level usually hold, as the package's own file has it."""
    raw = yaml.safe_load((DATA / "programmes.yaml").read_text(encoding="utf-8"))
    return {Level(level): tuple(parts) for level, parts in raw.items()}


def show(session: Session, enquiry: Enquiry, *, shown: bool, by: Acting) -> None:
    """Let the partner see the programme once the visit is confirmed, or no more. Raises NotAllowed, NotFound."""
    require(by.actor, Permission.ENQUIRY_DECIDE)
    standing(session, enquiry).shows_programme = shown


def follow(session: Session, enquiry: Enquiry, visit: Visit, before: date | None, *, by: Acting) -> None:
    """Move the slots with a visit that has another first day now than `before` (None: that had none).

    They keep their times of day where the visit is received.
    """
    slots = of(session, visit)
    if not slots or visit.first_day is None:
        return
    zone = ZoneInfo(visit.timezone)
    days = visit.first_day - (before or slots[0].starts_at.astimezone(zone).date())
    for slot in slots if days else ():
        local = slot.starts_at.astimezone(zone)
        there = datetime.combine(local.date() + days, local.timetz().replace(tzinfo=None), zone)
        _shift(session, enquiry, one(session, enquiry, slot.id), there - slot.starts_at, by=by)


def _next(session: Session, visit: Visit) -> datetime | None:
    slots = of(session, visit)
    if slots:
        return max(slot.ends_at for slot in slots)
    if visit.starts_at is not None:
        return visit.starts_at
    return datetime.combine(visit.first_day, _BEGINS, ZoneInfo(visit.timezone)) if visit.first_day else None


def _held(session: Session, enquiry: Enquiry, slot_id: int, *, version: int, by: Acting) -> VisitSlot:
    require(by.actor, Permission.ENQUIRY_DECIDE)
    standing(session, enquiry)
    slot = one(session, enquiry, slot_id)
    versions.expect(slot, version)
    return slot


def _set(session: Session, visit: Visit, slot: VisitSlot, plan: SlotPlan, *, by: Acting) -> None:
    room = session.get(Room, plan.room_id) if plan.room_id is not None else None
    faults = _faults(plan)
    if plan.room_id is not None and (room is None or not (room.active or room.id in (slot.room_id, visit.room_id))):
        faults["room"] = "unknown"
    if faults:
        raise Invalid(faults)
    slot.starts_at, slot.ends_at, slot.changed_at = plan.starts_at, plan.ends_at, by.now
    slot.title, slot.purpose = (
        {language: text.strip() for language, text in texts.items() if text.strip()}
        for texts in (plan.title, plan.purpose)
    )
    slot.room, slot.room_id, slot.place = room, plan.room_id, plan.place.strip()
    slot.languages, slot.interpreter, slot.quorum = plan.languages.strip(), plan.interpreter.strip(), plan.quorum


def _faults(plan: SlotPlan) -> dict[str, str]:
    faults = {}
    if plan.ends_at <= plan.starts_at:
        faults["ends"] = "before"
    elif plan.ends_at - plan.starts_at > LONGEST:
        faults["ends"] = "long"
    if not (plan.title.get(Language.EN) or "").strip():
        faults["title_en"] = "needed"
    if not 0 <= plan.quorum <= MOST_HOSTS:
        faults["quorum"] = "bounds"
    return faults


def _shown(slot: VisitSlot) -> tuple[object, ...]:
    """Return what those who receive read of a slot beside its time."""
    return slot.title, slot.purpose, slot.room_id, slot.place, slot.languages, slot.interpreter


def _shift(session: Session, enquiry: Enquiry, slot: VisitSlot, by_time: timedelta, *, by: Acting) -> None:
    slot.starts_at, slot.ends_at, slot.changed_at = slot.starts_at + by_time, slot.ends_at + by_time, by.now
    _tell(session, enquiry, slot, moved=True, by=by)
    versions.raise_version(slot)
    session.flush()


def _tell(session: Session, enquiry: Enquiry, slot: VisitSlot, *, moved: bool, by: Acting) -> None:
    """Tell those who were asked and have not said no; a yes holds for the time for which it was given."""
    slot.sequence += 1
    for host in slot.hosts:
        if host.link is not None and host.is_open:
            host.link.expires_at = slot.ends_at
        if moved:
            _tell_one(session, enquiry, slot, host, SlotNews.MOVED, by=by)
            if host.answer in (SlotAnswer.YES, SlotAnswer.NO):
                host.answer, host.answered_at, host.reminded_at = SlotAnswer.NONE, None, None
        elif host.answer is SlotAnswer.YES:
            _tell_one(session, enquiry, slot, host, SlotNews.CHANGED, by=by)


def _tell_one(
    session: Session, enquiry: Enquiry, slot: VisitSlot, host: SlotHost, news: SlotNews, *, by: Acting
) -> None:
    asked = host.invited_at is not None and host.answer in (SlotAnswer.NONE, SlotAnswer.YES)
    if asked or (news is SlotNews.MOVED and host.answer is SlotAnswer.NO):
        programme_mails.tell_host(
            session, enquiry, slot, host, news, occasion=str(slot.sequence), now=by.now, settings=by.settings
        )
