"""A form that was begun opens in the browser in which it was begun, and its id is none in another."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.security.tokens import hash_token
from webapp.models import Draft, Enquiry
from webapp.web import browser

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def attacker(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another browser."""
    return app.test_client()


def begun(client: FlaskClient, answers: Any, **given: Any) -> str:
    """Begin a form as its page does, and return its id."""
    form_id = re.search(r'name="form_id" value="([\w-]{43})"', client.get("/enquiries/new?kind=question").text)[1]
    client.post("/enquiries/new", data=answers("question", form_id=form_id, **given))
    return str(form_id)


def test_who_gave_the_form_away_reads_nothing_and_owns_nothing(
    client: FlaskClient, attacker: FlaskClient, write: Write, answers: Any
) -> None:
    form_id = begun(attacker, answers, message="Begun by another")
    assert client.get(f"/enquiries/new?draft={form_id}").status_code == 404
    assert client.get(f"/enquiries/check/{form_id}").status_code == 404
    # The victim types into it and sends what they typed.
    answer = client.post("/enquiries/new", data=answers("question", form_id=form_id, message="My own words"))
    own_id = answer.location.rpartition("/")[2]
    assert answer.status_code == 303
    assert own_id != form_id
    sent = client.post("/enquiries/new", data={"form_id": own_id, "final": "yes"})
    assert sent.location.startswith("/track/")
    elsewhere = attacker.get(sent.location)
    assert (elsewhere.status_code, "only in the browser that sent it" in elsewhere.text) == (404, True)
    assert write(lambda s: s.scalars(select(Enquiry.message)).all()) == ["My own words"]
    for given in (form_id, own_id):
        for path in (f"/enquiries/check/{given}", f"/enquiries/new?draft={given}"):
            page = attacker.get(path)
            assert "My own words" not in page.text
            assert page.status_code in (200, 404)
    page = attacker.get(f"/enquiries/check/{own_id}")
    assert (page.status_code, page.location) == (404, None)
    assert "look into your email" in page.text
    again = attacker.post("/enquiries/new", data={"form_id": own_id, "final": "yes"})
    assert (again.status_code, again.location) == (404, None)
    assert client.get(f"/enquiries/check/{own_id}").status_code == 303


@pytest.mark.parametrize("given", ["A" * 43, "", "short", "ä" * 43, "A" * 44])
def test_ids_are_made_by_the_server_alone(client: FlaskClient, write: Write, answers: Any, given: str) -> None:
    answer = client.post("/enquiries/new", data=answers("question", form_id=given, message="Kept words"))
    made = answer.location.rpartition("/")[2]
    assert answer.status_code == 303
    assert made != given
    assert "Kept words" in client.get(f"/enquiries/new?draft={made}").text
    assert write(lambda s: s.scalars(select(Draft.form_hash)).all()) == [hash_token(made)]


def test_an_id_of_another_browser_begins_a_form_of_ones_own(
    client: FlaskClient, attacker: FlaskClient, write: Write, answers: Any
) -> None:
    form_id = begun(attacker, answers, message="Theirs")
    answer = client.post("/enquiries/new", data=answers("question", form_id=form_id, message="Mine"))
    assert form_id not in answer.location
    assert "Theirs" in attacker.get(f"/enquiries/new?draft={form_id}").text
    drafts = write(lambda s: s.scalars(select(Draft).order_by(Draft.id)).all())
    assert len({draft.browser_hash for draft in drafts}) == 2
    assert None not in {draft.browser_hash for draft in drafts}


def test_the_word_of_a_browser_is_its_own_secret_and_stays(client: FlaskClient) -> None:
    cookie = client.get("/enquiries/new").headers.getlist("Set-Cookie")
    kept = next(each for each in cookie if each.startswith(f"{browser.COOKIE}="))
    assert all(word in kept for word in ("HttpOnly", "SameSite=Lax", "Secure", "Max-Age=1209600"))


def test_moving_an_answer_up_needs_the_browser_too(client: FlaskClient, attacker: FlaskClient, answers: Any) -> None:
    data = answers("visit")
    client.post("/enquiries/new", data=data)
    assert attacker.post(f"/enquiries/check/{data['form_id']}", data={"raise": "courtesy"}).status_code == 404
    assert client.post(f"/enquiries/check/{data['form_id']}", data={"raise": "courtesy"}).status_code == 303
