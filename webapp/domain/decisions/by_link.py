"""Decisions by the link in an email: what its holder sees, and the one answer that they give without signing in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.accounts import people
from webapp.domain.decisions import asking, authority
from webapp.domain.enquiries import actions, assignment, covering
from webapp.domain.enquiries.loading import locked_where
from webapp.domain.enquiries.workflow import chosen_action, rule
from webapp.domain.errors import Invalid, NotAllowed
from webapp.domain.history import versions
from webapp.domain.links.opening import Opened
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing import leave
from webapp.domain.routing.leave import Absence
from webapp.domain.search.folding import folded
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import SYSTEM, Actor
from webapp.models import Enquiry, Link, Person
from webapp.models.event_data import Assigned
from webapp.tidying import emails
from webapp.vocabulary import IN_HAND, Action, ActorKind, DecisionChoice, LinkKind

LONGEST_AWAY = timedelta(days=30)


@dataclass(frozen=True)
class Answer:
    """What the holder of a link answers; each choice reads its own fields.

    `text` goes to the partner, or to the colleague. `colleague` is a name, or an address that the edge has checked.
    `windows` are first and last days. `until` is the last day away.
    """

    choice: DecisionChoice
    text: str = ""
    windows: Sequence[tuple[date, date]] = field(default=())
    colleague: str = ""
    until: date | None = None


def choices(enquiry: Enquiry) -> tuple[DecisionChoice, ...]:
    """Return what may be answered to an enquiry now; nothing once it was decided."""
    if enquiry.status not in IN_HAND:
        return ()
    return tuple(choice for choice in DecisionChoice if _is_possible(choice, enquiry))


def _is_possible(choice: DecisionChoice, enquiry: Enquiry) -> bool:
    """Return whether the table allows an answer; to be away is no action, and is said for the enquiry's network."""
    if choice is DecisionChoice.AWAY:
        return enquiry.network_id is not None
    action = chosen_action(choice)
    return action is None or rule(enquiry.status, action, enquiry.kind) is not None


def decide(
    session: Session, opened: Opened, answer: Answer, *, version: int, now: datetime, settings: Settings
) -> Enquiry:
    """Record the answer of an opened link's holder in this transaction, and return the enquiry as it is then.

    `version` is what the holder last read. Raises NotFound where the link is none of an answerer, Gone, Conflict where
    the version has passed, NotAllowed where the enquiry was decided, Invalid by field.
    """
    enquiry = locked_where(session, Enquiry.id == opened.enquiry_id)
    assert enquiry is not None
    holder = authority.opened(session, opened.token, LinkKind.DECISION, now=now, settings=settings).link.person
    assert holder is not None
    versions.expect(enquiry, version)
    if answer.choice not in choices(enquiry):
        raise NotAllowed(f"{answer.choice} is not possible in {enquiry.status}")
    by = Acting(Actor(ActorKind.LIAISON, holder.name, holder.id), now, settings)
    if answer.choice is DecisionChoice.AWAY:
        _say_away(session, holder, enquiry, answer, by=by)
    elif answer.choice is DecisionChoice.PASS_ON:
        _pass_on(session, holder, enquiry, answer, by=by)
    elif answer.choice is DecisionChoice.PROPOSE_DATES:
        actions.propose_dates(session, enquiry, answer.windows, text=answer.text, by=by)
    elif action := chosen_action(answer.choice):
        actions.act(session, enquiry, action, text=answer.text, by=by)
    return enquiry


def _say_away(session: Session, holder: Person, enquiry: Enquiry, answer: Answer, *, by: Acting) -> None:
    """Enter leave for the enquiry's network alone and not for long: emails are forwarded. Its person reads of it."""
    if answer.until is None:
        raise Invalid({"until": "needed"})
    if answer.until - by.today > LONGEST_AWAY:
        raise Invalid({"until": "long"})
    try:
        absence = Absence(holder.id, by.today, answer.until, enquiry.network_id)
        taken = leave.take(session, absence, by=by)
    except Invalid as error:
        fault = next(iter(error.faults.values()))
        raise Invalid({"until": fault}) from error
    enquiry_mails.confirm_away(session, taken, enquiry, holder, now=by.now, settings=by.settings)
    covering.move_all(session, taken, holder, enquiry, by=by.as_(SYSTEM))


def _pass_on(session: Session, holder: Person, enquiry: Enquiry, answer: Answer, *, by: Acting) -> None:
    colleague = _colleague(session, enquiry, answer.colleague.strip(), by=by)
    if colleague.id == holder.id:
        raise Invalid({"colleague": "self"})
    facts = Assigned(assignee=colleague.name)
    event = actions.act(session, enquiry, Action.ASSIGN, text=answer.text, facts=facts, by=by)
    enquiry.assignee = colleague
    assignment.follow(session, enquiry, cause=event, by=by)
    named = update(Link).where(Link.enquiry_id == enquiry.id, Link.asked_by_id.is_(None), Link.created_at == by.now)
    session.execute(named.where(Link.kind == LinkKind.DECISION).values(asked_by_id=holder.id))


def _colleague(session: Session, enquiry: Enquiry, wanted: str, *, by: Acting) -> Person:
    """Return whom a name or an address means; a new address of a colleague is a new person without an account.

    Raises Invalid, with one word for whatever is in the way: a link must not say who is known here, who has left, or
    how many were asked. A name counts only where it is given in full.
    """
    if not wanted:
        raise Invalid({"colleague": "needed"})
    found = people.find(session, wanted) if "@" in wanted else _named(session, wanted)
    email = found.email if found is not None else emails.known_as(wanted)
    if found is None and not ("@" in wanted and by.settings.is_colleague(email)):
        raise Invalid({"colleague": "refused"})
    if found is not None and not found.active:
        raise Invalid({"colleague": "refused"})
    try:
        asking.expect_room(session, enquiry, [email], "colleague", by=by)
    except Invalid as error:
        raise Invalid({"colleague": "refused"}) from error
    return found or people.ensure(session, email=email, name=email, now=by.now)


def _named(session: Session, wanted: str) -> Person | None:
    """Return the one person of a full name, as typed or else as folded, which no database could do; or None."""
    names = session.execute(select(Person.id, Person.name).where(Person.active)).all()
    same = [number for number, name in names if name == wanted]
    same = same or [number for number, name in names if folded(name) == folded(wanted)]
    return session.get_one(Person, same[0]) if len(same) == 1 else None
