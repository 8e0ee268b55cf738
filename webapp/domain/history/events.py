"""Lines of an enquiry's history: added, never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp.domain.security.permissions import Actor
from webapp.models import Event, event_codec
from webapp.models.batch import Rows
from webapp.models.event_data import EventData
from webapp.vocabulary import Action, EventKind


def add(
    session: Session,
    enquiry_id: int,
    kind: EventKind,
    actor: Actor,
    facts: EventData,
    *,
    now: datetime,
    action: Action | None = None,
    public: bool = False,
    text: str = "",
) -> Event:
    """Write a line into the history of an enquiry; only what is `public` reaches the partner.

    `facts` are of the class that `event_codec` names for the kind and the action; others raise TypeError.
    """
    event = Event(
        **_row(enquiry_id, kind, actor, now, action=action, public=public, text=text),
        stored=event_codec.encode(kind, action, facts),
    )
    session.add(event)
    return event


def begin(enquiry_id: int, kind: EventKind, actor: Actor, facts: EventData, *, now: datetime) -> Rows:
    """Return the first line of an enquiry's history as a row to be written beside the session; its partner sees it."""
    row = _row(enquiry_id, kind, actor, now, action=None, public=True, text="")
    return Rows(Event, [{**row, "data": event_codec.encode(kind, None, facts)}])


def _row(
    enquiry_id: int, kind: EventKind, actor: Actor, now: datetime, *, action: Action | None, public: bool, text: str
) -> dict[str, Any]:
    return {
        "enquiry_id": enquiry_id,
        "at": now,
        "kind": kind,
        "action": action,
        "public": public,
        "actor_kind": actor.kind,
        "actor_id": actor.person_id,
        "actor_name": actor.name,
        "text": text,
    }
