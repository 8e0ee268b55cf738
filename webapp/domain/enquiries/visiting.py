"""What an enquiry's course means for its visit: days are offered, it is made once it is accepted, and called off."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp import questions
from webapp.config import Settings
from webapp.domain.history import versions
from webapp.models import Enquiry, Hold, Visit, VisitOption
from webapp.vocabulary import Kind, OptionState, Status, VisitMode, VisitState

_LOADS = (joinedload(Visit.room), joinedload(Visit.host), selectinload(Visit.options))
_OVER = (Status.DECLINED, Status.WITHDRAWN)
_SETTLED = (Status.SCHEDULED, Status.COMPLETED)


def of(session: Session, enquiry: Enquiry) -> Visit | None:
    """Return the visit of an enquiry with its room, host and the days that were offered; None where there is none."""
    return None if enquiry.kind is not Kind.VISIT else session.scalars(_query(enquiry)).one_or_none()


def made(session: Session, enquiry: Enquiry, *, now: datetime, settings: Settings) -> Visit:
    """Return the visit of an enquiry that is locked, a new one where there is none."""
    found = session.scalars(_query(enquiry)).one_or_none()
    if found is not None:
        return found
    session.add(new(enquiry, now=now, settings=settings))
    session.flush()
    return session.scalars(_query(enquiry)).one()


def new(enquiry: Enquiry, *, now: datetime, settings: Settings) -> Visit:
    """Return the visit of an enquiry of which nothing is agreed yet; it is in no session."""
    return Visit(
        version=1,
        enquiry_id=enquiry.id,
        state=VisitState.ARRANGING,
        mode=VisitMode(questions.MODE.of(enquiry.answers) or VisitMode.IN_PERSON),
        guests=_guests(enquiry.answers),
        venue="",
        timezone=str(settings.zone),
        uid=f"{enquiry.reference}@{urlsplit(settings.public_url).hostname}",
        sequence=0,
        created_at=now,
        changed_at=now,
    )


def offer(
    session: Session, enquiry: Enquiry, windows: Sequence[tuple[date, date]], *, now: datetime, settings: Settings
) -> None:
    """Offer a partner days, first and last of each range, instead of those that were offered before."""
    visit = made(session, enquiry, now=now, settings=settings)
    pass_over(session, visit, now=now)
    session.add_all(
        VisitOption(visit_id=visit.id, first_day=first, last_day=last, offered_at=now) for first, last in windows
    )
    session.flush()
    session.refresh(visit, ["options"])


def pass_over(session: Session, visit: Visit, *, now: datetime) -> None:
    """Note of all days that are still offered that they were not chosen."""
    offered = (VisitOption.visit_id == visit.id, VisitOption.state == OptionState.OFFERED)
    session.execute(update(VisitOption).where(*offered).values(state=OptionState.PASSED_OVER, answered_at=now))
    session.expire(visit, ["options"])


def follow(session: Session, enquiry: Enquiry, *, now: datetime, settings: Settings) -> None:
    """Bring the visit of a locked enquiry in line with the status that it has now.

    What is called off keeps its last day for those who hear of it, and holds no room and no host any more.
    """
    if enquiry.kind is not Kind.VISIT:
        return
    if enquiry.status is Status.ACCEPTED:
        _begin_anew(session, made(session, enquiry, now=now, settings=settings), now)
        return
    visit = of(session, enquiry)
    if visit is None:
        return
    if enquiry.status in _OVER and visit.state is not VisitState.CANCELLED:
        pass_over(session, visit, now=now)
        free(session, visit)
        visit.state, visit.cancelled_at = VisitState.CANCELLED, now
        touch(visit, now)
    elif enquiry.status not in (*_OVER, *_SETTLED):
        _begin_anew(session, visit, now)


def _begin_anew(session: Session, visit: Visit, now: datetime) -> None:
    """Take up again what was called off or is over: without a day, as a new one is to be agreed."""
    if visit.state not in (VisitState.CANCELLED, VisitState.CONFIRMED):
        return
    free(session, visit)
    clear(visit)
    visit.state, visit.cancelled_at, visit.confirmed_at = VisitState.ARRANGING, None, None
    touch(visit, now)


def clear(visit: Visit) -> None:
    """Take its days and time from a visit."""
    visit.first_day = visit.last_day = visit.starts_at = visit.ends_at = None


def free(session: Session, visit: Visit) -> None:
    """Give back the room and the host that a visit held."""
    session.execute(delete(Hold).where(Hold.visit_id == visit.id))


def touch(visit: Visit, now: datetime) -> None:
    """Note that a visit was changed: calendars take what has a higher number for the newer one."""
    versions.raise_version(visit)
    visit.sequence += 1
    visit.changed_at = now


def _query(enquiry: Enquiry) -> Select[Visit]:
    return select(Visit).where(Visit.enquiry_id == enquiry.id).options(*_LOADS)


def _guests(answers: dict[str, Any]) -> int | None:
    found = questions.GROUP_SIZE.of(answers)
    return found if isinstance(found, int) else None
