"""Promises follow the calendar: those whose counting spans changed days move, with a line in their history."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.calendar import clock
from webapp.domain.calendar.working_days import Calendar
from webapp.domain.history import events, versions
from webapp.domain.security.permissions import Actor
from webapp.models import NEVER
from webapp.vocabulary import CLOCK_STATUSES, EventKind


def retime(
    session: Session,
    first: date,
    last: date,
    days: Calendar,
    *,
    actor: Actor,
    now: datetime,
    settings: Settings,
    data: Mapping[str, Any],
) -> Sequence[clock.PromiseMove]:
    """Move every running promise whose counting spans these days to where the calendar, changed there, now puts it.

    Each one gets a line in its history with the old and the new date and `data`, and a new version; no one is emailed.
    Returns what moved.
    """
    moved = clock.moves(session, first, last, days, settings=settings, lock=True)
    for move in moved:
        enquiry = move.enquiry
        enquiry.promised_on = move.after
        enquiry.due_on = move.after if enquiry.status in CLOCK_STATUSES else NEVER
        versions.raise_version(enquiry)
        enquiry.changed_at = now
        dates = {"before": move.before.isoformat(), "after": move.after.isoformat()}
        kind = EventKind.PROMISE_MOVED
        events.add(session, enquiry.id, kind, actor, now=now, public=True, data={**dates, **data})
    session.flush()
    return moved
