"""Signing in and out: throttled, ended on the server, and never led away from the desk."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import PASSWORD, make_person
from webapp.domain.accounts import hashing, passwords
from webapp.domain.accounts.throttle import FROM_DEVICE, FROM_NETWORK, FROM_STRANGERS
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
    assert (response.status_code, response.location) == (303, "/desk/my-day")
    assert client.get("/desk/").status_code == 200
    assert client.get("/desk/sign-in").location == "/desk/my-day"


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
    for _ in range(int(FROM_NETWORK.free)):
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
    assert response.location == "/desk/my-day"


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
    for _ in range(int(FROM_DEVICE.free)):
        assert client.post("/desk/account", data={"old_password": "a guess", "new_password": NEW}).status_code == 400
    assert client.post("/desk/account", data={"old_password": PASSWORD, "new_password": NEW}).status_code == 429


def test_strangers_do_not_stop_the_owner_on_the_account_page_nor_does_it_stop_them(
    client: FlaskClient, email: str
) -> None:
    post(client, email)
    for number in range(12):
        tries(client.application, email, address=f"198.51.{number}.7")
    for _ in range(3):
        assert client.post("/desk/account", data={"old_password": "a guess", "new_password": NEW}).status_code == 400
    assert client.post("/desk/account", data={"old_password": PASSWORD, "new_password": NEW}).status_code == 303


def test_right_password_with_a_new_one_that_cannot_be_taken_is_no_guess(client: FlaskClient, email: str) -> None:
    post(client, email)
    for _ in range(int(FROM_DEVICE.free) + 3):
        given = {"old_password": PASSWORD, "new_password": "short"}
        assert client.post("/desk/account", data=given).status_code == 400
    assert client.post("/desk/account", data={"old_password": PASSWORD, "new_password": NEW}).status_code == 303


def test_one_time_password_that_ended_is_no_guess(client: FlaskClient, write: Write) -> None:
    email, given = one_time(write)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=73), tick=False):
        for _ in range(int(FROM_NETWORK.free) + 3):
            assert "good for 72 hours" in post(client, email, given).text


def test_of_many_guesses_at_once_at_a_sign_in_that_is_open_no_more_are_looked_at(
    client: FlaskClient, email: str
) -> None:
    post(client, email)
    cookies = {name: client.get_cookie(name).value for name in ("__Host-liaison", "__Host-liaison-device")}

    def guess(_number: int) -> int:
        with client.application.test_client() as other:
            for name, value in cookies.items():
                other.set_cookie(name, value)
            return other.post("/desk/account", data={"old_password": "a guess", "new_password": NEW}).status_code

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(guess, range(64)))
    assert set(answers) == {400, 429}
    assert answers.count(400) == FROM_DEVICE.free


def test_busy_passwords_have_their_page_at_the_account_too(
    client: FlaskClient, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(client, email)
    given = {"old_password": PASSWORD, "new_password": NEW}
    busy = hashing.BoundedHasher(passwords._hasher.inner, at_once=1, longest_wait=0)
    with monkeypatch.context() as patched, busy._place():
        patched.setattr(passwords, "_hasher", busy)
        assert [client.post("/desk/account", data=given).status_code for _ in range(8)] == [503] * 8
    assert client.post("/desk/account", data=given).status_code == 303


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
    assert csrf_client.get("/desk/kept").location == "/desk/my-day"
    page = csrf_client.get("/desk/account").text
    change = {"old_password": given, "new_password": NEW, "csrf_token": token.findall(page)[0]}
    assert csrf_client.post("/desk/account", data=change).location == "/desk/kept"
    assert "Back on Monday" in csrf_client.get("/desk/kept").text


def tries(app: Flask, email: str, password: str = "wrong", *, address: str = "203.0.113.9") -> int:
    """Try to sign in from a browser that no one knows; return the status."""
    given = {"email": email, "password": password}
    with app.test_client() as stranger:
        return stranger.post("/desk/sign-in", data=given, environ_overrides={"REMOTE_ADDR": address}).status_code


@pytest.mark.parametrize(
    ("address", "most"),
    [
        (lambda _: "203.0.113.9", FROM_NETWORK.free),
        (lambda number: f"203.0.113.{number + 1}", FROM_NETWORK.free),
        (lambda number: f"2001:db8:1:2::{number:x}", FROM_NETWORK.free),
        (lambda number: f"198.51.{number}.7", FROM_STRANGERS.free),
        (lambda number: f"2001:db8:{number:x}::1", FROM_STRANGERS.free),
    ],
)
def test_of_many_guesses_at_once_no_more_are_looked_at_than_the_limit(
    client: FlaskClient, email: str, address: Callable[[int], str], most: float
) -> None:
    app = client.application
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: tries(app, email, address=address(number)), range(64)))
    assert set(answers) == {401, 429}
    assert answers.count(401) == most


def test_stranger_cannot_lock_out_the_owner(client: FlaskClient, email: str) -> None:
    post(client, email)
    client.post("/desk/sign-out")
    for number in range(12):
        tries(client.application, email, address=f"198.51.{number}.7")
    assert tries(client.application, email, PASSWORD) == 429
    assert post(client, email).status_code == 303


def test_stranger_of_one_network_does_not_stop_a_new_device_of_another(client: FlaskClient, email: str) -> None:
    for number in range(20):
        tries(client.application, email, address=f"203.0.113.{number}")
    assert tries(client.application, email, PASSWORD, address="203.0.113.77") == 429
    assert tries(client.application, email, PASSWORD, address="198.51.100.1") == 303


def test_known_device_has_a_limit_of_its_own_and_is_known_for_its_owner_alone(
    client: FlaskClient, email: str, write: Write
) -> None:
    other = str(write(lambda session: make_person(session).email))
    post(client, email)
    client.post("/desk/sign-out")
    assert [post(client, email, "wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    assert [post(client, other, "wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    cookie = client.get_cookie("__Host-liaison-device", path="/")
    assert cookie is not None
    assert (cookie.secure, cookie.http_only, cookie.same_site) == (True, True, "Strict")
    assert email not in cookie.value


@pytest.mark.parametrize("value", ["", "x", "e30.x.x", "bnVsbA.aSg.x"])
def test_cookie_that_is_not_ours_makes_no_device_known(client: FlaskClient, email: str, value: str) -> None:
    client.set_cookie("__Host-liaison-device", value)
    assert [post(client, email, "wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    assert tries(client.application, email, address="127.0.0.1") == 429


def test_sign_in_forgets_the_tries_from_there_and_no_others(client: FlaskClient, email: str) -> None:
    app = client.application
    assert [tries(app, email, word) for word in ("wrong",) * 4 + (PASSWORD,) + ("wrong",) * 5] == (
        [401] * 4 + [303] + [401] * 5
    )
    assert tries(app, email, address="198.51.100.1") == 401
    assert tries(app, email, address="198.51.101.1") == 429


def test_busy_passwords_have_their_page_and_the_try_is_not_counted(
    client: FlaskClient, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = hashing.BoundedHasher(passwords._hasher.inner, at_once=1, longest_wait=0)
    with monkeypatch.context() as patched, busy._place():
        patched.setattr(passwords, "_hasher", busy)
        for _ in range(10):
            response = post(client, email)
            assert (response.status_code, int(response.headers["Retry-After"]) > 0) == (503, True)
    assert post(client, email).status_code == 303
