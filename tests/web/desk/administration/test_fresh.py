"""Acts on accounts ask for the password again after ten minutes, and keep what was typed."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import PASSWORD, make_person
from webapp.models import Person
from webapp.vocabulary import Role

Write = Callable[[Callable[[Any], Any]], Any]
NEW = {"name": "Wong Siu Fan", "email": "wong@example.org", "language": "en", "role": "administrator"}
LATER = timedelta(minutes=11)


@pytest.fixture
def me(csrf_client: FlaskClient, write: Write) -> str:
    email: str = write(lambda session: make_person(session, role=Role.ADMINISTRATOR)).email
    page = csrf_client.get("/desk/sign-in").text
    csrf_client.post("/desk/sign-in", data={"email": email, "password": PASSWORD, "csrf_token": value(page)})
    return email


def value(page: str, name: str = "csrf_token") -> str:
    return re.findall(f'name="{name}" value="([^"]*)"', page)[0]


def sign_in_again(client: FlaskClient, page: str, password: str = PASSWORD) -> Any:
    action = unescape(re.findall(r'<form class="form" method="post" action="([^"]*)"', page)[0])
    given = {name: unescape(value(page, name)) for name in ("csrf_token", "kept", "email")}
    return client.post(action, data={**given, "password": password})


def send_kept(client: FlaskClient, page: str) -> Any:
    """Press the button of the page that shows what was kept."""
    action = unescape(re.findall(r'<form class="form" method="post" action="([^"]*)"', page)[0])
    inputs = [
        re.search(r'name="([^"]*)"(?: type="[^"]*")? value="([^"]*)"', tag) for tag in re.findall("<input[^>]*>", page)
    ]
    return client.post(action, data={found[1]: unescape(found[2]) for found in inputs if found})


def test_account_is_made_after_the_password_was_given_once_more(
    csrf_client: FlaskClient, me: str, write: Write
) -> None:
    with time_machine.travel(datetime.now(UTC) + LATER, tick=False):
        form = csrf_client.get("/desk/people/new").text
        page = csrf_client.post("/desk/people/new", data={**NEW, "csrf_token": value(form)})
        assert page.status_code == 401
        assert "Enter your password once more" in page.text
        assert write(lambda session: session.query(Person).count()) == 1
        wrong = sign_in_again(csrf_client, page.text, "wrong")
        assert wrong.status_code == 401
        shown = csrf_client.get(sign_in_again(csrf_client, page.text).location).text
        assert "Add the person: Wong Siu Fan, Administrator" in shown
        assert "wong@example.org" in shown
        assert send_kept(csrf_client, shown).status_code == 303
    made = write(lambda session: session.query(Person).filter_by(email=NEW["email"]).one())
    assert (made.name, made.role) == ("Wong Siu Fan", Role.ADMINISTRATOR)


@pytest.mark.parametrize("act", ["password", "sign-ins/end", ""])
def test_acts_on_another_account_wait_for_the_password(
    csrf_client: FlaskClient, me: str, write: Write, act: str
) -> None:
    person = write(lambda session: make_person(session, name="Chan Tai Man"))
    address = f"/desk/people/{person.id}/{act}".rstrip("/")
    typed = {"name": "Chan Tai Man", "language": "en", "role": "administrator", "active": "y"} if not act else {}
    data = {**typed, "version": "1"}

    def state() -> Any:
        return write(lambda s: (s.get(Person, person.id).password_hash, s.get(Person, person.id).role))

    before = state()
    with time_machine.travel(datetime.now(UTC) + LATER, tick=False):
        form = csrf_client.get(f"/desk/people/{person.id}").text
        page = csrf_client.post(address, data={**data, "csrf_token": value(form)})
        assert page.status_code == 401
        assert state() == before
        shown = csrf_client.get(sign_in_again(csrf_client, page.text).location).text
        assert "Chan Tai Man" in shown
        assert send_kept(csrf_client, shown).status_code == 303
    assert act == "sign-ins/end" or state() != before


def test_fresh_sign_in_and_reading_are_not_asked(csrf_client: FlaskClient, me: str) -> None:
    form = csrf_client.get("/desk/people/new").text
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=9), tick=False):
        assert csrf_client.post("/desk/people/new", data={**NEW, "csrf_token": value(form)}).status_code == 303
    with time_machine.travel(datetime.now(UTC) + LATER, tick=False):
        assert csrf_client.get("/desk/people").status_code == 200
        answer = csrf_client.post(
            "/desk/people/new", data={"csrf_token": value(form)}, headers={"Accept": "application/json"}
        )
        assert answer.status_code == 401


def test_every_form_about_the_accounts_of_others_asks(app: Flask) -> None:
    """A new address below people that takes a form must be marked, too."""
    asks = {
        rule.endpoint: bool(getattr(app.view_functions[rule.endpoint], "asks_again", ""))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/desk/people") and "POST" in (rule.methods or ())
    }
    assert len(asks) >= 4
    assert all(asks.values()), asks
