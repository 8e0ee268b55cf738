"""All that a database holds, as text, to look for what should not be there any more, or to compare two ends."""

import json
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from webapp.db import Base


def dump(session: Session | Connection) -> dict[str, list[str]]:
    """Return each row of each table as text, in order of the rows' keys; texts inside JSON as they are."""
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name == "public_version":  # a word drawn at random at each change
            continue
        rows = session.execute(select(table).order_by(*table.primary_key.columns))
        found[table.name] = [json.dumps([_plain(value) for value in row], ensure_ascii=False) for row in rows]
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, (str, int, dict, list, type(None))) else str(value)


def hits(session: Session, marker: str) -> list[str]:
    """Return the tables in which a text is, once for each row, in any capitals."""
    return [f"{table}: {row}" for table, rows in dump(session).items() for row in rows if marker.lower() in row.lower()]
