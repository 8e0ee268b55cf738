"""A hold: no email leaves until someone lets them, having seen what would go. It is a row, so all parts obey it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, exists, func, select, true, update
from sqlalchemy.orm import Session, joinedload

from webapp.config import Settings
from webapp.db import enqueue_after_commit
from webapp.domain.history import audit
from webapp.domain.history.uniqueness import insert_once
from webapp.domain.messages import outbox
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require
from webapp.models import MailHold, Message
from webapp.vocabulary import AuditKind, EventKind, Job, MessageState, Permission

_ROW = 1
# The condition that someone holds all emails, for statements that claim some; see `are_held`.
IS_ASKED_FOR: ColumnElement[bool] = exists().where(MailHold.id == _ROW)
_WAITS: ColumnElement[bool] = Message.next_attempt_at.is_not(None)
_DOUBTFUL = (Message.state == MessageState.DOUBTFUL, Message.set_aside_at.is_(None))


@dataclass(frozen=True)
class Outlook:
    """What would go: what was queued since the hold, what waited when the backup was made, and what may have gone."""

    hold: MailHold | None
    fresh: int
    waiting: int
    doubtful: int
    addresses: int
    newest: Sequence[Message]
    doubts: Sequence[Message]


def current(session: Session) -> MailHold | None:
    """Return the hold of all emails that someone asked for; the installation's own setting is apart."""
    return session.get(MailHold, _ROW)


def are_held(session: Session, settings: Settings) -> bool:
    """Return whether no email may leave: someone, or the installation, holds them."""
    return settings.mail_is_held or bool(session.scalar(select(IS_ASKED_FOR)))


def hold(session: Session, reason: str, *, by: Acting) -> bool:
    """Hold all emails from now on, and return whether they were not held before.

    What a worker holds at this moment still leaves: within a second.
    """
    require(by.actor, Permission.SETTINGS_EDIT)
    given = {"id": _ROW, "since": by.now, "held_by": by.actor.name, "reason": reason}
    made = insert_once(session, MailHold, unique=[MailHold.id], **given)
    if made is not None:
        audit.note(session, AuditKind.EMAILS_HELD, by.actor, now=by.now)
    return made is not None


def hold_restored(session: Session, *, backup_at: datetime, actor: Actor, now: datetime) -> None:
    """Hold all emails of a database that was just restored, before anyone else sees it.

    What was being sent when the backup was made has gone, or has not: it is sent again only where someone chooses so.
    """
    until = session.scalar(select(func.max(Message.queued_at)).where(_WAITS))
    ended = {"state": MessageState.DOUBTFUL, "next_attempt_at": None, "lease": None}
    session.execute(update(Message).where(Message.state == MessageState.SENDING).values(**ended))
    session.execute(delete(MailHold))
    row = MailHold(id=_ROW, since=now, held_by=actor.name, backup_at=backup_at, queued_until=until)
    session.add(row)
    audit.note(session, AuditKind.DATA_RESTORED, actor, now=now)
    audit.note(session, AuditKind.EMAILS_HELD, actor, now=now)


def outlook(session: Session, *, actor: Actor, limit: int = 20) -> Outlook:
    """Return what a release would send, with the newest of it; everything waits that has not ended."""
    require(actor, Permission.SETTINGS_EDIT)
    held = current(session)
    old = _old(held)
    fresh, waiting = (session.scalar(_count(_WAITS, part)) or 0 for part in (~old, old))
    recipients = select(func.count(func.lower(Message.recipient_email).distinct())).where(_WAITS)
    return Outlook(
        held,
        fresh,
        waiting,
        session.scalar(_count(*_DOUBTFUL)) or 0,
        session.scalar(recipients) or 0,
        session.scalars(_newest(_WAITS).limit(limit)).all(),
        session.scalars(_newest(*_DOUBTFUL).limit(limit)).all(),
    )


def release(session: Session, since: datetime, *, waiting: bool, doubtful: bool, by: Acting) -> int | None:
    """Let emails leave again, and return how many will; None where the hold of that time is over already.

    `waiting` says whether what waited when the backup was made goes too, `doubtful` whether what was being sent then
    does. What does not go is set aside, and each can still be sent from its page. Times of waiting begin anew.
    """
    require(by.actor, Permission.SETTINGS_EDIT)
    query = select(MailHold).where(MailHold.id == _ROW).with_for_update()
    held = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if held is None or held.since != since:
        return None
    for message in session.scalars(select(Message).where(*_DOUBTFUL).with_for_update()):
        if doubtful:
            outbox.queue(session, message, by=by)
        else:
            outbox.set_aside(session, message, by=by)
    if not waiting:
        for message in session.scalars(select(Message).where(_WAITS, _old(held)).with_for_update()):
            _leave_out(session, message, by=by)
    session.flush()
    goes = session.scalar(_count(_WAITS)) or 0
    session.execute(update(Message).where(_WAITS).values(queued_at=by.now))
    session.delete(held)
    audit.note(session, AuditKind.EMAILS_RELEASED, by.actor, now=by.now, emails=goes)
    enqueue_after_commit(session, Job.MAIL_DELIVER, 0)
    return goes


def _leave_out(session: Session, message: Message, *, by: Acting) -> None:
    message.state, message.next_attempt_at, message.lease = MessageState.DOUBTFUL, None, None
    message.set_aside_at = by.now
    outbox.note(session, message, EventKind.MAIL_SET_ASIDE, by.actor, now=by.now)


def _old(held: MailHold | None) -> ColumnElement[bool]:
    """Return the condition on what waited when the backup was made; nothing did where there was none."""
    return Message.queued_at <= held.queued_until if held is not None and held.queued_until is not None else ~true()


def _count(*conditions: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(Message).where(*conditions)


def _newest(*conditions: ColumnElement[bool]) -> Select[Message]:
    return select(Message).where(*conditions).options(joinedload(Message.enquiry)).order_by(Message.id.desc())
