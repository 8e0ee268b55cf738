"""A backup is made while others write, is of one moment, and is restored whole on either database or not at all."""

import hashlib
import json
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import JSON, NullPool, create_engine, select, text
from sqlalchemy.orm import Session

from tests.conftest import RecordingBroker, make_settings
from tests.factories import NOW, make_enquiry, make_network, make_person, staff_actor
from tests.servers import PostgreSQL
from webapp import create_app
from webapp.archive import contents, reading, restoring, schema, writing
from webapp.archive.contents import KINDS, MANIFEST, Damaged
from webapp.archive.restoring import NotRestored
from webapp.archive.writing import NotMade
from webapp.config import Settings
from webapp.db import UTCDateTime, db, transaction
from webapp.domain.history import audit, audit_chain
from webapp.domain.messages import delivery, holding
from webapp.domain.security.permissions import COMMAND_LINE
from webapp.domain.security.tokens import link_token
from webapp.domain.triage import queue as triage_queue
from webapp.models import Attachment, Link, Term
from webapp.paths import PACKAGE
from webapp.vocabulary import AuditKind, Kind, LinkKind, Role, TermKind

Write = Callable[[Callable[[Session], Any]], Any]
AT = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
FILE = bytes(range(256)) * 50


@pytest.fixture
def other(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An installation on the other kind of database, which is empty, with the same secret key."""
    if database_url.startswith("sqlite"):
        url = request.getfixturevalue("postgresql").new_database()
    else:
        url = f"sqlite:///{tmp_path}/other.db"
    app = create_app(make_settings(url), broker=RecordingBroker())
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def config_of(app: Flask) -> Config:
    found: Config = app.extensions["migrate"].migrate.get_config()
    return found


def backup(app: Flask, path: Path, **more: Any) -> contents.Manifest:
    with app.app_context():
        head = schema.head(config_of(app))
        return writing.write(db.engine, path, head=head, now=AT, settings=app.extensions["settings"], **more)


def restore(app: Flask, path: Path, **more: Any) -> contents.Manifest:
    with app.app_context():
        db.session.remove()
        given = {"config": config_of(app), "actor": COMMAND_LINE, "now": AT, **more}
        try:
            return restoring.restore(db.engine, path, **given)
        finally:
            db.engine.dispose()


def world(session: Session, settings: Settings) -> None:
    """Rows of many kinds: files, nulls of both kinds, circles of keys, three scripts, one email that is being sent."""
    person = make_person(session, role=Role.ADMINISTRATOR, name="Ana Silva", email="ana@example.org")
    network = make_network(session, slug="example", liaison=person, owner=person)
    enquiry = make_enquiry(session, settings, kind=Kind.COLLABORATION, network=network, subject="合作計劃 — Zoë\u2028")
    file = {"name": "Plan 計劃.pdf", "media_type": "application/pdf", "sha256": "x", "size": len(FILE)}
    session.add(Attachment(enquiry_id=enquiry.id, content=FILE, added_at=NOW, **file))
    make_enquiry(session, settings, contact_email="second@example.org")
    audit.note(session, AuditKind.SIGNED_IN, staff_actor(Role.ADMINISTRATOR), now=NOW, subject="Ana Silva")


def rows(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row that an archive holds, as the models read them."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in contents.tables()
        }


def but_for_the_hold(found: dict[str, list[tuple[Any, ...]]]) -> dict[str, Any]:
    """Leave out what a restore adds: the hold, the lines that tell of it, and that one email is in doubt."""
    kept = {name: lines for name, lines in found.items() if name not in {"mail_holds", "audit_entries", "messages"}}
    return kept | {"messages": [row[:4] for row in found["messages"]]}


class Partners:
    """Submit enquiries in a thread of their own, and wait for the next one where the backup asks for it."""

    def __init__(self, write: Write, settings: Settings) -> None:
        self.made, self._stop = 0, threading.Event()
        self._write, self._settings = write, settings
        self._thread = threading.Thread(target=self._go_on)

    def _go_on(self) -> None:
        while not self._stop.is_set():
            self._write(lambda s: make_enquiry(s, self._settings, contact_email=f"load-{self.made}@example.org"))
            self.made += 1

    def wait_for_one(self, table: str, _rows: int) -> None:
        if not self._thread.ident:
            self._thread.start()
        seen = self.made
        while self.made == seen and self._thread.is_alive() and table in {"people", "enquiries", "events"}:
            self._stop.wait(0.001)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


def test_what_is_backed_up_under_load_is_restored_on_the_other_database(
    app: Flask, other: Flask, write: Write, settings: Settings, tmp_path: Path
) -> None:
    write(lambda s: world(s, settings))
    [sending] = write(lambda s: delivery.claim_due(s, now=NOW, settings=settings, limit=1))
    before, path, partners = rows(app), tmp_path / "backup.zip", Partners(write, settings)
    try:
        manifest = backup(app, path, told=partners.wait_for_one)
    finally:
        partners.stop()
    assert partners.made >= 3
    assert {part.table: part.rows for part in manifest.parts} == {name: len(found) for name, found in before.items()}
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.glob("backup*")] == ["backup.zip"]

    restore(other, path)
    assert but_for_the_hold(rows(other)) == but_for_the_hold(before)
    with other.app_context():
        session = db.session()
        assert audit_chain.verify(session).lines == manifest.audit[0] + 2
        held = holding.outlook(session, actor=COMMAND_LINE)
        assert (held.fresh, held.waiting, held.doubtful) == (0, len(before["messages"]) - 1, 1)
        assert [message.id for message in held.doubts] == [sending.id]
        assert delivery.claim_due(session, now=datetime.now(UTC), settings=settings) == []
        found = triage_queue.queue(session, triage_queue.Filters(text="合作"), actor=COMMAND_LINE)
        assert len(found.rows) == 1
        link = session.scalars(select(Link).where(Link.kind == LinkKind.TRACKING).order_by(Link.id)).first()
        assert link is not None
        token = link_token(link, secret_keys=settings.secret_keys)
        with transaction() as writing_session:
            again = make_enquiry(writing_session, settings, contact_email="third@example.org")
            assert again.id == len(before["enquiries"]) + 1
    assert other.test_client().get(f"/track/{token}").status_code == 200
    with pytest.raises(NotRestored, match="holds something"):
        restore(other, path)


@pytest.mark.one_database
def test_a_restore_that_dies_leaves_the_database_as_it_was(
    app: Flask, write: Write, settings: Settings, postgresql: PostgreSQL, tmp_path: Path
) -> None:
    """Killed while it fills the tables of a database that holds something; then it is restored there after all."""
    write(lambda s: world(s, settings))
    path = tmp_path / "backup.zip"
    backup(app, path)
    urls = (postgresql.new_database(), f"sqlite:///{tmp_path}/target.db")
    for url in urls:
        target = create_app(make_settings(url), broker=RecordingBroker())
        with target.app_context():
            upgrade()
            with transaction() as session:
                make_network(session, slug="there-before")
            db.session.remove()
            db.engine.dispose()
        before = rows(target)
        if url.startswith("sqlite"):
            (tmp_path / "target.db").chmod(0o640)
        with target.app_context():
            db.engine.dispose()
        done = subprocess.run([sys.executable, "-c", KILLED, url, str(path)], cwd=PACKAGE.parent, check=False)
        assert done.returncode == -signal.SIGKILL
        assert rows(target) == before
        used = create_engine(url, poolclass=NullPool)
        with used.connect() as one:
            one.execute(text("SELECT count(*) FROM networks"))
            with pytest.raises(NotRestored, match="stop web, worker and beat first"):
                restore(target, path, replace=True)
        restore(target, path, replace=True)
        if url.startswith("sqlite"):
            assert (tmp_path / "target.db").stat().st_mode & 0o777 == 0o640
            assert not list(tmp_path.glob("*.restoring*"))
        assert but_for_the_hold(rows(target)) == but_for_the_hold(rows(app))
        with target.app_context():
            db.session.remove()
            db.engine.dispose()


KILLED = """
import os, signal, sys
from pathlib import Path
from datetime import UTC, datetime
from tests.conftest import RecordingBroker, make_settings
from webapp import create_app
from webapp.archive import restoring
from webapp.db import db
from webapp.domain.security.permissions import COMMAND_LINE
app = create_app(make_settings(sys.argv[1]), broker=RecordingBroker())
with app.app_context():
    restoring.restore(
        db.engine, Path(sys.argv[2]), config=app.extensions["migrate"].migrate.get_config(), actor=COMMAND_LINE,
        now=datetime.now(UTC), replace=True,
        told=lambda table, _: os.kill(os.getpid(), signal.SIGKILL) if table == "messages" else None,
    )
"""


@pytest.mark.one_database
def test_what_is_no_whole_backup_is_refused_before_anything_is_touched(
    app: Flask, write: Write, settings: Settings, tmp_path: Path
) -> None:
    write(lambda s: world(s, settings))
    whole = tmp_path / "whole.zip"
    manifest = backup(app, whole)
    with pytest.raises(NotMade, match="exists already"):
        backup(app, whole)
    data, before = whole.read_bytes(), rows(app)
    enquiries = next(part for part in manifest.parts if part.table == "enquiries")

    def rewritten(name: str, change: Callable[[str, bytes], bytes | None]) -> Path:
        path = tmp_path / f"{name}.zip"
        with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
            for each in old.namelist():
                if (content := change(each, old.read(each))) is not None:
                    new.writestr(each, content)
        return path

    def only(file: str, change: Callable[[bytes], bytes | None]) -> Callable[[str, bytes], bytes | None]:
        return lambda name, content: change(content) if name == file else content

    middle = data[: len(data) // 2]
    flipped = bytearray(data)
    flipped[200] ^= 0xFF
    damaged = {"half": middle, "flipped": bytes(flipped), "empty": b"", "text": b"no archive at all" * 100}
    files = {name: tmp_path / f"{name}.zip" for name in damaged}
    for name, path in files.items():
        path.write_bytes(damaged[name])
    files["other words"] = rewritten("words", only(enquiries.file, lambda c: c.replace(b"second@", b"evil99@")))
    files["a row less"] = rewritten("less", only(enquiries.file, lambda c: c.splitlines(keepends=True)[0]))
    files["a part less"] = rewritten("part", only(enquiries.file, lambda c: None))
    files["other format"] = rewritten("format", only(MANIFEST, lambda c: c.replace(b'"format": 1', b'"format": 2')))
    for name, path in files.items():
        with pytest.raises(Damaged):
            reading.check(path)
        with pytest.raises(Damaged):
            restore(app, path, replace=True)
        assert rows(app) == before, name
    newer = rewritten("newer", only(MANIFEST, lambda c: c.replace(manifest.revision.encode(), b"9999")))
    with pytest.raises(NotRestored, match="made by a newer one"):
        restore(app, newer, replace=True)
    # Right by its own digests, but someone changed the audit log before the backup was packed again.
    entries = next(part for part in manifest.parts if part.table == "audit_entries")
    with zipfile.ZipFile(whole) as archive:
        digest = hashlib.sha256(forged_line(archive.read(entries.file))).hexdigest().encode()
    forged = rewritten(
        "forged",
        lambda name, content: (
            forged_line(content) if name == entries.file else content.replace(entries.sha256.encode(), digest)
        ),
    )
    with pytest.raises(Damaged, match="audit log"):
        restore(app, forged, replace=True)
    assert rows(app) == before


def forged_line(content: bytes) -> bytes:
    return content.replace(b"Ana Silva", b"Bob Other")


def test_a_backup_of_an_older_version_is_brought_to_this_one(other: Flask, tmp_path: Path) -> None:
    """As the version of then would have written it, with one row."""
    path, line = tmp_path / "old.zip", json.dumps([7, "scope", "asia", json.dumps({"en": "Asia"}), 1]).encode() + b"\n"
    columns = (("id", "integer"), ("kind", "text"), ("tag", "text"), ("label", "json"), ("position", "integer"))
    part = contents.Part("terms", "tables/terms.jsonl", 1, hashlib.sha256(line).hexdigest(), columns)
    nothing = (0, audit_chain.BEGINNING[1], None)
    manifest = contents.Manifest(contents.FORMAT, AT.isoformat(), "0036", "sqlite", "", nothing, (part,))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part.file, line)
        archive.writestr(MANIFEST, manifest.as_json())
    restore(other, path)
    with other.app_context():
        [term] = db.session().scalars(select(Term)).all()
        assert (term.id, term.kind, term.label) == (7, TermKind.SCOPE, {"en": "Asia"})
        with db.engine.connect() as connection:
            assert schema.revision_of(connection) == schema.head(config_of(other))
        assert holding.are_held(db.session(), other.extensions["settings"])
        with transaction() as session:
            session.add(added := Term(kind=TermKind.REGION, tag="x", label={}, position=2))
            session.flush()
            assert added.id == 8
            audit.note(session, AuditKind.SIGNED_IN, COMMAND_LINE, now=AT)


def test_every_column_of_every_table_has_a_kind_that_keeps_it() -> None:
    for table in contents.tables():
        for column in table.columns:
            kind = KINDS[contents.kind_of(column)]
            assert (type(kind.type).__name__ == "UTCDateTime") == isinstance(column.type, UTCDateTime), column
    values = (None, True, FILE, date(2026, 11, 27), 7, 0.1, "Zoë\u2028\n", AT, '{"a": [1.0, null]}', "null")
    kinds = ("text", "boolean", "bytes", "date", "integer", "number", "text", "time", "json", "json")
    columns = [(str(number), kind) for number, kind in enumerate(kinds)]
    back = list(contents.row(contents.line(values, kinds), columns).values())
    assert back[:8] == list(values[:8])
    assert back[8:] == [{"a": [1.0, None]}, JSON.NULL]
