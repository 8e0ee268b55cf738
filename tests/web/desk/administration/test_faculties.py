"""Faculties and departments at the desk: added, edited by two at once, retired, and never deleted."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_faculty, make_person
from webapp.models import Faculty
from webapp.vocabulary import Role

Write = Callable[[Callable[[Session], Any]], Any]
FORM = {
    "name_en": "Example Faculty of Science",
    "name_zh_hant": "範例理學院",
    "name_zh_hans": "",
    "contact_name": "Dr Ng",
    "email": "ng@example.org",
    "language": "zh-hant",
    "active": "1",
}


@pytest.fixture
def coordinator(client: FlaskClient, write: Write, sign_in: Any) -> None:
    sign_in(client, write(lambda session: make_person(session, name="Lee Siu Ming").email))


def stored(write: Write) -> list[Faculty]:
    return list(write(lambda session: session.scalars(select(Faculty).order_by(Faculty.id)).all()))


def test_empty_page_leads_to_the_form_and_the_record_is_listed(
    client: FlaskClient, coordinator: None, write: Write
) -> None:
    assert "No faculties or departments yet" in client.get("/desk/faculties").text
    assert client.get("/desk/faculties/new").status_code == 200
    assert client.post("/desk/faculties/new", data=FORM).status_code == 303
    page = client.get("/desk/faculties").text
    assert "Example Faculty of Science" in page
    assert "ng@example.org" in page
    assert "範例理學院" in client.get("/desk/faculties?language=zh-hant").text
    (found,) = stored(write)
    assert found.name == {"en": "Example Faculty of Science", "zh-hant": "範例理學院"}


@pytest.mark.parametrize("field", ["name_en", "contact_name", "email", "language"])
@pytest.mark.parametrize("value", ["", "=?utf-8?q?x?="])
def test_what_cannot_be_kept_is_refused_with_the_rest_kept(
    client: FlaskClient, coordinator: None, write: Write, field: str, value: str
) -> None:
    response = client.post("/desk/faculties/new", data={**FORM, field: value})
    assert response.status_code == 400
    assert "範例理學院" in response.text
    assert stored(write) == []


def test_a_name_is_taken_once(client: FlaskClient, coordinator: None, write: Write) -> None:
    client.post("/desk/faculties/new", data=FORM)
    response = client.post("/desk/faculties/new", data={**FORM, "name_en": "EXAMPLE faculty of science"})
    assert response.status_code == 400
    assert "has this name already" in response.text


def test_retiring_is_on_record_and_two_who_edit_lose_nothing(
    client: FlaskClient, coordinator: None, write: Write
) -> None:
    number = write(lambda session: make_faculty(session, "Example Faculty of Science").id)
    address = f"/desk/faculties/{number}"
    retired = {key: value for key, value in FORM.items() if key != "active"}
    assert client.post(address, data={**retired, "version": "1"}).status_code == 303
    assert "no longer active" in client.get("/desk/faculties").text
    clash = client.post(address, data={**FORM, "contact_name": "Dr Other", "version": "1"})
    assert clash.status_code == 409
    assert "You changed this record in another window" in clash.text
    assert "Dr Other" in clash.text
    assert stored(write)[0].contact_name == "Dr Ng"
    page = client.get(address).text
    assert "changed:" in page
    assert "Active" in page


@pytest.mark.parametrize("role", Role)
def test_page_is_for_coordinators_and_administrators(
    client: FlaskClient, write: Write, sign_in: Any, role: Role
) -> None:
    sign_in(client, write(lambda session: make_person(session, role=role).email))
    allowed = role in (Role.ADMINISTRATOR, Role.COORDINATOR)
    assert client.get("/desk/faculties").status_code == (200 if allowed else 403)
    assert ("/desk/faculties" in client.get("/desk/").text) == allowed
    if role is Role.ADMINISTRATOR:
        assert "/desk/faculties" in client.get("/desk/settings").text
        client.post("/desk/faculties/new", data=FORM)
        changes = client.get("/desk/changes?subject=faculty").text
        assert "Example Faculty of Science" in changes
