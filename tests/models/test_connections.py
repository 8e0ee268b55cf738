"""What the service finds in place of a connection that was lost, and when it looks."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from webapp import connections
from webapp.db import db, transaction

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def server(app: Flask) -> Iterator[bool]:
    """Whether there is a server that may end a connection."""
    with app.app_context():
        yield db.engine.dialect.name == "postgresql"


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
