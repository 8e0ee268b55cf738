"""Forgotten passwords: asked for, then looked at by the worker, so that no page tells who has an account."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from webapp.db import enqueue_after_commit
from webapp.domain.accounts import own_links, people
from webapp.domain.errors import TooMany
from webapp.domain.history import audit
from webapp.domain.limits import buckets
from webapp.domain.limits.buckets import per
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import UNKNOWN_ORIGIN, Actor, Origin
from webapp.models import AccountLink, Person, ResetRequest
from webapp.tidying import emails
from webapp.vocabulary import ActorKind, AuditKind, Job

# For one account: no second email so soon, and no more than these in an hour.
NOT_AGAIN_WITHIN = timedelta(minutes=5)
MOST_IN_AN_HOUR = 3
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_LINKS_KEPT = timedelta(days=30)
# More is asked for one mailbox only to fill our tables, or its inbox.
ASKED = per(_HOUR, "asked passwords of a mailbox", 20)
SENT = per(_DAY, "password links of a mailbox", 10)


def ask(session: Session, email: str, *, now: datetime, origin: Origin = UNKNOWN_ORIGIN) -> None:
    """Remember that a new password is wanted for an address, whether or not anyone has it: nothing is looked up.

    What is asked too often is let go of; the caller answers the same. Links that left are good all the while.
    """
    try:
        buckets.take(session, [ASKED.of(emails.mailbox(email))], now=now)
    except TooMany:
        return
    request = ResetRequest(email=emails.known_as(email)[:320], at=now)
    session.add(request)
    session.flush()
    audit.note(session, AuditKind.PASSWORD_LINK_ASKED, Actor(ActorKind.VISITOR, "", origin=origin), now=now)
    enqueue_after_commit(session, Job.ACCOUNTS_RESET, request.id)


def due(session: Session, *, limit: int = 200) -> Sequence[int]:
    """Return the ids of requests that no worker has looked at, oldest first."""
    return session.scalars(select(ResetRequest.id).order_by(ResetRequest.id).limit(limit)).all()


def answer(session: Session, request_id: int, *, by: Acting) -> None:
    """Send the link that a request is for, where its address opens an account and had none just before; forget it."""
    request = session.get(ResetRequest, request_id, with_for_update=True)
    if request is None:
        return
    person = people.find(session, request.email)
    session.delete(request)
    if person is None or not person.active or person.role is None or _had_enough(session, person, now=by.now):
        return
    try:
        buckets.take(session, [SENT.of(emails.mailbox(person.email))], now=by.now)
    except TooMany:
        return
    own_links.send_reset(session, person, by=by)


def _had_enough(session: Session, person: Person, *, now: datetime) -> bool:
    """Only what was sent counts: strangers who ask all the time cannot keep the owner from having a good link."""
    session.refresh(person, with_for_update=True)
    query = select(func.count(), func.max(AccountLink.created_at)).where(AccountLink.person_id == person.id)
    number, latest = session.execute(query.where(AccountLink.created_at > now - _HOUR)).one()
    return number >= MOST_IN_AN_HOUR or (latest is not None and latest > now - NOT_AGAIN_WITHIN)


def purge(session: Session, *, now: datetime) -> None:
    """Forget links that ended long ago."""
    session.execute(delete(AccountLink).where(AccountLink.expires_at <= now - _LINKS_KEPT))
