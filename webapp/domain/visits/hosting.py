"""Who receives visitors in a slot: asked by a link of their own, answering by it or at the desk."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.accounts import people
from webapp.domain.enquiries.loading import locked_where, sees
from webapp.domain.errors import Gone, Invalid, NotAllowed, NotFound
from webapp.domain.links import issuing, opening
from webapp.domain.links.opening import Opened
from webapp.domain.notifications import programme_mails
from webapp.domain.security import colleagues
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require
from webapp.domain.visits import programme
from webapp.models import Enquiry, Person, SlotHost, VisitSlot
from webapp.tidying import emails
from webapp.vocabulary import ActorKind, LinkEnd, LinkKind, Permission, SlotAnswer, SlotNews


@dataclass(frozen=True)
class Invitee:
    """Who is to receive: someone known here, or a colleague by name and address."""

    person_id: int | None = None
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Reply:
    """What a host answers; `instead` is the colleague, where that is the answer."""

    answer: SlotAnswer
    note: str = ""
    instead: Invitee = Invitee()


def invite(session: Session, enquiry: Enquiry, slot_id: int, invitee: Invitee, *, by: Acting) -> SlotHost:
    """Ask someone to receive the visitors in a slot of a locked enquiry's visit, by email with a link of their own.

    Raises NotAllowed, NotFound, and Invalid by field ("person", "name", "email"), also for who is asked already.
    """
    require(by.actor, Permission.ENQUIRY_DECIDE)
    programme.standing(session, enquiry)
    slot = programme.one(session, enquiry, slot_id)
    person = _person(session, invitee, by=by)
    return _ask(session, enquiry, slot, person, asked_by=by.actor.person_id, now=by.now, settings=by.settings)


def _person(session: Session, invitee: Invitee, *, by: Acting) -> Person:
    if invitee.person_id is not None:
        person = session.get(Person, invitee.person_id)
        if person is None or not person.active:
            raise Invalid({"person": "unknown"})
        return person
    if not invitee.email.strip():
        raise Invalid({"person": "needed"})
    return _colleague(session, invitee, by=by)


def _colleague(session: Session, named: Invitee, *, by: Acting) -> Person:
    """Return the colleague with an address, a new person without an account where there is none."""
    try:
        email = emails.read(named.email)
    except emails.NoAddress as error:
        raise Invalid({"email": "unreadable"}) from error
    if faults := colleagues.faults({"email": email}, by=by):
        raise Invalid(faults)
    found = people.find(session, email)
    if found is not None:
        if not found.active:
            raise Invalid({"email": "outside"})
        return found
    if not named.name.strip():
        raise Invalid({"name": "needed"})
    return people.ensure(session, email=email, name=named.name, now=by.now)


def _ask(
    session: Session,
    enquiry: Enquiry,
    slot: VisitSlot,
    person: Person,
    *,
    asked_by: int | None,
    now: datetime,
    settings: Settings,
    instead_of: SlotHost | None = None,
) -> SlotHost:
    host = next((each for each in slot.hosts if each.person_id == person.id), None)
    if host is not None and host.invited_at is not None and host.answer in (SlotAnswer.NONE, SlotAnswer.YES):
        raise Invalid({"person": "asked"})
    if slot.ends_at <= now:
        raise Invalid({"person": "over"})
    if host is None:
        if len(slot.hosts) >= programme.MOST_HOSTS:
            raise Invalid({"person": "many"})
        host = SlotHost(slot=slot, enquiry_id=enquiry.id, person=person, note="", entered=False)
        session.add(host)
    if host.link is not None and host.link.ended_at is None:
        host.link.ended_at, host.link.ended_why = now, LinkEnd.REPLACED
    link = issuing.new(LinkKind.HOST, enquiry.id, person.email, expires_at=slot.ends_at, now=now, settings=settings)
    link.person_id, link.asked_by_id = person.id, asked_by
    host.link, host.answer, host.note, host.invited_at = link, SlotAnswer.NONE, "", now
    host.answered_at = host.reminded_at = None
    host.instead_of_id = instead_of.id if instead_of is not None else None
    slot.sequence += 1
    session.flush()
    tell(session, enquiry, slot, host, SlotNews.ASKED, now=now, settings=settings)
    return host


def release(session: Session, enquiry: Enquiry, slot_id: int, host_id: int, *, by: Acting) -> None:
    """Ask someone no more; they hear of it, and their link ends. Raises NotAllowed, NotFound."""
    require(by.actor, Permission.ENQUIRY_DECIDE)
    slot = programme.one(session, enquiry, slot_id)
    host = of(slot, host_id)
    if host.invited_at is not None and host.answer in (SlotAnswer.NONE, SlotAnswer.YES):
        slot.sequence += 1
        tell(session, enquiry, slot, host, SlotNews.OFF, now=by.now, settings=by.settings)
    if host.link is not None and host.link.ended_at is None:
        host.link.ended_at, host.link.ended_why = by.now, LinkEnd.RECALLED
    session.flush()
    session.delete(host)
    session.flush()


def answer_by_link(session: Session, opened: Opened, reply: Reply, *, now: datetime, settings: Settings) -> SlotHost:
    """Record what the holder of a link answers for its slot, and for nothing else.

    Raises NotFound where the link is none of a host, Gone, NotAllowed once they named a colleague, Invalid by field.
    """
    enquiry = locked_where(session, Enquiry.id == opened.enquiry_id)
    assert enquiry is not None
    held = opening.opened(session, opened.token, LinkKind.HOST, now=now)
    if not isinstance(held.question, SlotHost):
        raise Gone(language=held.language)
    slot = programme.one(session, enquiry, held.question.slot_id)
    host = of(slot, held.question.id)
    actor = Actor(ActorKind.HOST, host.person.name, host.person_id)
    return _record(session, enquiry, slot, host, reply, by=Acting(actor, now, settings))


def answer_at_desk(
    session: Session, enquiry: Enquiry, slot_id: int, host_id: int, reply: Reply, *, by: Acting
) -> SlotHost:
    """Record what someone answers for themselves at the desk, or what the office heard from them.

    Raises NotFound, NotAllowed for another's answer without the right to plan, and as `answer_by_link`.
    """
    programme.standing(session, enquiry)
    slot = programme.one(session, enquiry, slot_id)
    host = of(slot, host_id)
    if host.person_id != by.actor.person_id:
        require(by.actor, Permission.ENQUIRY_DECIDE)
        if not sees(session, enquiry, actor=by.actor):
            raise NotAllowed("who receives answers for themselves")
    return _record(session, enquiry, slot, host, reply, by=by)


def _record(
    session: Session, enquiry: Enquiry, slot: VisitSlot, host: SlotHost, reply: Reply, *, by: Acting
) -> SlotHost:
    if not host.is_open or host.invited_at is None or slot.ends_at <= by.now:
        raise NotAllowed("it was passed on, or is no longer asked")
    if reply.answer is SlotAnswer.NONE:
        raise Invalid({"answer": "needed"})
    if reply.answer is host.answer and reply.note.strip() == host.note:
        return host
    instead = _named(session, enquiry, slot, host, reply, by=by) if reply.answer is SlotAnswer.COLLEAGUE else None
    said_before, host.answer, host.note, host.answered_at = host.answer, reply.answer, reply.note.strip(), by.now
    if host.link is not None and not host.is_open:
        issuing.answered(host.link, now=by.now)
    slot.sequence += 1
    if reply.answer is SlotAnswer.YES and said_before is not SlotAnswer.YES:
        tell(session, enquiry, slot, host, SlotNews.AGREED, now=by.now, settings=by.settings)
    elif reply.answer is not SlotAnswer.YES:
        if host.entered:
            tell(session, enquiry, slot, host, SlotNews.LEFT, now=by.now, settings=by.settings)
        programme_mails.tell_coordinator(
            session, enquiry, slot, host, instead=instead.name if instead else "", now=by.now, settings=by.settings
        )
    session.flush()
    return host


def _named(session: Session, enquiry: Enquiry, slot: VisitSlot, host: SlotHost, reply: Reply, *, by: Acting) -> Person:
    """Ask the colleague whom a host named; one word for whatever is in the way but what is missing.

    A link must not say who is known here.
    """
    if not reply.instead.email.strip():
        raise Invalid({"colleague": "needed"})
    try:
        person = _colleague(session, reply.instead, by=by)
        if person.id == host.person_id:
            raise Invalid({"colleague": "self"})
        asker, given = host.person_id, {"now": by.now, "settings": by.settings}
        _ask(session, enquiry, slot, person, asked_by=asker, instead_of=host, **given)  # type: ignore[arg-type]
    except Invalid as error:
        known = {"self": "self", "unreadable": "unreadable"}
        why = next((known[fault] for fault in error.faults.values() if fault in known), "refused")
        why = "name" if error.faults == {"name": "needed"} else why
        raise Invalid({"colleague": why}) from error
    return person


def of(slot: VisitSlot, host_id: int) -> SlotHost:
    """Return one who was asked for a slot. Raises NotFound for another slot's."""
    found = next((host for host in slot.hosts if host.id == host_id), None)
    if found is None:
        raise NotFound("host")
    return found


def tell(
    session: Session,
    enquiry: Enquiry,
    slot: VisitSlot,
    host: SlotHost,
    news: SlotNews,
    *,
    now: datetime,
    settings: Settings,
) -> None:
    """Stage the news for one who was asked, with the number that the slot has now."""
    programme_mails.tell_host(
        session, enquiry, slot, host, news, occasion=str(slot.sequence), now=now, settings=settings
    )
