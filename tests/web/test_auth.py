"""Signing in and out: throttled, ended on the server, and never led away from the desk."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import PASSWORD, make_person
from webapp.domain.accounts import passwords
from webapp.domain.accounts.throttle import FAILURES_PER_EMAIL
from webapp.models import Person, StaffSession
from webapp.vocabulary import Role
from webapp.web import kept

Write = Callable[[Callable[[Any], Any]], Any]


@pytest.fixture
def email(write: Write) -> str:
    return str(write(lambda session: make_person(session).email))


def post(client: FlaskClient, email: str, password: str = PASSWORD, query: str = "") -> Any:
    return client.post(f"/desk/sign-in{query}", data={"email": email, "password": password})


def test_sign_in_opens_the_desk_whatever_the_case_of_the_address(client: FlaskClient, email: str) -> None:
    response = post(client, email.upper())
    assert (response.status_code, response.location) == (303, "/desk/")
    assert client.get("/desk/").status_code == 200
    assert client.get("/desk/sign-in").location == "/desk/"


@pytest.mark.parametrize("password", ["wrong", "", "\0", "x" * 5000])
def test_wrong_password_is_refused_and_says_the_same_for_unknown_addresses(
    client: FlaskClient, email: str, password: str
) -> None:
    known, unknown = post(client, email, password), post(client, "nobody@example.org", password)
    assert known.status_code == unknown.status_code
    assert known.status_code in (400, 401)
    token = re.compile('name="csrf_token" value="[^"]*"')
    pages = token.sub("", known.text).replace(email, ""), token.sub("", unknown.text).replace("nobody@example.org", "")
    assert pages[0] == pages[1]
    assert client.get("/desk/").status_code == 303


def test_refusals_are_throttled_even_for_the_right_password(client: FlaskClient, email: str) -> None:
    for _ in range(FAILURES_PER_EMAIL):
        assert post(client, email, "wrong").status_code == 401
    response = post(client, email)
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 900


def test_sign_out_ends_the_cookie_on_the_server(client: FlaskClient, email: str, write: Write) -> None:
    post(client, email)
    cookie = client.get_cookie("__Host-liaison")
    assert cookie is not None
    left = client.post("/desk/sign-out")
    assert left.status_code == 303
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    client.set_cookie("__Host-liaison", cookie.value)
    assert client.get("/desk/").status_code == 303
    assert write(lambda session: session.query(StaffSession).count()) == 0


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org/",
        "//example.org/desk/",
        "/\\example.org",
        "/desk/\\example.org",
        "/deskX",
        "/",
        "/desk/sign-out",
        "/desk/\n",
        "javascript:alert(1)",
    ],
)
def test_sign_in_leads_nowhere_but_to_the_desk(client: FlaskClient, email: str, target: str) -> None:
    response = client.post("/desk/sign-in", query_string={"next": target}, data={"email": email, "password": PASSWORD})
    assert response.location == "/desk/"


def test_sign_in_goes_on_to_the_page_that_was_asked_for(client: FlaskClient, email: str) -> None:
    assert post(client, email, query="?next=/desk/%3Fview%3Dmine").location == "/desk/?view=mine"


def test_sign_in_gives_a_new_cookie(client: FlaskClient, email: str) -> None:
    client.get("/desk/sign-in")
    before = client.get_cookie("__Host-liaison")
    post(client, email)
    after = client.get_cookie("__Host-liaison")
    assert after is not None
    assert before is None or before.value != after.value


def test_forms_without_their_token_are_refused(csrf_client: FlaskClient, email: str) -> None:
    assert post(csrf_client, email).status_code == 403
    assert csrf_client.post("/desk/sign-out").status_code == 403


def test_closed_accounts_and_people_without_a_role_do_not_sign_in(client: FlaskClient, write: Write) -> None:
    def close(session: Any) -> str:
        person = make_person(session)
        person.active = False
        return person.email

    assert post(client, write(close)).status_code == 401
    assert post(client, write(lambda session: make_person(session, role=None).email)).status_code == 401


def test_account_that_is_closed_is_out_at_once(client: FlaskClient, email: str, write: Write) -> None:
    post(client, email)
    write(lambda session: setattr(session.query(Person).one(), "active", False))
    assert client.get("/desk/").status_code == 303


def one_time(write: Write, role: Role = Role.ADMINISTRATOR) -> tuple[str, str]:
    """A person with a one-time password that was made just now: address and password."""

    def make(session: Any) -> tuple[str, str]:
        person = make_person(session, role=role)
        return person.email, passwords.set_one_time(person, now=datetime.now(UTC))

    made: tuple[str, str] = write(make)
    return made


NEW = "a brand new password"


def test_one_time_password_opens_the_account_page_alone(client: FlaskClient, write: Write) -> None:
    email, given = one_time(write)
    assert post(client, email, given).location == "/desk/account"
    for path in ("/desk/", "/desk/enquiries/LD-0000-0000", "/desk/people", "/desk/keys", "/desk/my-day"):
        response = client.get(path)
        assert (response.status_code, response.location) == (303, "/desk/account"), path
    assert client.post("/desk/people/new", data={}).location == "/desk/account"
    assert client.get("/desk/", headers={"Accept": "application/json"}).status_code == 403
    page = client.get("/desk/account").text
    assert "You signed in with a one-time password" in page
    assert 'href="/desk/people"' not in page
    assert client.post("/desk/account", data={"old_password": given, "new_password": NEW}).status_code == 303
    assert client.get("/desk/").status_code == 200
    assert "You signed in with a one-time" not in client.get("/desk/").text


def test_every_page_of_the_desk_but_the_account_waits_for_a_password_of_ones_own(app: Flask) -> None:
    opened = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "before_password", False)
    }
    assert opened == {"desk.account", "desk.change_password", "desk.change_password_there", "desk.change_language"}


def test_one_time_password_ends_after_72_hours(client: FlaskClient, write: Write) -> None:
    email, given = one_time(write)
    post(client, email, given)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=73), tick=False):
        response = post(client, email, given)
        assert response.status_code == 401
        assert "good for 72 hours" in response.text
        assert client.get("/desk/account").status_code == 303
        assert "wrong" in post(client, email, "another").text


def test_sign_in_by_a_one_time_password_ends_with_it(client: FlaskClient, write: Write) -> None:
    email, given = one_time(write)
    post(client, email, given)
    write(lambda session: setattr(session.query(Person).one(), "password_expires_at", datetime.now(UTC)))
    assert "/desk/sign-in" in client.get("/desk/account").location


@pytest.mark.parametrize("address", ["/desk/account", "/desk/account/password"])
def test_new_password_ends_every_cookie_of_before(client: FlaskClient, write: Write, address: str) -> None:
    email, given = one_time(write)
    post(client, email, given)
    other = client.application.test_client()
    post(other, email, given)
    copied = client.get_cookie("__Host-liaison")
    assert copied is not None
    wrong = {"old_password": "wrong", "new_password": NEW, "again": NEW}
    assert client.post(address, data=wrong).status_code == 400
    right = {**wrong, "old_password": given}
    assert client.post(address, data={**right, "again": "different"}).status_code == 400
    assert client.post(address, data={**right, "new_password": given, "again": given}).status_code == 400
    assert client.post(address, data=right).status_code == 303
    assert client.get("/desk/").status_code == 200
    assert other.get("/desk/").status_code == 303
    other.set_cookie("__Host-liaison", copied.value)
    assert other.get("/desk/").status_code == 303
    assert post(other, email, given).status_code == 401
    assert post(other, email, NEW).status_code == 303


def test_guesses_of_the_present_password_are_throttled(client: FlaskClient, email: str) -> None:
    post(client, email)
    for _ in range(FAILURES_PER_EMAIL):
        assert client.post("/desk/account", data={"old_password": "a guess", "new_password": NEW}).status_code == 400
    assert client.post("/desk/account", data={"old_password": PASSWORD, "new_password": NEW}).status_code == 429


def test_words_wait_until_the_one_time_password_is_changed(csrf_client: FlaskClient, write: Write) -> None:
    """What was typed before a sign-in by a one-time password is shown once there is a password of one's own."""
    email, given = one_time(write)
    number = write(lambda session: session.query(Person).one().id)
    with csrf_client.application.test_request_context():
        packed = kept.Kept("/desk/leave", number, (("note", "Back on Monday"),)).packed()
    token = re.compile('name="csrf_token" value="([^"]*)"')
    page = csrf_client.get("/desk/sign-in").text
    data = {"email": email, "password": given, "kept": packed, "csrf_token": token.findall(page)[0]}
    assert csrf_client.post("/desk/sign-in", data=data).location == "/desk/account"
    assert csrf_client.get("/desk/kept").location == "/desk/"
    page = csrf_client.get("/desk/account").text
    change = {"old_password": given, "new_password": NEW, "csrf_token": token.findall(page)[0]}
    assert csrf_client.post("/desk/account", data=change).location == "/desk/kept"
    assert "Back on Monday" in csrf_client.get("/desk/kept").text
