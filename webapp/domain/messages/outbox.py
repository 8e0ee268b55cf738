"""The outbox: messages are staged with what they tell of; what became of them is seen and mended at the desk."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, func, literal_column, select, true, update
from sqlalchemy.orm import Session, joinedload

from webapp.config import Settings
from webapp.db import enqueue_after_commit
from webapp.domain.errors import NotAllowed, NotFound
from webapp.domain.history import events
from webapp.domain.history.uniqueness import insert_once
from webapp.domain.messages import allowance
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import SYSTEM, Actor, require, visible
from webapp.mail.messages import EmailContent, Institution
from webapp.mail.render import render
from webapp.mail.transport import new_message_id, reply_address
from webapp.models import Enquiry, Link, Message, MessageLine, in_state
from webapp.models.batch import Rows
from webapp.models.event_data import AboutMessage, MessageFailed
from webapp.vocabulary import TO_MANY, TO_PARTNER, EventKind, Job, MessageState, Permission

ENDED = (MessageState.FAILED, MessageState.BOUNCED)
_CAN_BE_SET_ASIDE = (*ENDED, MessageState.DOUBTFUL)
# So many are queued again in one go.
AT_ONCE = 500
LISTED: tuple[Any, ...] = (
    *(Message.id, Message.kind, Message.created_at, Message.queued_at, Message.next_attempt_at, Message.state),
    *(Message.recipient_email, Message.last_error, Message.fault, Enquiry.reference),
)


def stage(
    session: Session,
    content: EmailContent,
    *,
    enquiry: Enquiry | None,
    dedupe_key: str,
    now: datetime,
    settings: Settings,
    link: Link | None = None,
    lines: Iterable[tuple[Enquiry, Link | None]] = (),
) -> Message | None:
    """Add a message to this transaction's outbox and ask for its delivery; returns None if the key was staged before.

    `dedupe_key` names the occasion and the recipient, so that the same occasion never sends twice. Its text is
    fixed here; the secret link (`link`, a flushed row; by default an email to a partner carries the one that opens
    their enquiry now) is put in at delivery, never stored. Without an enquiry the message is about several: it has no
    thread, and replies reach the office. `lines` are the enquiries that it tells of, each with the link by which its
    reader answers it, put in for that person alone.
    """
    thread = _thread(session, enquiry.id, content.recipient_email) if enquiry else []
    row = _row(content, Institution.from_settings(settings), enquiry, thread, now=now, settings=settings)
    link_id = _link_id(link, content, enquiry)
    message = insert_once(session, Message, unique=[Message.dedupe_key], dedupe_key=dedupe_key, link_id=link_id, **row)
    if message is not None:
        _add_lines(session, message, lines)
        _to_be_delivered(session, message.id, now=now)
    return message


def begin(
    mails: Iterable[tuple[str, EmailContent, Link | None]],
    *,
    institution: Institution,
    enquiry: Enquiry,
    now: datetime,
    numbers: Iterable[int],
    settings: Settings,
) -> Rows:
    """Return the first emails of an enquiry that is made just now, by their keys and each with its link, as rows to be
    written with these ids; `begun` follows.

    No occasion of it was staged before and no one has a thread of it yet, so nothing is looked up.
    """
    threads: dict[str, list[str]] = {}
    rows = []
    for (key, content, link), number in zip(mails, numbers, strict=True):
        thread = threads.setdefault(content.recipient_email, [])
        row = _row(content, institution, enquiry, thread, now=now, settings=settings)
        rows.append({**row, "id": number, "dedupe_key": key, "link_id": link.id if link is not None else None})
        thread.append(row["message_id"])
    return Rows(Message, rows)


def begun(session: Session, numbers: Iterable[int], *, now: datetime) -> None:
    """Ask for the delivery of first emails, which were written."""
    for number in numbers:
        _to_be_delivered(session, number, now=now)


def _row(
    content: EmailContent,
    institution: Institution,
    enquiry: Enquiry | None,
    thread: Sequence[str],
    *,
    now: datetime,
    settings: Settings,
) -> dict[str, Any]:
    return {
        "message_id": new_message_id(settings.mail_from.rpartition("@")[2]),
        "kind": content.kind,
        "enquiry_id": enquiry.id if enquiry else None,
        "language": content.language,
        "recipient_name": content.recipient_name,
        "recipient_email": content.recipient_email,
        **vars(render(content, institution)),
        "calendar": content.calendar,
        "reply_to": _reply_to(enquiry, settings),
        "in_reply_to": thread[-1] if thread else None,
        "references": " ".join(thread),
        "bulk": content.kind in TO_MANY,
        **dict.fromkeys(("created_at", "queued_at", "next_attempt_at"), now),
    }


def _to_be_delivered(session: Session, message_id: int, *, now: datetime) -> None:
    """Ask for delivery after this transaction, and count the email for the person who caused it."""
    allowance.count(session, now=now)
    enqueue_after_commit(session, Job.MAIL_DELIVER, message_id)


def _link_id(link: Link | None, content: EmailContent, enquiry: Enquiry | None) -> int | ScalarSelect[int] | None:
    """Return the number of the link; the partner's is found by the statement that inserts the message."""
    if link is None and enquiry is not None and content.kind in TO_PARTNER:
        return select(Link.id).where(Link.tracks(enquiry.id)).scalar_subquery()
    return link.id if link is not None else None


