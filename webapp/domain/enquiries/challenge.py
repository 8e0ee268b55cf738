"""A code by email lets one person's form through while others of their email domain or network send too many."""

import hmac
from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.enquiries import senders
from webapp.domain.errors import TooMany
from webapp.domain.limits import buckets
from webapp.domain.limits.buckets import Limit, Share, per
from webapp.domain.messages import outbox
from webapp.domain.security import codes
from webapp.mail.messages import person_code
from webapp.models import Draft, Message
from webapp.tidying import emails, networks

LASTS = timedelta(minutes=15)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
# Of one code; none comes back while it is good.
_TRIES = Limit("tries of a code", 5, _DAY)
_PER_MAILBOX = (per(_HOUR, "codes of a mailbox", 5), per(_DAY, "codes of a mailbox in a day", 10))
_PER_DOMAIN = per(_DAY, "codes of an email domain", 300)
_PER_PUBLIC_DOMAIN = per(_DAY, "codes of a public email domain", 3000)
_PER_VISITOR, _PER_NETWORK = per(_HOUR, "codes of a visitor", 20), per(_HOUR, "codes of a network", 80)
MAILED = frozenset(limit.name for limit in (*_PER_MAILBOX, _PER_DOMAIN, _PER_PUBLIC_DOMAIN, _PER_VISITOR, _PER_NETWORK))
# More than the limits let leave for one mailbox within an hour.
_MOST = 12


class Tried(Enum):
    """What came of a code that someone entered."""

    RIGHT = auto()
    WRONG = auto()
    TOO_OFTEN = auto()
    ENDED = auto()


def is_needed(session: Session, *, email: str, address: str, now: datetime) -> bool:
    """Return whether others of a sender's domain or network leave no room. Raises TooMany where their mailbox does."""
    try:
        senders.check(session, email=email, address=address, now=now)
    except TooMany as error:
        if error.limit not in senders.SHARED:
            raise
        return True
    return False


def ask(
    session: Session,
    draft: Draft,
    *,
    email: str,
    address: str,
    another: bool = False,
    now: datetime,
    settings: Settings,
) -> None:
    """Email a code for a locked draft to its address: only if none is good still, or `another` is asked for.

    Raises TooMany where its mailbox has sent as much as it may, or no more codes may leave: `address` is from where
    it was asked for.
    """
    senders.check(session, email=email, address=address, proven=True, now=now)
    sent = _sent(session, draft, email, now=now, settings=settings)
    if sent and not another and _is_good(sent[0], now):
        return
    buckets.take(session, _shares(email, address), now=now)
    taken = {message.dedupe_key for message in sent}
    key = next(key for key in _names(draft, email, now, settings) if key not in taken)
    content = person_code(email, settings.spoken(draft.language))
    outbox.stage(session, content, enquiry=None, dedupe_key=key, now=now, settings=settings)


def tried(session: Session, draft: Draft, code: str, *, email: str, now: datetime, settings: Settings) -> Tried:
    """Count a try of the latest code for a locked draft and its address, then look at it.

    The caller commits also what is not right: it has been counted.
    """
    sent = _sent(session, draft, email, now=now, settings=settings)
    if not sent or not _is_good(sent[0], now):
        return Tried.ENDED
    try:
        buckets.take(session, [_TRIES.of(sent[0].dedupe_key)], now=now)
    except TooMany:
        return Tried.TOO_OFTEN
    right = codes.code_of(sent[0].dedupe_key, secret_key=settings.secret_key)
    return Tried.RIGHT if hmac.compare_digest(right, code) else Tried.WRONG


def _sent(session: Session, draft: Draft, email: str, *, now: datetime, settings: Settings) -> list[Message]:
    """Return the emails with codes for a draft and an address of this hour and the one before, latest first."""
    names = [*_names(draft, email, now, settings), *_names(draft, email, now - _HOUR, settings)]
    query = select(Message).where(Message.dedupe_key.in_(names)).order_by(Message.id.desc())
    return list(session.scalars(query))


def _is_good(message: Message, now: datetime) -> bool:
    return now < message.created_at + LASTS


def _names(draft: Draft, email: str, now: datetime, settings: Settings) -> list[str]:
    """Return the keys that emails with codes for a draft and an address may have in an hour."""
    hour, key = now.timestamp() // _HOUR.total_seconds(), settings.secret_key
    return [codes.name(draft.form_hash, email, f"{hour:.0f}:{number}", secret_key=key) for number in range(_MOST)]


def _shares(email: str, address: str) -> list[Share]:
    return [
        *(limit.of(emails.mailbox(email)) for limit in _PER_MAILBOX),
        senders.of_domain(email, _PER_DOMAIN, _PER_PUBLIC_DOMAIN),
        _PER_VISITOR.of(networks.narrow(address)),
        _PER_NETWORK.of(networks.wide(address)),
    ]
