"""Enquiries that were held when they came, because a field that people do not see was filled in."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.notifications import enquiry_mails
from webapp.domain.organisations import recognition
from webapp.domain.routing.answerer import answerer_of
from webapp.models import Attachment, Enquiry
from webapp.vocabulary import MessageKind, Status

# So many may wait for someone's look from one day: a program that keeps sending is refused, not stored.
A_DAY = 100
MAILS = (MessageKind.LIAISON_RECEIVED, MessageKind.PARTNER_RECEIPT)


def is_held(enquiry: Enquiry) -> bool:
    """Return whether no one has said yet that it is genuine: its clock has been paused since it came."""
    return enquiry.status in (Status.SUSPECT, Status.SPAM) and enquiry.clock_stopped_on is not None


def is_full(session: Session, *, now: datetime) -> bool:
    """Return whether no more may be held today; its cost has a bound."""
    recent = select(Enquiry.id).where(Enquiry.status == Status.SUSPECT, Enquiry.submitted_at > now - timedelta(days=1))
    return (session.scalar(select(func.count()).select_from(recent.limit(A_DAY).subquery())) or 0) >= A_DAY


def release(session: Session, enquiry: Enquiry, *, now: datetime, settings: Settings) -> None:
    """Give a locked enquiry that was held what every new one gets: a record that it fits, its emails, who answers it.

    All of it leaves once, however often it is taken for spam and brought back.
    """
    if enquiry.address_confirmed_at is not None:
        recognition.recognise(session, enquiry)
    who = answerer_of(session, enquiry, now=now, settings=settings)
    enquiry.answerer_id = who.person_id
    of_it = select(Attachment.name).where(Attachment.enquiry_id == enquiry.id).order_by(Attachment.id)
    names = tuple(session.scalars(of_it))
    for kind in MAILS:
        enquiry_mails.send(session, enquiry, kind, who=who, now=now, settings=settings, attachment_names=names)
