"""The way back for someone who was entered as away: by the link of the email that told them so."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.decisions import authority
from webapp.domain.links.opening import Opened
from webapp.domain.routing import leave
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor
from webapp.models import Leave
from webapp.vocabulary import ActorKind, LinkKind


def present_leave(session: Session, opened: Opened, *, today: date) -> Leave | None:
    """Return what keeps the holder of an answerer's link away from the network of its enquiry today, or None."""
    query = select(Leave).where(
        Leave.person_id == opened.link.person_id,
        Leave.network_id == opened.enquiry.network_id,
        Leave.starts_on <= today,
        Leave.ends_on >= today,
    )
    return session.scalars(query.limit(1)).one_or_none()


def come_back(session: Session, opened: Opened, *, now: datetime, settings: Settings) -> bool:
    """End that leave in this transaction; False where there is none, as when the button is pressed twice.

    Raises NotFound where the link is none of an answerer, and Gone.
    """
    found = authority.opened(session, opened.token, LinkKind.DECISION, now=now, settings=settings)
    holder = found.link.person
    assert holder is not None
    by = Acting(Actor(ActorKind.LIAISON, holder.name, holder.id), now, settings)
    away = present_leave(session, found, today=by.today)
    if away is None:
        return False
    leave.end(session, away.id, version=away.version, by=by)
    return True
