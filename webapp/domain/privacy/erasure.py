"""One person's data are erased: their enquiries emptied, their rows deleted, their address taken out of all others."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, String, Table, cast, exists, func, not_, or_, select, update
from sqlalchemy.orm import Session

from webapp.db import Base
from webapp.domain.enquiries import drafts
from webapp.domain.errors import NotAllowed
from webapp.domain.privacy import delegates, emptying, former, person
from webapp.domain.privacy.person import Holdings
from webapp.domain.privacy.personal_data import TABLE
from webapp.domain.search import text as search_text
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import require
from webapp.models import Approval, Contact, DataRequest, Enquiry, Faculty, Link, Message, Person, Referral
from webapp.vocabulary import Permission, RecordType

# What is left of an address in words of others.
MARK = "(erased)"
# A shorter name is found in too much that does not mean it.
_SHORTEST_NAME = 5
# Numbers and bytes, what is unique, and what only a person's own row has.
_COUNTED = ("enquiries", "contacts", "drafts", "questions", "emails", "delegates", "colleagues by link", "mentions")
_NOT_TEXT = frozenset({("messages", "dedupe_key"), ("people", "email"), ("people", "password_hash")})


@dataclass(frozen=True)
class Erased:
    """What was done: rows by kind, references kept as they are on legal hold, and where the name is written still.

    `mentions` is for someone to read: a name alone does not say who is meant. `is_partial` says that a hold kept
    something, also where the person was only asked about an enquiry of others.
    """

    counts: dict[str, int]
    kept: Sequence[str]
    mentions: Sequence["Mention"]
    is_partial: bool = False


@dataclass(frozen=True)
class Mention:
    """A table in which a name is still written: in how many rows, and in which enquiries, by reference."""

    table: str
    count: int
    references: Sequence[str]


def erase(session: Session, email: str, *, by: Acting) -> Erased:
    """Erase what is kept about an address, in this transaction. Enquiries on legal hold stay as they are.

    Raises NotAllowed for an address of ours: accounts, networks and the office's own settings are changed at the desk.
    """
    require(by.actor, Permission.PRIVACY_MANAGE)
    if person.is_ours(session, email, by=by):
        raise NotAllowed("ours")
    return carry_out(session, email, by=by)


def carry_out(session: Session, email: str, *, by: Acting) -> Erased:
    """Erase what may be erased now of an address for which an administrator decided it, in this transaction."""
    found = person.find(session, email)
    if not found.email:
        return Erased(dict.fromkeys(_COUNTED, 0), [], [])
    names = _names(session, found)
    about = [found.email, *names, *_references(session, found.enquiries)]
    emptied = emptying.enquiries(session, found.enquiries, by=by, asked=True)
    emptying.contacts(session, found.contacts)
    drafts.forget(session, found.drafts)
    _forget_asked(session, found, by)
    on_lists = delegates.erase(session, found.email, by=by)
    former.forget(session, found.people, by)
    numbers = _free(session, found.messages)
    emptying.emails(session, numbers, now=by.now)
    emptying.kept_words(session, about)
    counts = {"enquiries": len(emptied), "contacts": len(found.contacts), "drafts": len(found.drafts)}
    counts |= {"questions": len(found.approvals) + len(found.referrals), "emails": len(numbers)}
    counts |= {"delegates": on_lists, "colleagues by link": len(found.people)}
    counts["mentions"] = _redact(session, found.email)
    left = person.find(session, found.email)
    is_partial = bool(left.enquiries or left.approvals or left.referrals or left.delegate)
    return Erased(counts, _references(session, found.on_hold), _mentions(session, names), is_partial)


def _references(session: Session, numbers: Sequence[int]) -> Sequence[str]:
    return session.scalars(select(Enquiry.reference).where(Enquiry.id.in_(numbers)).order_by(Enquiry.id)).all()


def _names(session: Session, found: Holdings) -> list[str]:
    queries = (
        select(Enquiry.contact_name).where(Enquiry.id.in_(found.enquiries)),
        select(Contact.name).where(Contact.id.in_(found.contacts)),
        select(Person.name).where(Person.id.in_(found.people)),
    )
    names = {name for query in queries for name in session.scalars(query)} | delegates.names(session, found.email)
    return sorted(name for name in names if len(name) >= _SHORTEST_NAME)


def _free(session: Session, messages: Sequence[int]) -> Sequence[int]:
    return session.scalars(select(Message.id).where(Message.id.in_(messages), ~emptying.is_held())).all()


def _forget_asked(session: Session, found: Holdings, by: Acting) -> None:
    """Forget who was asked about enquiries of others; what is still open is asked no more."""
    gone = {"name": "", "email": "", "note": ""}
    held = select(Enquiry.id).where(Enquiry.hold_since.is_not(None))
    for table, numbers, over in (
        (Approval, found.approvals, "withdrawn_at"),
        (Referral, found.referrals, "ended_at"),
    ):
        ended = func.coalesce(getattr(table, over), by.now)
        rows = update(table).where(table.id.in_(numbers), table.enquiry_id.not_in(held))
        session.execute(rows.values(**gone, **{over: ended}).execution_options(synchronize_session=False))
    links = update(Link).where(Link.id.in_(found.links), Link.enquiry_id.not_in(held))
    ended = func.coalesce(Link.ended_at, by.now)
    session.execute(links.values(email="", ended_at=ended).execution_options(synchronize_session=False))
    faculties = update(Faculty).where(Faculty.id.in_(found.faculties))
    session.execute(faculties.values(contact_name="", email="", active=False, version=Faculty.version + 1))
    emptying.changes(session, RecordType.FACULTY, found.faculties)
    session.execute(update(DataRequest).where(DataRequest.id.in_(found.requests)).values(email=""))


def _redact(session: Session, email: str) -> int:
    """Take an address out of every personal column of every table; return in how many rows it was."""
    pattern = re.compile(rf"(?<![\w.+'-]){re.escape(email)}(?![\w-]|\.\w)", re.IGNORECASE)
    count, of_others = 0, set()
    for table, column in text_columns():
        if (table.name, column.name) in _NOT_TEXT:
            continue
        query = select(*table.primary_key.columns, column).where(_holds(column, email), not_(_is_held(table)))
        for *key, value in session.execute(query).all():
            without = _without(pattern, value)
            if without != value:
                row = [part == each for part, each in zip(table.primary_key.columns, key, strict=True)]
                session.execute(update(table).where(*row).values({column.name: without}))
                count += 1
                if table.name == "enquiries":
                    of_others.update(key)
    session.expire_all()
    for enquiry in session.scalars(select(Enquiry).where(Enquiry.id.in_(of_others))):
        search_text.store_anew(session, enquiry)
    return count


def _without(pattern: re.Pattern[str], value: Any) -> Any:
    if isinstance(value, str):
        return pattern.sub(MARK, value)
    return json.loads(pattern.sub(MARK, json.dumps(value, ensure_ascii=False)))


def text_columns() -> list[tuple[Table, Column[Any]]]:
    """Return the columns of the table of personal data that hold words."""
    return [
        (table, table.c[name])
        for table in Base.metadata.sorted_tables
        for name in TABLE.get(table.name, {})
        if isinstance(table.c[name].type, (String, JSON))
    ]


def _holds(column: Column[Any], text: str) -> ColumnElement[bool]:
    return cast(column, String).icontains(text, autoescape=True)


def _is_held(table: Table) -> ColumnElement[bool]:
    """Return the condition that a row belongs to an enquiry on legal hold."""
    if table.name == "enquiries":
        return table.c.hold_since.is_not(None)
    if table.name == "messages":
        return emptying.is_held()
    if "enquiry_id" not in table.c:
        return or_(False)
    return exists().where(Enquiry.id == table.c.enquiry_id, Enquiry.hold_since.is_not(None))


def _mentions(session: Session, names: Sequence[str]) -> list[Mention]:
    """Return where a name is still written, by table."""
    found = []
    for table, columns in groupby(text_columns(), key=lambda pair: pair[0]):
        written = [_holds(column, name) for _table, column in columns for name in names]
        if not written:
            continue
        here = (or_(*written), not_(_is_held(table)))
        if number := session.scalar(select(func.count()).select_from(table).where(*here)):
            found.append(Mention(table.name, number, _mentioning(session, table, here)))
    return found


def _mentioning(session: Session, table: Table, here: Sequence[ColumnElement[bool]]) -> Sequence[str]:
    """Return the references of the enquiries to which such rows of a table belong."""
    of = table.c.get("id" if table.name == "enquiries" else "enquiry_id")
    if of is None:
        return []
    return session.scalars(
        select(Enquiry.reference).where(Enquiry.id.in_(select(of).where(*here))).order_by(Enquiry.id)
    ).all()
