"""Signing in and out: throttled, ended on the server, and never led away from the desk."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import PASSWORD, make_person
from webapp.domain.accounts.throttle import FAILURES_PER_EMAIL
from webapp.models import Person, StaffSession
from webapp.vocabulary import Role

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
    assert client.post("/desk/sign-out").status_code == 303
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


def test_one_time_password_is_told_of_until_it_is_changed(client: FlaskClient, write: Write) -> None:
    email = write(lambda session: make_person(session, role=Role.ADMINISTRATOR, temporary=True).email)
    post(client, email)
    assert "one-time password" in client.get("/desk/").text
    other = client.application.test_client()
    post(other, email)
    wrong = {"old_password": "wrong", "new_password": "a brand new password", "again": "a brand new password"}
    assert client.post("/desk/account/password", data=wrong).status_code == 400
    right = {**wrong, "old_password": PASSWORD}
    assert client.post("/desk/account/password", data={**right, "again": "different"}).status_code == 400
    assert (
        client.post("/desk/account/password", data={**right, "new_password": "short", "again": "short"}).status_code
        == 400
    )
    assert client.post("/desk/account/password", data=right).status_code == 303
    assert "You signed in with a one-time" not in client.get("/desk/").text
    assert other.get("/desk/").status_code == 303
    assert post(other, email, "a brand new password").status_code == 303
