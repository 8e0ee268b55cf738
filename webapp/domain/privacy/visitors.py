"""What is kept of delegates for a short time only: what passports say, and lists that no one saved."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.types import String

from webapp.domain.security.acting import Acting
from webapp.domain.visits import roster_drafts
from webapp.models import Enquiry, Passport, RosterChange, RosterDraft, Visit
from webapp.vocabulary import Status

# So long after the last day of a visit, or after it was called off, someone may still have to be helped at a border.
PASSPORTS_KEPT = timedelta(days=7)
_CLOSED = (Status.COMPLETED, Status.DECLINED, Status.WITHDRAWN)
_LEFT = func.coalesce(Visit.ends_at, Enquiry.changed_at)


def passports(by: Acting) -> Select[int, Any, datetime]:
    """Select passports of delegates who have left, or will not come."""
    query = select(Passport.id, Enquiry.reference, _LEFT).join(Enquiry, Enquiry.id == Passport.enquiry_id)
    return query.outerjoin(Visit, Visit.enquiry_id == Enquiry.id).where(_is_over(by)).order_by(Passport.id)


def delete_passports(session: Session, numbers: Sequence[int], _by: Acting) -> None:
    """Delete passports; the delegates stay on their list."""
    session.execute(delete(Passport).where(Passport.id.in_(numbers)))


def asked_passports(by: Acting) -> Select[int, Any, datetime]:
    """Select changes that no one decided about, with passports of delegates who have left, or will not come."""
    some = cast(RosterChange.passport, String).not_in(("{}", "null"))
    query = select(RosterChange.id, Enquiry.reference, _LEFT).join(Enquiry, Enquiry.id == RosterChange.enquiry_id)
    query = query.outerjoin(Visit, Visit.enquiry_id == Enquiry.id).where(some, _is_over(by))
    return query.order_by(RosterChange.id)


def empty_asked(session: Session, numbers: Sequence[int], _by: Acting) -> None:
    """Take passports out of changes."""
    session.execute(update(RosterChange).where(RosterChange.id.in_(numbers)).values(passport={}))


def lists(by: Acting) -> Select[int, Any, datetime]:
    """Select lists that were sent a day ago and not saved."""
    query = select(RosterDraft.id, Enquiry.reference, RosterDraft.sent_at)
    query = query.join(Enquiry, Enquiry.id == RosterDraft.enquiry_id).where(roster_drafts.over(by.now))
    return query.order_by(RosterDraft.id)


def _is_over(by: Acting) -> ColumnElement[bool]:
    """Return the condition that passports of a visit are needed no more: by its days, or by its course without days."""
    left = Visit.last_day <= by.today - PASSPORTS_KEPT
    closed = and_(Visit.last_day.is_(None), Enquiry.status.in_(_CLOSED), Enquiry.changed_at <= by.now - PASSPORTS_KEPT)
    called_off = and_(Visit.cancelled_at <= by.now - PASSPORTS_KEPT, Enquiry.status.in_(_CLOSED))
    return and_(Enquiry.hold_since.is_(None), or_(left, closed, called_off))
