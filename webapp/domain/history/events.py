"""Lines of an enquiry's history: added, never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp.domain.security.permissions import Actor
from webapp.models import Event
from webapp.vocabulary import Action, EventKind


def add(
    session: Session,
    enquiry_id: int,
    kind: EventKind,
    actor: Actor,
    *,
    now: datetime,
    action: Action | None = None,
    public: bool = False,
    text: str = "",
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Write a line into the history of an enquiry; only what is `public` reaches the partner."""
    event = Event(
        enquiry_id=enquiry_id,
        at=now,
        kind=kind,
        action=action,
        public=public,
        actor_kind=actor.kind,
        actor_id=actor.person_id,
        actor_name=actor.name,
        text=text,
        data=dict(data or {}),
    )
    session.add(event)
    return event
