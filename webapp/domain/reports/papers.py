"""The figures of a period as a paper: asked for by someone, made by a worker of what they see."""

import hashlib
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.domain.papers import orders, versions
from webapp.domain.reports import figures
from webapp.domain.reports.figures import Report
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import require
from webapp.models import PaperOrder, VisitPaper
from webapp.vocabulary import Permission, ReportBy

# So many are kept for one person; asking for another drops the oldest.
MOST = 20


@dataclass(frozen=True)
class Standing:
    """How far a paper is: the newest one, and what was asked for."""

    made: VisitPaper | None
    order: PaperOrder | None


def name(first: date, last: date, by_what: ReportBy, person_id: int | None) -> str:
    """Return under which name someone's paper is kept: each sees other enquiries."""
    return f"{_prefix(person_id)}{by_what}-{first}-{last}"


def ask(session: Session, first: date, last: date, by_what: ReportBy, *, by: Acting) -> None:
    """Have the figures of a period made as a paper for the actor. Raises NotAllowed, and Invalid as `figures.check`."""
    require(by.actor, Permission.REPORT_READ)
    figures.check(first, last)
    person_id = by.actor.person_id
    facts = {"person": person_id, "first": first.isoformat(), "last": last.isoformat(), "by": by_what.value}
    wanted = name(first, last, by_what, person_id)
    orders.ask(session, None, [wanted], now=by.now, facts=facts)
    own = PaperOrder.name.startswith(_prefix(person_id), autoescape=True)
    kept = select(PaperOrder.name).where(PaperOrder.enquiry_id.is_(None), own, PaperOrder.name != wanted)
    gone = session.scalars(kept.order_by(PaperOrder.asked_at.desc(), PaperOrder.id).offset(MOST - 1)).all()
    for row in (PaperOrder, VisitPaper):
        session.execute(delete(row).where(row.enquiry_id.is_(None), row.name.in_(gone)))


def standing(session: Session, first: date, last: date, by_what: ReportBy, *, by: Acting) -> Standing:
    """Return how far the actor's paper of a period is: two statements."""
    wanted = name(first, last, by_what, by.actor.person_id)
    made = next(iter(versions.of(session, None, wanted)), None)
    order = select(PaperOrder).where(PaperOrder.enquiry_id.is_(None), PaperOrder.name == wanted)
    return Standing(made, session.scalars(order).one_or_none())


def content(session: Session, first: date, last: date, by_what: ReportBy, *, by: Acting) -> bytes:
    """Return the actor's newest paper of a period. Raises NotFound where there is none."""
    require(by.actor, Permission.REPORT_READ)
    return versions.content(session, None, name(first, last, by_what, by.actor.person_id))


def basis(found: Report) -> str:
    """Return the hash of what a paper is made from: where it is another now, the paper is out of date."""
    return hashlib.sha256(repr(found).encode()).hexdigest()


def _prefix(person_id: int | None) -> str:
    return f"report-{person_id}-"
