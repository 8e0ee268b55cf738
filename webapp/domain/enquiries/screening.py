"""Screening: a person looks an enquiry's parties up in lists of restricted ones and says what they found."""

from sqlalchemy.orm import Session

from webapp.domain.enquiries import actions, preconditions
from webapp.domain.errors import Invalid
from webapp.domain.security.acting import Acting
from webapp.models import Enquiry, Event
from webapp.models.event_data import Screened
from webapp.vocabulary import Action, ScreeningResult

LONGEST_LISTS = 500


def possible(standing: ScreeningResult | None) -> tuple[ScreeningResult, ...]:
    """Return what may be found next: a match stays one until someone clears it, and only a match can be cleared."""
    if standing is ScreeningResult.MATCH:
        return ScreeningResult.MATCH, ScreeningResult.CLEARED
    return ScreeningResult.CLEAR, ScreeningResult.MATCH


def screen(
    session: Session,
    enquiry: Enquiry,
    result: ScreeningResult | None,
    *,
    lists: str,
    note: str,
    by: Acting,
    version: int | None = None,
) -> Event:
    """Record what a person found in which lists; the note says why a match is one, or is cleared.

    Nothing is decided by it. Raises what `actions.act` raises, and Invalid by field: "result", "lists", "note".
    """
    actions.check(enquiry, Action.SCREEN, actor=by.actor, version=version)
    faults = {}
    if result not in possible(preconditions.result(preconditions.screening(session, enquiry))):
        faults["result"] = "choose"
    if not lists.strip() or len(lists) > LONGEST_LISTS:
        faults["lists"] = "needed"
    if result in (ScreeningResult.MATCH, ScreeningResult.CLEARED) and not note.strip():
        faults["note"] = "needed"
    if faults or result is None:
        raise Invalid(faults)
    facts = Screened(result=result, lists=lists.strip())
    return actions.act(session, enquiry, Action.SCREEN, text=note, facts=facts, by=by, version=version)
