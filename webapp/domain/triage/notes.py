"""Notes on an enquiry: one for each that was meant, with an email to everyone it names."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.enquiries import actions
from webapp.domain.security.acting import Acting
from webapp.domain.triage import mentions
from webapp.models import Enquiry, Event, Mention
from webapp.vocabulary import Action, EventKind

# The same words again within this time are a button that was pressed twice.
_SENT_TWICE = timedelta(minutes=10)


def add(session: Session, found: Enquiry, text: str, *, named: Collection[int], by: Acting) -> Event:
    """Add a note to a locked enquiry, and tell whom it names or who were chosen beside it. Raises as `actions.act`.

    The same words of the same person again soon are the same note, unless someone more is chosen.
    """
    if (present := _sent_before(session, found, text, named, by=by)) is not None:
        return present
    note = actions.act(session, found, Action.NOTE, text=text, by=by)
    mentions.tell(session, found, note, named, by=by)
    return note


def _sent_before(session: Session, found: Enquiry, text: str, named: Collection[int], *, by: Acting) -> Event | None:
    query = select(Event).where(
        Event.enquiry_id == found.id,
        Event.kind == EventKind.NOTE,
        Event.actor_id == by.actor.person_id,
        Event.text == text.strip(),
        Event.at > by.now - _SENT_TWICE,
    )
    present = session.scalars(query.order_by(Event.id.desc()).limit(1)).one_or_none()
    if present is None:
        return None
    told = session.scalars(select(Mention.person_id).where(Mention.event_id == present.id)).all()
    return present if set(named) <= set(told) else None
