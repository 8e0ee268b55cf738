"""Enquiries are emptied: what is personal in them and in all that hangs on them goes, by the table; figures stay."""

import base64
import binascii
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Table, and_, delete, exists, func, literal, or_, select, update
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session

from webapp import questions
from webapp.db import Base
from webapp.domain.history import events, versions
from webapp.domain.privacy.personal_data import TABLE
from webapp.domain.search import text as search_text
from webapp.domain.security.acting import Acting
from webapp.models import (
    NEVER,
    Attachment,
    Change,
    Contact,
    Draft,
    Enquiry,
    Event,
    Message,
    MessageLine,
    SavedForm,
    StaffSession,
    Tag,
    WaitingSignIn,
    WaitingWords,
)
from webapp.models import enquiry_tags as tagged
from webapp.models.event_data import Emptied
from webapp.vocabulary import (
    OPEN_STATUSES,
    ActorKind,
    Afterwards,
    EventKind,
    KeepingPeriod,
    MessageState,
    RecordType,
    Status,
)

# What lists and titles show: nothing to press or to read would be there without it.
_SHOWN = ("contact_name", "organisation", "subject")
NOTHING = "–"
# A host may be anyone whom an administrator let be asked; colleagues are named as those who work here.
_OUTSIDE = (ActorKind.PARTNER, ActorKind.APPROVER, ActorKind.FACULTY, ActorKind.HOST)
# What an open question, link or referral becomes: it is over.
_OVER = {"approvals": "withdrawn_at", "referrals": "ended_at", "links": "ended_at"}
# Emptied by rules of their own below.
_OWN_RULES = frozenset({"events", "messages"})


def enquiries(session: Session, ids: Collection[int], *, by: Acting, asked: bool = False) -> Sequence[int]:
    """Erase what is personal in enquiries and all that belongs to them, in this transaction; return their ids.

    Those on legal hold, and those emptied before, are left as they are. An open one is closed: no one can answer it.
    """
    free = (Enquiry.id.in_(ids), Enquiry.hold_since.is_(None), Enquiry.emptied_at.is_(None))
    found = session.scalars(select(Enquiry).where(*free).order_by(Enquiry.id).with_for_update()).all()
    numbers = [each.id for each in found]
    if not numbers:
        return numbers
    session.flush()
    _delete_rows(session, numbers)
    for table in Base.metadata.sorted_tables:
        if "enquiry_id" in table.c and table.name not in _OWN_RULES:
            _blank_rows(session, table, numbers, by.now)
    _empty_events(session, numbers)
    _empty_messages(session, numbers, by.now)
    _drop_tags(session, numbers)
    for each in found:
        _empty(each, by)
        events.add(session, each.id, EventKind.EMPTIED, by.actor, Emptied(asked=asked), now=by.now)
    session.flush()
    return numbers


def blank(column: Column[Any]) -> Any:
    """Return what a column holds once it was emptied."""
    if column.nullable:
        return None
    return {} if isinstance(column.type, JSON) else ""


def personal(table: Table, then: Afterwards) -> list[Column[Any]]:
    """Return the columns of a table of which this is said when their time is over."""
    return [table.c[name] for name, keeping in TABLE.get(table.name, {}).items() if keeping.then is then]


def _delete_rows(session: Session, numbers: Sequence[int]) -> None:
    drafts = select(Draft.id).where(Draft.enquiry_id.in_(numbers))
    session.execute(delete(Attachment).where(Attachment.draft_id.in_(drafts)))
    session.execute(delete(SavedForm).where(SavedForm.draft_id.in_(drafts)))
    for table in reversed(Base.metadata.sorted_tables):
        if "enquiry_id" in table.c and personal(table, Afterwards.DELETED):
            session.execute(delete(table).where(table.c.enquiry_id.in_(numbers)))


def _blank_rows(session: Session, table: Table, numbers: Sequence[int], now: datetime) -> None:
    values: dict[str, Any] = {column.name: blank(column) for column in personal(table, Afterwards.EMPTIED)}
    if not values:
        return
    if over := _OVER.get(table.name):
        values[over] = func.coalesce(table.c[over], literal(now, table.c[over].type))
    session.execute(update(table).where(table.c.enquiry_id.in_(numbers)).values(**values))


def _empty_events(session: Session, numbers: Sequence[int]) -> None:
    """Rewrite lines of history below the models, which would refuse it."""
    table = Event.__table__
    for event in session.scalars(select(Event).where(Event.enquiry_id.in_(numbers))):
        name = "" if event.actor_kind in _OUTSIDE else event.actor_name
        values = {"text": "", "data": event.emptied, "actor_name": name}
        session.execute(update(table).where(table.c.id == event.id).values(**values))  # type: ignore[arg-type]


def _empty_messages(session: Session, numbers: Sequence[int], now: datetime) -> None:
    """Empty the emails about these enquiries, and the texts of those that tell of several among them."""
    held = select(MessageLine.message_id).join(MessageLine.enquiry).where(Enquiry.hold_since.is_not(None))
    several = select(MessageLine.message_id).where(
        MessageLine.enquiry_id.in_(numbers), MessageLine.message_id.not_in(held)
    )
    texts(session, session.scalars(several).all(), now=now)
    emails(session, session.scalars(select(Message.id).where(Message.enquiry_id.in_(numbers))).all(), now=now)


