"""What is there around some days: visits, people, rooms and calendars, in a constant number of statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, text, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from webapp import questions
from webapp.config import Settings
from webapp.domain.calendar import office_calendar
from webapp.domain.calendar.working_days import Calendar, public_calendar
from webapp.domain.security.permissions import Actor, visible
from webapp.domain.visits import hours
from webapp.domain.visits.hours import When
from webapp.i18n import localised
from webapp.models import BlockedPeriod, Enquiry, Leave, Person, Room, Trip, TripMember, Visit
from webapp.vocabulary import Language, VisitMode, VisitState

Days = Sequence[tuple[date, date]]
LONGEST = timedelta(days=questions.LONGEST_WINDOW)
# In the very words of the index: neither database recognises its condition through parameters.
_STANDS = text("visits.state IN ('tentative', 'confirmed')")


@dataclass(frozen=True)
class OtherVisit:
    """Another visit that is tentative or confirmed; `reference` and `organisation` are empty where no one may know."""

    id: int
    reference: str
    organisation: str
    confirmed: bool
    in_person: bool
    when: When
    room_id: int | None
    host_id: int | None
    building: str
    guests: int | None
    zone: ZoneInfo

    @cached_property
    def spans(self) -> list[tuple[datetime, datetime]]:
        """Its hours."""
        return hours.spans(self.when, self.zone)

    @cached_property
    def half_days(self) -> set[tuple[date, int]]:
        """The half days that it fills."""
        return hours.half_days(self.when, self.zone)


@dataclass(frozen=True)
class Absence:
    """Days on which someone is away, and why: the name of a trip with who travels, or nothing for leave."""

    first: date
    last: date
    title: str = ""
    people: Mapping[int, str] = field(default_factory=dict)
    others: str = ""


@dataclass(frozen=True)
class Block:
    """Days on which no visit should be."""

    first: date
    last: date
    name: str
    hard: bool


@dataclass(frozen=True)
class Surroundings:
    """All that can clash with some days."""

    office: Calendar
    theirs: Calendar
    visits: Sequence[OtherVisit]
    blocks: Sequence[Block]
    leaves: Sequence[Absence]
    trips: Sequence[Absence]
    room: Room | None
    room_building: str
    host: Person | None

    @cached_property
    def by_day(self) -> Mapping[date, list[OtherVisit]]:
        """The other visits of each day."""
        found: dict[date, list[OtherVisit]] = defaultdict(list)
        for visit in self.visits:
            for day in visit.when.days:
                found[day].append(visit)
        return found


def look(
    session: Session,
    days: Days,
    room_id: int | None,
    host_id: int | None,
    country: str,
    *,
    besides: int | None = None,
    actor: Actor | None = None,
    settings: Settings,
    language: Language = Language.EN,
) -> Surroundings:
    """Read what is around some ranges of days (at least one); one statement for each kind of thing, however many.

    Of a visit that the actor does not see, they learn that there is one.
    """
    first, last = min(range_[0] for range_ in days), max(range_[1] for range_ in days)
    room = session.get(Room, room_id) if room_id is not None else None
    return Surroundings(
        office=office_calendar.around(session, first, settings=settings, language=language),
        theirs=_theirs(country, first, last, settings, language),
        visits=[_other(row) for row in session.execute(_visits(days, besides, actor))],
        blocks=[
            Block(row.first, row.last, localised(row.name, language), row.hard)
            for row in session.scalars(
                select(BlockedPeriod).where(_within(BlockedPeriod.first, BlockedPeriod.last, days))
            )
        ],
        leaves=_leaves(session, host_id, days),
        trips=_trips(session, days),
        room=room,
        room_building=localised(room.building, Language.EN) if room else "",
        host=session.get(Person, host_id) if host_id is not None else None,
    )


def ranges(whens: Sequence[When]) -> list[tuple[date, date]]:
    """Return the days of all as a few ranges: what is near each other is read in one."""
    found: list[tuple[date, date]] = []
    for when in sorted(whens, key=lambda each: each.first_day):
        if found and when.first_day <= found[-1][1] + timedelta(7):
            found[-1] = (found[-1][0], max(found[-1][1], when.last_day))
        else:
            found.append((when.first_day, when.last_day))
    return found


def _within(
    first: InstrumentedAttribute[date] | InstrumentedAttribute[date | None],
    last: InstrumentedAttribute[date] | InstrumentedAttribute[date | None],
    days: Days,
) -> ColumnElement[bool]:
    return or_(*(and_(first <= end, last >= begin) for begin, end in days))


def _visits(days: Days, besides: int | None, actor: Actor | None) -> Select[*tuple[Any, ...]]:
    columns = (Visit.id, Enquiry.reference, Enquiry.organisation, Visit.state, Visit.mode, Visit.timezone)
    when = (Visit.first_day, Visit.last_day, Visit.starts_at, Visit.ends_at)
    where = (Visit.room_id, Visit.host_id, Visit.guests, Room.building)
    seen = (visible(actor) if actor else true()).label("seen")
    query = select(*columns, *when, *where, seen).join(Enquiry, Enquiry.id == Visit.enquiry_id)
    query = query.outerjoin(Room, Room.id == Visit.room_id)
    # Since no visit is longer, those that begin long before are left out.
    near = or_(*(Visit.first_day.between(begin - LONGEST, end) & (Visit.last_day >= begin) for begin, end in days))
    query = query.where(_STANDS, near, Visit.id.is_distinct_from(besides))
    return query.order_by(Visit.first_day, Visit.id)


def _other(row: Row[Any]) -> OtherVisit:
    return OtherVisit(
        id=row.id,
        reference=row.reference if row.seen else "",
        organisation=row.organisation if row.seen else "",
        confirmed=row.state is VisitState.CONFIRMED,
        in_person=row.mode is VisitMode.IN_PERSON,
        when=When(row.first_day, row.last_day, row.starts_at, row.ends_at),
        room_id=row.room_id,
        host_id=row.host_id,
        building=localised(row.building, Language.EN) if row.building else "",
        guests=row.guests,
        zone=ZoneInfo(row.timezone),
    )


def _theirs(country: str, first: date, last: date, settings: Settings, language: Language) -> Calendar:
    """Return the general holidays where the visitors come from; none where that is here, or where no one knows them."""
    if not country or country == settings.institution_country:
        return Calendar({})
    try:
        return public_calendar(country, first.year, last.year, language)
    except NotImplementedError:
        return Calendar({})


def _leaves(session: Session, host_id: int | None, days: Days) -> list[Absence]:
    if host_id is None:
        return []
    # Who answers for one network no longer is on campus all the same.
    own = (Leave.person_id == host_id, Leave.network_id.is_(None), _within(Leave.starts_on, Leave.ends_on, days))
    return [Absence(first, last) for first, last in session.execute(select(Leave.starts_on, Leave.ends_on).where(*own))]


def _trips(session: Session, days: Days) -> list[Absence]:
    query = (
        select(Trip.id, Trip.title, Trip.leaves_on, Trip.back_on, Trip.others, Person.id, Person.name)
        .outerjoin(TripMember, TripMember.trip_id == Trip.id)
        .outerjoin(Person, Person.id == TripMember.person_id)
        .where(_within(Trip.leaves_on, Trip.back_on, days))
        .order_by(Trip.leaves_on, Trip.id, TripMember.position)
    )
    found: dict[int, Absence] = {}
    for number, title, leaves_on, back_on, others, person_id, name in session.execute(query):
        known = found.get(number) or Absence(leaves_on, back_on, title, {}, others)
        people = {**known.people, **({person_id: name} if person_id is not None else {})}
        found[number] = Absence(leaves_on, back_on, title, people, others)
    return list(found.values())
