"""While `db upgrade` runs, and until the restart, the older version's web still serves, on the newer tables."""

from typing import Any

import sqlalchemy as sa
from flask_migrate import upgrade

from tests.models.conftest import Installed
from webapp.db import db

# From here on migrations add, and what nothing reads any more is removed a release later. Those before removed columns
# that the version of their day still read: docs/deploy.md, Upgrading, says what to do then.
_SINCE = "0049"
_REMOVED_SINCE: set[str] = set()


def _columns() -> dict[tuple[str, str], Any]:
    found = sa.inspect(db.engine)
    tables = found.get_multi_columns()
    return {(str(table), column["name"]): column for (_, table), columns in tables.items() for column in columns}


def _in_the_way(before: dict[tuple[str, str], Any], after: dict[tuple[str, str], Any]) -> set[str]:
    """Name what the older version reads and is gone, and what it does not write and has to be given."""
    tables = {table for table, _ in before}
    gone = {key for key in before if key not in after}
    wanted = {
        key
        for key, column in after.items()
        if key[0] in tables and not column["nullable"] and column["default"] is None and not column.get("autoincrement")
        if key not in before or before[key]["nullable"]
    }
    return {f"{table}.{column}" for table, column in gone | wanted}


def test_what_an_older_web_reads_and_writes_stays_possible(installed: Installed) -> None:
    with installed("0017"):
        first = _columns()
        upgrade(revision=_SINCE)
        before = _columns()
        assert "people.password_temporary" in _in_the_way(first, before)
        upgrade()
        assert _in_the_way(before, _columns()) == _REMOVED_SINCE
