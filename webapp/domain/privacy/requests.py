"""What do you hold about me? A link by email opens one address's data; an administrator decides about erasure."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import keys
from webapp.domain.enquiries import senders
from webapp.domain.errors import Gone, Invalid, NotFound, TooMany
from webapp.domain.messages import outbox
from webapp.domain.privacy import erasure, person
from webapp.domain.privacy.erasure import Erased
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require
from webapp.domain.security.tokens import hash_token, new_link
from webapp.keys import Purpose
from webapp.mail.messages import Institution, person_own_data
from webapp.models import DataRequest
from webapp.vocabulary import DataRequestOutcome, Language, Permission

LASTS = timedelta(days=7)
# After it was decided, so that who asked can read the answer.
ANSWER_LASTS = timedelta(days=30)
LONGEST_REASON = 1000


def send_link(session: Session, email: str, *, language: Language, by: Acting) -> None:
    """Email a link to an address about which something is kept, at most once in five minutes and ten times a day.

    The caller must answer the same whether anything is kept or not, and in the same time.
    """
    address = email.strip().lower()
    if person.is_ours(session, address, by=by) or person.find(session, address).is_empty:
        return
    try:
        senders.admit_link(session, email=address, now=by.now, limit=senders.OWN_DATA)
    except TooMany:
        return
    until = by.now + LASTS
    content = person_own_data(
        address, Institution.from_settings(by.settings), language=language, until=until.astimezone(by.settings.zone)
    )
    # The key holds no address: it is kept for longer than the email.
    own = keys.derived(by.settings.secret_key, Purpose.REQUESTS)
    who = hashlib.sha256(f"{own}\0{address}".encode()).hexdigest()[:32]
    key = f"{content.kind}:{who}:{int(by.now.timestamp()) // 300}"
    message = outbox.stage(session, content, enquiry=None, dedupe_key=key, now=by.now, settings=by.settings)
    if message is not None:
        made = DataRequest(email=address, language=language, created_at=by.now, expires_at=until, message_id=message.id)
        for name, value in new_link(by.settings.secret_key).items():
            setattr(made, name, value)
        session.add(made)
        session.flush()


def opened(session: Session, token: str, *, now: datetime, lock: bool = False) -> DataRequest:
    """Return the request that a link opens, held for this transaction with `lock`. Raises NotFound, Gone."""
    query = select(DataRequest).where(DataRequest.token_hash == hash_token(token))
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound("link")
    if found.expires_at <= now:
        raise Gone()
    return found


def ask_erasure(found: DataRequest, *, now: datetime) -> None:
    """Ask an administrator to erase what a locked request is about; asking again changes nothing."""
    if found.erasure_asked_at is None:
        found.erasure_asked_at = now


def listed(session: Session, *, actor: Actor, limit: int = 100) -> Sequence[DataRequest]:
    """Return the requests for erasure: those that wait, longest first, then what was decided, latest first."""
    require(actor, Permission.PRIVACY_MANAGE)
    query = select(DataRequest).where(DataRequest.erasure_asked_at.is_not(None))
    order = (DataRequest.decided_at.is_not(None), DataRequest.decided_at.desc(), DataRequest.erasure_asked_at)
    return session.scalars(query.order_by(*order).limit(limit)).all()


def waiting(session: Session, number: int, *, actor: Actor, lock: bool = False) -> DataRequest:
    """Return a request for erasure. With `lock` it is held for this transaction. Raises NotFound."""
    require(actor, Permission.PRIVACY_MANAGE)
    query = select(DataRequest).where(DataRequest.id == number, DataRequest.erasure_asked_at.is_not(None))
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound("request")
    return found


def grant(session: Session, found: DataRequest, *, by: Acting) -> Erased | None:
    """Erase what a locked request asks for, but for what is on legal hold; None where it was decided before."""
    require(by.actor, Permission.PRIVACY_MANAGE)
    if not found.waits:
        return None
    done = erasure.erase(session, found.email, by=by)
    _decide(found, DataRequestOutcome.ERASED, "", by)
    return done


def refuse(found: DataRequest, reason: str, *, by: Acting) -> None:
    """Refuse a locked request, for a reason that who asked reads on their page. Raises Invalid without one."""
    require(by.actor, Permission.PRIVACY_MANAGE)
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid({"reason": "needed" if not reason.strip() else "long"})
    if found.waits:
        _decide(found, DataRequestOutcome.REFUSED, reason.strip(), by)


def _decide(found: DataRequest, outcome: DataRequestOutcome, reason: str, by: Acting) -> None:
    found.outcome, found.reason, found.decided_at, found.decided_by = outcome, reason, by.now, by.actor.name
    found.expires_at = max(found.expires_at, by.now + ANSWER_LASTS)
