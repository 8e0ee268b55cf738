"""One person's data as a file: all rows about them as JSON, with what each is kept for, and their files."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, or_, select
from sqlalchemy.orm import Session, undefer

from webapp.db import Base
from webapp.domain.privacy import person
from webapp.domain.privacy.person import Holdings
from webapp.domain.privacy.personal_data import TABLE
from webapp.domain.security.acting import Acting
from webapp.i18n import translations
from webapp.models import Attachment
from webapp.vocabulary import ActorKind, DataSubject, Language

# What opens something, or says nothing to a reader.
SECRET = frozenset(
    {"nonce", "token_hash", "form_hash", "sent_hash", "lease", "dedupe_key", "search_text", "hold_reason", "hold_by"}
)
_PERSONS = (DataSubject.PARTNER, DataSubject.CONTACT)
# Rows of these are the person's by their own address, with their name in it; elsewhere that is someone else's.
_ADDRESSED = {
    "approvals": "email",
    "referrals": "email",
    "faculties": "email",
    "messages": "recipient_email",
    "links": "email",
}
# Rows of these are so as a whole.
_OF_THEM = frozenset({"delegates", "passports", "roster_changes", "invitation_letters", "people", "slot_hosts"})
# Whom an email or a link reached: that may be a colleague.
_OF_READER = frozenset(
    {("messages", "recipient_name"), ("messages", "recipient_email"), ("links", "email"), ("links", "passed_to")}
)

Rows = list[dict[str, Any]]


def export(session: Session, email: str, *, language: Language, by: Acting) -> bytes:
    """Return a ZIP of what is kept about an address: `data.json`, `README.txt` and the files that were sent.

    Ask only for an address whose owner asks, or for an administrator. Names and addresses of colleagues are left out.
    """
    found = person.find(session, email)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _readme(found, language, by))
        archive.writestr("data.json", json.dumps(_data(session, found, by), ensure_ascii=False, indent=2))
        for name, content in _files(session, found):
            archive.writestr(name, content)
    return out.getvalue()


def _readme(found: Holdings, language: Language, by: Acting) -> str:
    t = translations(language)
    lines = (
        t.gettext("What %(institution)s keeps about %(email)s.")
        % {"institution": by.settings.named("institution", language), "email": found.email},
        t.gettext(
            "“data.json” has every record by table, and “keeping” says what each column is kept for and how long."
        ),
        t.gettext("The folder “files” has the files that were sent. Names and addresses of other people are left out."),
    )
    return "\n\n".join(lines) + "\n"


def _data(session: Session, found: Holdings, by: Acting) -> dict[str, Any]:
    rows = {
        table.name: of_table
        for table in Base.metadata.sorted_tables
        if (condition := _of(table, found)) is not None and (of_table := _rows(session, table, condition, found))
    }
    keeping = {
        f"{table}.{column}": {"purpose": kept.purpose, "period": kept.period, "then": kept.then}
        for table in rows
        for column, kept in TABLE.get(table, {}).items()
        if column not in SECRET
    }
    return {"email": found.email, "made_at": by.now.isoformat(), "tables": rows, "keeping": keeping}


def _of(table: Table, found: Holdings) -> ColumnElement[bool] | None:
    """Return which rows of a table are about the person; None: the table has none."""
    own = found.own | {"enquiries": found.enquiries, "data_requests": found.requests}
    conditions = [table.c.id.in_(own[table.name])] if table.name in own else []
    if "enquiry_id" in table.c and table.name in TABLE:
        conditions.append(table.c.enquiry_id.in_(found.enquiries))
    return or_(*conditions) if conditions else None


def _rows(session: Session, table: Table, condition: ColumnElement[bool], found: Holdings) -> Rows:
    columns = [each for each in table.c if each.name not in SECRET and not isinstance(each.type, LargeBinary)]
    rows = session.execute(select(*columns).where(condition).order_by(*table.primary_key.columns))
    return [
        {
            each.name: _plain(value)
            for each, value in zip(columns, row, strict=True)
            if _is_theirs(table, each, row, found)
        }
        for row in rows
    ]


def _is_theirs(table: Table, column: Column[Any], row: Any, found: Holdings) -> bool:
    """Return whether a value may be given out: colleagues' names and addresses are not the person's."""
    address = _ADDRESSED.get(table.name)
    own = address is not None and str(getattr(row, address)).lower() == found.email
    own = own or (table.name in _OF_THEM and row.id in found.own[table.name])
    if (table.name, column.name) in _OF_READER:
        return own
    if table.name == "events" and column.name == "actor_name":
        return bool(row.actor_kind == ActorKind.PARTNER)
    keeping = TABLE.get(table.name, {}).get(column.name)
    return own or keeping is None or keeping.whose in _PERSONS


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _files(session: Session, found: Holdings) -> Iterator[tuple[str, bytes]]:
    of_them = or_(Attachment.enquiry_id.in_(found.enquiries), Attachment.draft_id.in_(found.drafts))
    query = select(Attachment).where(of_them).options(undefer(Attachment.content)).order_by(Attachment.id)
    for file in session.scalars(query):
        yield f"files/{file.id}-{file.name}", file.content
