"""What lies on the calendar of visits between two days: visits that hold, and who is away."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import ScalarSelect, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, contains_eager, joinedload, load_only, selectinload

from webapp.domain.security.permissions import Actor, require, visit_visible
from webapp.models import Enquiry, Leave, Network, Person, SlotHost, Trip, TripMember, Visit, VisitSlot
from webapp.vocabulary import Permission, Role, SlotAnswer, VisitState

STANDING = (VisitState.TENTATIVE, VisitState.CONFIRMED)
_COMES = (SlotAnswer.NONE, SlotAnswer.YES)
# So many are shown of one stretch of time.
MOST = 500


@dataclass(frozen=True)
class Stretch:
    """What a stretch of days holds; visits in the order in which they begin."""

    visits: Sequence[Visit]
    leaves: Sequence[Leave]
    # With a room or people of their own, in the order in which they begin.
    slots: Sequence[VisitSlot] = ()
    trips: Sequence[Trip] = ()

    def on(self, day: date) -> list[Visit]:
        """Return the visits of one day."""
        return self._by_day.get(day, [])

    @cached_property
    def _by_day(self) -> dict[date, list[Visit]]:
        found: dict[date, list[Visit]] = {}
        for visit in self.visits:
            day, last = visit.first_day, visit.last_day
            while day is not None and last is not None and day <= last:
                found.setdefault(day, []).append(visit)
                day += timedelta(1)
        return found

    def away_on(self, day: date) -> list[Leave]:
        """Return the leave of one day."""
        return [leave for leave in self.leaves if leave.starts_on <= day <= leave.ends_on]

    def trips_on(self, day: date) -> list[Trip]:
        """Return our own trips of one day."""
        return [trip for trip in self.trips if trip.leaves_on <= day <= trip.back_on]


def between(session: Session, first: date, last: date, *, actor: Actor, where: bool = True) -> Stretch:
    """Return what lies between two days, both included, as far as the actor sees it: four statements, however much.

    Visits come as `visits_between` has them. Leave counts where it is from all networks: from one
    alone it keeps no one from a visit. A host sees their own leave and trips alone.
    """
    found = visits_between(session, first, last, actor=actor, where=where)
    away = [Leave.starts_on <= last, Leave.ends_on >= first, Leave.network_id.is_(None)]
    if actor.role is Role.HOST:
        away.append(Leave.person_id == actor.person_id)
    leaves = session.scalars(select(Leave).where(*away).order_by(Leave.starts_on).options(joinedload(Leave.person)))
    travelling = select(Trip).where(Trip.leaves_on <= last, Trip.back_on >= first).order_by(Trip.leaves_on, Trip.id)
    if actor.role is Role.HOST:
        travelling = travelling.where(Trip.members.any(TripMember.person_id == actor.person_id))
    trips = session.scalars(travelling.options(selectinload(Trip.members).joinedload(TripMember.person))).all()
    return Stretch(found, leaves.all(), trips=trips)


def with_slots(session: Session, stretch: Stretch) -> Stretch:
    """Return a stretch with the slots of its visits, their rooms and who was asked to receive: two statements."""
    visits = {visit.id: visit for visit in stretch.visits}
    loads = (joinedload(VisitSlot.room), selectinload(VisitSlot.hosts).joinedload(SlotHost.person))
    query = select(VisitSlot).where(VisitSlot.visit_id.in_(visits)).options(*loads)
    rows = session.scalars(query.order_by(VisitSlot.starts_at, VisitSlot.id)).all() if visits else ()
    return replace(stretch, slots=rows)


def asked(slot: VisitSlot) -> list[Person]:
    """Return who receives in a slot, or was asked to and has not said no."""
    return [host.person for host in slot.hosts if host.invited_at is not None and host.answer in _COMES]


def following(session: Session, today: date, *, actor: Actor) -> date | None:
    """Return the day of the next visit that the actor sees, today's too; None where there is none."""
    require(actor, Permission.ENQUIRY_READ)
    ahead = (Visit.state.in_(STANDING), Visit.last_day >= today, visit_visible(actor))
    query = select(Visit.first_day).join(Visit.enquiry).where(*ahead)
    found = session.scalar(query.order_by(Visit.first_day).limit(1))
    return None if found is None else max(found, today)


