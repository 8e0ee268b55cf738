"""The register of gifts: what was given and received at visits, what became of it, and how even it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from webapp.domain.enquiries import visiting
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require, visible
from webapp.models import Enquiry, Gift, Visit
from webapp.vocabulary import GiftDecision, GiftDirection, Permission, VisitState

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
class Ledger:
    """An organisation's visits and gifts, newest first, and how many there are of each."""

    visits: Sequence[Visit]
    gifts: Sequence[Gift]
    visited: int
    given: int
    received: int


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
    """Return the visits of an organisation that took place, and its gifts, as far as the actor sees them."""
    require(actor, Permission.ORGANISATION_READ)
    whose = (Enquiry.organisation_id == organisation_id, visible(actor))
    held = (Visit.state == VisitState.CONFIRMED, Visit.last_day <= today)
    visits = select(Visit).join(Visit.enquiry).where(*whose, *held).order_by(Visit.first_day.desc(), Visit.id.desc())
    found = select(Gift).join(Gift.enquiry).where(*whose).order_by(Gift.day.desc(), Gift.id.desc())
    visited = select(func.count(Visit.id)).join(Visit.enquiry).where(*whose, *held)
    counted = [
        select(func.count(Gift.id)).join(Gift.enquiry).where(*whose, Gift.direction == direction)
        for direction in (GiftDirection.GIVEN, GiftDirection.RECEIVED)
    ]
    numbers = session.execute(select(*(each.scalar_subquery() for each in (visited, *counted)))).one()
    return Ledger(
        session.scalars(visits.limit(SHOWN).options(contains_eager(Visit.enquiry))).all(),
        session.scalars(found.limit(SHOWN).options(contains_eager(Gift.enquiry))).all(),
        *numbers,
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
