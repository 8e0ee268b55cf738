"""An email sent again: what is in it may go to another address only with a link that belongs to that address."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.domain.decisions import approvals
from webapp.domain.enquiries import addresses, loading
from webapp.domain.enquiries.loading import locked_where
from webapp.domain.errors import Invalid, NotAllowed
from webapp.domain.history import events
from webapp.domain.links import issuing
from webapp.domain.messages import outbox
from webapp.domain.security.acting import Acting
from webapp.models import Approval, Enquiry, Link, Message, MessageLine, Person, Referral, SlotHost
from webapp.models.event_data import AskedElsewhere
from webapp.vocabulary import EventKind, LinkKind


def send_again(session: Session, message: Message, email: str, *, known: str, by: Acting) -> None:
    """Queue an ended message (with its enquiry, locked) again, to an address that was typed.

    The partner's is corrected by that; an approver is asked at the new one from now on, where `approvals.ask` would ask
    them; who answers, and a faculty, have theirs on record, and no other is taken. Each time the old link ends and a
    new one goes out. `known` is the partner's address that the actor read. Raises NotAllowed, Conflict as
    `addresses.correct` does, and Invalid ("email": why not).
    """
    if not outbox.can_retry(message):
        raise NotAllowed("the message is still on its way")
    link = session.get(Link, message.link_id) if message.link_id is not None else None
    if link is None:
        if email.lower() != message.recipient_email.lower() and _lists_links(session, message):
            raise Invalid({"email": "list"})
        outbox.retry(session, message, email=email, by=by)
    elif link.kind is LinkKind.TRACKING:
        outbox.retry(session, message, email=email, link=_partners(session, link, email, known=known, by=by), by=by)
    elif email.lower() == link.email.lower():
        outbox.retry(session, message, email=email, by=by)
    else:
        outbox.retry(session, message, email=email, link=_elsewhere(session, link, email, by=by), by=by)


def carried(session: Session, message: Message) -> LinkKind | None:
    """Return the kind of the private link that a message carries, or of those in its list; None where it has none."""
    link = session.get(Link, message.link_id) if message.link_id is not None else None
    if link is not None:
        return link.kind
    return LinkKind.DECISION if _lists_links(session, message) else None


def _lists_links(session: Session, message: Message) -> bool:
    query = select(MessageLine.id).where(MessageLine.message_id == message.id, MessageLine.link_id.is_not(None))
    return session.scalar(query.limit(1)) is not None


def _partners(session: Session, link: Link, email: str, *, known: str, by: Acting) -> Link:
    held = _locked(session, link)
    if email.lower() != held.contact_email.lower():
        addresses.correct(session, loading.locked(session, held.reference, actor=by.actor), email, known=known, by=by)
    return issuing.tracking(session, held)


def _locked(session: Session, link: Link) -> Enquiry:
    held = locked_where(session, Enquiry.id == link.enquiry_id)
    assert held is not None
    return held


def _elsewhere(session: Session, link: Link, email: str, *, by: Acting) -> Link:
    """Return the link of another address in the place of one that was issued to someone asked."""
    held = _locked(session, link)
    if link.ended_at is not None:
        raise Invalid({"email": "ended"})
    if link.kind is LinkKind.HOST:
        return _hosts(session, link, email, by=by)
    if link.kind is LinkKind.DECISION:
        return _answerers(session, link, held, email, by=by)
    if link.kind is LinkKind.REFERRAL:
        return _facultys(session, link, email, by=by)
    return _approvers(session, link, held, email, by=by)


def _answerers(session: Session, link: Link, held: Enquiry, email: str, *, by: Acting) -> Link:
    assert link.person_id is not None
    if session.get_one(Person, link.person_id).email.lower() != email.lower():
        raise Invalid({"email": "person"})
    return issuing.issue(session, held, link.person_id, now=by.now, settings=by.settings)


def _hosts(session: Session, link: Link, email: str, *, by: Acting) -> Link:
    """Return a new link to the address that a host of a slot has on record by now."""
    host = session.scalars(
        select(SlotHost).where(SlotHost.link_id == link.id).options(joinedload(SlotHost.person))
    ).one()
    if host.person.email.lower() != email.lower():
        raise Invalid({"email": "person"})
    made = issuing.replace(session, link, email, now=by.now, settings=by.settings)
    host.link_id, made.asked_by_id = made.id, by.actor.person_id
    return made


def _facultys(session: Session, link: Link, email: str, *, by: Acting) -> Link:
    query = select(Referral).where(Referral.link_id == link.id).options(joinedload(Referral.faculty))
    referral = session.scalars(query).one()
    if not referral.is_open:
        raise Invalid({"email": "ended"})
    if referral.faculty.email.lower() != email.lower():
        raise Invalid({"email": "faculty"})
    return _ask_elsewhere(session, referral, link, email, by=by)


def _approvers(session: Session, link: Link, held: Enquiry, email: str, *, by: Acting) -> Link:
    approval = session.scalars(select(Approval).where(Approval.link_id == link.id)).one()
    if not approval.is_wanted(held):
        raise Invalid({"email": "ended"})
    approvals.check(session, held, {"email": email}, "email", by=by)
    return _ask_elsewhere(session, approval, link, email, by=by)


def _ask_elsewhere(session: Session, asked: Approval | Referral, link: Link, email: str, *, by: Acting) -> Link:
    """Ask someone at another address from now on, with a line in the history, and end the link to the one before."""
    facts = AskedElsewhere(name=asked.name, before=asked.email, after=email)
    made = issuing.replace(session, link, email, now=by.now, settings=by.settings)
    asked.email, asked.link_id, made.asked_by_id = email, made.id, by.actor.person_id
    events.add(session, link.enquiry_id, EventKind.ASKED_ELSEWHERE, by.actor, facts, now=by.now)
    return made
