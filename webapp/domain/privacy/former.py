"""Former colleagues: once no one needs to know who they were, a number takes the place of their name everywhere."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Table, and_, cast, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from webapp.db import Base
from webapp.domain.history import versions
from webapp.domain.privacy import emptying
from webapp.domain.privacy.personal_data import TABLE
from webapp.domain.security.acting import Acting
from webapp.models import (
    Approval,
    AuditEntry,
    Change,
    Enquiry,
    Event,
    Faculty,
    Leave,
    Link,
    Mention,
    Message,
    MessageLine,
    Network,
    Person,
    Promise,
    Referral,
    SavedView,
    SlotHost,
    Trip,
    TripMember,
    Visit,
    VisitSlot,
    VisitTask,
)
from webapp.vocabulary import OPEN_STATUSES, MessageKind, Post, RecordType, Status, VisitState

# What a number is put to; pages say it in the reader's language, see `labels.former_name`.
NAME = "Former colleague"
# No address: the domain exists nowhere.
_DOMAIN = "former.invalid"
# Fields of changes that say who answers, by name.
_NAMED_IN = ("liaison", "deputy", "escalation", "owner", "cover")
# Of the data of events: who was meant, or to whom an email went.
_IN_EVENTS = ("assignee", "before", "after", "approvers", "steps", "name", "to", "host")
_LISTS = (RecordType.NETWORK, RecordType.LEAVE)
_HELD = select(Enquiry.id).where(Enquiry.hold_since.is_not(None))
_EMPTIED = select(Enquiry.id).where(Enquiry.emptied_at.is_not(None))
_OF_SLOTS = (MessageKind.STAFF_SLOT, MessageKind.LIAISON_SLOT)
# Rewritten by rules of their own below, or never: the log's chain holds their names until its year is over.
_OWN_RULES = frozenset({"audit_entries", "people"})


# Who never had an account: named by someone, and asked by links.
BY_LINK = (Person.role.is_(None), Person.password_hash.is_(None), Person.erased_at.is_(None))


def free(by: Acting) -> Select[int]:
    """Select those without an account whom nothing needs by name any more."""
    return select(Person.id).where(*BY_LINK, ~or_(*_needed(by)))


def unasked(by: Acting) -> Select[int, Any, Any]:
    """Select those of them who were asked nothing for as long as former colleagues are kept."""
    end = by.now - timedelta(days=by.settings.keep_colleagues * 365 / 12)
    asked = exists().where(Link.person_id == Person.id, Link.created_at >= end)
    query = select(Person.id, Person.name, Person.created_at).where(
        Person.created_at < end, Person.active.is_(True), *BY_LINK, ~asked, ~or_(*_needed(by))
    )
    return query.order_by(Person.id)


def forget(session: Session, numbers: Sequence[int], by: Acting) -> None:
    """Put a number in place of each of these people without an account, in this transaction.

    Emails that told others what they answered are emptied: they may be no colleagues, whose names could stay.
    """
    told = select(Message.id).join(SlotHost, SlotHost.enquiry_id == Message.enquiry_id).join(SlotHost.person)
    named = Message.text.contains(Person.name)
    told = told.where(Person.id.in_(numbers), *BY_LINK, Message.kind.in_(_OF_SLOTS), named)
    emptying.texts(session, session.scalars(told.where(Message.enquiry_id.not_in(_HELD))).all(), now=by.now)
    ended = update(Person).where(Person.id.in_(numbers), *BY_LINK).values(active=False, closed_at=by.now)
    session.execute(ended.execution_options(synchronize_session=False))
    session.expire_all()
    end(session, numbers, by)


def due(by: Acting) -> Select[int, Any, Any]:
    """Select the people whose account was closed long ago, and whom nothing needs by name any more.

    Whom the audit log or an enquiry on legal hold names waits until it does so no more.
    """
    end = by.now - timedelta(days=by.settings.keep_colleagues * 365 / 12)
    query = select(Person.id, Person.name, Person.closed_at).where(
        Person.active.is_(False), Person.closed_at < end, Person.erased_at.is_(None), ~or_(*_needed(by))
    )
    return query.order_by(Person.id)


def _needed(by: Acting) -> Iterator[ColumnElement[bool]]:
    """Yield what keeps a person: each names them still."""
    address = func.lower(Person.email)
    yield exists().where(
        or_(*(column == Person.id for column in (Network.owner_id, Network.liaison_id, Network.deputy_id,
                                                 Network.escalation_id)), func.lower(Network.mailbox) == address)
    )  # fmt: skip
    yield exists().where(func.lower(Faculty.email) == address)
    is_kept = or_(Enquiry.status.in_((*OPEN_STATUSES, Status.SUSPECT)), Enquiry.hold_since.is_not(None))
    yield exists().where(is_kept, or_(Enquiry.assignee_id == Person.id, Enquiry.answerer_id == Person.id))
    meant = [Event.stored[key].as_string() == Person.name for key in ("assignee", "before", "after", "host")]
    meant += [Event.stored["steps"][place]["name"].as_string() == Person.name for place in range(len(Post))]
    yield exists().where(Event.enquiry_id.in_(_HELD), or_(Event.actor_id == Person.id, *meant))
    yield exists().where(Leave.ends_on >= by.today, or_(Leave.person_id == Person.id, Leave.cover_id == Person.id))
    is_open = and_(Approval.outcome.is_(None), Approval.withdrawn_at.is_(None))
    asked = (Link.id == Approval.link_id, or_(is_open, Approval.enquiry_id.in_(_HELD)))
    yield exists().where(*asked, or_(func.lower(Approval.email) == address, Link.asked_by_id == Person.id))
    is_open = and_(Referral.returned_at.is_(None), Referral.ended_at.is_(None))
    asked = (Link.id == Referral.link_id, or_(is_open, Referral.enquiry_id.in_(_HELD)))
    yield exists().where(*asked, or_(func.lower(Referral.email) == address, Link.asked_by_id == Person.id))
    yield from _receives(by)
    # A line that does not hold the name needs none: it is read from the row.
    yield exists().where(AuditEntry.actor_id == Person.id, AuditEntry.actor_name != "")
    leave = and_(Change.subject == RecordType.LEAVE, Change.subject_name == Person.name)
    yield exists().where(Change.subject.in_(_LISTS), _is_vouched_for(by), or_(leave, *_fields_name(Person.name)))


def _receives(by: Acting) -> Iterator[ColumnElement[bool]]:
    """Yield what of a visit keeps a person: they receive it, or see to something for it."""
    stands = Visit.state != VisitState.CANCELLED
    ahead = or_(Visit.ends_at.is_(None), Visit.ends_at >= by.now)
    yield exists().where(Visit.host_id == Person.id, stands, ahead)
    hosts = (SlotHost.slot_id == VisitSlot.id, VisitSlot.visit_id == Visit.id, SlotHost.person_id == Person.id)
    yield exists().where(*hosts, or_(and_(stands, VisitSlot.ends_at >= by.now), SlotHost.enquiry_id.in_(_HELD)))
    for table in (VisitTask, Promise):
        yield exists().where(table.owner_id == Person.id, table.done_at.is_(None), table.enquiry_id.not_in(_EMPTIED))
    yield exists().where(TripMember.person_id == Person.id, TripMember.trip_id == Trip.id, Trip.back_on >= by.today)


def _is_vouched_for(by: Acting) -> ColumnElement[bool]:
    """Return the condition that a line of the audit log may hold the digest of a change, which stays as it is then."""
    oldest = select(func.coalesce(func.min(AuditEntry.at), by.now)).scalar_subquery()
    return Change.at >= oldest


def end(session: Session, numbers: Sequence[int], by: Acting) -> None:
    """Put a number in place of each of these people, in this transaction; those who have one are left as they are."""
    free = (Person.id.in_(numbers), Person.active.is_(False), Person.erased_at.is_(None))
    for person in session.scalars(select(Person).where(*free).order_by(Person.id).with_for_update()).all():
        _forget(session, person, by)


def _forget(session: Session, person: Person, by: Acting) -> None:
    shown = f"{NAME} {person.id}"
    names = _names(session, person)
    _delete_own(session, person)
    _forget_address(session, person.email, shown, by)
    for table in Base.metadata.sorted_tables:
        if table.name not in _OWN_RULES:
            _rename(session, table, person.id, names, shown)
    _rename_in_events(session, names | {person.email}, shown)
    _rename_in_changes(session, names, shown, by)
    emptying.changes(session, RecordType.PERSON, [person.id])
    person.name, person.email, person.role, person.role_set_by = shown, f"former-{person.id}@{_DOMAIN}", None, None
    person.password_hash = person.password_expires_at = person.sign_on_issuer = person.sign_on_subject = None
    person.erased_at = by.now
    versions.raise_version(person)
    session.flush()


def _names(session: Session, person: Person) -> set[str]:
    """Return what the person was called, now and before, but no name that another colleague has: it means them too."""
    log = select(Change.fields).where(Change.subject == RecordType.PERSON, Change.subject_key == str(person.id))
    before = {name for fields in session.scalars(log) for name in fields.get("name", ()) if name}
    other = aliased(Person)
    names = before | {person.name}
    return names - set(session.scalars(select(other.name).where(other.id != person.id, other.name.in_(names))))


def _delete_own(session: Session, person: Person) -> None:
    """Delete what is the person's alone; what ends with its person (sign-ins, links, keys) says so by its foreign key.

    Views that they shared stay: the office works with them.
    """
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == "people" and key.ondelete == "CASCADE":
                session.execute(delete(table).where(key.parent == person.id))
    session.execute(delete(Mention).where(Mention.person_id == person.id))
    session.execute(update(SlotHost).where(SlotHost.person_id == person.id).values(note=""))
    session.execute(delete(SavedView).where(SavedView.owner_id == person.id, SavedView.shared.is_(False)))
    leaves = session.scalars(select(Leave.id).where(Leave.person_id == person.id)).all()
    session.execute(delete(Leave).where(Leave.id.in_(leaves)))
    emptying.changes(session, RecordType.LEAVE, leaves)


def _forget_address(session: Session, email: str, shown: str, by: Acting) -> None:
    """Take the address out of emails, links, questions that were answered, and reminders; those on hold keep it."""
    lines = exists().where(MessageLine.message_id == Message.id, MessageLine.enquiry_id.in_(_HELD))
    sent = select(Message.id).where(
        func.lower(Message.recipient_email) == email,
        or_(Message.enquiry_id.is_(None), Message.enquiry_id.not_in(_HELD)),
        ~lines,
    )
    emptying.emails(session, session.scalars(sent).all(), now=by.now)
    for table, values in (("approvals", {"name": shown, "email": ""}), ("referrals", {"name": shown, "email": ""}),
                          ("links", {"email": ""})):  # fmt: skip
        rows = Base.metadata.tables[table]
        theirs = (func.lower(rows.c.email) == email, rows.c.enquiry_id.not_in(_HELD))
        session.execute(update(rows).where(*theirs).values(**values))
    reminders = Base.metadata.tables["reminders"]
    theirs = (func.lower(reminders.c.email) == email, reminders.c.enquiry_id.not_in(_HELD))
    session.execute(delete(reminders).where(*theirs))


def _rename(session: Session, table: Table, number: int, names: Collection[str], shown: str) -> None:
    """Put the new name where a column says who did it: below the models, as history refuses to be changed."""
    for name in TABLE.get(table.name, {}):
        column = table.c[name]
        if name == "actor_name":
            theirs = table.c.actor_id == number
        elif name.endswith("_by"):
            theirs = column.in_(names)
        else:
            continue
        session.execute(update(table).where(theirs, _is_free(table)).values({name: shown}))


def _is_free(table: Table) -> ColumnElement[bool]:
    """Return the condition that a row belongs to no enquiry on legal hold."""
    if table.name == "enquiries":
        return table.c.hold_since.is_(None)
    return table.c.enquiry_id.not_in(_HELD) if "enquiry_id" in table.c else and_(True)


def _rename_in_events(session: Session, names: Collection[str], shown: str) -> None:
    """Put the new name where a line of history names who was meant; words that only mention someone stay."""
    table = Event.__table__
    text = cast(Event.stored, String)
    for name in names:
        spelt = {name, json.dumps(name)[1:-1]}
        has = or_(*(text.contains(each, autoescape=True) for each in spelt))
        query = select(Event.id, Event.stored).where(has, Event.enquiry_id.not_in(_HELD))
        for number, data in session.execute(query).all():
            values = {"data": _renamed(data, _IN_EVENTS, name, shown)}
            session.execute(update(table).where(table.c.id == number).values(**values))  # type: ignore[arg-type]


def _rename_in_changes(session: Session, names: Collection[str], shown: str, by: Acting) -> None:
    """Do the same to changes of who answers and who covers, but those that the audit log vouches for."""
    table = Change.__table__
    free = (Change.subject.in_(_LISTS), ~_is_vouched_for(by))
    leave = (*free, Change.subject == RecordType.LEAVE, Change.subject_name.in_(names))
    session.execute(update(table).where(*leave).values(subject_name=shown))  # type: ignore[arg-type]
    for name in names:
        query = select(Change.id, Change.fields).where(*free, or_(*_fields_name(name)))
        for number, fields in session.execute(query).all():
            values = {"fields": _renamed(fields, _NAMED_IN, name, shown)}
            session.execute(update(table).where(table.c.id == number).values(**values))  # type: ignore[arg-type]


def _fields_name(name: Any) -> list[ColumnElement[bool]]:
    return [Change.fields[field][place].as_string() == name for field in _NAMED_IN for place in (0, 1)]


def _renamed(data: dict[str, Any], keys: Collection[str], name: str, shown: str) -> dict[str, Any]:
    return {key: _replaced(value, name, shown) if key in keys else value for key, value in data.items()}


def _replaced(value: Any, name: str, shown: str) -> Any:
    if isinstance(value, list):
        return [_replaced(each, name, shown) for each in value]
    if isinstance(value, dict):
        return {key: _replaced(each, name, shown) for key, each in value.items()}
    return shown if value == name else value
