"""What happened lately in the enquiries that someone sees, newest first, in pages by keyset."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.domain.security.permissions import Actor, require, visible
from webapp.models import Enquiry, Event
from webapp.vocabulary import ActorKind, Permission

PAGE = 40


@dataclass(frozen=True)
class ActivityPage:
    """Events with their enquiries, and the id before which the next page begins (None: there is none)."""

    events: Sequence[Event]
    before: int | None


def activity(
    session: Session,
    *,
    actor: Actor,
    before: int | None = None,
    person_id: int | None = None,
    by: ActorKind | None = None,
    limit: int = PAGE,
) -> ActivityPage:
    """Return a page of events; `person_id` is who did it, `by` what kind of actor did."""
    require(actor, Permission.ENQUIRY_READ)
    query = select(Event).join(Enquiry, Enquiry.id == Event.enquiry_id).where(visible(actor))
    if before is not None:
        query = query.where(Event.id < before)
    if person_id is not None:
        query = query.where(Event.actor_id == person_id)
    if by is not None:
        query = query.where(Event.actor_kind == by)
    query = query.options(joinedload(Event.enquiry)).order_by(Event.id.desc())
    rows = session.scalars(query.limit(limit + 1)).all()
    return ActivityPage(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)
