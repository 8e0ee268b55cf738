"""What was typed into a form is kept by one statement, where nothing has to be looked at more closely."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Text, and_, bindparam, func, literal, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.domain.enquiries.drafts import Found, with_files
from webapp.domain.security.tokens import hash_token
from webapp.models import Draft, Enquiry, PublicVersion
from webapp.vocabulary import Kind, Language

_TABLE: Any = Draft.__table__


def write(
    session: Session,
    form_id: str,
    *,
    browser: str,
    kind: Kind,
    language: Language,
    fields: Mapping[str, Sequence[str]],
    asked: Collection[str],
    checked: Mapping[str, Any],
    suspect: bool,
    now: datetime,
) -> Found | None:
    """Keep what was typed, by one statement; None, and nothing is written, where `save` has to look closer.

    That is where the form was sent or begun in another browser, or holds answers beside those to what is `asked`.
    """
    form_hash = hash_token(form_id)
    values = {
        "form_hash": form_hash,
        "browser_hash": hash_token(browser),
        "kind": kind,
        "language": language,
        "fields": {name: list(given) for name, given in fields.items()},
        "checked": dict(checked),
        "suspect": suspect,
        "updated_at": now,
        "has_files": False,
        "files_gone": [],
    }
    if session.get_bind().dialect.name == "sqlite":
        statement = _on_sqlite(tuple(sorted(asked)))
    else:
        statement, values["asked"] = _ON_POSTGRESQL, sorted(asked)
    row = session.execute(statement, values, execution_options={"populate_existing": True}).one_or_none()
    return Found(with_files(session, row[0]), row[1]) if row else None


def _writing(insert: Any, others: Any) -> Any:
    """Return the statement of `write`: it waits for who sends the form meanwhile, and writes nothing then."""
    columns = _TABLE.c
    names = [column.name for column in columns if column.name not in ("id", "enquiry_id", "sent_hash", "saved")]
    given = [bindparam(name, type_=columns[name].type) for name in names]
    sent = select(Enquiry.id).where(Enquiry.form_hash == bindparam("form_hash", type_=columns.form_hash.type))
    made = insert(_TABLE).from_select(names, select(*given).where(~sent.exists()))
    kept = ("kind", "language", "fields", "checked", "suspect", "updated_at")
    written = made.on_conflict_do_update(
        index_elements=["form_hash"],
        set_={name: made.excluded[name] for name in kept},
        where=and_(
            columns.browser_hash.is_not_distinct_from(made.excluded.browser_hash),
            columns.enquiry_id.is_(None),
            ~others,
        ),
    ).returning(*columns, PublicVersion.present().label("shown"))
    return select(Draft, literal_column("shown")).from_statement(written)


@cache
def _on_sqlite(asked: tuple[str, ...]) -> Any:
    each = func.json_each(literal_column("drafts.fields")).table_valued("key")
    return _writing(sqlite.insert, select(literal(1)).select_from(each).where(each.c.key.not_in(asked)).exists())


_ASKED = bindparam("asked", type_=postgresql.ARRAY(Text))
_OTHERS = literal_column("drafts.fields", postgresql.JSONB).op("-")(_ASKED) != literal_column("'{}'::jsonb")
_ON_POSTGRESQL = _writing(postgresql.insert, _OTHERS)
