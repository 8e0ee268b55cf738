"""People: invited by email, changed, reset, closed, and never by locking oneself or everyone out."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, PASSWORD, make_person
from webapp.config import Settings
from webapp.domain.messages import delivery
from webapp.models import Message, Person, StaffSession
from webapp.vocabulary import Role

Write = Callable[[Callable[[Any], Any]], Any]
NEW = {"name": "Wong Siu Fan", "email": "wong@example.org", "language": "zh-hant", "role": "coordinator"}


@pytest.fixture
def admin(client: FlaskClient, write: Write, sign_in: Any) -> int:
    def add(session: Any) -> tuple[str, int]:
        person = make_person(session, role=Role.ADMINISTRATOR)
        return person.email, person.id

    email, person_id = write(add)
    sign_in(client, email)
    return int(person_id)


def new_account(client: FlaskClient) -> None:
    page = client.post("/desk/people/new", data=NEW, follow_redirects=True)
    assert page.status_code == 200
    assert "gets an email with a link" in page.text


def link(write: Write, settings: Settings) -> str:
    """The address in the latest email, as its recipient reads it."""

    def read(session: Session) -> str:
        number = session.scalars(select(Message.id).order_by(Message.id.desc()).limit(1)).one()
        claimed = delivery.claim(session, number, now=datetime.now(UTC), settings=settings)
        assert claimed is not None
        found = re.search(r"https://desk\.example\.org(/desk/set-password/[\w-]{43})", claimed.text)
        assert found is not None
        assert found[1] not in session.get_one(Message, number).text
        return found[1]

    made: str = write(read)
    return made


def person_id(write: Write) -> int:
    number: int = write(lambda session: session.query(Person).filter_by(email=NEW["email"]).one().id)
    return number


def test_many_people_are_shown_in_pages(client: FlaskClient, admin: int, write: Write) -> None:
    def many(session: Session) -> None:
        for number in range(210):
            session.add(Person(name=f"Colleague {number % 7}", email=f"c{number}@example.org", created_at=NOW))

    write(many)
    path: str | None = "/desk/people"
    sizes, seen = [], set()
    while path:
        page = client.get(path).text
        found = re.findall(r"c\d+@example\.org", page)
        sizes.append(page.count("<tr data-row>"))
        seen |= set(found)
        links = re.findall(r'rel="next" href="([^"]+)"', page)
        path = links[0] if links else None
    assert (sizes[:2], len(sizes), len(seen)) == ([100, 100], 3, 210)


CHOSEN = "kettle orbit pelican"


def test_invited_person_sets_a_password_and_signs_in(
    client: FlaskClient, admin: int, write: Write, settings: Settings
) -> None:
    new_account(client)
    other = client.application.test_client()
    address = link(write, settings)
    page = other.get(address)
    assert '<html lang="zh-Hant-HK">' in page.text
    assert NEW["email"] in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]
    for wrong in (
        {"new_password": "short"},
        {"new_password": CHOSEN, "again": "x"},
        {},
        {"new_password": NEW["email"]},
    ):
        refused = other.post(address, data=wrong)
        assert refused.status_code == 422
        assert "Use " not in refused.text  # what is wrong is said in the reader's language, too
    done = other.post(address, data={"new_password": CHOSEN, "again": CHOSEN})
    assert (done.status_code, done.location.partition("?")[0]) == (303, "/desk/sign-in")
    assert other.get("/desk/").status_code == 303  # a link is no sign-in
    assert other.post("/desk/sign-in", data={"email": NEW["email"], "password": CHOSEN}).status_code == 303
    assert other.get("/desk/").status_code == 200
    assert other.get(address).status_code == 410
    assert other.post(address, data={"new_password": "another orbit pelican"}).status_code == 410
    assert other.get("/desk/set-password/" + "A" * 43).status_code == 404


def test_no_page_of_an_administrator_shows_a_secret(
    client: FlaskClient, admin: int, write: Write, settings: Settings
) -> None:
    new_account(client)
    address = link(write, settings)
    message = write(lambda session: session.query(Message).one().id)
    for path in ("/desk/people", f"/desk/people/{person_id(write)}", f"/desk/messages/{message}", "/desk/changes"):
        page = client.get(path)
        assert page.status_code == 200
        assert address.rpartition("/")[2] not in page.text


def test_person_without_a_role_gets_no_account(client: FlaskClient, admin: int, write: Write) -> None:
    assert client.post("/desk/people/new", data={**NEW, "role": ""}).status_code == 303
    assert write(lambda session: session.query(Person).filter_by(email=NEW["email"]).one().password_hash) is None


@pytest.mark.parametrize("fault", [{"email": "WONG@example.org"}, {"email": "none"}, {"name": ""}, {"role": "king"}])
def test_refused_person_keeps_what_was_typed(client: FlaskClient, admin: int, fault: dict[str, str]) -> None:
    new_account(client)
    response = client.post("/desk/people/new", data={**NEW, "email": "new@example.org", "name": "Ho Man", **fault})
    assert response.status_code == 400
    assert "Ho Man" in response.text or "name" in fault


def test_closed_account_is_signed_out(client: FlaskClient, admin: int, write: Write, sign_in: Any) -> None:
    other = client.application.test_client()
    person = write(make_person)
    sign_in(other, person.email)
    assert client.post(f"/desk/people/{person.id}", data={**NEW, "version": 1}).status_code == 303
    assert other.get("/desk/").status_code == 303
    assert write(lambda session: session.query(StaffSession).filter_by(person_id=person.id).count()) == 0
    assert client.post(f"/desk/people/{person.id}", data={**NEW, "active": "y", "version": 2}).status_code == 303


def test_reset_ends_the_old_password_and_the_owner_sets_a_new_one(
    client: FlaskClient, admin: int, write: Write, sign_in: Any, settings: Settings
) -> None:
    person, other = write(make_person), client.application.test_client()
    sign_in(other, person.email)
    assert client.post(f"/desk/people/{person.id}/password", data={"version": 1}).status_code == 303
    assert other.get("/desk/").status_code == 303
    data = {"email": person.email, "password": PASSWORD}
    assert other.post("/desk/sign-in", data=data).status_code == 401
    assert "no password yet" in client.get("/desk/people").text
    assert "Send a new link" in client.get(f"/desk/people/{person.id}").text
    assert other.post(link(write, settings), data={"new_password": CHOSEN}).status_code == 303
    assert other.post("/desk/sign-in", data={**data, "password": CHOSEN}).status_code == 303


def test_new_invitation_ends_the_one_before(client: FlaskClient, admin: int, write: Write, settings: Settings) -> None:
    new_account(client)
    first = link(write, settings)
    client.post(f"/desk/people/{person_id(write)}/password", data={"version": 1})
    assert client.get(first).status_code == 410
    assert client.get(link(write, settings)).status_code == 200


def test_own_password_is_not_reset_here(client: FlaskClient, admin: int) -> None:
    assert "Reset the password" not in client.get(f"/desk/people/{admin}").text
    page = client.post(f"/desk/people/{admin}/password", data={"version": 1}, follow_redirects=True).text
    assert "another administrator can" in page


@pytest.mark.parametrize("change", [{"role": "observer", "active": "y"}, {"role": "administrator"}])
def test_nobody_locks_themselves_out(client: FlaskClient, admin: int, change: dict[str, str]) -> None:
    data = {"name": "Me", "language": "en", "version": 1, **change}
    assert client.post(f"/desk/people/{admin}", data=data).status_code == 400
    assert client.get("/desk/people").status_code == 200
