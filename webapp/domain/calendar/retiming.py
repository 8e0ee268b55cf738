"""Promises follow the calendar: those whose counting spans changed days move, with a line in their history."""

from collections.abc import Mapping, Sequence
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
    most: int | None = None,
) -> Sequence[clock.PromiseMove]:
    """Move every running promise whose counting spans these days to where the calendar, changed there, now puts it.

    Each one gets a line in its history with the old and the new date and why, and a new version; no one is emailed.
    Returns what moved: at most `most`, of those that are due first.
    """
    moved = clock.moves(session, first, last, days, settings=by.settings, lock=True, most=most)
    for move in moved:
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
    return moved
