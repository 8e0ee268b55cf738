"""Who has an enquiry: given by staff, and open work follows the people to their covers and back."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.enquiries import actions, loading
from webapp.domain.errors import Invalid
from webapp.domain.history import events, versions
from webapp.domain.links import issuing
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing import answerer
from webapp.domain.routing.answerer import Answerer
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import TABLE
from webapp.models import Enquiry, Event, Person
from webapp.models.event_data import Assigned, HandedOver
from webapp.vocabulary import OPEN_STATUSES, Action, EventKind, MessageKind, Permission, Role

_WORKING = frozenset(role for role, held in TABLE.items() if Permission.ENQUIRY_TRIAGE in held or role is Role.HOST)


def follow(session: Session, enquiry: Enquiry, *, by: Acting, cause: Event | None = None, tells: bool = True) -> bool:
    """Give a locked enquiry to today's answerer; False where it is with them already.

    `cause` is the event by which it was given to someone: it is all that the history needs, unless they are away.
    Without `tells` no email is staged: the caller tells of several at once.
    """
    who = answerer.answerer_of(session, enquiry, now=by.now, settings=by.settings)
    keep: Collection[int] = (who.person_id,) if who.person_id is not None else ()
    if cause is None and who.steps:
        # Who is away keeps their link: they come back. Who is asked no more does not.
        keep = answerer.may_answer_now(session, enquiry, now=by.now, settings=by.settings)
    issuing.revoke(session, enquiry, keep=keep, passed_to=who.name, now=by.now)
    if who.person_id == enquiry.answerer_id and not (cause is not None and cause.text):
        return False
    said = cause if enquiry.assignee is not None and who.person_id == enquiry.assignee.id else None
    note = cause.text if cause is not None else ""
    hand_over(session, enquiry, who, cause=said, note=note, by=by, tells=tells)
    return True


def move(session: Session, reference: str, *, by: Acting) -> None:
    """Give an open enquiry to today's answerer; nothing happens where that is so already, or it was closed."""
    enquiry = loading.locked_where(session, Enquiry.reference == reference, Enquiry.status.in_(OPEN_STATUSES))
    if enquiry is not None:
        follow(session, enquiry, by=by)


def due(session: Session, *, now: datetime, settings: Settings) -> Sequence[str]:
    """Return references of open enquiries whose answerer is out of date, oldest first."""
    return answerer.needs_rerouting(session, now=now, settings=settings)


def hand_over(
    session: Session,
    enquiry: Enquiry,
    who: Answerer,
    *,
    by: Acting,
    cause: Event | None = None,
    note: str = "",
    tells: bool = True,
) -> None:
    """Record that a locked enquiry is with someone else, and tell them by email unless they did it.

    `cause` is the event that says so already (someone gave it to them), else a line with the `note` is added to the
    history.
    """
    before = session.get(Person, enquiry.answerer_id) if enquiry.answerer_id is not None else None
    enquiry.answerer_id = who.person_id
    if cause is None:
        facts = HandedOver(before=before.name if before else "", after=who.name, post=who.post, steps=who.steps)
        cause = events.add(session, enquiry.id, EventKind.HANDED_OVER, by.actor, facts, now=by.now, text=note)
        versions.raise_version(enquiry)
        enquiry.changed_at = by.now
        session.flush()
    if tells and (who.person_id is None or who.person_id != by.actor.person_id):
        kind = MessageKind.LIAISON_HANDED_OVER
        enquiry_mails.send(session, enquiry, kind, who=who, now=by.now, settings=by.settings, event=cause)


def everyone(session: Session) -> Sequence[Person]:
    """Return all people by name, also those whose account is closed: their names are still on enquiries."""
    return session.scalars(select(Person).order_by(Person.name, Person.id)).all()


def assignable(session: Session) -> Sequence[Person]:
    """Return the people who may be given an enquiry: those with an account that works on enquiries, by name."""
    return [person for person in everyone(session) if can_be_given(person)]


def can_be_given(person: Person) -> bool:
    """Return whether someone has an account that works on enquiries."""
    return person.active and person.role in _WORKING


def assign(session: Session, found: Enquiry, person_id: int | None, *, by: Acting, version: int | None = None) -> Event:
    """Give a locked enquiry to someone, or to no one, and tell who answers now. Raises Invalid for a person who
    cannot take it.
    """
    person = session.get(Person, person_id) if person_id is not None else None
    if person_id is not None and (person is None or person not in assignable(session)):
        raise Invalid({"assignee": "unknown"})
    facts = Assigned(assignee=person.name if person else "")
    event = actions.act(session, found, Action.ASSIGN, version=version, facts=facts, by=by)
    found.assignee = person
    follow(session, found, cause=event, by=by)
    return event
