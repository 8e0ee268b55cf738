"""Who changed what: people, networks, letters, settings and organisations, and never a password."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import make_network, make_organisation, make_person
from webapp.models import Change
from webapp.vocabulary import Role

Write = Callable[[Callable[[Any], Any]], Any]


@pytest.fixture
def administrator(client: FlaskClient, write: Write, sign_in: Any) -> None:
    sign_in(client, write(lambda session: make_person(session, role=Role.ADMINISTRATOR, name="Wong Ka Yan").email))


def test_every_administrative_change_is_on_the_page(client: FlaskClient, administrator: None, write: Write) -> None:
    new = {"name": "Chan Tai Man", "email": "chan@example.org", "role": "coordinator", "language": "en"}
    password = client.post("/desk/people/new", data=new).text
    person = write(lambda session: session.query(Change.subject_key).scalar())
    known = {**new, "role": "observer", "active": "y"}
    client.post(f"/desk/people/{person}", data=known)
    client.post(f"/desk/people/{person}", data=known)
    client.post(f"/desk/people/{person}/password")
    write(lambda session: make_network(session, slug="net", acronym="NET").id)
    client.post("/desk/networks/net/people", data={"liaison": person, "deputy": 0, "escalation": 0})
    client.post("/desk/letters/accept/en", data={"text": "Yes", "version": 0})
    client.post("/desk/settings/screening", data={"screening_required": "y", "version": 0})
    page = client.get("/desk/changes").text
    deeds = write(lambda session: [(row.subject, row.deed) for row in session.query(Change).order_by(Change.id)])
    assert deeds == [
        ("person", "made"), ("person", "changed"), ("person", "readmitted"),
        ("network", "changed"), ("letter", "changed"), ("settings", "changed"),
    ]  # fmt: skip
    for words in ("Chan Tai Man", "Coordinator", "Observer", "NET", "Accept (English)", "Settings of the office"):
        assert words in page
    assert "one-time password is shown" in password or "One-time password" in password
    kept = write(lambda session: str([row.fields for row in session.query(Change)]))
    assert "password" not in kept
    assert client.get("/desk/changes?subject=network").text.count("<tr data-row>") == 1
    assert client.get("/desk/changes?subject=none&after=x").text.count("<tr data-row>") == 6


def test_pages_neither_skip_nor_repeat_a_change(client: FlaskClient, administrator: None, write: Write) -> None:
    write(lambda session: [make_organisation(session, f"College {number}") for number in range(60)])
    first = client.get("/desk/changes").text
    assert first.count("<tr data-row>") == 50
    assert "College 59" in first
    second = client.get("/desk/changes?after=11").text
    assert second.count("<tr data-row>") == 10
    assert 'href="/desk/changes?after=11"' in first.replace("&amp;", "&")
