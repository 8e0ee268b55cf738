"""Delivery of the outbox: a message is claimed with a lease, sent, and ends as sent or failed in sight."""

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, joinedload

from webapp.config import Settings
from webapp.domain.messages import enclosed, outbox
from webapp.domain.security.permissions import SYSTEM
from webapp.mail.transport import build
from webapp.models import Message, MessageLine
from webapp.vocabulary import EventKind, Fault, Language, MessageKind, MessageState

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=2)
# What may pass is tried for as long as this, counted from when the message was staged or queued again.
GIVE_UP_AFTER = timedelta(hours=48)
# A message that its workers die of is given up sooner.
MAX_UNANSWERED = 5
_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
# What concerns this message alone; anything else is the mail server's, whose return must not be waited for long.
_OWN_FAULTS = frozenset({Fault.RECIPIENT, Fault.CONTENT})
_LONGEST_FOR_ALL = timedelta(minutes=15)
# Counts stop here, so that none grows with the table.
COUNT_LIMIT = 1000
# Why it failed, in words for the page of the email.
_NOT_THEIRS = "not sent: the private link in it belongs to another address"
# Messages that a person wrote; the others say that they are automatic.
_PERSONAL = frozenset({MessageKind.PARTNER_MESSAGE})


@dataclass(frozen=True)
class Claimed:
    """A claimed message, ready for the wire; `lease` proves the claim when its end is recorded.

    `reference` names every enquiry that it tells of, parted by commas.
    """

    id: int
    lease: str
    attempt: int
    reference: str
    kind: MessageKind
    language: Language
    recipient_name: str
    recipient_email: str
    subject: str
    text: str
    html: str
    message_id: str
    reply_to: str
    in_reply_to: str | None
    references: str
    created_at: datetime


