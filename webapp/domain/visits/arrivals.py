"""Who of a delegation has arrived, on the day: noted once, undone, and those who come without having been named."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.domain.enquiries import visiting
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import require
from webapp.models import Delegate, Enquiry
from webapp.vocabulary import NameOrder, Permission

LONGEST_NAME = 200
MOST = 600


def delegates(session: Session, enquiry: Enquiry) -> Sequence[Delegate]:
    """Return who comes, in their order of precedence."""
    query = select(Delegate).where(Delegate.enquiry_id == enquiry.id).order_by(Delegate.precedence, Delegate.id)
    return session.scalars(query).all()


def full_name(delegate: Delegate) -> str:
    """Return a name as its owner says it: in their order, and without a space between Han characters."""
    parts = [delegate.family_name, delegate.given_name]
    if delegate.name_order is NameOrder.GIVEN_FIRST:
        parts.reverse()
    found = [part for part in parts if part]
    return ("" if all(_is_han(part) for part in found) else " ").join(found)


def note(session: Session, enquiry: Enquiry, delegate_id: int, *, arrived: bool, by: Acting) -> Delegate:
    """Note that a delegate of a locked enquiry has arrived, or has not after all; the first time stays.

    What was said before changes nothing. Raises NotFound, NotAllowed.
    """
    _check(session, enquiry, by)
    delegate = session.get(Delegate, delegate_id)
    if delegate is None or delegate.enquiry_id != enquiry.id:
        raise NotFound("delegate")
    if arrived != (delegate.arrived_at is not None):
        delegate.arrived_at = by.now if arrived else None
    return delegate


def walk_in(session: Session, enquiry: Enquiry, name: str, *, by: Acting) -> Delegate:
    """Add someone who came without having been named, last in order; whose name is on the list has arrived.

    Raises Invalid for an empty or long name and a full list, NotFound, NotAllowed.
    """
    _check(session, enquiry, by)
    name = " ".join(name.split())
    if not name:
        raise Invalid({"name": "needed"})
    if len(name) > LONGEST_NAME:
        raise Invalid({"name": "long"})
    present = delegates(session, enquiry)
    known = next((each for each in present if full_name(each).casefold() == name.casefold()), None)
    if known is not None:
        known.arrived_at = known.arrived_at or by.now
        return known
    if len(present) >= MOST:
        raise Invalid({"name": "many"})
    last = session.scalar(select(func.max(Delegate.precedence)).where(Delegate.enquiry_id == enquiry.id)) or 0
    # The whole name is in one field: which part is whose no one asked at the door.
    made = Delegate(
        enquiry_id=enquiry.id,
        precedence=last + 1,
        family_name=name,
        name_order=NameOrder.FAMILY_FIRST,
        arrived_at=by.now,
    )
    session.add(made)
    session.flush()
    return made


def _check(session: Session, enquiry: Enquiry, by: Acting) -> None:
    require(by.actor, Permission.ENQUIRY_NOTE)
    if enquiry.emptied_at is not None or visiting.of(session, enquiry) is None:
        raise NotFound("visit")


def _is_han(text: str) -> bool:
    return all("\u2e80" <= char <= "\u9fff" or char >= "\U00020000" for char in text)
