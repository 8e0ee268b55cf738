"""A backup is written: every row as it is at one moment, while the service writes on, and read back whole."""

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, Table, select
from sqlalchemy import table as bare_table
from sqlalchemy.orm import Session

from webapp.archive import contents, reading
from webapp.archive.contents import MANIFEST, Manifest, Part
from webapp.config import Settings
from webapp.domain.history import audit_chain

# Rows in memory at a time; of those that hold files, one.
_AT_ONCE = 500
Told = Callable[[str, int], None]


class NotMade(Exception):
    """No backup was made; the text says why."""


def write(
    engine: Engine, path: Path, *, head: str, now: datetime, settings: Settings, told: Told = lambda *_: None
) -> Manifest:
    """Write every row to a new file, read it back, and return what it holds. Raises NotMade, Damaged, OSError.

    `head` is the schema that this version of the service knows. The file has its name only once it was checked; it is
    readable to its owner alone, as it holds all personal data. `told` hears of each table that is written.
    """
    if path.exists():
        raise NotMade(f"{path} exists already; nothing was overwritten")
    unfinished = path.with_name(f"{path.name}.part")
    try:
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            with _snapshot(engine) as connection, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                manifest = _write(connection, archive, head=head, now=now, settings=settings, told=told)
            file.flush()
            os.fsync(file.fileno())
        reading.check(unfinished)
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that sees the database as it is at its first statement, and keeps no one from writing."""
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    own = options if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**own) as connection, connection.begin():
        yield connection


def _write(
    connection: Connection, archive: zipfile.ZipFile, *, head: str, now: datetime, settings: Settings, told: Told
) -> Manifest:
    revision = MigrationContext.configure(connection).get_current_revision() or ""
    if revision != head:
        raise NotMade(f"the tables have version {revision or 'none'}, the service needs {head}: `liaison db upgrade`")
    parts = []
    for number, each in enumerate(contents.tables()):
        parts.append(_part(connection, archive, each, f"tables/{number:02}-{each.name}.jsonl"))
        told(each.name, parts[-1].rows)
    verdict = audit_chain.verify(Session(connection))
    manifest = Manifest(
        format=contents.FORMAT,
        made_at=now.isoformat(),
        revision=revision,
        database=connection.dialect.name,
        key=contents.key_mark(settings.secret_key),
        audit=(verdict.lines, verdict.head, verdict.broken),
        parts=tuple(parts),
    )
    archive.writestr(MANIFEST, manifest.as_json())
    return manifest


def _part(connection: Connection, archive: zipfile.ZipFile, each: Table, name: str) -> Part:
    columns = tuple((column.name, contents.kind_of(column)) for column in each.columns)
    kinds = [kind for _, kind in columns]
    query = select(*(contents.as_read(*column) for column in columns)).select_from(bare_table(each.name))
    query = query.order_by(*(contents.as_read(column.name, "integer") for column in each.primary_key))
    at_once = 1 if "bytes" in kinds else _AT_ONCE
    digest, rows = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as file:
        for found in connection.execute(query, execution_options={"yield_per": at_once}):
            rows += 1
            _put(file, contents.line(found, kinds), digest.update)
    return Part(each.name, name, rows, digest.hexdigest(), columns)


def _put(file: IO[bytes], data: bytes, counted: Callable[[bytes], None]) -> None:
    counted(data)
    file.write(data)