def claim(session: Session, message_id: int, *, now: datetime, settings: Settings) -> Claimed | None:
    """Claim a message that is due for this worker alone, until its lease runs out; None if it is not to be sent now.

    One whose worker died has its lease run out and is claimed again; one of which too many died ends as failed. So
    does one that has a link of another address than it goes to: a link leaves only to whom it was issued.
    """
    lease = secrets.token_hex(16)
    due = (Message.id == message_id, Message.next_attempt_at <= now)
    taken: CursorResult[tuple[()]] = session.execute(  # type: ignore[assignment]
        update(Message)
        .where(*due, Message.unanswered < MAX_UNANSWERED)
        .values(
            state=MessageState.SENDING,
            lease=lease,
            attempts=Message.attempts + 1,
            unanswered=Message.unanswered + 1,
            next_attempt_at=now + LEASE,
        )
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount == 0:
        _end_poison(session, message_id, now=now)
        return None
    message = session.scalars(
        select(Message)
        .where(Message.id == message_id)
        .options(joinedload(Message.enquiry), joinedload(Message.link))
        .execution_options(populate_existing=True)
    ).one()
    lines = () if message.enquiry_id is not None else _lines(session, message)
    enclosed.take_present_link(session, message)
    if not enclosed.are_readers(message, lines):
        message.fault = Fault.CONTENT
        _fail(session, message, _NOT_THEIRS, now=now)
        _log(message, code=0)
        return None
    return _claimed(message, lines, enclosed.secrets_of(session, message, lines, settings=settings), lease)


def _claimed(message: Message, lines: Sequence[MessageLine], links: dict[str, str], lease: str) -> Claimed:
    named = [message.enquiry] if message.enquiry else [line.enquiry for line in lines]
    return Claimed(
        id=message.id,
        lease=lease,
        attempt=message.attempts,
        reference=", ".join(enquiry.reference for enquiry in named),
        kind=message.kind,
        language=message.language,
        recipient_name=message.recipient_name,
        recipient_email=message.recipient_email,
        subject=message.subject,
        text=_with_links(message.text, links),
        html=_with_links(message.html, links),
        message_id=message.message_id,
        reply_to=message.reply_to,
        in_reply_to=message.in_reply_to,
        references=message.references,
        created_at=message.created_at,
    )


def _with_links(text: str, links: dict[str, str]) -> str:
    for slot, token in links.items():
        text = text.replace(slot, token)
    return text


def _lines(session: Session, message: Message) -> Sequence[MessageLine]:
    """Return the enquiries that a message about several tells of, each with its link."""
    query = select(MessageLine).where(MessageLine.message_id == message.id).order_by(MessageLine.id)
    loads = (joinedload(MessageLine.enquiry), joinedload(MessageLine.link))
    return session.scalars(query.options(*loads)).all()


def _end_poison(session: Session, message_id: int, *, now: datetime) -> None:
    """End a message whose last attempts neither succeeded nor failed: its worker died each time."""
    message = session.get(Message, message_id, populate_existing=True)
    if message is not None and message.next_attempt_at is not None and message.next_attempt_at <= now:
        message.fault = Fault.WORKER
        _fail(session, message, message.last_error or "every attempt ended without an answer", now=now)
        _log(message, code=0)


def wire(claimed: Claimed, *, settings: Settings) -> EmailMessage:
    """Return the claimed message as it is for the wire. Raises what `mail.transport.build` refuses."""
    return build(
        sender=settings.mail_from,
        sender_name=settings.named("institution_short", claimed.language),
        recipient_name=claimed.recipient_name,
        recipient_email=claimed.recipient_email,
        subject=claimed.subject,
        text=claimed.text,
        html=claimed.html,
        message_id=claimed.message_id,
        reply_to=claimed.reply_to,
        in_reply_to=claimed.in_reply_to,
        references=claimed.references,
        reference=claimed.reference,
        automatic=claimed.kind not in _PERSONAL,
        date=claimed.created_at,
    )


def record_sent(session: Session, claimed: Claimed, *, now: datetime) -> None:
    """Record that the mail server took the message. A lease that ran out meanwhile changes nothing of that."""
    session.execute(
        update(Message)
        .where(Message.id == claimed.id)
        .values(state=MessageState.SENT, sent_at=now, next_attempt_at=None, lease=None, last_error="", fault=None)
        .execution_options(synchronize_session=False)
    )


def record_failure(
    session: Session,
    claimed: Claimed,
    *,
    error: str,
    permanent: bool,
    now: datetime,
    fault: Fault = Fault.OTHER,
    code: int = 0,
) -> None:
    """Record and log a failed attempt: another follows, or the message ends as failed, with a line in the history.

    `code` is the mail server's (0: it gave none). The log has ids and words of ours, never what the server said:
    that may name people. Does nothing where another worker holds the message by now, or it was sent.
    """
    message = session.get(Message, claimed.id, populate_existing=True)
    if message is None or message.lease != claimed.lease or message.state is not MessageState.SENDING:
        return
    message.last_error, message.fault, message.unanswered = error[:500], fault, 0
    last = message.queued_at + GIVE_UP_AFTER
    if permanent or now >= last:
        _fail(session, message, message.last_error, now=now)
    else:
        message.state, message.lease = MessageState.QUEUED, None
        message.next_attempt_at = min(now + _wait(claimed.attempt, fault), last)
    _log(message, code=code)


def _wait(attempt: int, fault: Fault) -> timedelta:
    wait = _WAITS[min(attempt, len(_WAITS)) - 1]
    if fault not in _OWN_FAULTS:
        wait = min(wait, _LONGEST_FOR_ALL)
    return wait * random.uniform(0.9, 1.1)  # noqa: S311 - spreads retries, no secret


def _log(message: Message, *, code: int) -> None:
    following = message.next_attempt_at.isoformat(timespec="seconds") if message.next_attempt_at else None
    said = {"message_id": message.id, "attempt": message.attempts, "fault": message.fault, "code": code}
    log.warning("message.not_sent", **said, state=message.state, next_attempt_at=following)


def _fail(session: Session, message: Message, error: str, *, now: datetime) -> None:
    message.state, message.lease, message.next_attempt_at, message.last_error = MessageState.FAILED, None, None, error
    outbox.note(session, message, EventKind.MAIL_FAILED, SYSTEM, now=now, error=error)


def due(session: Session, *, now: datetime, limit: int = 500) -> Sequence[int]:
    """Return the ids of messages whose time has come or whose lease ran out, longest due first."""
    query = select(Message.id).where(Message.next_attempt_at <= now).order_by(Message.next_attempt_at).limit(limit)
    return session.scalars(query).all()


@dataclass(frozen=True)
class Standing:
    """The state of delivery: since when the oldest message waits (None: none), what stopped it, how many failed."""

    waiting_since: datetime | None
    fault: Fault | None
    failed: int

    def late(self, *, now: datetime, settings: Settings) -> bool:
        """Return whether the oldest message has waited for longer than operators allow."""
        return self.seconds(now=now) > settings.alert_minutes * 60

    def seconds(self, *, now: datetime) -> int:
        """Return how long the oldest message has waited; 0 where none does."""
        return max(0, round((now - self.waiting_since).total_seconds())) if self.waiting_since else 0


def standing(session: Session) -> Standing:
    """Return the state of delivery, in one statement by index; failed messages that staff set aside do not count."""
    waiting = Message.next_attempt_at.is_not(None)
    oldest = select(Message.queued_at).where(waiting).order_by(Message.queued_at).limit(1)
    # That of the oldest one that was tried.
    tried = select(Message.fault).where(waiting, Message.fault.is_not(None))
    fault = tried.order_by(Message.queued_at).limit(1)
    ended = select(Message.id).where(Message.state.in_(outbox.ENDED), Message.set_aside_at.is_(None)).limit(COUNT_LIMIT)
    failed = select(func.count()).select_from(ended.subquery()).scalar_subquery()
    row = session.execute(select(oldest.scalar_subquery(), fault.scalar_subquery(), failed)).one()
    return Standing(row[0], row[1], row[2])
