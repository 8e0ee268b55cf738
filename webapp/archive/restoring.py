"""A backup is restored, on either database: all of it or nothing, and what it holds of emails is held."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from alembic.config import Config
from sqlalchemy import Connection, Engine, column, create_engine, func, insert, inspect, select
from sqlalchemy import table as bare_table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from webapp.archive import postgresql, reading, schema
from webapp.archive.contents import KINDS, Damaged, Manifest, Part
from webapp.db import Base
from webapp.domain.history import audit_chain
from webapp.domain.messages import holding
from webapp.domain.search import text as search_text
from webapp.domain.security.permissions import Actor

# Rows, and bytes of them, in memory at a time.
_ROWS, _SIZE, _ENQUIRIES = 500, 1024 * 1024, 200
# What commands and limits write where there is nothing yet.
_NOTHING_OF_NOTE = frozenset({"alembic_version", "alerts", "audit_entries", "buckets", "public_version"})
Told = Callable[[str, int], None]


class NotRestored(Exception):
    """Nothing was restored, and the database is as it was; the text says why."""


def held_rows(engine: Engine) -> dict[str, int]:
    """Return how many rows the tables have that hold something already, by name."""
    known = set(Base.metadata.tables) - _NOTHING_OF_NOTE
    with engine.connect() as connection:
        there = [name for name in inspect(connection).get_table_names() if name in known]
        counts = {name: _count(connection, name) for name in there}
    return {name: number for name, number in counts.items() if number}


def restore(
    engine: Engine,
    path: Path,
    *,
    config: Config,
    actor: Actor,
    now: datetime,
    replace: bool = False,
    told: Told = lambda *_: None,
) -> Manifest:
    """Put what an archive holds in the place of what the database holds, and return what it was.

    All becomes true with the last step, or nothing does, also where the process is killed. An older schema is brought
    to this version's; emails are held from the first moment on. Raises Damaged, or NotRestored: for a newer schema, for
    a database that holds something where not `replace`, and while another process uses it.
    """
    manifest = reading.check(path)
    if not schema.knows(config, manifest.revision):
        raise NotRestored(
            f"the backup has version {manifest.revision} of the tables, which this version of the service does not"
            " know: it was made by a newer one. Install that, or a newer one, and restore then"
        )
    if not replace and held_rows(engine):
        raise NotRestored("the database holds something already")
    engine.dispose()
    place = _within_postgresql if engine.dialect.name == "postgresql" else _within_sqlite
    try:
        with place(engine, config) as connection:
            _build(connection, path, manifest, config=config, told=told)
            _finish(connection, manifest, actor=actor, now=now)
    except DBAPIError as error:
        raise NotRestored(f"the database refused it: {error.orig}") from error
    return manifest


@contextmanager
def _within_postgresql(engine: Engine, config: Config) -> Iterator[Connection]:
    """Yield a connection in whose one transaction the tables go and come."""
    with engine.connect() as connection, connection.begin():
        if others := postgresql.others(connection):
            raise NotRestored(f"{others} other connections use the database: stop web, worker and beat first")
        there = schema.revision_of(connection)
        if there not in {None, schema.head(config)}:
            raise NotRestored("the tables that are there have another version: run `liaison db upgrade` first")
        postgresql.drop_tables(connection)
        yield connection


@contextmanager
def _within_sqlite(engine: Engine, _config: Config) -> Iterator[Connection]:
    """Yield a connection to a new file, which takes the place of the old one when it is whole."""
    if not engine.url.database or engine.url.database == ":memory:":
        raise NotRestored("a database in memory cannot be restored")
    path = Path(engine.url.database)
    made = path.with_name(f"{path.name}.restoring")
    _close(path)
    made.unlink(missing_ok=True)
    fresh = create_engine(f"sqlite:///{made}", hide_parameters=True)
    try:
        with fresh.connect() as connection:
            own = connection.connection.dbapi_connection
            assert own is not None
            # Nothing of it is kept unless all of it is; what has gone wrong is thrown away as a whole.
            for pragma in ("foreign_keys=OFF", "journal_mode=MEMORY", "synchronous=OFF"):
                own.execute(f"PRAGMA {pragma}")
            with connection.begin():
                yield connection
        fresh.dispose()
        _as_before(path, made)
        _flush(made)
        _close(path)
        made.replace(path)
        _flush(path.parent)
    finally:
        fresh.dispose()
        made.unlink(missing_ok=True)


def _close(path: Path) -> None:
    """See that no one uses a database, and put what waits beside it into its file. Raises NotRestored."""
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as connection:
            # No one gets this lock while another has the file open.
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise NotRestored("another process uses the database: stop web, worker and beat first") from error


def _as_before(path: Path, made: Path) -> None:
    """Let a new file belong to whom the old one did: the service runs as another user than who restores, perhaps."""
    if not path.exists():
        return
    known = path.stat()
    made.chmod(known.st_mode)
    with suppress(PermissionError):
        os.chown(made, known.st_uid, known.st_gid)


def _flush(path: Path) -> None:
    """Wait until a file, or what a folder says of its files, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _build(connection: Connection, path: Path, manifest: Manifest, *, config: Config, told: Told) -> None:
    """Make the tables as they were, fill them, and bring them to this version."""
    schema.upgrade(config, connection, manifest.revision)
    for part in reversed(manifest.parts):
        # Some migrations add rows of their own.
        connection.execute(bare_table(part.table).delete())
    keys = postgresql.drop_keys(connection) if connection.dialect.name == "postgresql" else []
    for part in manifest.parts:
        _load(connection, path, part)
        told(part.table, part.rows)
    if connection.dialect.name == "postgresql":
        postgresql.add_keys(connection, keys)
        postgresql.count_on(connection, [part.table for part in manifest.parts])
    elif broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        raise Damaged(f"rows of {broken[0][0]} point to nothing")
    schema.upgrade(config, connection, schema.head(config))


def _load(connection: Connection, path: Path, part: Part) -> None:
    into = bare_table(part.table, *(column(name, KINDS[kind].type) for name, kind in part.columns))
    for batch in reading.batches(path, part, rows=_ROWS, size=_SIZE):
        connection.execute(insert(into), batch)
    if (found := _count(connection, part.table)) != part.rows:
        raise Damaged(f"{part.table} has {found} rows instead of {part.rows}")


def _count(connection: Connection, name: str) -> int:
    return connection.scalar(select(func.count()).select_from(bare_table(name))) or 0


def _finish(connection: Connection, manifest: Manifest, *, actor: Actor, now: datetime) -> None:
    """Make what an archive does not hold, see that the audit log is the one that was kept, and hold all emails."""
    with Session(connection) as session:
        after = 0
        while after := search_text.store_all(session, after=after, limit=_ENQUIRIES):
            session.expunge_all()
        verdict = audit_chain.verify(session)
        if (verdict.lines, verdict.head, verdict.broken) != manifest.audit:
            raise Damaged("the audit log is not the one that the backup was made of")
        session.expunge_all()
        holding.hold_restored(session, backup_at=datetime.fromisoformat(manifest.made_at), actor=actor, now=now)
        session.commit()