def _add_lines(session: Session, message: Message, lines: Iterable[tuple[Enquiry, Link | None]]) -> None:
    for enquiry, link in lines:
        number = link.id if link is not None else None
        session.add(MessageLine(message_id=message.id, enquiry_id=enquiry.id, link_id=number))


def _reply_to(enquiry: Enquiry | None, settings: Settings) -> str:
    if enquiry is None or settings.reply_address == "plain":
        return settings.office_email
    return reply_address(settings.office_email, enquiry.reference, settings.secret_key)


def _thread(session: Session, enquiry_id: int, recipient: str) -> list[str]:
    """Return the Message-IDs that this recipient already has of the enquiry: the first and the latest few."""
    query = (
        select(Message.message_id)
        .where(Message.enquiry_id == enquiry_id, Message.recipient_email == recipient)
        .order_by(Message.id)
    )
    ids = list(session.scalars(query))
    return ids if len(ids) <= 10 else [ids[0], *ids[-9:]]


def message(session: Session, message_id: int, *, actor: Actor, lock: bool = False) -> Message:
    """Return a message with its enquiry, held for this transaction where it is to be queued again.

    Raises NotFound where the actor does not see the enquiry, or every one for a message about several.
    """
    require(actor, Permission.MESSAGE_READ)
    query = (
        select(Message)
        .outerjoin(Message.enquiry)
        .where(Message.id == message_id, visible(actor))
        .options(joinedload(Message.enquiry))
    )
    found = session.scalars(query.with_for_update(of=Message) if lock else query).one_or_none()
    if found is None:
        raise NotFound("message")
    return found


def _troubled(actor: Actor, limit: int, *columns: Any) -> Select[Any]:
    """Return what ended undelivered and was not set aside, of enquiries that the actor sees; the service sees all."""
    query = select(*columns).outerjoin(Message.enquiry).limit(literal_column(str(limit)))
    seen = true() if actor is SYSTEM else visible(actor)
    return query.where(in_state(ENDED), Message.set_aside_at.is_(None), seen)


def troubled(session: Session, *, actor: Actor, limit: int = 100) -> Sequence[Row[Any]]:
    """Return the messages that ended undelivered and were not set aside, newest first, that the actor sees.

    They are rows of what a list shows, with the enquiry's `reference` (None: it is about several), and no texts.
    """
    require(actor, Permission.MESSAGE_READ)
    # They are found and then sorted: by the order of ids PostgreSQL might look for them among all that was sent.
    return session.execute(_troubled(actor, limit, *LISTED).order_by((Message.id + literal_column("0")).desc())).all()


def trouble_count(session: Session, *, actor: Actor, limit: int = 100) -> int:
    """Return how many messages `troubled` would show, up to a limit, so that counting has a bound."""
    require(actor, Permission.MESSAGE_READ)
    return session.scalar(select(func.count()).select_from(_troubled(actor, limit, Message.id).subquery())) or 0


def waiting(session: Session, *, actor: Actor, since: datetime, limit: int = 25) -> Sequence[Row[Any]]:
    """Return the messages that have waited to leave since before a time, longest first, that the actor sees.

    They are rows as of `troubled`.
    """
    require(actor, Permission.MESSAGE_READ)
    query = (
        select(*LISTED)
        .outerjoin(Message.enquiry)
        .where(Message.next_attempt_at.is_not(None), Message.queued_at < since, visible(actor))
        .order_by(Message.queued_at, Message.id)
    )
    return session.execute(query.limit(limit)).all()


