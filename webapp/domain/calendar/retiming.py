"""Promises follow the calendar: those whose counting spans changed days move, with a line in their history."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from webapp.domain.calendar import clock
from webapp.domain.calendar.working_days import Calendar
from webapp.domain.history import events, versions
from webapp.domain.security.acting import Acting
from webapp.models import NEVER
from webapp.models.event_data import PromiseMoved
from webapp.vocabulary import CLOCK_STATUSES, EventKind


def retime(
    session: Session,
    first: date,
    last: date,
    days: Calendar,
    *,
    by: Acting,
    because: Mapping[str, str],
    day: date | None = None,
    closure: int | None = None,
    undoing: bool = False,
    after: clock.Place = clock.START,
) -> clock.Batch:
    """Move running promises whose counting spans these days to where the calendar, changed there, now puts them.

    Each one gets a line in its history with the old and the new date and why, and a new version; no one is emailed.
    Returns what moved: as much as one transaction should, those that are due first. Go on after that in another.
    """
    found = clock.batch(session, first, last, days, settings=by.settings, after=after)
    for move in found.moves:
        enquiry = move.enquiry
        enquiry.promised_on = move.after
        enquiry.due_on = move.after if enquiry.status in CLOCK_STATUSES else NEVER
        versions.raise_version(enquiry)
        enquiry.changed_at = by.now
        facts = PromiseMoved(
            before=move.before, after=move.after, because=dict(because), day=day, closure=closure, undoing=undoing
        )
        events.add(session, enquiry.id, EventKind.PROMISE_MOVED, by.actor, facts, now=by.now, public=True)
    session.flush()
    return found
