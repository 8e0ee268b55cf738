"""People: added with a one-time password that is shown once, changed, closed, and never by locking oneself out."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import make_person
from webapp.models import Person, StaffSession
from webapp.vocabulary import Role

Write = Callable[[Callable[[Any], Any]], Any]
PASSWORD = re.compile(r'<code translate="no">([\w-]+)</code>')
NEW = {"name": "Wong Siu Fan", "email": "wong@example.org", "language": "zh-hant", "role": "coordinator"}


@pytest.fixture
def admin(client: FlaskClient, write: Write, sign_in: Any) -> int:
    def add(session: Any) -> tuple[str, int]:
        person = make_person(session, role=Role.ADMINISTRATOR)
        return person.email, person.id

    email, person_id = write(add)
    sign_in(client, email)
    return int(person_id)


def new_account(client: FlaskClient) -> str:
    page = client.post("/desk/people/new", data=NEW)
    assert page.status_code == 200
    found = PASSWORD.search(page.text)
    assert found is not None
    return found[1]


def test_new_person_signs_in_with_the_one_time_password(client: FlaskClient, admin: int) -> None:
    password = new_account(client)
    other = client.application.test_client()
    data = {"email": NEW["email"], "password": password}
    assert other.post("/desk/sign-in", data=data).status_code == 303
    assert '<html lang="zh-Hant-HK">' in other.get("/desk/").text
    assert password not in client.get("/desk/people").text


def test_person_without_a_role_gets_no_account(client: FlaskClient, admin: int, write: Write) -> None:
    assert client.post("/desk/people/new", data={**NEW, "role": ""}).status_code == 303
    assert write(lambda session: session.query(Person).filter_by(email=NEW["email"]).one().password_hash) is None


@pytest.mark.parametrize("fault", [{"email": "WONG@example.org"}, {"email": "none"}, {"name": ""}, {"role": "king"}])
def test_refused_person_keeps_what_was_typed(client: FlaskClient, admin: int, fault: dict[str, str]) -> None:
    new_account(client)
    response = client.post("/desk/people/new", data={**NEW, "email": "new@example.org", "name": "Ho Man", **fault})
    assert response.status_code == 400
    assert "Ho Man" in response.text or "name" in fault


def test_closed_account_is_signed_out(client: FlaskClient, admin: int, write: Write) -> None:
    other = client.application.test_client()
    other.post("/desk/sign-in", data={"email": NEW["email"], "password": new_account(client)})
    person_id = write(lambda session: session.query(Person).filter_by(email=NEW["email"]).one().id)
    assert client.post(f"/desk/people/{person_id}", data={**NEW, "version": 1}).status_code == 303
    assert other.get("/desk/").status_code == 303
    assert write(lambda session: session.query(StaffSession).filter_by(person_id=person_id).count()) == 0
    assert client.post(f"/desk/people/{person_id}", data={**NEW, "active": "y", "version": 2}).status_code == 303


def test_new_one_time_password_ends_the_old_one(client: FlaskClient, admin: int, write: Write) -> None:
    old = new_account(client)
    person_id = write(lambda session: session.query(Person).filter_by(email=NEW["email"]).one().id)
    page = client.post(f"/desk/people/{person_id}/password", data={"version": 1}).text
    found = PASSWORD.search(page)
    assert found is not None
    other = client.application.test_client()
    assert other.post("/desk/sign-in", data={"email": NEW["email"], "password": old}).status_code == 401
    assert other.post("/desk/sign-in", data={"email": NEW["email"], "password": found[1]}).status_code == 303


@pytest.mark.parametrize("change", [{"role": "observer", "active": "y"}, {"role": "administrator"}])
def test_nobody_locks_themselves_out(client: FlaskClient, admin: int, change: dict[str, str]) -> None:
    data = {"name": "Me", "language": "en", "version": 1, **change}
    assert client.post(f"/desk/people/{admin}", data=data).status_code == 400
    assert client.get("/desk/people").status_code == 200
