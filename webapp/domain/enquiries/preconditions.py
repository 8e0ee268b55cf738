"""Steps that the office's settings ask for before an action, and the result of an enquiry's screening."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain import settings as office_settings
from webapp.domain.enquiries import visiting
from webapp.models import Enquiry, Event
from webapp.models.event_data import Screened
from webapp.vocabulary import Action, EventKind, ScreeningResult, VisitState

_GOOD = (ScreeningResult.CLEAR, ScreeningResult.CLEARED)


def missing(session: Session, enquiry: Enquiry, action: Action) -> str | None:
    """Return the step that must come before an action: "screening", "match" (one is not cleared yet), or None.

    A visit is confirmed by `domain.visits.visits` alone, which holds its room and host: else the step is "visit".
    """
    if action is Action.SCHEDULE:
        visit = visiting.of(session, enquiry)
        return None if visit is not None and visit.state is VisitState.CONFIRMED else "visit"
    if action is not Action.ACCEPT or not office_settings.choices(session).screening_required:
        return None
    standing = result(screening(session, enquiry))
    if standing in _GOOD:
        return None
    return "match" if standing is ScreeningResult.MATCH else "screening"


def screening(session: Session, enquiry: Enquiry) -> Event | None:
    """Return the latest screening of an enquiry, which is the one that counts."""
    query = select(Event).where(Event.enquiry_id == enquiry.id, Event.kind == EventKind.SCREENED)
    return session.scalars(query.order_by(Event.id.desc()).limit(1)).first()


def latest(events: Iterable[Event]) -> Event | None:
    """Return the latest screening among an enquiry's events, in their order."""
    return next((event for event in reversed(list(events)) if event.kind is EventKind.SCREENED), None)


def result(event: Event | None) -> ScreeningResult | None:
    """Return what a screening found, or None where there was none."""
    return event.facts.result if event and isinstance(event.facts, Screened) else None
