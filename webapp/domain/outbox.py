"""The outbox: mails are staged with what they tell of, claimed with a lease, and end as sent or failed in sight."""

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, joinedload

from webapp.config import Settings
from webapp.db import add_nudge
from webapp.domain.access import link_token
from webapp.domain.errors import NotAllowed, NotFound
from webapp.domain.permissions import SYSTEM, Actor, require, visible
from webapp.mail.messages import DECISION_TOKEN_MARK, TRACKING_TOKEN_MARK, House, Mail
from webapp.mail.render import render
from webapp.mail.transport import build, new_message_id, reply_address
from webapp.models import Approval, Decision, Enquiry, Event, Message
from webapp.vocabulary import EventKind, Job, MessageKind, MessageState, Permission

MAX_ATTEMPTS = 5
LEASE = timedelta(minutes=2)
_WAITS = (timedelta(seconds=20), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))
TO_PARTNER = frozenset(kind for kind in MessageKind if kind.startswith("partner_"))
# Mails that a person wrote; the others say that they are automatic.
PERSONAL = frozenset({MessageKind.PARTNER_MESSAGE})
_ENDED = (MessageState.FAILED, MessageState.BOUNCED)


@dataclass(frozen=True)
class Letter:
    """A claimed mail, ready for the wire; `lease` proves the claim when its end is recorded."""

    id: int
    lease: str
    attempt: int
    reference: str
    kind: MessageKind
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


def stage(
    session: Session,
    mail: Mail,
    *,
    enquiry: Enquiry | None,
    dedupe_key: str,
    now: datetime,
    settings: Settings,
    decision: Decision | None = None,
    approval: Approval | None = None,
) -> Message | None:
    """Add a mail to the outbox of this transaction and ask for its delivery; returns None if the key was staged before.

    `dedupe_key` names the occasion and the recipient, so that the same occasion never sends twice. The mail's text is
    fixed here; the secret link (that of `decision` or `approval`, for its person) is put in at delivery, never stored.
    Without an enquiry the mail is about several: it has no thread and no secret link, and replies reach the office.
    """
    if session.scalar(select(Message.id).where(Message.dedupe_key == dedupe_key)) is not None:
        return None
    rendered = render(mail, House.from_settings(settings))
    thread = _thread(session, enquiry.id, mail.recipient_email) if enquiry else []
    message = Message(
        dedupe_key=dedupe_key,
        message_id=new_message_id(settings.mail_from.rpartition("@")[2]),
        kind=mail.kind,
        enquiry_id=enquiry.id if enquiry else None,
        decision_id=decision.id if decision else None,
        approval_id=approval.id if approval else None,
        language=mail.language,
        recipient_name=mail.recipient_name,
        recipient_email=mail.recipient_email,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        reply_to=_reply_to(enquiry, settings),
        in_reply_to=thread[-1] if thread else None,
        references=" ".join(thread),
        created_at=now,
        state=MessageState.QUEUED,
        next_attempt_at=now,
    )
    session.add(message)
    session.flush()
    add_nudge(session, Job.MAIL_DELIVER, message.id)
    return message


def _reply_to(enquiry: Enquiry | None, settings: Settings) -> str:
    if enquiry is None:
        return settings.office_email
    return reply_address(settings.office_email, enquiry.reference, settings.secret_key)


def _thread(session: Session, enquiry_id: int, recipient: str) -> list[str]:
    """The Message-IDs that this recipient already has of the enquiry: the first and the latest few."""
    query = (
        select(Message.message_id)
        .where(Message.enquiry_id == enquiry_id, Message.recipient_email == recipient)
        .order_by(Message.id)
    )
    ids = list(session.scalars(query))
    return ids if len(ids) <= 10 else [ids[0], *ids[-9:]]