def visits_between(
    session: Session, first: date, last: date, *, actor: Actor, limit: int = MOST, where: bool = True
) -> Sequence[Visit]:
    """Return the visits between two days, both included, as far as the actor sees them, with what a list shows.

    With `where` they have network, room and host too; of their enquiries nothing is read that no list shows.
    """
    require(actor, Permission.ENQUIRY_READ)
    days = (Visit.first_day <= last, Visit.last_day >= first)
    return session.scalars(_standing(where=where).where(*days, visit_visible(actor)).limit(limit)).all()


_NAMES = (Network.id, Network.slug, Network.acronym, Network.name)
_LISTED = (
    *(Visit.enquiry_id, Visit.state, Visit.mode, Visit.first_day, Visit.last_day, Visit.starts_at, Visit.ends_at),
    *(Visit.timezone, Visit.room_id, Visit.venue, Visit.host_id),
)


def _standing(*, where: bool) -> Select[Visit]:
    enquiry = contains_eager(Visit.enquiry).load_only(Enquiry.reference, Enquiry.organisation, raiseload=True)
    query = select(Visit).join(Visit.enquiry).where(Visit.state.in_(STANDING)).options(enquiry)
    query = query.order_by(Visit.first_day, Visit.starts_at, Visit.id)
    if not where:
        return query.options(load_only(*_LISTED, raiseload=True))
    network = contains_eager(Visit.enquiry).joinedload(Enquiry.network).load_only(*_NAMES)
    return query.options(network, joinedload(Visit.room), joinedload(Visit.host))


def feed(
    session: Session, *, person_id: int | None, network_id: int | None, now: datetime, days_back: int = 90
) -> Sequence[Visit]:
    """Return what a feed holds: visits with a time from some months ago on, of a host, of a network, or of the office.

    Visits that were called off are there too, so that programs take them out.
    """
    since = (now - timedelta(days=days_back)).date()
    query = _standing_or_over().where(Visit.starts_at.is_not(None), Visit.last_day >= since)
    if person_id is not None:
        query = query.where(or_(Visit.host_id == person_id, _of_its_enquiry(Enquiry.assignee_id) == person_id))
    if network_id is not None:
        query = query.where(_of_its_enquiry(Enquiry.network_id) == network_id)
    return session.scalars(query.order_by(None).order_by(Visit.last_day, Visit.id).limit(MOST)).all()


def _of_its_enquiry(column: InstrumentedAttribute[int | None]) -> ScalarSelect[int | None]:
    """Return what the enquiry of each visit says, asked one by one: of a year's visits few are looked at."""
    own = aliased(Enquiry)
    return select(getattr(own, column.key)).where(own.id == Visit.enquiry_id).correlate(Visit).scalar_subquery()


def slots_of(session: Session, person_id: int, *, now: datetime, days_back: int = 90) -> Sequence[SlotHost]:
    """Return the slots in which someone receives, or was asked to and has not said no, from some months ago on."""
    slot = joinedload(SlotHost.slot)
    query = (
        select(SlotHost)
        .join(SlotHost.slot)
        .join(VisitSlot.visit)
        .where(
            SlotHost.person_id == person_id,
            SlotHost.invited_at.is_not(None),
            SlotHost.answer.in_(_COMES),
            VisitSlot.ends_at >= now - timedelta(days=days_back),
            Visit.state.in_(STANDING),
        )
        .order_by(VisitSlot.starts_at, SlotHost.id)
        .limit(MOST)
        .options(slot.joinedload(VisitSlot.visit).joinedload(Visit.enquiry), slot.joinedload(VisitSlot.room))
    )
    return session.scalars(query).all()


def _standing_or_over() -> Select[Visit]:
    shown = or_(
        Visit.state.in_(STANDING),
        (Visit.state == VisitState.CANCELLED) & Visit.confirmed_at.is_not(None),
    )
    return (
        select(Visit)
        .join(Visit.enquiry)
        .where(shown)
        .order_by(Visit.first_day, Visit.id)
        .options(contains_eager(Visit.enquiry), joinedload(Visit.room), joinedload(Visit.host))
    )