def _failed(actor: Actor, *columns: Any) -> Select[Any]:
    return _troubled(actor, AT_ONCE, *columns).where(Message.state == MessageState.FAILED).order_by(Message.id)


def failed_count(session: Session, *, actor: Actor) -> tuple[int, int]:
    """Return how many messages `retry_failed` would queue again, and to how many addresses."""
    require(actor, Permission.MESSAGE_RESEND)
    found = _failed(actor, Message.id, func.lower(Message.recipient_email).label("email")).subquery()
    counts = session.execute(select(func.count(), func.count(found.c.email.distinct()))).one()
    return counts[0], counts[1]


def retry_failed(session: Session, *, by: Acting) -> int:
    """Queue the oldest failed messages that the actor sees again, at most AT_ONCE, and return how many."""
    if by.actor is not SYSTEM:
        require(by.actor, Permission.MESSAGE_RESEND)
    found = session.scalars(_failed(by.actor, Message).with_for_update(of=Message)).all()
    for each in found:
        retry(session, each, by=by)
    return len(found)


def can_retry(message: Message) -> bool:
    """Return whether a message ended, so that it can be queued again."""
    return message.state in (*_CAN_BE_SET_ASIDE, MessageState.SENT)


def retry(
    session: Session, message: Message, *, by: Acting, email: str | None = None, link: Link | None = None
) -> None:
    """Queue an ended message again, to a corrected address if given. Its Message-ID stays: it is the same message.

    `link` takes the place of the one that it carried. Raises NotAllowed for one that is still on its way. Delivery
    refuses a message whose link belongs to another address: `decisions.sending_again` finds the one that fits.
    """
    if not can_retry(message):
        raise NotAllowed("the message is still on its way")
    if link is not None:
        message.link_id = link.id
    if email is not None:
        message.recipient_email = email
    queue(session, message, by=by)
    _to_be_delivered(session, message.id, now=by.now)


def queue(session: Session, message: Message, *, by: Acting) -> None:
    """Queue an ended message again, as it is; the caller asks for its delivery."""
    message.state, message.attempts, message.unanswered = MessageState.QUEUED, 0, 0
    message.queued_at = message.next_attempt_at = by.now
    message.last_error, message.fault, message.set_aside_at = "", None, None
    note(session, message, EventKind.MAIL_RESENT, by.actor, now=by.now)


def readdress(session: Session, enquiry: Enquiry, *, before: str, link: Link) -> None:
    """Send what still waits to leave for an enquiry's partner to the address of their new link, instead of an old one.

    What a worker holds at this moment leaves as it is: delivery looks at the address once more.
    """
    waits = (Message.enquiry_id == enquiry.id, Message.kind.in_(TO_PARTNER), Message.state == MessageState.QUEUED)
    mails = update(Message).where(*waits, func.lower(Message.recipient_email) == before.lower())
    session.execute(mails.values(recipient_email=link.email, link_id=link.id))


def set_aside(session: Session, message: Message, *, by: Acting) -> None:
    """Set aside a message that ended undelivered, so that it no longer needs anyone; it can still be sent again.

    Raises NotAllowed for one that did not end, or that arrived.
    """
    require(by.actor, Permission.MESSAGE_RESEND)
    if message.state not in _CAN_BE_SET_ASIDE:
        raise NotAllowed("the message did not end undelivered")
    if message.set_aside_at is None:
        message.set_aside_at = by.now
        note(session, message, EventKind.MAIL_SET_ASIDE, by.actor, now=by.now)


def note(
    session: Session, message: Message, kind: EventKind, actor: Actor, *, now: datetime, error: str | None = None
) -> None:
    """Write what became of a message into its enquiry's history; a message about several has none.

    `error` says why it failed, and goes with no other kind.
    """
    if message.enquiry_id is None:
        return
    about: dict[str, Any] = {"message_id": message.id, "message_kind": message.kind, "to": message.recipient_email}
    facts = AboutMessage(**about) if error is None else MessageFailed(**about, error=error)
    events.add(session, message.enquiry_id, kind, actor, facts, now=now)
