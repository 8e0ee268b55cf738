"""Partners who write several messages cause one email, not one each: the first leaves at once, what follows soon after
it waits in rows of its own and goes together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from webapp.config import Settings
from webapp.domain.messages import outbox
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing.answerer import PARTIES, Answerer, answerer_of
from webapp.mail import messages
from webapp.mail.messages import Institution, Written
from webapp.models import Enquiry, Event, Message, Untold
from webapp.vocabulary import MessageKind

# So long after an email about what a partner wrote there is no other to the same person.
APART = timedelta(minutes=10)
_KINDS = (MessageKind.LIAISON_PARTNER_WROTE, MessageKind.LIAISON_PARTNER_WROTE_AGAIN)


def tell(
    session: Session, about: Enquiry, *, event: Event, wrote: Enquiry, who: Answerer, now: datetime, settings: Settings
) -> None:
    """Tell who answers a locked enquiry what its partner wrote: at once, or with what else comes, APART from the last.

    `wrote` is the enquiry by whose link they wrote, if another continues here. The event must be flushed.
    """
    due = _due(session, about, who, now)
    if due is not None:
        session.add(Untold(enquiry_id=about.id, event_id=event.id, due_at=due))
        return
    kind = MessageKind.LIAISON_PARTNER_WROTE
    enquiry_mails.send(session, about, kind, event=event, wrote=wrote, who=who, now=now, settings=settings)


def keep(session: Session, about: Enquiry, event: Event) -> None:
    """Keep what was written to an enquiry that is taken for spam, for when someone says that it is none."""
    session.add(Untold(enquiry_id=about.id, event_id=event.id))


def due(session: Session, *, now: datetime) -> Sequence[int]:
    """Return the ids of the enquiries whose messages are due by now."""
    query = select(Untold.enquiry_id).where(Untold.due_at <= now).group_by(Untold.enquiry_id)
    return session.scalars(query.order_by(func.min(Untold.due_at))).all()


def tell_due(session: Session, enquiry_id: int, *, now: datetime, settings: Settings) -> None:
    """Tell who answers an enquiry today all that waits, if it is due; nothing goes twice."""
    session.execute(select(Enquiry.id).where(Enquiry.id == enquiry_id).with_for_update())
    if session.scalar(select(Untold.id).where(Untold.enquiry_id == enquiry_id, Untold.due_at <= now).limit(1)):
        query = select(Enquiry).where(Enquiry.id == enquiry_id).options(*PARTIES)
        found = session.scalars(query.execution_options(populate_existing=True)).one()
        tell_all(session, found, now=now, settings=settings)


def tell_all(session: Session, enquiry: Enquiry, *, now: datetime, settings: Settings) -> None:
    """Tell who answers a locked enquiry today all that waits, due or not. What was erased meanwhile is left out."""
    session.flush()
    query = select(Event).join(Untold, Untold.event_id == Event.id).where(Untold.enquiry_id == enquiry.id)
    waiting = session.scalars(query.options(joinedload(Event.enquiry)).order_by(Event.id)).all()
    session.execute(delete(Untold).where(Untold.enquiry_id == enquiry.id))
    known = [event for event in waiting if event.enquiry.emptied_at is None and enquiry.emptied_at is None]
    if not known:
        return
    who = answerer_of(session, enquiry, now=now, settings=settings)
    if len(known) > 1:
        _tell_together(session, enquiry, known, who=who, now=now, settings=settings)
        return
    kind, (event,) = MessageKind.LIAISON_PARTNER_WROTE, known
    enquiry_mails.send(session, enquiry, kind, event=event, wrote=event.enquiry, who=who, now=now, settings=settings)


def _tell_together(
    session: Session, enquiry: Enquiry, known: Sequence[Event], *, who: Answerer, now: datetime, settings: Settings
) -> None:
    kind, latest = MessageKind.LIAISON_PARTNER_WROTE_AGAIN, known[-1]
    details = enquiry_mails.details_of(enquiry, who, settings=settings)
    details = replace(details, attachment_names=tuple(file.name for event in known for file in event.files))
    if latest.enquiry is not enquiry:
        details = enquiry_mails.in_words_of(details, latest.enquiry)
    to, link = enquiry_mails.addressee(session, enquiry, kind, who=who, now=now, settings=settings)
    written = [Written(event.at, event.actor_name, event.text) for event in known]
    institution = Institution.from_settings(settings)
    content = messages.liaison_partner_wrote_again(details, institution, to=to, written=written)
    key = f"{kind}:{enquiry.id}:{latest.id}"
    outbox.stage(session, content, enquiry=enquiry, link=link, dedupe_key=key, now=now, settings=settings)


def _due(session: Session, about: Enquiry, who: Answerer, now: datetime) -> datetime | None:
    """Return when to tell of what was just written; None for now."""
    waits = select(func.min(Untold.due_at)).where(Untold.enquiry_id == about.id)
    told = select(func.max(Message.created_at)).where(
        Message.enquiry_id == about.id, Message.kind.in_(_KINDS), Message.recipient_email == who.email
    )
    first, last = session.scalar(waits), session.scalar(told)
    if first is not None:
        return first
    return last + APART if last is not None and last > now - APART else None
