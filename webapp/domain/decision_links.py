"""Links by which somebody answers an enquiry from a mail: given out with the mail, ended when it is passed on."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.access import new_link
from webapp.models import Decision, Enquiry

LASTS = timedelta(days=30)
# A link that ends sooner than this is not put into another mail.
_FRESH = timedelta(days=14)


def issue(session: Session, enquiry: Enquiry, person_id: int, *, now: datetime, settings: Settings) -> Decision:
    """Return the link by which a person answers an enquiry: the one that they have, or a new one, flushed."""
    query = (
        select(Decision)
        .where(Decision.enquiry_id == enquiry.id, Decision.person_id == person_id, Decision.revoked_at.is_(None))
        .where(Decision.expires_at > now + _FRESH)
        .order_by(Decision.id.desc())
        .limit(1)
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        found = Decision(
            **new_link(settings.secret_key),
            enquiry_id=enquiry.id,
            person_id=person_id,
            created_at=now,
            expires_at=now + LASTS,
        )
        session.add(found)
        session.flush()
    return found


def revoke(session: Session, enquiry: Enquiry, *, keep: int | None, passed_to: str, now: datetime) -> None:
    """End the links of everybody but one person: somebody passed the enquiry on to them (None: back to the network)."""
    others = (
        Decision.enquiry_id == enquiry.id,
        Decision.revoked_at.is_(None),
        Decision.person_id.is_distinct_from(keep),
    )
    session.execute(update(Decision).where(*others).values(revoked_at=now, passed_to=passed_to))
