"""Forgotten passwords: for whom a link is sent, how often, and for how long links are kept that have ended."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from webapp.domain.accounts import own_links, people
from webapp.domain.errors import TooMany
from webapp.domain.limits import buckets
from webapp.domain.limits.buckets import per
from webapp.domain.security.acting import Acting
from webapp.models import AccountLink, Person
from webapp.tidying import emails

# For one account: no second email so soon, and no more than these in an hour.
NOT_AGAIN_WITHIN = timedelta(minutes=5)
MOST_IN_AN_HOUR = 3
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_LINKS_KEPT = timedelta(days=30)
# More is asked for one mailbox only to fill its inbox.
SENT = per(_DAY, "password links of a mailbox", 10)


def send_link(session: Session, email: str, *, by: Acting) -> None:
    """Send the link to a new password, where an address opens an account and had none just before.

    The caller must answer the same either way, and in the same time.
    """
    person = people.find(session, email)
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
