"""What the service finds in place of a connection that was lost, and when it looks."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import bindparam, insert, null, select, text, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError, StatementError

from webapp import connections
from webapp.db import db, one_by_one, transaction
from webapp.models import MailHold

NOW = datetime(2026, 11, 27, tzinfo=UTC)
ENDED = (
    update(MailHold)
    .where(MailHold.id == bindparam("number"))
    .values(since=bindparam("at"), reason="straight", backup_at=null())
)

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def server(app: Flask) -> Iterator[bool]:
    """Whether there is a server that may end a connection."""
    with app.app_context():
        yield db.engine.dialect.name == "postgresql"


def make_hold() -> None:
    with transaction() as session:
        session.execute(insert(MailHold).values(id=1, since=NOW, held_by="x", reason="x", backup_at=NOW))


@pytest.mark.parametrize("rests", [0.0, 600.0])
def test_connection_that_was_lost_is_made_anew_before_anyone_notices(
    server: bool, monkeypatch: pytest.MonkeyPatch, rests: float
) -> None:
    monkeypatch.setattr(connections, "RESTS", rests)
    with db.engine.connect() as other:
        with db.engine.connect() as last:
            used = last.connection.dbapi_connection
            number = last.scalar(text("SELECT pg_backend_pid()")) if server else 0
        if server:
            assert other.scalar(text("SELECT pg_terminate_backend(:number, 30000)"), {"number": number})
        with transaction() as session:
            assert (session.connection().connection.dbapi_connection is used) is not server
            assert session.scalar(select(1)) == 1


def test_connection_is_tried_where_it_rested(server: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Any] = []
    ping = db.engine.dialect.do_ping
    monkeypatch.setattr(db.engine.dialect, "do_ping", lambda one: tried.append(one) or ping(one))
    with db.engine.connect():
        pass
    for rests, number in ((600.0, 0), (0.0, int(server))):
        monkeypatch.setattr(connections, "RESTS", rests)
        with db.engine.connect() as connection:
            assert connection.scalar(select(1)) == 1
        assert len(tried) == number


def test_what_is_prepared_stays_when_a_transaction_is_rolled_back_and_some_is_prepared_at_once(server: bool) -> None:
    asked = text("SELECT 'now and then' || CAST(:n AS text)")
    with db.engine.connect() as connection:

        def known(part: str) -> bool:
            found = connection.scalars(text("SELECT statement FROM pg_prepared_statements")) if server else []
            return any(f"'{part}' ||" in each for each in found)

        with connections.by_heart(connection):
            assert connection.scalar(text("SELECT 'by heart' || CAST(:n AS text)"), {"n": 1})
        connection.rollback()
        assert (known("by heart"), known("now and then")) == (server, False)
        for number in range(8):
            assert connection.scalar(asked, {"n": number})
            connection.rollback()
        assert (known("by heart"), known("now and then")) == (server, server)


def test_what_runs_straight_is_true_at_once_and_known_by_heart(server: bool) -> None:
    make_hold()
    with one_by_one() as connection, db.engine.connect() as other:
        later = NOW + timedelta(hours=1)
        connections.straight(connection, ENDED, {"number": 1, "at": later})
        found = other.execute(select(MailHold.since, MailHold.reason, MailHold.backup_at)).one()
        assert found == (later, "straight", None)
        with pytest.raises((ValueError, StatementError), match="needs a zone"):
            connections.straight(connection, ENDED, {"number": 1, "at": later.replace(tzinfo=None)})
        known = connection.scalars(text("SELECT statement FROM pg_prepared_statements")).all() if server else []
        assert any("UPDATE mail_holds" in each for each in known) is server


def test_a_line_that_is_lost_under_what_runs_straight_takes_no_other_with_it(server: bool) -> None:
    make_hold()
    with (
        pytest.raises((psycopg.OperationalError, OperationalError)) if server else nullcontext(),
        one_by_one() as connection,
    ):
        if server:
            number = connection.scalar(text("SELECT pg_backend_pid()"))
            with db.engine.connect() as other:
                assert other.scalar(text("SELECT pg_terminate_backend(:number, 30000)"), {"number": number})
        connections.straight(connection, ENDED, {"number": 1, "at": NOW})
    with one_by_one() as connection:
        connections.straight(connection, ENDED, {"number": 1, "at": NOW + timedelta(hours=2)})
        assert connection.scalar(select(MailHold.since)) == NOW + timedelta(hours=2)
    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_rolled_back_is_gone_also_after_an_error(server: bool, fails: bool) -> None:
    with db.engine.connect() as connection:
        connection.execute(insert(MailHold).values(id=1, since=NOW, held_by="x", reason="x"))
        if fails:
            with pytest.raises(SQLAlchemyError):
                connection.execute(text("SELECT nothing FROM nowhere"))
        connection.rollback()
        assert connection.scalar(select(MailHold.id)) is None
        assert server is hasattr(connection.connection.dbapi_connection, "pgconn")
