"""The outbox: mails are staged with what they tell of, and what became of them is seen and mended at the desk."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from webapp.config import Settings
from webapp.db import add_nudge
from webapp.domain import events
from webapp.domain.errors import NotAllowed, NotFound
from webapp.domain.permissions import Actor, require, visible
from webapp.mail.messages import House, Mail
from webapp.mail.render import render
from webapp.mail.transport import new_message_id, reply_address
from webapp.models import Approval, Decision, Enquiry, Message, MessageLine, Referral
from webapp.models.link import Link
from webapp.vocabulary import EventKind, Job, MessageState, Permission

_ENDED = (MessageState.FAILED, MessageState.BOUNCED)


def stage(
    session: Session,
    mail: Mail,
    *,
    enquiry: Enquiry | None,
    dedupe_key: str,
    now: datetime,
    settings: Settings,
    link: Link | None = None,
    lines: Iterable[tuple[Enquiry, Decision | None]] = (),
) -> Message | None:
    """Add a mail to the outbox of this transaction and ask for its delivery; returns None if the key was staged before.

    `dedupe_key` names the occasion and the recipient, so that the same occasion never sends twice. The mail's text is
    fixed here; the secret link (`link`, a flushed row, for its person) is put in at delivery, never stored.
    Without an enquiry the mail is about several: it has no thread, and replies reach the office. `lines` are the
    enquiries that it tells of, each with the link by which its reader answers it, put in for that person alone.
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
        decision=link if isinstance(link, Decision) else None,
        approval=link if isinstance(link, Approval) else None,
        referral=link if isinstance(link, Referral) else None,
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
    _add_lines(session, message, lines)
    add_nudge(session, Job.MAIL_DELIVER, message.id)
    return message


def _add_lines(session: Session, message: Message, lines: Iterable[tuple[Enquiry, Decision | None]]) -> None:
    for enquiry, decision in lines:
        number = decision.id if decision is not None else None
        session.add(MessageLine(message_id=message.id, enquiry_id=enquiry.id, decision_id=number))


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
    note(session, message, EventKind.MAIL_RESENT, actor, now=now)
    add_nudge(session, Job.MAIL_DELIVER, message.id)


def note(session: Session, message: Message, kind: EventKind, actor: Actor, *, now: datetime, **data: str) -> None:
    """Write what became of a mail into its enquiry's history; a mail about several has none."""
    if message.enquiry_id is None:
        return
    about = {"message": message.id, "mail": message.kind, "to": message.recipient_email, **data}
    events.add(session, message.enquiry_id, kind, actor, now=now, data=about)
