"""What someone is to receive next, and the reminder of what they have not answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from webapp.config import Settings
from webapp.domain.calendar import office_calendar
from webapp.domain.calendar.office_hours import works
from webapp.domain.enquiries.loading import locked_where
from webapp.domain.security.permissions import Actor
from webapp.domain.visits import hosting, programme
from webapp.models import Enquiry, SlotHost, Visit, VisitSlot
from webapp.vocabulary import SlotAnswer, SlotNews, VisitState

# So long before a slot begins, who has not answered is reminded, once.
REMINDED_BEFORE = timedelta(days=3)
# Whom one has just asked is not reminded yet.
_JUST_ASKED = timedelta(hours=20)
_MOST_REMINDED = 200
# Longer than any part of a visit.
_LONGEST_SLOT = timedelta(days=14)
# What a list of visits says of their enquiries.
_NAMED = (Enquiry.reference, Enquiry.organisation)


def remind(session: Session, *, now: datetime, settings: Settings) -> int:
    """Remind each host whose slot begins within three days and who has not answered, once; return how many.

    It leaves on a working day, in the hours of the other reminders.
    """
    here = now.astimezone(settings.zone)
    days = office_calendar.around(session, here.date(), settings=settings)
    if not works(here, days, settings=settings):
        return 0
    query = (
        select(SlotHost.enquiry_id, SlotHost.slot_id, SlotHost.id)
        .join(SlotHost.slot)
        .join(VisitSlot.visit)
        .where(
            SlotHost.answer == SlotAnswer.NONE,
            SlotHost.reminded_at.is_(None),
            SlotHost.invited_at < now - _JUST_ASKED,
            VisitSlot.starts_at > now,
            VisitSlot.starts_at <= now + REMINDED_BEFORE,
            Visit.state != VisitState.CANCELLED,
        )
        .order_by(SlotHost.enquiry_id, SlotHost.id)
        .limit(_MOST_REMINDED)
    )
    reminded = 0
    for enquiry_id, slot_id, host_id in session.execute(query).all():
        enquiry = locked_where(session, Enquiry.id == enquiry_id)
        assert enquiry is not None
        slot = programme.one(session, enquiry, slot_id)
        host = hosting.of(slot, host_id)
        if host.reminded_at is None and host.answer is SlotAnswer.NONE:
            host.reminded_at = now
            hosting.tell(session, enquiry, slot, host, SlotNews.REMINDED, now=now, settings=settings)
            reminded += 1
    session.flush()
    return reminded


def upcoming(session: Session, *, actor: Actor, now: datetime, limit: int = 10) -> Sequence[SlotHost]:
    """Return the next slots in which someone is to receive, soonest first, with visit, enquiry and room."""
    slot = contains_eager(SlotHost.slot)
    visit = slot.contains_eager(VisitSlot.visit).joinedload(Visit.enquiry).load_only(*_NAMED)
    query = (
        select(SlotHost)
        .join(SlotHost.slot)
        .join(VisitSlot.visit)
        .where(
            SlotHost.person_id == actor.person_id,
            SlotHost.invited_at.is_not(None),
            SlotHost.answer.in_((SlotAnswer.NONE, SlotAnswer.YES)),
            VisitSlot.ends_at > now,
            # Follows from that, and keeps the database from reading what is over.
            VisitSlot.starts_at > now - _LONGEST_SLOT,
            Visit.state != VisitState.CANCELLED,
        )
        .order_by(VisitSlot.starts_at, SlotHost.id)
        .limit(limit)
        .options(visit, slot.joinedload(VisitSlot.room))
    )
    return session.scalars(query).all()


def visits_of(session: Session, *, actor: Actor, now: datetime, limit: int = 10) -> Sequence[Visit]:
    """Return the next confirmed visits of which someone is the host, soonest first."""
    query = (
        select(Visit)
        .where(Visit.host_id == actor.person_id, Visit.state == VisitState.CONFIRMED, Visit.ends_at > now)
        .order_by(Visit.starts_at, Visit.id)
        .limit(limit)
        .options(joinedload(Visit.enquiry).load_only(*_NAMED), joinedload(Visit.room))
    )
    return session.scalars(query).all()
