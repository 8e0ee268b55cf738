"""When days become free: the asks that wanted them, which were declined or still wait, for the office to offer them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from webapp import questions
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import require, visible
from webapp.domain.visits import clashes
from webapp.domain.visits.hours import When
from webapp.models import Enquiry, Event, Visit, event_codec
from webapp.models.visit_events import VisitPlanned
from webapp.vocabulary import Action, ClashKind, Kind, Permission, Status, VisitState

# Who is offered days first: those who were promised a visit, then those who wait, then those who were declined.
_ORDER = (
    Status.ACCEPTED,
    Status.AWAITING_PARTNER,
    Status.AWAITING_APPROVAL,
    Status.IN_REVIEW,
    Status.RECEIVED,
    Status.DECLINED,
)
# No one can ask for days further ahead; of more asks, the newest are looked at.
_RECENT = timedelta(days=3 * 366)
_PLANNING = tuple(action for action, facts in event_codec.BY_ACTION.items() if facts is VisitPlanned)
# The office has what it can receive on such days.
_FULL = frozenset({ClashKind.DAY_FULL, ClashKind.HALF_DAY_FULL})
LOOKED_AT, SHOWN = 1000, 10


@dataclass(frozen=True)
class WaitingAsk:
    """An ask that wanted days which are free now: those of them that it wanted, first and last."""

    reference: str
    organisation: str
    country: str
    subject: str
    status: Status
    first_day: date
    last_day: date


def after(
    session: Session, enquiry: Enquiry, visit: Visit, *, by: Acting
) -> tuple[Sequence[WaitingAsk], tuple[date, date] | None]:
    """Return who wanted the days that a visit gave back, and these days: where it was called off, postponed or moved.

    Nothing is returned for days that have passed, and for those on which there is no room for a visit any more.
    """
    days = _given_back(session, enquiry, visit)
    if days is None or days[1] < by.today:
        return (), None
    first, last = max(days[0], by.today), days[1]
    given: clashes.Circumstances = {"now": by.now, "settings": by.settings, "besides": visit.id, "actor": by.actor}
    for clash in clashes.clashes(session, When(first, last), None, None, "", **given):
        if clash.hard or clash.kind in _FULL:
            return (), None
    return waiting_for(session, first, last, by=by, besides=enquiry.id), (first, last)


def _given_back(session: Session, enquiry: Enquiry, visit: Visit) -> tuple[date, date] | None:
    if visit.state is VisitState.CANCELLED:
        return _days(visit.first_day, visit.last_day) if visit.confirmed_at else None
    # What the partner heard of: a plan that is only noted gives no day back.
    query = select(Event).where(Event.enquiry_id == enquiry.id, Event.action.in_(_PLANNING), Event.public.is_(True))
    last = session.scalars(query.order_by(Event.id.desc()).limit(1)).one_or_none()
    if last is None or not isinstance(last.facts, VisitPlanned):
        return None
    if last.action is Action.POSTPONE:
        return _days(last.facts.start, last.facts.end)
    before = last.facts.days_before
    return (before.start, before.end) if before and (before.start, before.end) != _days(*_own(visit)) else None


def _own(visit: Visit) -> tuple[date | None, date | None]:
    return visit.first_day, visit.last_day


def _days(first: date | None, last: date | None) -> tuple[date, date] | None:
    return (first, last) if first and last else None


def waiting_for(
    session: Session, first: date, last: date, *, by: Acting, besides: int | None = None, most: int = SHOWN
) -> Sequence[WaitingAsk]:
    """Return the asks that wanted some of these days and have none yet, as far as the actor sees them.

    `besides` is the enquiry that the days were given back by. Nothing is offered for days that have passed.
    """
    require(by.actor, Permission.ENQUIRY_READ)
    first = max(first, by.today)
    if last < first:
        return ()
    standing = exists().where(
        Visit.enquiry_id == Enquiry.id, Visit.state.in_((VisitState.TENTATIVE, VisitState.CONFIRMED))
    )
    columns = (Enquiry.reference, Enquiry.organisation, Enquiry.country, Enquiry.subject, Enquiry.status)
    query = select(*columns, Enquiry.answers).where(
        Enquiry.kind == Kind.VISIT,
        Enquiry.status.in_(_ORDER),
        Enquiry.submitted_at >= by.now - _RECENT,
        Enquiry.emptied_at.is_(None),
        Enquiry.id.is_distinct_from(besides),
        ~standing,
        visible(by.actor),
    )
    found = []
    rows = session.execute(query.order_by(Enquiry.submitted_at.desc(), Enquiry.id.desc()).limit(LOOKED_AT))
    for reference, organisation, country, subject, status, answers in rows:
        wanted = [
            (max(begin, first), min(end, last)) for begin, end in _wanted(answers) if begin <= last and end >= first
        ]
        if wanted:
            found.append(WaitingAsk(reference, organisation, country, subject, status, *wanted[0]))
    return sorted(found, key=lambda ask: _ORDER.index(ask.status))[:most]


def _wanted(answers: Mapping[str, Any]) -> list[tuple[date, date]]:
    """Return the days asked for, with those by which the partner could do earlier or later."""
    wanted = []
    for window in questions.WINDOWS.of(answers) or ():
        more = timedelta(int(window.get("flex") or 0))
        wanted.append((date.fromisoformat(window["start"]) - more, date.fromisoformat(window["end"]) + more))
    return wanted
