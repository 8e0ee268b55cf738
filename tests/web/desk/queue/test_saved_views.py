"""Views of one's own: saved from the filters, shared or private, renamed, deleted; addresses without empty parts."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import make_enquiry, make_network, make_person
from webapp.config import Settings
from webapp.models import SavedView
from webapp.vocabulary import Kind, Role, Status

Write = Callable[[Callable[[Any], Any]], Any]


@pytest.fixture
def me(client: FlaskClient, write: Write, sign_in: Any) -> str:
    email = str(write(lambda session: make_person(session, name="Lee Siu Ming").email))
    sign_in(client, email)
    return email


@pytest.fixture
def other(app: Any, write: Write, sign_in: Any, me: str) -> FlaskClient:
    client: FlaskClient = app.test_client()
    sign_in(client, write(lambda session: make_person(session, role=Role.OBSERVER).email))
    return client


def save(client: FlaskClient, name: str, **data: str) -> Any:
    return client.post("/desk/views", data={"name": name, **data})


def saved(write: Write) -> list[tuple[str, bool, dict[str, str]]]:
    return [
        (row.name, row.shared, row.query)
        for row in write(lambda session: session.query(SavedView).order_by(SavedView.id).all())
    ]


def count_beside(page: str, name: str) -> str | None:
    found = re.search(rf"<span>{re.escape(name)}</span>(?:<data value=\"(\d+)\">)?", page)
    assert found, name
    return found[1]


def test_filters_leave_nothing_empty_in_the_address(client: FlaskClient, me: str) -> None:
    response = client.get("/desk/?view=mine&kind=&network=&sort=due&q=")
    assert (response.status_code, response.location) == (302, "/desk/?view=mine")
    assert client.get("/desk/?kind=&status=").location == "/desk/"
    assert client.get("/desk/?view=mine").status_code == 200


def test_saved_view_stands_beside_the_queue_with_its_count(
    client: FlaskClient, me: str, write: Write, settings: Settings
) -> None:
    write(lambda session: [make_enquiry(session, settings, kind=Kind.QUESTION) for _ in range(2)])
    response = save(client, "  Open   questions ", kind="question", sort="due", csrf="x")
    assert response.location == "/desk/?kind=question"
    page = client.get(response.location).text
    assert count_beside(page, "Open questions") == "2"
    assert "<h1>Open questions</h1>" in page
    assert 'href="/desk/?kind=question" aria-current="page"' in page


def test_count_without_a_bound_is_not_made(client: FlaskClient, me: str) -> None:
    save(client, "Words", q="exchange")
    save(client, "Closed questions", view="closed", kind="question")
    save(client, "Closed of mine", view="closed", assignee="me")
    page = client.get("/desk/").text
    assert count_beside(page, "Words") is count_beside(page, "Closed questions") is None
    assert count_beside(page, "Closed of mine") == "0"


def test_private_views_are_ones_own_and_shared_ones_everybodys(
    client: FlaskClient, other: FlaskClient, write: Write
) -> None:
    save(client, "For me", kind="visit")
    save(client, "For all", kind="visit", shared="1")
    assert "For me" not in other.get("/desk/").text
    assert "For all" in other.get("/desk/").text
    for path in ("/desk/views/1", "/desk/views/2", "/desk/views/2/delete"):
        assert other.post(path, data={"name": "Taken over"}).status_code == 404
    assert [row[0] for row in saved(write)] == ["For me", "For all"]


def test_view_is_renamed_shared_and_deleted(client: FlaskClient, me: str, write: Write) -> None:
    save(client, "Old", kind="visit")
    assert client.post("/desk/views/1", data={"name": "New", "shared": "1", "version": 1}).status_code == 303
    assert saved(write) == [("New", True, {"kind": "visit"})]
    assert client.post("/desk/views/1", data={"name": "New", "version": 2}).status_code == 303
    assert saved(write)[0][1] is False
    assert client.post("/desk/views/1/delete", data={"version": 3}).status_code == 303
    assert saved(write) == []


@pytest.mark.parametrize(("name", "words"), [("", "Give the view"), ("x" * 61, "60 characters"), ("Known", "already")])
def test_name_that_cannot_be_is_refused_beside_its_field(
    client: FlaskClient, me: str, write: Write, name: str, words: str
) -> None:
    save(client, "Known", kind="visit")
    refused = save(client, name, kind="question", status=Status.IN_REVIEW.value)
    assert refused.status_code == 400
    assert words in refused.text
    assert f'value="{name}"' in refused.text
    assert 'name="kind" value="question"' in refused.text
    save(client, "Other", kind="visit")
    refused = client.post("/desk/views/2", data={"name": name, "version": 1})
    assert (refused.status_code, words in refused.text) == (400, True)
    assert [row[0] for row in saved(write)] == ["Known", "Other"]


def test_number_of_views_has_a_bound(client: FlaskClient, me: str, write: Write) -> None:
    for number in range(20):
        assert save(client, f"View {number}", kind="visit").status_code == 303
    assert save(client, "One more", kind="visit").status_code == 400
    assert len(saved(write)) == 20


def test_networks_stand_beside_the_queue_with_what_is_open(
    client: FlaskClient, me: str, write: Write, settings: Settings
) -> None:
    def fill(session: Any) -> None:
        one = make_network(session, slug="one", acronym="ONE")
        make_network(session, slug="two", acronym="TWO")
        make_enquiry(session, settings, network=one)
        make_enquiry(session, settings, network=one, status=Status.DECLINED)

    write(fill)
    nav = client.get("/desk/").text.split("</nav>")[1]
    assert count_beside(nav, "ONE") == "1"
    assert "TWO" not in nav


def test_keys_are_switched_off_in_the_account(client: FlaskClient, me: str) -> None:
    assert '<dialog id="keys"' in client.get("/desk/").text
    assert client.post("/desk/account/keys").status_code == 303
    assert '<dialog id="keys"' not in client.get("/desk/").text
    assert "switched off" in client.get("/desk/keys").text
    assert client.post("/desk/account/keys", data={"shortcuts": "1"}).status_code == 303
    assert '<dialog id="keys"' in client.get("/desk/").text