def claim(session: Session, message_id: int, *, now: datetime, settings: Settings) -> Letter | None:
    """Take a mail that is due for this worker alone, until its lease runs out; None if it is not to be sent now.

    A mail whose worker died has its lease run out and is claimed again; one that used up its attempts ends as failed.
    """
    lease = secrets.token_hex(16)
    due = (Message.id == message_id, Message.next_attempt_at <= now)
    taken: CursorResult[tuple[()]] = session.execute(  # type: ignore[assignment]
        update(Message)
        .where(*due, Message.attempts < MAX_ATTEMPTS)
        .values(state=MessageState.SENDING, lease=lease, attempts=Message.attempts + 1, next_attempt_at=now + LEASE)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount == 0:
        _end_poison(session, message_id, now=now)
        return None
    message = session.scalars(
        select(Message)
        .where(Message.id == message_id)
        .options(joinedload(Message.enquiry), joinedload(Message.decision), joinedload(Message.approval))
        .execution_options(populate_existing=True)
    ).one()
    links = _links(message, settings)
    return Letter(
        id=message.id,
        lease=lease,
        attempt=message.attempts,
        reference=message.enquiry.reference if message.enquiry else "",
        kind=message.kind,
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
    for mark, token in links.items():
        text = text.replace(mark, token)
    return text


def _links(message: Message, settings: Settings) -> dict[str, str]:
    """Return the secrets that take the places of marks in a mail's text.

    A partner's link goes into the partner's own mails alone, a decision's link into those of its person: whoever
    writes a mark into an enquiry must not put a link into mails to others.
    """
    if message.kind in TO_PARTNER and message.enquiry is not None:
        return {TRACKING_TOKEN_MARK: link_token(message.enquiry, secret_keys=settings.secret_keys)}
    own = message.decision or message.approval
    if own is not None:
        return {DECISION_TOKEN_MARK: link_token(own, secret_keys=settings.secret_keys)}
    return {}


def _end_poison(session: Session, message_id: int, *, now: datetime) -> None:
    """A mail whose last attempt neither succeeded nor failed: its worker died each time."""
    message = session.get(Message, message_id, populate_existing=True)
    if message is not None and message.next_attempt_at is not None and message.next_attempt_at <= now:
        _fail(session, message, message.last_error or "every attempt ended without an answer", now=now)


def wire(letter: Letter, *, settings: Settings) -> EmailMessage:
    """Return the letter as a mail for the wire. Raises what `mail.transport.build` refuses."""
    return build(
        sender=settings.mail_from,
        sender_name=settings.institution_short,
        recipient_name=letter.recipient_name,
        recipient_email=letter.recipient_email,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        message_id=letter.message_id,
        reply_to=letter.reply_to,
        in_reply_to=letter.in_reply_to,
        references=letter.references,
        reference=letter.reference,
        automatic=letter.kind not in PERSONAL,
        date=letter.created_at,
    )


def record_sent(session: Session, letter: Letter, *, now: datetime) -> None:
    """Note that the mail server took the mail. A lease that ran out meanwhile changes nothing of that."""
    session.execute(
        update(Message)
        .where(Message.id == letter.id)
        .values(state=MessageState.SENT, sent_at=now, next_attempt_at=None, lease=None, last_error="")
        .execution_options(synchronize_session=False)
    )


def record_failure(session: Session, letter: Letter, *, error: str, permanent: bool, now: datetime) -> None:
    """Note a failed attempt: another follows later, or the mail ends as failed, with a line in the history.

    Does nothing where another worker holds the mail by now, or it was sent.
    """
    message = session.get(Message, letter.id, populate_existing=True)
    if message is None or message.lease != letter.lease or message.state is not MessageState.SENDING:
        return
    message.last_error = error[:500]
    if permanent or letter.attempt >= MAX_ATTEMPTS:
        _fail(session, message, message.last_error, now=now)
        return
    wait = _WAITS[min(letter.attempt, len(_WAITS)) - 1]
    message.state = MessageState.QUEUED
    message.lease = None
    message.next_attempt_at = now + wait * random.uniform(0.9, 1.1)  # noqa: S311 - spreads retries, no secret


def _fail(session: Session, message: Message, error: str, *, now: datetime) -> None:
    message.state, message.lease, message.next_attempt_at, message.last_error = MessageState.FAILED, None, None, error
    _note(session, message, EventKind.MAIL_FAILED, SYSTEM, now=now, error=error)


def _note(session: Session, message: Message, kind: EventKind, actor: Actor, *, now: datetime, **data: str) -> None:
    """Write what became of a mail into its enquiry's history; a mail about several has none."""
    if message.enquiry_id is None:
        return
    session.add(
        Event(
            enquiry_id=message.enquiry_id,
            at=now,
            kind=kind,
            actor_kind=actor.kind,
            actor_id=actor.person_id,
            actor_name=actor.name,
            data={"message": message.id, "mail": message.kind, "to": message.recipient_email, **data},
        )
    )


def due(session: Session, *, now: datetime, limit: int = 500) -> Sequence[int]:
    """Return the ids of mails whose time has come or whose lease ran out, longest due first."""
    query = select(Message.id).where(Message.next_attempt_at <= now).order_by(Message.next_attempt_at).limit(limit)
    return session.scalars(query).all()


def oldest_due(session: Session) -> datetime | None:
    """Return since when the longest waiting mail is due, or None: how far delivery lags behind."""
    query = select(Message.next_attempt_at).where(Message.next_attempt_at.is_not(None))
    return session.scalar(query.order_by(Message.next_attempt_at).limit(1))


def message(session: Session, message_id: int, *, actor: Actor) -> Message:
    """Return a mail with its enquiry; NotFound where the actor does not see the enquiry, or every one for a list."""
    require(actor, Permission.MESSAGE_READ)
    query = (
        select(Message)
        .outerjoin(Message.enquiry)
        .where(Message.id == message_id, visible(actor))
        .options(joinedload(Message.enquiry))
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("message")
    return found


def troubled(session: Session, *, actor: Actor, limit: int = 100) -> Sequence[Message]:
    """Return the mails that ended undelivered, newest first, of the enquiries that the actor sees."""
    require(actor, Permission.MESSAGE_READ)
    query = (
        select(Message)
        .outerjoin(Message.enquiry)
        .where(Message.state.in_(_ENDED), visible(actor))
        .options(joinedload(Message.enquiry))
        .order_by(Message.id.desc())
        .limit(limit)
    )
    return session.scalars(query).all()


def trouble_count(session: Session, *, actor: Actor, limit: int = 100) -> int:
    """Return how many mails `troubled` would show, up to a limit, so that counting has a bound."""
    require(actor, Permission.MESSAGE_READ)
    query = select(Message.id).outerjoin(Message.enquiry).where(Message.state.in_(_ENDED), visible(actor)).limit(limit)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def retry(session: Session, message: Message, *, actor: Actor, now: datetime, email: str | None = None) -> None:
    """Queue an ended mail again, to a corrected address if given. Its Message-ID stays: it is the same mail.

    Raises NotAllowed for a mail that is still on its way.
    """
    if message.state not in (*_ENDED, MessageState.SENT):
        raise NotAllowed("the mail is still on its way")
    message.state, message.attempts, message.next_attempt_at = MessageState.QUEUED, 0, now
    message.last_error = ""
    if email is not None:
        message.recipient_email = email
    _note(session, message, EventKind.MAIL_RESENT, actor, now=now)
    add_nudge(session, Job.MAIL_DELIVER, message.id)
