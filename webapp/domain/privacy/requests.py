"""What do you hold about me? A link by email opens one address's data; an administrator decides about erasure."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
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
from webapp.mail.messages import Institution, person_decided, person_own_data
from webapp.models import Approval, DataRequest, Delegate, Enquiry, Network, Person, Referral
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
    # One without an address was asked for beside another that was granted before.
    email, same = found.email, _same(session, found.email) or [found]
    done = erasure.erase(session, email, by=by)
    _settle(session, email, same, done, by)
    return done


def erase(session: Session, email: str, *, by: Acting) -> Erased:
    """Erase an address on an administrator's word alone; what a hold keeps is remembered, to be erased when it ends.

    Raises NotAllowed for an address of ours.
    """
    address, same = email.strip().lower(), _same(session, email)
    done = erasure.erase(session, address, by=by)
    if done.is_partial and not any(_is_open(each) for each in same):
        made = DataRequest(email=address, language=by.settings.language, created_at=by.now, expires_at=by.now)
        made.erasure_asked_at = by.now
        for name, value in new_link(by.settings.secret_key).items():
            setattr(made, name, value)
        session.add(made)
        same = [*same, made]
    _settle(session, address, same, done, by)
    return done


def refuse(session: Session, found: DataRequest, reason: str, *, by: Acting) -> None:
    """Refuse a locked request, for a reason that who asked gets by email. Raises Invalid without one."""
    require(by.actor, Permission.PRIVACY_MANAGE)
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid({"reason": "needed" if not reason.strip() else "long"})
    if found.waits:
        _decide(found, DataRequestOutcome.REFUSED, reason.strip(), by)
        _tell(session, found, found.email, by)


def to_finish() -> ColumnElement[bool]:
    """Return the condition that a granted request, of which a hold kept something, can be carried on or is done."""
    colleagues = (Person.email, Network.mailbox)
    ours = or_(*(exists().where(func.lower(column) == DataRequest.email) for column in colleagues))
    left = or_(_kept(Enquiry.hold_since.is_(None)), not_(_kept(Enquiry.hold_since.is_not(None))))
    return and_(DataRequest.outcome == DataRequestOutcome.PARTLY, not_(ours), left)


def finish(session: Session, numbers: Sequence[int], by: Acting) -> None:
    """Erase what legal holds that have ended had kept of granted requests; tell who asked once nothing is left."""
    for found in session.scalars(select(DataRequest).where(DataRequest.id.in_(numbers)).with_for_update()).all():
        # Another request of the same address may have done it.
        if found.outcome is DataRequestOutcome.PARTLY:
            email, same = found.email, _same(session, found.email)
            _settle(session, email, same, erasure.carry_out(session, email, by=by), by)


def _kept(held: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a request's address is in an enquiry, or is asked about one, of which this holds."""
    asked = (
        exists().where(func.lower(each.email) == DataRequest.email, each.enquiry_id == Enquiry.id, held)
        for each in (Approval, Referral)
    )
    comes = exists().where(func.lower(Delegate.email) == DataRequest.email, Delegate.enquiry_id == Enquiry.id, held)
    return or_(exists().where(func.lower(Enquiry.contact_email) == DataRequest.email, held), comes, *asked)


def _same(session: Session, email: str) -> Sequence[DataRequest]:
    """Return every request about an address, held for this transaction, oldest first."""
    query = select(DataRequest).where(DataRequest.email == email.strip().lower(), DataRequest.email != "")
    return session.scalars(query.order_by(DataRequest.id).with_for_update()).all()


def _is_open(found: DataRequest) -> bool:
    return found.waits or found.outcome is DataRequestOutcome.PARTLY


def _settle(session: Session, email: str, same: Sequence[DataRequest], done: Erased, by: Acting) -> None:
    """Decide all that was open about an address as it was erased; with a part on hold it is still known by it."""
    open_ones = [each for each in same if _is_open(each)]
    outcome = DataRequestOutcome.PARTLY if done.is_partial else DataRequestOutcome.ERASED
    news = [each for each in open_ones if each.outcome is not outcome]
    for each in open_ones:
        each.email = email if done.is_partial else ""
    for each in news:
        _decide(each, outcome, "", by)
    session.flush()
    told = next((each for each in news if each.message_id is not None), None)
    if told is not None and email:
        _tell(session, told, email, by)


def _decide(found: DataRequest, outcome: DataRequestOutcome, reason: str, by: Acting) -> None:
    found.outcome, found.reason, found.decided_at = outcome, reason, by.now
    # What the night finishes was decided by a person before.
    found.decided_by = by.actor.name or found.decided_by
    found.expires_at = max(found.expires_at, by.now + ANSWER_LASTS)


def _tell(session: Session, found: DataRequest, email: str, by: Acting) -> None:
    """Email how a request was decided, once for each outcome; the key holds no address."""
    assert found.outcome is not None
    content = person_decided(
        email,
        Institution.from_settings(by.settings),
        language=by.settings.spoken(found.language),
        outcome=found.outcome,
        reason=found.reason,
    )
    key = f"{content.kind}:{found.id}:{found.outcome}"
    outbox.stage(session, content, enquiry=None, dedupe_key=key, now=by.now, settings=by.settings)
