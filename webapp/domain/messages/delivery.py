"""Delivery of the outbox: a message is claimed with a lease, sent, and ends as sent or failed in sight."""

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Row, Select, bindparam, null, select, update
from sqlalchemy.orm import Session, joinedload

from webapp.config import Settings
from webapp.connections import straight
from webapp.domain.messages import enclosed, holding, outbox
from webapp.domain.messages.standing import ASKED, Standing
from webapp.domain.security.permissions import SYSTEM
from webapp.mail.composing import build
from webapp.mail.rehearsing import aside
from webapp.mail.transport import Letter
from webapp.models import Enquiry, Message
from webapp.vocabulary import EventKind, Fault, Language, MessageKind, MessageState

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=2)
# So many are claimed in one go, and held for no longer than this.
AT_ONCE = 50
HELD = timedelta(seconds=1)
# What may pass is tried for as long as this, counted from when the message was staged or queued again.
GIVE_UP_AFTER = timedelta(hours=48)
# A message that its workers die of is given up sooner.
MAX_UNANSWERED = 5
_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
# What concerns this message alone; anything else is the mail server's, whose return must not be waited for long.
_OWN_FAULTS = frozenset({Fault.RECIPIENT, Fault.CONTENT})
_LONGEST_FOR_ALL = timedelta(minutes=15)
# Why it failed, in words for the page of the email.
_NOT_THEIRS = "not sent: the private link in it belongs to another address"
# Messages that a person wrote; the others say that they are automatic.
_PERSONAL = frozenset({MessageKind.PARTNER_MESSAGE})

_FIRST = (Message.next_attempt_at, Message.id)  # of the same moment, what was staged first
_STANDING = select(*ASKED)
# Built once, as each message has it to itself.
_ENDED_WELL = {
    "state": MessageState.SENT,
    "next_attempt_at": null(),
    "lease": null(),
    "last_error": "",
    "fault": null(),
}
_SENT = update(Message).where(Message.id == bindparam("number")).values(**_ENDED_WELL, sent_at=bindparam("at"))


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
    calendar: str
    message_id: str
    reply_to: str
    in_reply_to: str | None
    references: str
    created_at: datetime


def claim_due(session: Session, *, now: datetime, settings: Settings, limit: int = AT_ONCE) -> list[Claimed]:
    """Claim messages that are due for this worker alone, until their lease runs out; longest due first.

    What goes to many is claimed only when nothing else is due. Hold them no longer than HELD, and `give_back` the rest:
    what changes meanwhile is not seen. Those whose worker died are not among them: `due` names them, and each is
    claimed by itself, so that one of which workers die takes no others with it. While emails are held there are none.
    """
    if settings.mail_is_held:
        return []
    for bulk in (False, True):
        fresh = (Message.bulk.is_(bulk), Message.next_attempt_at <= now, Message.unanswered == 0, ~holding.IS_ASKED_FOR)
        query = _rows().where(*fresh).order_by(*_FIRST).limit(limit)
        while found := session.execute(query.with_for_update(of=Message, skip_locked=True)).all():
            if taken := _take(session, found, now=now, settings=settings):
                return taken
    return []


def claim(session: Session, message_id: int, *, now: datetime, settings: Settings) -> Claimed | None:
    """Claim one message that is due for this worker alone; None if it is not to be sent now.

    One whose worker died has its lease run out and is claimed again; one of which too many died ends as failed. So
    does one that has a link of another address than it goes to: a link leaves only to whom it was issued.
    """
    query = _rows().where(Message.id == message_id, Message.next_attempt_at <= now)
    found = session.execute(query.with_for_update(of=Message)).one_or_none()
    if found is None or holding.are_held(session, settings):
        return None
    message, _ = found
    if message.unanswered >= MAX_UNANSWERED:
        why = message.last_error or "every attempt ended without an answer"
        _refuse(session, message, Fault.WORKER, why, now=now)
        return None
    return next(iter(_take(session, [found], now=now, settings=settings)), None)


def _rows() -> Select[Message, str | None]:
    """Return messages with all that their wire needs, as they are now, each with the reference of its one enquiry."""
    query = select(Message, Enquiry.reference).outerjoin(Message.enquiry).options(joinedload(Message.link))
    return query.execution_options(populate_existing=True)


