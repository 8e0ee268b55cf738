"""After a visit: its outcome, promises with their day, a look back after 90 days, and what its partner says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from webapp.domain.enquiries import actions, visiting
from webapp.domain.errors import Invalid, NotAllowed, NotFound
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require, visible
from webapp.domain.visits.tasks import handles, with_actor
from webapp.models import Enquiry, Person, Promise, Survey, Visit, VisitReport
from webapp.vocabulary import Action, Permission, Status, VisitState

FOLLOW_UP = timedelta(days=90)
LONGEST_PROMISE = 300
MOST = 40
MOST_AGREEMENTS = 50
_HELD = (Status.SCHEDULED, Status.COMPLETED)


@dataclass(frozen=True)
class SurveyAnswers:
    """What a partner says of a visit: two marks from 1 to 5, and three answers."""

    aims: int
    right_people: bool
    organisation: int
    next_step: str
    photos: bool


def report(session: Session, enquiry: Enquiry) -> VisitReport | None:
    """Return the outcome of a visit; None before there is one."""
    return session.scalars(select(VisitReport).where(VisitReport.enquiry_id == enquiry.id)).one_or_none()


def note_outcome(
    session: Session,
    enquiry: Enquiry,
    outcome: str,
    held_on: date,
    *,
    agreements: int = 0,
    by: Acting,
    version: int | None = None,
) -> VisitReport:
    """Note what came of the visit of a locked enquiry, and when; earlier words stay in the history as notes.

    Someone is reminded after FOLLOW_UP. Raises Invalid by its fields, and as `actions.act` does.
    """
    _check(session, enquiry, by)
    if held_on > by.today:
        raise Invalid({"held_on": "future"})
    if not 0 <= agreements <= MOST_AGREEMENTS:
        raise Invalid({"agreements": "bounds"})
    actions.act(session, enquiry, Action.NOTE, text=outcome, by=by, version=version)
    found = report(session, enquiry)
    if found is None:
        found = VisitReport(enquiry_id=enquiry.id, follow_up_on=held_on + FOLLOW_UP)
        session.add(found)
    elif found.follow_up_on is not None:
        found.follow_up_on = held_on + FOLLOW_UP
    found.outcome, found.held_on, found.agreements = outcome.strip(), held_on, agreements
    found.noted_by, found.changed_at = by.actor.name, by.now
    session.flush()
    return found


def followed_up(session: Session, enquiry: Enquiry, *, done: bool, by: Acting) -> None:
    """Note that someone has looked at what came of a visit, or has not after all. Raises NotFound, NotAllowed."""
    _check(session, enquiry, by)
    found = report(session, enquiry)
    if found is None:
        raise NotFound("outcome")
    found.follow_up_on = None if done else found.held_on + FOLLOW_UP


def promises(session: Session, enquiry: Enquiry) -> Sequence[Promise]:
    """Return what was promised at a visit, open ones first, with who sees to it."""
    query = select(Promise).where(Promise.enquiry_id == enquiry.id).options(joinedload(Promise.owner))
    order = (Promise.done_at.is_not(None), Promise.due_on.is_(None), Promise.due_on, Promise.id)
    return session.scalars(query.order_by(*order)).all()


def promise(
    session: Session, enquiry: Enquiry, text: str, owner_id: int | None, due_on: date | None, *, by: Acting
) -> Promise:
    """Add what was promised to the partner of a locked enquiry. Raises Invalid by its fields, NotFound, NotAllowed."""
    _check(session, enquiry, by)
    text, faults = " ".join(text.split()), {}
    owner = session.get(Person, owner_id) if owner_id is not None else None
    if not text:
        faults["text"] = "needed"
    elif len(text) > LONGEST_PROMISE:
        faults["text"] = "long"
    elif len(promises(session, enquiry)) >= MOST:
        faults["text"] = "many"
    if owner_id is not None and (owner is None or not owner.active):
        faults["owner"] = "unknown"
    if faults:
        raise Invalid(faults)
    made = Promise(enquiry_id=enquiry.id, text=text, owner_id=owner_id, due_on=due_on)
    session.add(made)
    session.flush()
    return made


def keep(session: Session, enquiry: Enquiry, promise_id: int, *, kept: bool, by: Acting) -> None:
    """Note that a promise was kept, or was not after all; the first who says so stays. Raises NotFound, NotAllowed."""
    found = _promise(session, enquiry, promise_id, by)
    if kept != (found.done_at is not None):
        found.done_at, found.done_by = (by.now, by.actor.name) if kept else (None, "")


def take_back(session: Session, enquiry: Enquiry, promise_id: int, *, by: Acting) -> None:
    """Take out a promise that was noted by mistake. Raises NotFound, NotAllowed."""
    session.delete(_promise(session, enquiry, promise_id, by))


def promises_due(session: Session, *, actor: Actor, today: date, limit: int) -> Sequence[Promise]:
    """Return the open promises that the actor sees to and that are due, with their enquiries."""
    own = with_actor(Promise.owner_id, actor)
    query = (
        select(Promise)
        .join(Promise.enquiry)
        .where(Promise.done_at.is_(None), Promise.due_on <= today, visible(actor), own)
        .order_by(Promise.due_on, Promise.id)
        .limit(limit)
        .options(contains_eager(Promise.enquiry).load_only(Enquiry.reference, Enquiry.organisation))
    )
    return session.scalars(query).all()


def follow_ups_due(session: Session, *, actor: Actor, today: date, limit: int) -> Sequence[VisitReport]:
    """Return the visits whose outcome is to be looked at by now by the actor, with their enquiries."""
    query = (
        select(VisitReport)
        .join(VisitReport.enquiry)
        .where(VisitReport.follow_up_on <= today, Enquiry.emptied_at.is_(None), visible(actor), handles(actor))
        .order_by(VisitReport.follow_up_on, VisitReport.id)
        .limit(limit)
        .options(contains_eager(VisitReport.enquiry).load_only(Enquiry.reference, Enquiry.organisation))
    )
    return session.scalars(query).all()


def survey(session: Session, enquiry: Enquiry) -> Survey | None:
    """Return what the partner said of a visit; None before they did."""
    return session.scalars(select(Survey).where(Survey.enquiry_id == enquiry.id)).one_or_none()


def asks(enquiry: Enquiry, visit: Visit | None, *, today: date) -> bool:
    """Return whether a partner is asked about their visit: it took place, and its last day is over."""
    held = visit is not None and visit.state is VisitState.CONFIRMED and enquiry.status in _HELD
    return held and visit is not None and visit.last_day is not None and visit.last_day < today


def answer(session: Session, enquiry: Enquiry, given: SurveyAnswers, *, by: Acting) -> bool:
    """Keep what the partner of a locked enquiry says of the visit, once; return False where they said it before.

    Raises NotAllowed where they are not asked, Invalid for a mark out of bounds.
    """
    if not asks(enquiry, visiting.of(session, enquiry), today=by.today):
        raise NotAllowed("not asked")
    faults = {name: "bounds" for name in ("aims", "organisation") if not 1 <= getattr(given, name) <= 5}
    if faults:
        raise Invalid(faults)
    if survey(session, enquiry) is not None:
        return False
    session.add(
        Survey(
            enquiry_id=enquiry.id,
            aims=given.aims,
            organisation=given.organisation,
            right_people=given.right_people,
            photos=given.photos,
            next_step=given.next_step,
            answered_at=by.now,
        )
    )
    session.flush()
    return True


def _check(session: Session, enquiry: Enquiry, by: Acting) -> None:
    require(by.actor, Permission.ENQUIRY_DECIDE)
    if enquiry.emptied_at is not None or visiting.of(session, enquiry) is None:
        raise NotFound("visit")


def _promise(session: Session, enquiry: Enquiry, promise_id: int, by: Acting) -> Promise:
    _check(session, enquiry, by)
    found = session.get(Promise, promise_id)
    if found is None or found.enquiry_id != enquiry.id:
        raise NotFound("promise")
    return found
