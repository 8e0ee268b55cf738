"""A page of the desk that the database cannot answer in time says so, in its reader's language."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.factories import make_person
from webapp.db import db, transaction
from webapp.vocabulary import Language


@pytest.mark.parametrize(
    ("language", "said"),
    [(Language.EN, "This page took too long"), (Language.ZH_HANT, "這個頁面"), (Language.ZH_HANS, "此页面")],
)
def test_a_page_that_takes_too_long_is_given_up(
    app: Flask, client: FlaskClient, write, sign_in, language: Language, said: str
) -> None:
    sign_in(client, write(lambda session: make_person(session, language=language)))
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"desk_seconds": 1})
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("SQLite waits for no one who reads")
        with db.engine.begin() as held:
            held.execute(text("LOCK TABLE organisations IN ACCESS EXCLUSIVE MODE"))
            response = client.get("/desk/organisations")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert said in response.get_data(as_text=True)
    assert client.get("/desk/organisations").status_code == 200


def test_what_memory_lacks_is_given_up_in_the_same_time(app: Flask, client: FlaskClient, write, sign_in) -> None:
    sign_in(client, write(make_person))
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"desk_seconds": 1})
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("SQLite waits for no one who reads")
        with db.engine.begin() as held:
            # Where nothing gives up, the lock does, and the page is shown.
            held.execute(text("SET LOCAL idle_in_transaction_session_timeout = '4s'"))
            held.execute(text("LOCK TABLE networks IN ACCESS EXCLUSIVE MODE"))
            response = client.get("/desk/")
            assert response.status_code == 503
    assert client.get("/desk/").status_code == 200


def test_what_is_changed_is_not_bounded(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("SQLite has no such bound")
    with app.test_request_context("/desk/calendar/day", method="POST"), transaction() as session:
        assert session.scalar(text("SHOW statement_timeout")) == "0"
    with app.test_request_context("/desk/"):
        assert db.session.scalar(text("SHOW statement_timeout")) == "5s"
