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
from webapp.models import Enquiry, Visit
from webapp.vocabulary import Kind, Permission, Status, VisitState

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
