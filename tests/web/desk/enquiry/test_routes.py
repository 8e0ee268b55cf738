"""One enquiry through its page: each action for each status and role, conflicts that lose nothing, who sees it."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import make_enquiry, make_network, make_person
from webapp.config import Settings
from webapp.domain.enquiries.workflow import TABLE as WORKFLOW
from webapp.domain.enquiries.workflow import Place, rule
from webapp.domain.security.permissions import TABLE
from webapp.models import Attachment, Enquiry, Event, Person
from webapp.vocabulary import Action, EventKind, Kind, Role, Status

# What else than words an action takes.
MORE = {"result": "clear", "lists": "UN", "kind": "question"}
Write = Callable[[Callable[[Any], Any]], Any]
# The others need more than words, and have an address and tests of their own.
ACTIONS = [action for action in Action if WORKFLOW[action].place is not Place.OWN_ADDRESS]


def act(client: FlaskClient, reference: str, action: Action | str, **data: Any) -> Any:
    return client.post(f"/desk/enquiries/{reference}/actions/{action}", data={"version": "1", **MORE, **data})


def stored(write: Write, reference: str) -> tuple[Status, int]:
    def read(session: Any) -> tuple[Status, int]:
        found = session.query(Enquiry).filter_by(reference=reference).one()
        return found.status, found.version

    return write(read)  # type: ignore[no-any-return]


@pytest.fixture
def reference(build: Write, settings: Settings) -> str:
    return str(build(lambda session: make_enquiry(session, settings).reference))


@pytest.fixture
def coordinator(client: FlaskClient, write: Write, sign_in: Any) -> str:
    email = str(write(lambda session: make_person(session, name="Lee Siu Ming").email))
    sign_in(client, email)
    return email


SOON = (datetime.now(UTC) + timedelta(30)).date().isoformat()
DATES = {"windows-0-start": SOON, "windows-0-end": SOON}


def test_fields_that_were_filled_in_are_shown_to_who_did_and_to_no_one_else(
    client: FlaskClient, coordinator: str, reference: str
) -> None:
    """Untouched fields are the same for everyone: drawn once for each language, and never as someone filled them in."""
    new = client.get(f"/desk/enquiries/{reference}").text
    assert "Who is asked" in new
    typed = {"approvers-0-name": "Dr Kwok", "approvers-0-email": "no address", "approvers-1-name": "Dr Ip"}
    refused = act(client, reference, Action.ASK_APPROVAL, **typed)
    assert refused.status_code == 400
    assert "Dr Kwok" in refused.text
    assert re.search(r"<details open><summary>Ask several people", refused.text)
    again = client.get(f"/desk/enquiries/{reference}").text
    assert "Dr Kwok" not in again
    assert "Who is asked" in again
    assert "Who is asked" not in client.get(f"/desk/enquiries/{reference}?language=zh-hans").text


def possible(status: Status, action: Action, kind: Kind, role: Role) -> bool:
    row = rule(status, action, kind)
    return row is not None and row.permission in TABLE[role]


# A liaison locks through the table of networks.
BY_NETWORKS = pytest.param(Role.LIAISON, Kind.VISIT, marks=pytest.mark.both_databases)
OFFICE = Role.COORDINATOR
ROLES_AND_KINDS = [
    (OFFICE, Kind.VISIT),
    *((role, Kind.VISIT) for role in Role if role not in (OFFICE, Role.LIAISON)),
    BY_NETWORKS,
    (OFFICE, Kind.COLLABORATION),
]


def pairs(role: Role, kind: Kind, *, allowed: bool) -> list[tuple[Status, Action]]:
    """Return the statuses and actions to try: for coordinators all of them.

    For other roles one status of each rule, as rules know roles by their permission alone.
    """
    found = [(status, action) for status in Status for action in ACTIONS]
    found = [pair for pair in found if possible(*pair, kind, role) is allowed]
    if role is OFFICE:
        return found
    first = {(action, rule(status, action, kind)): (status, action) for status, action in reversed(found)}
    return [pair for (_, row), pair in first.items() if row is not None]


def statuses(write: Write) -> dict[str, Status]:
    return write(lambda session: dict(session.query(Enquiry.reference, Enquiry.status).all()))  # type: ignore[no-any-return]


@pytest.mark.one_database
@pytest.mark.parametrize(("role", "kind"), ROLES_AND_KINDS)
@pytest.mark.usefixtures("few_pages")
def test_what_the_table_refuses_changes_nothing(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings, role: Role, kind: Kind
) -> None:
    def rows(session: Any) -> tuple[str, list[str]]:
        person = make_person(session, role=role)
        given: dict[str, Any] = {"kind": kind, "assignee": person}
        return person.email, [make_enquiry(session, settings, status=status, **given).reference for status in Status]

    email, references = write(rows)
    sign_in(client, email)
    of = dict(zip(Status, references, strict=True))
    for status, action in pairs(role, kind, allowed=False):
        assert act(client, of[status], action, text="Words", **DATES).status_code == 409, (status, action)
    after = statuses(write)
    assert [after[reference] for reference in references] == list(Status)


@pytest.mark.parametrize(("role", "kind"), ROLES_AND_KINDS)
def test_what_the_table_allows_is_done(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings, role: Role, kind: Kind
) -> None:
    done = pairs(role, kind, allowed=True)

    def rows(session: Any) -> tuple[str, list[str]]:
        person = make_person(session, role=role)
        given: dict[str, Any] = {"kind": kind, "assignee": person}
        return person.email, [make_enquiry(session, settings, status=status, **given).reference for status, _ in done]

    email, references = write(rows)
    sign_in(client, email)
    for (status, action), reference in zip(done, references, strict=True):
        # There is no one to remind here.
        expected = 400 if action is Action.CHASE_APPROVAL else 303
        assert act(client, reference, action, text="Words", **DATES).status_code == expected, (status, action)
    after = statuses(write)
    for (status, action), reference in zip(done, references, strict=True):
        row = rule(status, action, kind)
        assert row is not None
        assert after[reference] is (row.target or status), (status, action)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.OBSERVER])
def test_page_offers_what_is_possible_and_nothing_else(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings, role: Role
) -> None:
    made = write(lambda session: [make_enquiry(session, settings, status=status).reference for status in Status])
    sign_in(client, write(lambda session: make_person(session, role=role).email))
    for status, reference in zip(Status, made, strict=True):
        page = client.get(f"/desk/enquiries/{reference}").text
        offered = set(re.findall(rf"/desk/enquiries/{reference}/actions/(\w+)", page))
        rules = [(action, rule(status, action, Kind.VISIT)) for action in ACTIONS]
        assert offered == {action.value for action, row in rules if row and row.permission in TABLE[role]}, status


def test_reference_is_found_however_it_is_typed(client: FlaskClient, coordinator: str, reference: str) -> None:
    typed = reference.lower().replace("-", "")
    assert client.get(f"/desk/enquiries/{typed}").status_code == 200


def test_second_person_is_told_what_changed_and_keeps_the_text(
    client: FlaskClient, coordinator: str, write: Write, reference: str
) -> None:
    assert act(client, reference, Action.NOTE, text="They <were> here in 2024").status_code == 303
    refused = act(client, reference, Action.DECLINE, text="Not in <March>")
    assert refused.status_code == 409
    assert "They &lt;were&gt; here in 2024" in refused.text
    assert ">Not in &lt;March&gt;</textarea>" in refused.text
    assert 'name="version" value="2"' in refused.text
    assert stored(write, reference) == (Status.RECEIVED, 2)
    assert act(client, reference, Action.DECLINE, text="Not in <March>", version="2").status_code == 303
    assert stored(write, reference) == (Status.DECLINED, 3)


def test_text_stays_where_the_action_is_no_longer_possible(
    client: FlaskClient, coordinator: str, reference: str
) -> None:
    assert act(client, reference, Action.DECLINE, text="No").status_code == 303
    refused = act(client, reference, Action.ACCEPT, text="Yes, with pleasure", version="2")
    assert refused.status_code == 409
    assert "readonly>Yes, with pleasure</textarea>" in refused.text


def notes_of(write: Write) -> list[str]:
    return list(write(lambda s: s.scalars(select(Event.text).where(Event.kind == EventKind.NOTE)).all()))


def test_note_that_is_sent_again_and_again_at_once_is_one(
    app: Flask, coordinator: str, write: Write, reference: str, sign_in: Any
) -> None:
    clients = [app.test_client() for _ in range(4)]
    for client in clients:
        sign_in(client, coordinator)
    together = Barrier(len(clients))

    def press(client: FlaskClient) -> int:
        together.wait(60)
        return int(act(client, reference, Action.NOTE, text="A note ").status_code)

    with ThreadPoolExecutor(len(clients)) as threads:
        assert list(threads.map(press, clients)) == [303] * len(clients)
    assert notes_of(write) == ["A note"]
    assert stored(write, reference) == (Status.RECEIVED, 2)


def test_other_words_another_person_another_time_or_enquiry_is_another_note(
    app: Flask, client: FlaskClient, coordinator: str, write: Write, reference: str, settings: Settings, sign_in: Any
) -> None:
    other = write(lambda session: make_enquiry(session, settings).reference)
    colleague = write(lambda session: make_person(session, name="Chan Tai Man"))
    client_of_colleague = app.test_client()
    sign_in(client_of_colleague, colleague.email)
    act(client, reference, Action.NOTE, text="A note")
    act(client, reference, Action.NOTE, text="Another note")
    act(client, other, Action.NOTE, text="A note")
    act(client_of_colleague, reference, Action.NOTE, text="A note")
    for _ in range(2):
        act(client, reference, Action.NOTE, text="A note", mention=colleague.id)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=False):
        act(client, reference, Action.NOTE, text="A note")
    assert len(notes_of(write)) == 6


def test_note_is_in_nobodys_way(client: FlaskClient, coordinator: str, write: Write, reference: str) -> None:
    for number in range(2):
        assert act(client, reference, Action.NOTE, text=f"Note {number}").status_code == 303
    assert stored(write, reference)[1] == 3


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40, "٣"])
def test_action_without_a_version_changes_nothing(
    client: FlaskClient, coordinator: str, write: Write, reference: str, version: str
) -> None:
    response = act(client, reference, Action.ACCEPT, text="Kept words", version=version)
    assert response.status_code == 409
    assert "Kept words" in response.text
    assert stored(write, reference)[0] is Status.RECEIVED


@pytest.mark.parametrize(("text", "kept"), [("", ""), ("   ", ""), ("x" * 10_001, "x" * 10_001)])
def test_text_that_is_missing_or_absurd_is_refused_beside_its_field(
    client: FlaskClient, coordinator: str, reference: str, text: str, kept: str
) -> None:
    response = act(client, reference, Action.DECLINE, text=text)
    assert response.status_code == 400
    assert 'id="text-decline-error"' in response.text
    assert f">{kept}</textarea>" in response.text


def test_control_characters_reach_neither_database_nor_page(
    client: FlaskClient, coordinator: str, write: Write, reference: str
) -> None:
    assert act(client, reference, Action.NOTE, text="a\0b\r\nc").status_code == 303
    text = write(lambda session: session.query(Event).order_by(Event.id.desc()).first().text)
    assert "\0" not in text
    assert text.endswith("b\nc")


def test_spam_can_be_undone_from_the_queue(client: FlaskClient, coordinator: str, write: Write, reference: str) -> None:
    response = act(client, reference, Action.MARK_SPAM)
    assert response.location == "/desk/"
    assert f"{reference}/actions/unmark_spam" in client.get("/desk/").text
    assert f"{reference}/actions/unmark_spam" not in client.get("/desk/").text
    assert act(client, reference, Action.UNMARK_SPAM, version="2").status_code == 303
    assert stored(write, reference)[0] is Status.RECEIVED


def test_enquiry_is_taken_and_given_to_those_who_work_on_it(
    client: FlaskClient, coordinator: str, write: Write, reference: str
) -> None:
    people = write(
        lambda session: [make_person(session, role=role, name=f"The {role}").id for role in (Role.HOST, Role.OBSERVER)]
    )
    assert (
        act(client, reference, Action.ASSIGN, assignee=people[0], back="/desk/?view=mine").location
        == "/desk/?view=mine"
    )
    assert "Assigned to The host" in client.get(f"/desk/enquiries/{reference}").text
    assert act(client, reference, Action.ASSIGN, assignee=people[1], version="2").status_code == 400
    assert act(client, reference, Action.ASSIGN, assignee="", version="2").status_code == 303
    assert "Unassigned" in client.get(f"/desk/enquiries/{reference}").text


def test_liaison_and_host_find_only_their_own(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings
) -> None:
    def rows(session: Any) -> tuple[str, str, str]:
        liaison = make_person(session, role=Role.LIAISON)
        mine, other = make_network(session, liaison=liaison), make_network(session)
        made = [make_enquiry(session, settings, network=network).reference for network in (mine, other)]
        return liaison.email, *made

    email, mine, other = write(rows)
    sign_in(client, email)
    assert client.get(f"/desk/enquiries/{mine}").status_code == 200
    assert client.get(f"/desk/enquiries/{other}").status_code == 404
    assert act(client, other, Action.ACCEPT).status_code == 404
    mails = write(lambda session: [row.id for row in session.query(Event).all()])
    assert mails
    assert client.get("/desk/messages/1").status_code == 200
    assert client.get("/desk/messages/3").status_code == 404
    queue = client.get("/desk/").text
    assert mine in queue
    assert other not in queue


def test_file_is_saved_and_never_shown_as_a_page(
    client: FlaskClient, coordinator: str, write: Write, reference: str
) -> None:
    def add(session: Any) -> int:
        found = session.query(Enquiry).filter_by(reference=reference).one()
        file = Attachment(
            enquiry_id=found.id, name="计划.html", media_type="text/html", size=8, sha256="0", content=b"<script>",
            added_at=found.submitted_at,
        )  # fmt: skip
        session.add(file)
        session.flush()
        return int(file.id)

    number = write(add)
    assert "计划.html" in client.get(f"/desk/enquiries/{reference}").text
    response = client.get(f"/desk/enquiries/{reference}/files/{number}")
    assert response.data == b"<script>"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.mimetype == "application/octet-stream"
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_history_shows_all_or_what_is_public_or_notes(client: FlaskClient, coordinator: str, reference: str) -> None:
    act(client, reference, Action.NOTE, text="Worth a dinner")
    act(client, reference, Action.REPLY, text="Which day suits you?", version="2")
    page = f"/desk/enquiries/{reference}"
    assert "Worth a dinner" not in client.get(page, query_string={"history": "public"}).text
    assert "Which day suits you?" not in client.get(page, query_string={"history": "notes"}).text
    assert "Worth a dinner" not in client.get(page, query_string={"history": "nonsense"}).text
    every = client.get(page).text
    assert "Worth a dinner" in every
    assert "Which day suits you?" in every


def test_actions_need_their_token(csrf_client: FlaskClient, reference: str) -> None:
    assert act(csrf_client, reference, Action.ACCEPT).status_code == 403


def test_page_asks_the_database_as_often_for_a_long_history(
    client: FlaskClient, coordinator: str, reference: str, count_queries: Any
) -> None:
    client.get(f"/desk/enquiries/{reference}")
    with count_queries() as before:
        client.get(f"/desk/enquiries/{reference}")
    for number in range(1, 6):
        act(client, reference, Action.REPLY, text=f"Words {number}", version=str(number))
    client.get("/desk/account")
    with count_queries() as after:
        client.get(f"/desk/enquiries/{reference}")
    assert len(after) == len(before) <= 16


def test_history_says_who_took_it_themselves_and_that_no_one_has_it(
    client: FlaskClient, coordinator: str, write: Write, reference: str
) -> None:
    other = write(lambda session: make_person(session, name="Ho Ka Yan").id)
    me = write(lambda session: session.query(Person.id).filter_by(email=coordinator).scalar())
    for version, assignee in enumerate([me, other, ""], start=1):
        assert act(client, reference, Action.ASSIGN, version=str(version), assignee=str(assignee)).status_code == 303
    page = client.get(f"/desk/enquiries/{reference}").text
    for said in ("assigned it to themselves.", "assigned it to Ho Ka Yan.", "removed the assignment."):
        assert page.count(f"<strong>Lee Siu Ming</strong> {said}") == 1
