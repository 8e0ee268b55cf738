"""Trips of our own: who is away when, with each stop by the days that it has there, and the report after it."""

from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from webapp.config import Settings
from webapp.domain.calendar import office_calendar
from webapp.domain.calendar.working_days import promise
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.history import changes, versions
from webapp.domain.organisations.recognition import name_key
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require
from webapp.models import Person, Trip, TripMember, TripStop
from webapp.vocabulary import AuditAction, Permission, RecordType

LONGEST = timedelta(days=92)
# A report is due so many working days after the return.
REPORT_DAYS = 15
MOST_STOPS = 6
# Trips that ended so long ago are still listed, for their report.
SHOWN = timedelta(days=183)


@dataclass(frozen=True)
class Stop:
    """One stop, with its days as they are there."""

    place: str
    country: str
    first_day: date
    last_day: date
    timezone: str
    # The organisation that is visited.
    host: str = ""


@dataclass(frozen=True)
class TripFacts:
    """What staff say of a trip: `leaves_on` and `back_on` are days here, `people` are colleagues by id."""

    title: str
    leaves_on: date
    back_on: date
    purpose: str = ""
    people: tuple[int, ...] = ()
    others: str = ""
    stops: tuple[Stop, ...] = ()
    reported_on: date | None = None

    @property
    def said(self) -> dict[str, Any]:
        """What its history writes down: people by their numbers, which name no one when they have gone."""
        stops = {
            f"stop{number}_{part.name}": str(getattr(stop, part.name)) if stop else ""
            for number, stop in enumerate((*self.stops, *[None] * (MOST_STOPS - len(self.stops))), 1)
            for part in fields(Stop)
        }
        return {
            "title": self.title,
            "purpose": self.purpose,
            "leaves_on": self.leaves_on.isoformat(),
            "back_on": self.back_on.isoformat(),
            "people": [str(number) for number in self.people],
            "others": self.others,
            "reported_on": self.reported_on.isoformat() if self.reported_on else "",
            **stops,
        }


@dataclass(frozen=True)
class ListedTrip:
    """A trip as the list shows it: `report_due` is nothing where the report has come."""

    trip: Trip
    report_due: date | None
    late: bool


_LOADED = (selectinload(Trip.stops), selectinload(Trip.members).joinedload(TripMember.person))


def listed(session: Session, *, actor: Actor, today: date, settings: Settings) -> list[ListedTrip]:
    """Return the trips that are not over, first to leave first, then those of the last months, latest first."""
    require(actor, Permission.CALENDAR_EDIT)
    query = select(Trip).where(Trip.back_on >= today - SHOWN).order_by(Trip.leaves_on, Trip.id).options(*_LOADED)
    found = session.scalars(query).all()
    coming, over = ([trip for trip in found if (trip.back_on < today) is past] for past in (False, True))
    days = office_calendar.around(session, today, settings=settings)
    shown = []
    for trip in (*coming, *reversed(over)):
        due = None if trip.reported_on else promise(trip.back_on, REPORT_DAYS, days).due
        shown.append(ListedTrip(trip, due, due is not None and due < today))
    return shown


def trip(session: Session, trip_id: int, *, actor: Actor, lock: bool = False) -> Trip:
    """Return a trip with its stops and people, held for this transaction where it is to be changed. Raises NotFound."""
    require(actor, Permission.CALENDAR_EDIT)
    query = select(Trip).where(Trip.id == trip_id).options(*_LOADED)
    query = query.with_for_update(of=Trip).execution_options(populate_existing=True) if lock else query
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("trip")
    return found


def facts_of(found: Trip) -> TripFacts:
    """Return what is said of a trip."""
    return TripFacts(
        title=found.title,
        leaves_on=found.leaves_on,
        back_on=found.back_on,
        purpose=found.purpose,
        people=tuple(member.person_id for member in found.members),
        others=found.others,
        stops=tuple(
            Stop(stop.place, stop.country, stop.first_day, stop.last_day, stop.timezone, stop.host)
            for stop in found.stops
        ),
        reported_on=found.reported_on,
    )


def add(session: Session, facts: TripFacts, *, by: Acting) -> Trip:
    """Enter a trip. Raises Invalid by field."""
    require(by.actor, Permission.CALENDAR_EDIT)
    _check(session, facts)
    found = Trip(created_at=by.now, version=1, stops=[], members=[])
    _write(found, facts)
    session.add(found)
    session.flush()
    _note(session, found, AuditAction.MADE, {}, by=by)
    return found


def edit(session: Session, found: Trip, facts: TripFacts, *, version: int, by: Acting) -> None:
    """Change a locked trip. Raises Conflict where someone changed it since `version`, Invalid by field."""
    require(by.actor, Permission.CALENDAR_EDIT)
    versions.expect(found, version)
    changed = changes.difference(facts_of(found).said, facts.said)
    if not changed:
        return
    _check(session, facts)
    found.stops, found.members = [], []
    session.flush()
    _write(found, facts)
    versions.raise_version(found)
    _note(session, found, AuditAction.CHANGED, changed, by=by)


def remove(session: Session, found: Trip, *, version: int, by: Acting) -> None:
    """Delete a locked trip. Raises Conflict where someone changed it since `version`."""
    require(by.actor, Permission.CALENDAR_EDIT)
    versions.expect(found, version)
    versions.raise_version(found)
    _note(session, found, AuditAction.DELETED, {}, by=by)
    session.delete(found)


def _check(session: Session, facts: TripFacts) -> None:
    faults = {} if facts.title.strip() else {"title": "needed"}
    if facts.back_on < facts.leaves_on:
        faults["back_on"] = "early"
    elif facts.back_on - facts.leaves_on > LONGEST:
        faults["back_on"] = "long"
    known = set(session.scalars(select(Person.id).where(Person.id.in_(facts.people))))
    if not facts.people and not facts.others.strip():
        faults["people"] = "needed"
    elif known != set(facts.people):
        faults["people"] = "unknown"
    for number, stop in enumerate(facts.stops, 1):
        if fault := _fault(stop, facts):
            faults[f"stop{number}_{fault[0]}"] = fault[1]
    if faults:
        raise Invalid(faults)


def _fault(stop: Stop, facts: TripFacts) -> tuple[str, str] | None:
    """Return what of a stop cannot be. Across the date line its days may be one before or after those here."""
    if not stop.place.strip():
        return "place", "needed"
    if stop.timezone not in available_timezones():
        return "timezone", "unknown"
    if stop.last_day < stop.first_day:
        return "last_day", "early"
    if stop.first_day < facts.leaves_on - timedelta(1):
        return "first_day", "outside"
    if stop.last_day > facts.back_on + timedelta(1):
        return "last_day", "outside"
    return None


def _write(found: Trip, facts: TripFacts) -> None:
    found.title, found.purpose, found.others = facts.title, facts.purpose, facts.others
    found.leaves_on, found.back_on, found.reported_on = facts.leaves_on, facts.back_on, facts.reported_on
    found.stops = [
        TripStop(position=number, host_key=name_key(stop.host), **vars(stop))
        for number, stop in enumerate(facts.stops, 1)
    ]
    found.members = [TripMember(person_id=one, position=number) for number, one in enumerate(facts.people, 1)]


def _note(session: Session, found: Trip, action: AuditAction, said: dict[str, Any], *, by: Acting) -> None:
    changes.record(
        session, RecordType.TRIP, found.id, action, name=found.title, version=found.version, fields=said, by=by
    )
