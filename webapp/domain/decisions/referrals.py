"""Referrals: a faculty is asked about an enquiry and returns it with its words, while the promise's clock runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.config import Settings
from webapp.domain.calendar import office_calendar
from webapp.domain.calendar.office_hours import works
from webapp.domain.calendar.working_days import Calendar, promise
from webapp.domain.decisions import asking, authority
from webapp.domain.enquiries import actions
from webapp.domain.enquiries.loading import locked_where
from webapp.domain.errors import Invalid, NotAllowed, NotFound
from webapp.domain.links import issuing
from webapp.domain.links.opening import Opened
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing.answerer import answerer_of
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor
from webapp.models import Enquiry, Event, Faculty, Referral
from webapp.models.event_data import AboutReferral, Referred, Returned
from webapp.vocabulary import CLOCK_STATUSES, Action, ActorKind, Finding, LinkKind

# From the day by which it is wanted back, or from the last email.
LASTS = timedelta(days=30)
USUAL_WORKING_DAYS = 3
# A link does not outlast it; see `_ends`.
_LONGEST = issuing.LONGEST - timedelta(days=1)
# No one is reminded more often.
_CHASED_AGAIN = timedelta(hours=20)


@dataclass(frozen=True)
class ReferralRequest:
    """What a faculty is asked, and by which day its answer is wanted."""

    faculty_id: int | None
    question: str
    return_by: date | None


def usual_return(enquiry: Enquiry, *, today: date, days: Calendar) -> date:
    """Return the day that is offered: three working days on, or the promise's date where that comes before.

    Never today: where the promise ends today or has passed, it is the next working day.
    """
    usual = promise(today, USUAL_WORKING_DAYS, days).due
    if enquiry.status not in CLOCK_STATUSES or enquiry.promised_on > usual:
        return usual
    return max(enquiry.promised_on, promise(today, 1, days).due)


def refer(
    session: Session, enquiry: Enquiry, request: ReferralRequest, *, by: Acting, version: int | None = None
) -> Referral:
    """Ask a faculty about a locked enquiry.

    Nothing else changes: status, who answers, the promise and its clock stay, and the partner hears nothing.
    Raises as `actions.act`, and Invalid by field: "faculty", "text", "return_by".
    """
    actions.check(enquiry, Action.REFER, actor=by.actor, version=version)
    faculty = session.get(Faculty, request.faculty_id) if request.faculty_id is not None else None
    faults = _faults(session, enquiry, request, faculty, today=by.today)
    if faults or faculty is None or request.return_by is None:
        raise Invalid(faults)
    asking.expect_room(session, enquiry, [faculty.email], "faculty", by=by)
    facts = Referred(faculty=faculty.name, return_by=request.return_by)
    actions.act(session, enquiry, Action.REFER, text=request.question, facts=facts, by=by)
    ends: dict[str, Any] = {"expires_at": _ends(request.return_by, by.now), "now": by.now, "settings": by.settings}
    link = issuing.new(LinkKind.REFERRAL, enquiry.id, faculty.email, **ends)
    link.asked_by_id = by.actor.person_id
    referral = Referral(
        link=link,
        enquiry_id=enquiry.id,
        faculty=faculty,
        name=faculty.contact_name,
        email=faculty.email,
        language=faculty.language,
        question=request.question.strip(),
        referred_by=by.actor.name,
        return_by=request.return_by,
        created_at=by.now,
    )
    session.add(referral)
    session.flush()
    _stage(session, referral, enquiry, occasion="asked", now=by.now, settings=by.settings)
    return referral


def _faults(
    session: Session, enquiry: Enquiry, request: ReferralRequest, faculty: Faculty | None, *, today: date
) -> dict[str, str]:
    faults = {}
    if faculty is None or not faculty.active:
        faults["faculty"] = "needed"
    elif any(row.faculty_id == faculty.id for row in of(session, enquiry) if row.is_open):
        faults["faculty"] = "asked"
    if not request.question.strip():
        faults["text"] = "needed"
    if request.return_by is None:
        faults["return_by"] = "needed"
    elif request.return_by < today:
        faults["return_by"] = "past"
    elif request.return_by > today + _LONGEST:
        faults["return_by"] = "long"
    return faults


def _ends(return_by: date, now: datetime) -> datetime:
    return min(max(now, datetime.combine(return_by, time(), UTC)) + LASTS, now + issuing.LONGEST)


def _stage(
    session: Session, referral: Referral, enquiry: Enquiry, *, occasion: str, now: datetime, settings: Settings
) -> None:
    who = answerer_of(session, enquiry, now=now, settings=settings)
    enquiry_mails.ask_faculty(session, referral, enquiry, who=who, occasion=occasion, now=now, settings=settings)


def of(session: Session, enquiry: Enquiry) -> Sequence[Referral]:
    """Return the referrals of an enquiry with their faculties, as they were made."""
    query = select(Referral).where(Referral.enquiry_id == enquiry.id).options(joinedload(Referral.faculty))
    return session.scalars(query.order_by(Referral.id)).all()


def chase(session: Session, enquiry: Enquiry, referral_id: int, *, by: Acting, version: int | None = None) -> Event:
    """Remind a faculty of what it has of a locked enquiry, no one twice a day.

    Raises as `actions.act`, NotFound, and Invalid for one that has come back, has ended, or was asked today.
    """
    found = _one(session, enquiry, referral_id)
    facts = AboutReferral(faculty=found.faculty.name)
    event = actions.act(session, enquiry, Action.CHASE_REFERRAL, facts=facts, version=version, by=by)
    if not found.is_open:
        raise Invalid({"referral": "ended"})
    if (found.chased_at or found.created_at) > by.now - _CHASED_AGAIN:
        raise Invalid({"referral": "today"})
    _remind(session, found, enquiry, occasion=f"chased:{event.id}", now=by.now, settings=by.settings)
    return event


def _remind(
    session: Session, found: Referral, enquiry: Enquiry, *, occasion: str, now: datetime, settings: Settings
) -> None:
    found.chased_at, found.link.expires_at = now, _ends(found.return_by, now)
    _stage(session, found, enquiry, occasion=occasion, now=now, settings=settings)


def recall(session: Session, enquiry: Enquiry, referral_id: int, *, by: Acting, version: int | None = None) -> Event:
    """Recall the referral of a locked enquiry: its link ends, and an email says so.

    Raises as `actions.act`, NotFound, and Invalid for one that has come back or has ended.
    """
    found = _one(session, enquiry, referral_id)
    facts = AboutReferral(faculty=found.faculty.name)
    event = actions.act(session, enquiry, Action.RECALL, facts=facts, version=version, by=by)
    if not found.is_open:
        raise Invalid({"referral": "ended"})
    found.ended_at, found.recalled_by = by.now, by.actor.name
    who = answerer_of(session, enquiry, now=by.now, settings=by.settings)
    enquiry_mails.tell_recalled(session, found, enquiry, who=who, now=by.now, settings=by.settings)
    return event


def _one(session: Session, enquiry: Enquiry, referral_id: int) -> Referral:
    query = select(Referral).where(Referral.enquiry_id == enquiry.id, Referral.id == referral_id)
    loads = (joinedload(Referral.faculty), joinedload(Referral.link, innerjoin=True))
    query = query.options(*loads).execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("referral")
    return found


def answer(
    session: Session, opened: Opened, finding: Finding, *, note: str, now: datetime, settings: Settings
) -> Referral:
    """Return an enquiry with a faculty's finding and words to its answerer.

    Raises NotFound where the link is none of a referral, Gone, NotAllowed where it was returned, Invalid where words
    are needed and missing. What others do to the enquiry meanwhile is no obstacle while it is in hand: the question
    was fixed when it was asked.
    """
    enquiry = locked_where(session, Enquiry.id == opened.enquiry_id)
    assert enquiry is not None
    held = authority.opened(session, opened.token, LinkKind.REFERRAL, now=now, settings=settings)
    found = held.question
    assert isinstance(found, Referral)
    if not found.is_open:
        raise NotAllowed("it was returned, or is no longer wanted")
    if finding is not Finding.CAN_HELP and not note.strip():
        raise Invalid({"note": "needed"})
    found.finding, found.note, found.returned_at = finding, note.strip(), now
    issuing.answered(held.link, now=now)
    actor, facts = (
        Actor(ActorKind.FACULTY, f"{found.name}, {found.email}"),
        Returned(faculty=found.faculty.name, finding=finding),
    )
    actions.act(session, enquiry, Action.RETURN, text=note, facts=facts, by=Acting(actor, now, settings))
    return found


def remind(session: Session, *, now: datetime, settings: Settings) -> int:
    """Remind each faculty whose day has passed, once, and return how many; called every hour, it repeats none.

    It leaves on a working day, in the hours of the other reminders. Whom staff reminded since that day is left alone.
    """
    here = now.astimezone(settings.zone)
    if not works(here, office_calendar.around(session, here.date(), settings=settings), settings=settings):
        return 0
    late = select(Referral).where(Referral.is_open, Referral.return_by < here.date())
    rows = session.scalars(late.order_by(Referral.enquiry_id, Referral.id)).all()
    reminded = 0
    for row in [row for row in rows if not _chased_since(row, settings)]:
        enquiry = locked_where(session, Enquiry.id == row.enquiry_id)
        assert enquiry is not None
        found = _one(session, enquiry, row.id)
        if found.is_late(here.date()) and not _chased_since(found, settings):
            _remind(session, found, enquiry, occasion="late", now=now, settings=settings)
            reminded += 1
    session.flush()
    return reminded


def _chased_since(found: Referral, settings: Settings) -> bool:
    return found.chased_at is not None and found.chased_at.astimezone(settings.zone).date() > found.return_by
