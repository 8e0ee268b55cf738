"""The register of gifts: what was given and received at visits, what became of it, and how even it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, contains_eager

from webapp.domain.enquiries import visiting
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require, visible
from webapp.models import Enquiry, Gift, OrganisationKey, Trip, TripStop, Visit, memberships
from webapp.vocabulary import GiftDecision, GiftDirection, KeyKind, Permission, VisitState

MOST = 60
HIGHEST = Decimal("99999999.99")
# So many are shown of one organisation.
SHOWN = 50


@dataclass(frozen=True)
class GiftFacts:
    """A line of the register; `value` is of all of them together, in `currency`."""

    direction: GiftDirection
    day: date
    item: str
    number: int = 1
    value: Decimal | None = None
    currency: str = ""
    giver: str = ""
    receiver: str = ""
    handler: str = ""
    decision: GiftDecision | None = None
    whereabouts: str = ""


@dataclass(frozen=True)
class TripTo:
    """A stop of a trip of ours at an organisation."""

    trip_id: int
    title: str
    host: str
    place: str
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Ledger:
    """Visits and gifts between us and others, newest first, and how many there are of each in all.

    `worth` is what gifts whose value is known came to: by direction and currency.
    """

    visits: Sequence[Visit]
    trips: Sequence[TripTo]
    gifts: Sequence[Gift]
    visited: int
    travelled: int
    given: int
    received: int
    worth: Mapping[GiftDirection, Sequence[tuple[str, Decimal]]]


def gifts(session: Session, enquiry: Enquiry) -> Sequence[Gift]:
    """Return the gifts of one visit, in the order of the register."""
    return session.scalars(select(Gift).where(Gift.enquiry_id == enquiry.id).order_by(Gift.day, Gift.id)).all()


def register(session: Session, enquiry: Enquiry, facts: GiftFacts, *, by: Acting) -> Gift:
    """Add a gift of the visit of a locked enquiry. Raises Invalid by its fields, NotFound, NotAllowed."""
    _check(session, enquiry, by)
    faults = {}
    if not facts.item.strip():
        faults["item"] = "needed"
    elif len(gifts(session, enquiry)) >= MOST:
        faults["item"] = "many"
    if facts.value is not None and not 0 <= facts.value <= HIGHEST:
        faults["value"] = "bounds"
    elif facts.value is not None and not facts.currency:
        faults["currency"] = "needed"
    if facts.number < 1:
        faults["number"] = "bounds"
    if faults:
        raise Invalid(faults)
    made = Gift(enquiry_id=enquiry.id, noted_by=by.actor.name, noted_at=by.now, **vars(facts))
    session.add(made)
    session.flush()
    return made


def decide(
    session: Session, enquiry: Enquiry, gift_id: int, decision: GiftDecision | None, whereabouts: str, *, by: Acting
) -> None:
    """Say what is done with a gift, and where it is now. Raises NotFound, NotAllowed."""
    found = _gift(session, enquiry, gift_id, by)
    found.decision, found.whereabouts = decision, " ".join(whereabouts.split())


def remove(session: Session, enquiry: Enquiry, gift_id: int, *, by: Acting) -> None:
    """Take out a gift that was registered by mistake. Raises NotFound, NotAllowed."""
    session.delete(_gift(session, enquiry, gift_id, by))


def ledger(session: Session, organisation_id: int, *, actor: Actor, today: date) -> Ledger:
    """Return visits and gifts between us and an organisation, as far as the actor sees them: four statements."""
    require(actor, Permission.ORGANISATION_READ)
    names = _names().where(OrganisationKey.organisation_id == organisation_id)
    return _ledger(session, Enquiry.organisation_id == organisation_id, names, actor=actor, today=today)


def network_ledger(session: Session, network_id: int, *, actor: Actor, today: date) -> Ledger:
    """Return visits and gifts of the enquiries of a network, and our trips to its organisations, as `ledger` does."""
    require(actor, Permission.NETWORK_READ)
    names = _names().join(memberships, memberships.c.organisation_id == OrganisationKey.organisation_id)
    names = names.where(memberships.c.network_id == network_id)
    return _ledger(session, Enquiry.network_id == network_id, names, actor=actor, today=today)


def _names() -> Select[str]:
    return select(OrganisationKey.value).where(OrganisationKey.kind == KeyKind.NAME)


def _ledger(
    session: Session, with_whom: ColumnElement[bool], names: Select[str], *, actor: Actor, today: date
) -> Ledger:
    whose, in_all = (with_whom, visible(actor)), func.count().over()
    held = (Visit.state == VisitState.CONFIRMED, Visit.last_day <= today)
    visits = select(Visit, in_all).join(Visit.enquiry).where(*whose, *held).options(contains_eager(Visit.enquiry))
    visits = visits.order_by(Visit.first_day.desc(), Visit.id.desc()).limit(SHOWN)
    went = (TripStop.host_key.in_(names), TripStop.host_key != "", TripStop.first_day <= today)
    stops = select(Trip.id, Trip.title, TripStop.host, TripStop.place, TripStop.first_day, TripStop.last_day, in_all)
    stops = stops.join(Trip, Trip.id == TripStop.trip_id).where(*went)
    stops = stops.order_by(TripStop.first_day.desc(), Trip.id).limit(SHOWN)
    found = select(Gift).join(Gift.enquiry).where(*whose).order_by(Gift.day.desc(), Gift.id.desc())
    sums = select(Gift.direction, Gift.currency, func.count(), func.sum(Gift.value)).join(Gift.enquiry).where(*whose)
    sums = sums.group_by(Gift.direction, Gift.currency).order_by(Gift.currency)
    counted, worth = dict.fromkeys(GiftDirection, 0), {each: list[tuple[str, Decimal]]() for each in GiftDirection}
    for direction, currency, count, value in session.execute(sums):
        counted[direction] += count
        worth[direction] += [(currency, value)] if value is not None else []
    came, trips = session.execute(visits).all(), session.execute(stops).all()
    return Ledger(
        [visit for visit, _count in came],
        [TripTo(*row[:-1]) for row in trips],
        session.scalars(found.limit(SHOWN).options(contains_eager(Gift.enquiry))).all(),
        visited=came[0][-1] if came else 0,
        travelled=trips[0][-1] if trips else 0,
        given=counted[GiftDirection.GIVEN],
        received=counted[GiftDirection.RECEIVED],
        worth=worth,
    )


def _check(session: Session, enquiry: Enquiry, by: Acting) -> None:
    require(by.actor, Permission.ENQUIRY_DECIDE)
    if enquiry.emptied_at is not None or visiting.of(session, enquiry) is None:
        raise NotFound("visit")


def _gift(session: Session, enquiry: Enquiry, gift_id: int, by: Acting) -> Gift:
    _check(session, enquiry, by)
    found = session.get(Gift, gift_id)
    if found is None or found.enquiry_id != enquiry.id:
        raise NotFound("gift")
    return found
