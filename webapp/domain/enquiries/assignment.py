"""Open work follows the people: to their covers when leave begins, and back at its end."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.enquiries import actions
from webapp.domain.links import issuing
from webapp.domain.routing import answerer
from webapp.domain.security.permissions import SYSTEM, Actor
from webapp.models import Enquiry, Event
from webapp.vocabulary import OPEN_STATUSES


def follow(
    session: Session,
    enquiry: Enquiry,
    *,
    now: datetime,
    settings: Settings,
    actor: Actor = SYSTEM,
    cause: Event | None = None,
) -> bool:
    """Bring a locked enquiry to whoever answers it today; False where it is with them already.

    `cause` is the event by which it was given to somebody: it is all that the history needs, unless they are away.
    """
    who = answerer.answerer_of(session, enquiry, now=now, settings=settings)
    if cause is not None or not who.hops:
        # Only who is away keeps their link: they come back.
        issuing.revoke(session, enquiry, keep=who.person_id, passed_to=who.name, now=now)
    if who.person_id == enquiry.answerer_id and not (cause is not None and cause.text):
        return False
    said = cause if enquiry.assignee is not None and who.person_id == enquiry.assignee.id else None
    note = cause.text if cause is not None else ""
    actions.hand_over(session, enquiry, who, actor=actor, now=now, settings=settings, cause=said, note=note)
    return True


def move(session: Session, reference: str, *, now: datetime, settings: Settings) -> None:
    """Bring an open enquiry to whoever answers it today; nothing happens where that is so already, or it was closed."""
    enquiry = answerer.locked(session, Enquiry.reference == reference, Enquiry.status.in_(OPEN_STATUSES))
    if enquiry is not None:
        follow(session, enquiry, now=now, settings=settings)


def due(session: Session, *, now: datetime, settings: Settings) -> Sequence[str]:
    """Return the references of open enquiries that are not with whoever answers them today, oldest first."""
    return answerer.misplaced(session, now=now, settings=settings, statuses=OPEN_STATUSES)