def _take(
    session: Session, found: Sequence[Row[Message, str | None]], *, now: datetime, settings: Settings
) -> list[Claimed]:
    """Take locked messages under one lease, and return those that may leave."""
    lease = secrets.token_hex(16)
    lines = enclosed.lines_of(session, [message.id for message, reference in found if reference is None])
    taken = []
    for message, reference in found:
        own = lines.get(message.id, ())
        enclosed.take_present_link(session, message)
        if enclosed.are_readers(message, own):
            named = reference or ", ".join(line.enquiry.reference for line in own)
            taken.append(_claimed(message, named, enclosed.secrets_of(session, message, own, settings=settings), lease))
        else:
            _refuse(session, message, Fault.CONTENT, _NOT_THEIRS, now=now)
    counted = {"attempts": Message.attempts + 1, "unanswered": Message.unanswered + 1}
    session.execute(
        update(Message)
        .where(Message.id.in_([claimed.id for claimed in taken]))
        .values(state=MessageState.SENDING, lease=lease, next_attempt_at=now + LEASE, **counted)
        .execution_options(synchronize_session=False)
    )
    return taken


def _refuse(session: Session, message: Message, fault: Fault, why: str, *, now: datetime) -> None:
    message.fault = fault
    _fail(session, message, why, now=now)
    _log(message, code=0)


def _claimed(message: Message, reference: str, links: dict[str, str], lease: str) -> Claimed:
    text, html = message.text, message.html
    for mark, token in links.items():
        text, html = text.replace(mark, token), html.replace(mark, token)
    return Claimed(
        id=message.id,
        lease=lease,
        attempt=message.attempts + 1,
        reference=reference,
        kind=message.kind,
        language=message.language,
        recipient_name=message.recipient_name,
        recipient_email=message.recipient_email,
        subject=message.subject,
        text=text,
        html=html,
        calendar=message.calendar,
        message_id=message.message_id,
        reply_to=message.reply_to,
        in_reply_to=message.in_reply_to,
        references=message.references,
        created_at=message.created_at,
    )


def wire(claimed: Claimed, *, settings: Settings) -> Letter:
    """Return the claimed message as it is for the wire, in a rehearsal to its one address. Raises what `build` does."""
    meant_for = ""
    if settings.rehearsal:
        claimed, meant_for = aside(claimed, settings.rehearsal)
    return build(
        sender=settings.mail_from,
        sender_name=settings.named("institution_short", claimed.language),
        recipient_name=claimed.recipient_name,
        recipient_email=claimed.recipient_email,
        subject=claimed.subject,
        text=claimed.text,
        html=claimed.html,
        calendar=claimed.calendar,
        message_id=claimed.message_id,
        reply_to=claimed.reply_to,
        in_reply_to=claimed.in_reply_to,
        references=claimed.references,
        reference=claimed.reference,
        meant_for=meant_for,
        automatic=claimed.kind not in _PERSONAL,
        date=claimed.created_at,
    )


def give_back(connection: Session | Connection, held: Sequence[Claimed]) -> None:
    """Let claimed messages that were not tried be claimed again at once, as if they had never been."""
    mine = (Message.id.in_([each.id for each in held]), Message.lease == held[0].lease)
    untried = {"attempts": Message.attempts - 1, "unanswered": Message.unanswered - 1}
    connection.execute(
        update(Message)
        .where(*mine, Message.state == MessageState.SENDING)
        .values(state=MessageState.QUEUED, lease=None, next_attempt_at=Message.queued_at, **untried)
        .execution_options(synchronize_session=False)
    )


def record_sent(connection: Connection, claimed: Claimed, *, now: datetime) -> None:
    """Record that the mail server took the message, in one statement, which may be a transaction of its own.

    A lease that ran out meanwhile changes nothing of that.
    """
    straight(connection, _SENT, {"number": claimed.id, "at": now})


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


def due(session: Session, *, now: datetime, limit: int = AT_ONCE) -> Sequence[int]:
    """Return the ids of messages whose time has come or whose lease ran out, longest due first."""
    query = select(Message.id).where(Message.next_attempt_at <= now).order_by(*_FIRST).limit(limit)
    return session.scalars(query).all()


def standing(session: Session) -> Standing:
    """Return the state of delivery, in one statement by index; failed messages that staff set aside do not count."""
    return Standing(*session.execute(_STANDING).one())
