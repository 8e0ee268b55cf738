"""Decisions by the link in an email: what its holder sees, and the one answer that they give without signing in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.accounts import people
from webapp.domain.enquiries import actions, assignment
from webapp.domain.enquiries.loading import locked_where
from webapp.domain.enquiries.workflow import rule
from webapp.domain.errors import Invalid, NotAllowed
from webapp.domain.history import versions
from webapp.domain.links import opening
from webapp.domain.routing import leave
from webapp.domain.routing.leave import Absence
from webapp.domain.search.folding import folded
from webapp.domain.security.permissions import Actor
from webapp.models import Decision, Enquiry, Person
from webapp.vocabulary import IN_HAND, Action, ActorKind, DecisionChoice

_ACTIONS = {
    DecisionChoice.ACCEPT: Action.ACCEPT,
    DecisionChoice.PROPOSE_DATES: Action.PROPOSE_DATES,
    DecisionChoice.ASK_PARTNER: Action.ASK_PARTNER,
    DecisionChoice.DECLINE: Action.DECLINE,
    DecisionChoice.PASS_ON: Action.ASSIGN,
}


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
    possible = [choice for choice, action in _ACTIONS.items() if rule(enquiry.status, action, enquiry.kind)]
    return (*possible, DecisionChoice.AWAY)


def actor(found: Decision) -> Actor:
    """Return the actor that the holder of a link is."""
    return Actor(ActorKind.LIAISON, found.person.name, found.person_id)


def decide(
    session: Session, token: str, answer: Answer, *, version: int, now: datetime, settings: Settings
) -> Decision:
    """Record an answer in this transaction, and return the decision with its enquiry as it is then.

    `version` is what the holder last read. Raises NotFound, Gone, Conflict where it has passed, NotAllowed where the
    enquiry was decided, Invalid by field.
    """
    found = opening.of_kind(session, Decision, token, now=now)
    enquiry = locked_where(session, Enquiry.id == found.enquiry_id)
    assert enquiry is not None
    versions.expect(enquiry, version)
    if answer.choice not in choices(enquiry):
        raise NotAllowed(f"{answer.choice} is not possible in {enquiry.status}")
    given: dict[str, Any] = {"now": now, "settings": settings}
    if answer.choice is DecisionChoice.AWAY:
        _say_away(session, found, enquiry, answer, **given)
    elif answer.choice is DecisionChoice.PASS_ON:
        _pass_on(session, found, enquiry, answer, **given)
    elif answer.choice is DecisionChoice.PROPOSE_DATES:
        actions.propose_dates(session, enquiry, answer.windows, actor=actor(found), text=answer.text, **given)
    else:
        actions.act(session, enquiry, _ACTIONS[answer.choice], actor=actor(found), text=answer.text, **given)
    return found


def _say_away(
    session: Session, found: Decision, enquiry: Enquiry, answer: Answer, *, now: datetime, settings: Settings
) -> None:
    today = now.astimezone(settings.zone).date()
    if answer.until is None:
        raise Invalid({"until": "needed"})
    try:
        absence = Absence(found.person_id, today, answer.until)
        leave.take(session, absence, actor=actor(found), now=now, today=today)
    except Invalid as error:
        fault = next(iter(error.faults.values()))
        raise Invalid({"until": fault}) from error
    assignment.follow(session, enquiry, now=now, settings=settings)


def _pass_on(
    session: Session, found: Decision, enquiry: Enquiry, answer: Answer, *, now: datetime, settings: Settings
) -> None:
    colleague = _colleague(session, answer.colleague.strip(), now=now, settings=settings)
    if colleague.id == found.person_id:
        raise Invalid({"colleague": "self"})
    given: dict[str, Any] = {"actor": actor(found), "now": now, "settings": settings}
    data = {"assignee": colleague.name}
    event = actions.act(session, enquiry, Action.ASSIGN, text=answer.text, data=data, **given)
    enquiry.assignee = colleague
    assignment.follow(session, enquiry, cause=event, **given)


def _colleague(session: Session, wanted: str, *, now: datetime, settings: Settings) -> Person:
    """Return whom a name or an address means; a new address of our own domains is a new person without an account.

    Raises Invalid: a link must not tell who is known here, so a name counts only where it is given in full.
    """
    if not wanted:
        raise Invalid({"colleague": "needed"})
    _local, at, domain = wanted.lower().rpartition("@")
    if not at:
        return _named(session, wanted)
    found = people.find(session, wanted)
    if found is not None and found.active:
        return found
    if found is not None:
        raise Invalid({"colleague": "gone"})
    if domain not in settings.own_domains:
        raise Invalid({"colleague": "domain"})
    return people.ensure(session, email=wanted, name=wanted.lower(), now=now)


def _named(session: Session, wanted: str) -> Person:
    """Return the one person of a full name, as it was typed or else as it is folded, which no database could do."""
    names = session.execute(select(Person.id, Person.name).where(Person.active)).all()
    same = [number for number, name in names if name == wanted]
    same = same or [number for number, name in names if folded(name) == folded(wanted)]
    if len(same) != 1:
        raise Invalid({"colleague": "unknown"})
    return session.get_one(Person, same[0])
