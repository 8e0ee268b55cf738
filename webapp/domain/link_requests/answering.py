"""What was asked for is looked up by the worker, and forgotten: a row goes with what came of it, in one transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from webapp.domain.accounts import resets
from webapp.domain.enquiries import tracking
from webapp.domain.privacy import requests
from webapp.domain.security.acting import Acting
from webapp.models import LinkRequest
from webapp.vocabulary import LinkWanted

AT_ONCE = 200
# One that failed waits so long, and is given up when it was asked for so long ago.
TRY_AGAIN = timedelta(minutes=5)
KEPT = timedelta(days=1)


def due(session: Session, *, now: datetime) -> Sequence[int]:
    """Return the ids of requests to look at, at most AT_ONCE: new ones first, then what failed, oldest first."""
    query = select(LinkRequest.id).where(or_(LinkRequest.tried_at.is_(None), LinkRequest.tried_at <= now - TRY_AGAIN))
    return session.scalars(query.order_by(LinkRequest.tried_at.is_not(None), LinkRequest.id).limit(AT_ONCE)).all()


def answer(session: Session, request_id: int, *, by: Acting) -> None:
    """Send the link that a request is for, where there is one, and forget the request; nothing where it is gone."""
    request = session.get(LinkRequest, request_id, with_for_update=True)
    if request is not None:
        session.delete(request)
        _ANSWERS[request.wanted](session, request, by)


def record_failure(session: Session, request_id: int, *, now: datetime) -> bool:
    """Have a request that failed wait; return whether it was given up instead, as it was asked for a day ago."""
    given_up = delete(LinkRequest).where(LinkRequest.id == request_id, LinkRequest.at <= now - KEPT)
    if session.scalars(given_up.returning(LinkRequest.id)).all():
        return True
    session.execute(update(LinkRequest).where(LinkRequest.id == request_id).values(tried_at=now))
    return False


def _enquiry(session: Session, asked: LinkRequest, by: Acting) -> None:
    about = {"reference": asked.reference, "email": asked.email}
    tracking.send_lost_link(session, **about, now=by.now, settings=by.settings)


def _password(session: Session, asked: LinkRequest, by: Acting) -> None:
    resets.send_link(session, asked.email, by=by)


def _own_data(session: Session, asked: LinkRequest, by: Acting) -> None:
    requests.send_link(session, asked.email, language=asked.language, by=by)


_ANSWERS: dict[LinkWanted, Callable[[Session, LinkRequest, Acting], None]] = {
    LinkWanted.TRACKING: _enquiry,
    LinkWanted.PASSWORD: _password,
    LinkWanted.OWN_DATA: _own_data,
}