def texts(session: Session, numbers: Collection[int], *, now: datetime) -> None:
    """Empty what emails say; what has not left does not leave."""
    _end_waiting(session, numbers, now)
    said = {name for name, keeping in TABLE["messages"].items() if keeping.period is KeepingPeriod.MESSAGE}
    values = {name: blank(Message.metadata.tables["messages"].c[name]) for name in said}
    session.execute(update(Message).where(Message.id.in_(numbers)).values(**values))


def emails(session: Session, numbers: Collection[int], *, now: datetime) -> None:
    """Empty emails with the addresses to which they went; kind, times and state stay."""
    texts(session, numbers, now=now)
    key = literal("emptied:") + as_type(Message.id, Message.dedupe_key.type)
    values = {"recipient_name": "", "recipient_email": "", "dedupe_key": key}
    session.execute(
        update(Message).where(Message.id.in_(numbers)).values(**values).execution_options(synchronize_session=False)
    )


def _end_waiting(session: Session, numbers: Collection[int], now: datetime) -> None:
    ended = {"state": MessageState.FAILED, "next_attempt_at": None, "lease": None, "set_aside_at": now}
    waiting = update(Message).where(Message.id.in_(numbers), Message.next_attempt_at.is_not(None))
    session.execute(waiting.values(**ended).execution_options(synchronize_session=False))


def _drop_tags(session: Session, numbers: Sequence[int]) -> None:
    """Take the tags off; a tag that was on no other enquiry may name who sent this one."""
    on_these = session.scalars(select(tagged.c.tag_id).where(tagged.c.enquiry_id.in_(numbers))).all()
    session.execute(delete(tagged).where(tagged.c.enquiry_id.in_(numbers)))
    used = select(tagged.c.tag_id)
    session.execute(delete(Tag).where(Tag.id.in_(on_these), Tag.id.not_in(used)))


def _empty(enquiry: Enquiry, by: Acting) -> None:
    figures = _figures(enquiry.answers or {})
    for column in personal(Enquiry.metadata.tables["enquiries"], Afterwards.EMPTIED):
        setattr(enquiry, column.name, NOTHING if column.name in _SHOWN else blank(column))
    enquiry.answers = figures
    enquiry.contact_id = None
    if enquiry.status in (*OPEN_STATUSES, Status.SUSPECT):
        enquiry.status = Status.WITHDRAWN
        enquiry.clock_stopped_on = enquiry.clock_stopped_on or by.today
    enquiry.due_on, enquiry.partner_wrote_at = NEVER, None
    enquiry.search_text = search_text.text_of(enquiry)
    enquiry.emptied_at = enquiry.changed_at = by.now
    versions.raise_version(enquiry)


def _figures(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the answers that were chosen or counted: whatever people wrote in their own words goes."""
    chosen = {each.name for each in questions.everything() if not each.is_written}
    return {name: value for name, value in answers.items() if name in chosen}


def changes(session: Session, record_type: RecordType, keys: Iterable[int]) -> None:
    """Empty what the log of changes says of records that are gone: who changed them when stays."""
    table = Change.__table__
    of_these = (table.c.subject == record_type, table.c.subject_key.in_([str(key) for key in keys]))
    session.execute(update(table).where(*of_these).values(subject_name="", fields={}))  # type: ignore[arg-type]


def kept_words(session: Session, about: Collection[str]) -> None:
    """Forget what colleagues had typed before a sign-in where it tells of one of these, such as an address."""
    for table in (StaffSession, WaitingSignIn, WaitingWords):
        query = select(table.id, table.kept).where(table.kept != "")
        found = [number for number, kept in session.execute(query) if _tells(kept, about)]
        session.execute(update(table).where(table.id.in_(found)).values(kept=""))


def _tells(kept: str, about: Collection[str]) -> bool:
    """Return whether a signed word holds one of these; one that cannot be read is taken to."""
    payload = kept.removeprefix(".").partition(".")[0]
    try:
        plain = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        plain = zlib.decompress(plain) if kept.startswith(".") else plain
        words = plain.decode("unicode_escape").lower()
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        return True
    return any(each.lower() in words for each in about if each)


def contacts(session: Session, numbers: Sequence[int]) -> None:
    """Delete contacts; enquiries that were recognised as theirs, and the log, know them no more."""
    session.execute(update(Enquiry).where(Enquiry.contact_id.in_(numbers)).values(contact_id=None))
    session.execute(delete(Contact).where(Contact.id.in_(numbers)))
    changes(session, RecordType.CONTACT, numbers)


def is_held() -> ColumnElement[bool]:
    """Return the condition that an email is about an enquiry on legal hold."""
    line = exists().where(MessageLine.message_id == Message.id, MessageLine.enquiry_id == Enquiry.id)
    # SQLAlchemy looks one statement up by itself: an email of the second one up would be any email.
    about = or_(Enquiry.id == Message.enquiry_id, line.correlate(Message, Enquiry))
    return exists().where(and_(Enquiry.hold_since.is_not(None), about))
