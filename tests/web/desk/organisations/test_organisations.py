"""Organisations at the desk: linked from an enquiry, edited by two at once, merged and parted, found by anyone."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import acting, make_enquiry, make_network, make_organisation, make_person, staff_actor
from webapp.config import Settings
from webapp.domain.organisations import contacts, records
from webapp.domain.organisations.contacts import ContactFacts
from webapp.models import Contact, Enquiry, Organisation
from webapp.vocabulary import Role

Write = Callable[[Callable[[Any], Any]], Any]
FORM = {"name": "Example Institute of Technology", "country": "DE", "type": "university", "domains": "example.org"}


@pytest.fixture
def coordinator(client: FlaskClient, write: Write, sign_in: Any) -> None:
    sign_in(client, write(lambda session: make_person(session, name="Lee Siu Ming").email))


def link(client: FlaskClient, reference: str, organisation: Any, version: int = 1) -> Any:
    data = {"organisation": organisation, "version": version}
    return client.post(f"/desk/enquiries/{reference}/actions/link", data=data)


def linked(write: Write, reference: str) -> Any:
    return write(lambda session: session.query(Enquiry.organisation_id).filter_by(reference=reference).scalar())


def test_enquiry_suggests_and_a_person_confirms(
    client: FlaskClient, coordinator: None, write: Write, settings: Settings
) -> None:
    record = write(lambda session: make_organisation(session, "Sister Campus").id)
    reference = write(lambda session: make_enquiry(session, settings).reference)
    page = client.get(f"/desk/enquiries/{reference}").text
    assert "Sister Campus" in page
    assert "same email domain" in page
    assert linked(write, reference) is None
    assert link(client, reference, record).status_code == 303
    page = client.get(f"/desk/enquiries/{reference}").text
    assert f'href="/desk/organisations/{record}"' in page
    assert "linked it to Sister Campus" in page
    assert "Erika Mustermann" in client.get(f"/desk/organisations/{record}").text
    assert link(client, reference, "", 2).status_code == 303
    assert linked(write, reference) is None


def add(client: FlaskClient, **more: Any) -> Any:
    return client.post("/desk/organisations/new", data={**FORM, "version": 0, **more})


def records_named(write: Write, name: str) -> int:
    return int(write(lambda session: session.query(Organisation).filter_by(name=name).count()))


@pytest.mark.parametrize(
    "name", ["Example Institute of Technology", "the EXAMPLE institute, of technology", "Beispielinstitut"]
)
def test_second_record_of_a_name_is_asked_about_first(
    client: FlaskClient, coordinator: None, write: Write, name: str
) -> None:
    first = write(lambda session: make_organisation(session, aliases=("Beispielinstitut",)).id)
    asked = add(client, name=name, notes="Met in Vienna")
    assert asked.status_code == 409
    assert f'href="/desk/organisations/{first}"' in asked.text
    assert "There is a record of this name already." in asked.text
    assert "Met in Vienna" in asked.text
    assert write(lambda session: session.query(Organisation).count()) == 1
    assert add(client, name=name, anyway=first).status_code == 303
    # What was confirmed for the first record says nothing of the second.
    again = add(client, name=name, anyway=first)
    assert again.status_code == 409
    assert f'href="/desk/organisations/{first}"' not in again.text
    assert write(lambda session: session.query(Organisation).count()) == 2


def test_other_name_or_a_merged_record_asks_nothing(client: FlaskClient, coordinator: None, write: Write) -> None:
    def merged(session: Any) -> None:
        target = make_organisation(session, "Sister Campus")
        gone = make_organisation(session)
        gone.merged_into_id = target.id
        gone.keys = []

    write(merged)
    assert add(client, name="Example Institute of Technology II").status_code == 303
    assert add(client).status_code == 303


def test_same_name_added_at_once_is_one_record_and_a_question(
    app: Flask, write: Write, sign_in: Any, coordinator: None
) -> None:
    email = write(lambda session: make_person(session).email)
    clients = [app.test_client() for _ in range(4)]
    for each in clients:
        sign_in(each, email)
    together = Barrier(len(clients))

    def press(each: FlaskClient) -> int:
        together.wait(60)
        return int(add(each, name="Race Institute").status_code)

    with ThreadPoolExecutor(len(clients)) as threads:
        assert sorted(threads.map(press, clients)) == [303, 409, 409, 409]
    assert records_named(write, "Race Institute") == 1


def test_new_record_is_made_from_the_enquiry_and_recognised_later(
    client: FlaskClient, coordinator: None, write: Write, settings: Settings
) -> None:
    first = write(lambda session: make_enquiry(session, settings).reference)
    assert "No record of it yet" in client.get(f"/desk/enquiries/{first}").text
    assert link(client, first, "new").status_code == 303
    second = write(lambda session: make_enquiry(session, settings).reference)
    assert linked(write, second) == linked(write, first) is not None
    assert "recognised Example Institute of Technology" in client.get(f"/desk/enquiries/{second}").text


@pytest.mark.parametrize(
    ("organisation", "version", "code"), [("999", 1, 400), ("x", 1, 400), ("", 0, 409), ("new", 7, 409)]
)
def test_link_that_cannot_be_made_changes_nothing(
    client: FlaskClient, coordinator: None, write: Write, settings: Settings, organisation: str, version: int, code: int
) -> None:
    reference = write(lambda session: make_enquiry(session, settings).reference)
    assert link(client, reference, organisation, version).status_code == code
    assert write(lambda session: session.query(Organisation).count()) == 0


def test_any_record_can_be_chosen_for_an_enquiry(
    client: FlaskClient, coordinator: None, write: Write, settings: Settings
) -> None:
    reference = write(lambda session: make_enquiry(session, settings).reference)
    write(lambda session: make_organisation(session, "範例大學", domains=()))
    page = client.get("/desk/organisations", query_string={"enquiry": reference, "q": "範例"}).text
    assert f"/desk/enquiries/{reference}/actions/link" in page
    assert re.search(r'name="organisation" value="\d+"', page)


def test_roles_that_read_do_not_edit(client: FlaskClient, write: Write, sign_in: Any, settings: Settings) -> None:
    record = write(lambda session: make_organisation(session).id)
    reference = write(lambda session: make_enquiry(session, settings, organisation="Other").reference)
    sign_in(client, write(lambda session: make_person(session, role=Role.OBSERVER).email))
    page = client.get(f"/desk/enquiries/{reference}").text
    assert f'href="/desk/organisations/{record}"' in page
    assert "actions/link" not in page
    assert link(client, reference, record).status_code == 409
    for path in (f"/desk/organisations/{record}/edit", f"/desk/organisations/{record}/merge"):
        assert client.post(path, data=FORM).status_code == 403
    assert "/edit" not in client.get(f"/desk/organisations/{record}").text


def test_liaison_sees_no_records(client: FlaskClient, write: Write, sign_in: Any, settings: Settings) -> None:
    def rows(session: Any) -> tuple[str, str]:
        make_organisation(session, "Secret Partner")
        liaison = make_person(session, role=Role.LIAISON)
        network = make_network(session, liaison=liaison)
        return liaison.email, make_enquiry(session, settings, network=network).reference

    email, reference = write(rows)
    sign_in(client, email)
    assert "Secret Partner" not in client.get(f"/desk/enquiries/{reference}").text
    assert client.get("/desk/organisations/1").status_code == 403


def test_record_is_edited_and_its_history_says_from_and_to(
    client: FlaskClient, coordinator: None, write: Write
) -> None:
    record = write(lambda session: make_organisation(session).id)
    data = {**FORM, "version": 1, "aliases": "EIT\n範例\nEIT", "partner": "y", "agreements": "<2024> exchange"}
    assert client.post(f"/desk/organisations/{record}/edit", data=data).status_code == 303
    page = client.get(f"/desk/organisations/{record}").text
    assert "&lt;2024&gt; exchange" in page
    assert "Existing partner" in page
    assert "Lee Siu Ming</strong> changed: " in page
    assert write(lambda session: session.get(Organisation, record).aliases) == ["EIT", "範例"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "…"), ("country", ""), ("type", "x"), ("domains", "no domain"), ("domains", "gmail.com"),
     ("website", "javascript:alert(1)"), ("networks", "none"), ("notes", "x" * 5001)],
)  # fmt: skip
def test_field_that_cannot_be_kept_is_refused_and_the_rest_stays(
    client: FlaskClient, coordinator: None, write: Write, field: str, value: str
) -> None:
    record = write(lambda session: make_organisation(session).id)
    data = {**FORM, "version": 1, "agreements": "Kept words", field: value}
    for path in (f"/desk/organisations/{record}/edit", "/desk/organisations/new"):
        response = client.post(path, data=data)
        assert response.status_code == 400, path
        assert f'id="{field}-error"' in response.text, path
        assert "Kept words" in response.text
    assert write(lambda session: session.get(Organisation, record).version) == 1


def test_two_editors_lose_nothing(client: FlaskClient, coordinator: None, write: Write) -> None:
    record = write(lambda session: make_organisation(session).id)
    path = f"/desk/organisations/{record}/edit"
    assert (
        client.post(
            path, data={**FORM, "version": 1, "notes": "First", "website": "https://one.example.org"}
        ).status_code
        == 303
    )
    refused = client.post(path, data={**FORM, "version": 1, "notes": "Second", "agreements": "Mine"})
    assert refused.status_code == 409
    assert re.search(r">\s*Second</textarea>", refused.text), "what both changed stays as typed"
    assert re.search(r">\s*Mine</textarea>", refused.text)
    assert 'value="https://one.example.org"' in refused.text, "what only the other changed is taken in"
    assert re.search(r"You changed this record in another window.*First", refused.text, re.DOTALL)
    assert 'name="version" value="2"' in refused.text
    again = {**FORM, "version": 2, "notes": "First\nSecond", "agreements": "Mine", "website": "https://one.example.org"}
    assert client.post(path, data=again).status_code == 303
    stored = write(lambda session: vars(records.facts_of(records.record(session, record, actor=staff_actor()))))
    assert (stored["notes"], stored["agreements"], stored["website"]) == (
        "First\nSecond",
        "Mine",
        "https://one.example.org",
    )


def test_contact_is_added_and_edited_by_two(client: FlaskClient, coordinator: None, write: Write) -> None:
    record = write(lambda session: make_organisation(session).id)
    new = f"/desk/organisations/{record}/contacts/new"
    assert client.post(new, data={"name": "A", "email": "a@example.org"}).status_code == 303
    assert "Another contact" in client.post(new, data={"name": "B", "email": "A@example.org"}).text
    number = write(lambda session: session.query(Contact.id).scalar())
    path = f"/desk/organisations/contacts/{number}"
    assert (
        client.post(path, data={"name": "A", "email": "a@example.org", "position": "Dean", "version": 1}).status_code
        == 303
    )
    refused = client.post(path, data={"name": "A. A.", "email": "a@example.org", "version": 1})
    assert refused.status_code == 409
    assert 'value="Dean"' in refused.text
    assert 'value="A. A."' in refused.text
    assert "different fields" in refused.text


def test_merge_shows_what_moves_then_does_it_and_can_be_undone(
    client: FlaskClient, coordinator: None, write: Write
) -> None:
    def rows(session: Any) -> tuple[int, int]:
        kept, gone = make_organisation(session), make_organisation(session, "範例大學", domains=("example.tw",))
        contacts.add(session, gone, ContactFacts("A"), by=acting())
        return kept.id, gone.id

    kept, gone = write(rows)
    page = client.get(f"/desk/organisations/{kept}/merge?other={gone}").text
    assert "1 moves" in page
    assert "example.tw" in page
    path, data = f"/desk/organisations/{kept}/merge", {"other": gone, "version": 1, "other_version": 1}
    assert client.post(path, data={**data, "other_version": 2}).status_code == 409
    assert client.post(path, data=data).status_code == 303
    assert client.get(f"/desk/organisations/{gone}").location.endswith(f"/desk/organisations/{kept}")
    page = client.get(f"/desk/organisations/{kept}").text
    undo = re.search(r"/desk/organisations/merges/\d+/undo", page)
    assert undo
    assert client.post(undo[0]).status_code == 303
    assert client.post(undo[0]).location == "/desk/organisations"
    assert client.get(f"/desk/organisations/{gone}").status_code == 200
    assert client.get(f"/desk/organisations/{kept}/merge?other={kept}").status_code == 400


def test_list_and_record_ask_the_database_as_often_for_many_rows(
    client: FlaskClient, coordinator: None, write: Write, settings: Settings, count_queries: Any
) -> None:
    record = write(lambda session: make_organisation(session).id)
    counts = []
    for _ in range(3):
        for path in ("/desk/organisations", f"/desk/organisations/{record}"):
            with count_queries() as statements:
                assert client.get(path).status_code == 200
            counts.append(len(statements))

        def more(session: Any) -> None:
            network = make_network(session)
            for number in range(5):
                make_organisation(session, f"More {number}", networks=(network.slug,))
                make_enquiry(session, settings, network=network)

        write(more)
    # The first round has nothing else to suggest.
    assert counts[2:4] == counts[4:]
    assert max(counts) <= 16
