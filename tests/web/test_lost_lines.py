"""The line to PostgreSQL is lost after any statement of a page: it says so, and the next one is made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.factories import make_enquiry, make_person, tracking_token
from webapp.config import Settings
from webapp.db import db

pytestmark = pytest.mark.both_databases
Write = Callable[[Callable[[Session], Any]], Any]
_MOST = 60


@pytest.fixture
def engine(app: Flask) -> Engine:
    app.testing = False  # a crash has its page
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("a file is not lost")
        return db.engine


@contextmanager
def lost_after(engine: Engine, number: int) -> Iterator[list[int]]:
    """End the line on which a statement ran, the one of this number; yield the numbers of all that ran."""
    ran: list[int] = []

    def end(connection: Any, *_given: Any) -> None:
        ran.append(len(ran) + 1)
        if ran[-1] == number:
            server = connection.connection.dbapi_connection.info.backend_pid
            with create_engine(engine.url).connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:server, 5000)"), {"server": server})

    event.listen(engine, "after_cursor_execute", end)
    try:
        yield ran
    finally:
        event.remove(engine, "after_cursor_execute", end)


@contextmanager
def away_from(engine: Engine, number: int) -> Iterator[list[int]]:
    """Refuse every statement from the one of this number on; yield the numbers of all that were asked for."""
    asked: list[int] = []

    def refuse(*_given: Any) -> None:
        asked.append(len(asked) + 1)
        if asked[-1] >= number:
            raise OperationalError("", {}, Exception("the server is away"))

    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", refuse)


@pytest.mark.parametrize("who", ["desk", "partner", "writes"])
def test_a_line_that_is_lost_at_any_moment_is_said_and_the_next_page_is_made(
    engine: Engine, client: FlaskClient, write: Write, settings: Settings, sign_in: Any, who: str
) -> None:
    token = write(lambda s: tracking_token(s, settings, make_enquiry(s, settings)))
    if who == "desk":
        sign_in(client, write(make_person))
    path, good = {
        "desk": ("/desk/", 200),
        "partner": (f"/track/{token}", 200),
        "writes": (f"/track/{token}/messages", 303),
    }[who]
    sent: dict[str, Any] = {"method": "POST", "data": {"message": "Words"}} if who == "writes" else {}
    for number in range(1, _MOST):
        with lost_after(engine, number) as ran:
            answer = client.open(path, **sent)
        if answer.status_code == good:  # it had all that it needs
            assert client.get("/desk/" if who == "desk" else f"/track/{token}").status_code == 200
        else:
            assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "60"), number
            assert client.open(path, **sent).status_code == good, number
        if len(ran) < number:
            break
    assert 1 < number < _MOST - 1


def test_a_database_that_stays_away_from_any_moment_on_is_said_in_a_page(
    app: Flask, client: FlaskClient, write: Write, sign_in: Any
) -> None:
    app.testing = False  # a crash has its page
    sign_in(client, write(make_person))
    for number in range(1, _MOST):
        with app.app_context(), away_from(db.engine, number) as ran:
            answer = client.get("/desk/")
        if len(ran) < number:
            break
        assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "60"), number
        assert "The service is down for maintenance" in answer.text
        assert client.get("/desk/").status_code == 200
    assert 1 < number < _MOST - 1
