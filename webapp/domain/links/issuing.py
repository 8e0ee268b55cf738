"""Links by which someone answers an enquiry from an email: given out with the email, ended when it is passed on."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.security.tokens import new_link
from webapp.models import Decision, Enquiry

LASTS = timedelta(days=30)
# A link that ends sooner than this is not put into another email.
_FRESH = timedelta(days=14)


def issue(session: Session, enquiry: Enquiry, person_id: int, *, now: datetime, settings: Settings) -> Decision:
    """Return the link by which a person answers an enquiry: the one that they have, or a new one, flushed."""
    return issue_several(session, [enquiry.id], person_id, now=now, settings=settings)[enquiry.id]


def issue_several(
    session: Session, enquiry_ids: Collection[int], person_id: int, *, now: datetime, settings: Settings
) -> dict[int, Decision]:
    """Return the links by which a person answers enquiries, by enquiry's id, at the cost of a query and a flush."""
    query = select(Decision).where(Decision.enquiry_id.in_(enquiry_ids), Decision.person_id == person_id)
    query = query.where(Decision.revoked_at.is_(None), Decision.expires_at > now + _FRESH)
    found = {row.enquiry_id: row for row in session.scalars(query.order_by(Decision.id))}
    for number in enquiry_ids:
        if number not in found:
            found[number] = Decision(
                **new_link(settings.secret_key),
                enquiry_id=number,
                person_id=person_id,
                created_at=now,
                expires_at=now + LASTS,
            )
            session.add(found[number])
    session.flush()
    return found


def revoke(session: Session, enquiry: Enquiry, *, keep: int | None, passed_to: str, now: datetime) -> None:
    """End the links of everyone but one person: someone passed the enquiry on to them (None: back to the network)."""
    others = (
        Decision.enquiry_id == enquiry.id,
        Decision.revoked_at.is_(None),
        Decision.person_id.is_distinct_from(keep),
    )
    session.execute(update(Decision).where(*others).values(revoked_at=now, passed_to=passed_to))
