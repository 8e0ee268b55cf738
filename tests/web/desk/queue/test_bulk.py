"""Ticked enquiries: what is done and refused is said, harm is asked about first, and one press takes back the rest."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import make_enquiry, make_network, make_person
from webapp.config import Settings
from webapp.domain.triage import bulk
from webapp.models import Enquiry, Message
from webapp.vocabulary import Action, Priority, Role, Status

Write = Callable[[Callable[[Any], Any]], Any]
HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')


@pytest.fixture
def me(client: FlaskClient, write: Write, sign_in: Any) -> int:
    person = write(lambda session: make_person(session, name="Lee Siu Ming"))
    sign_in(client, person)
    return int(person.id)


@pytest.fixture
def three(write: Write, settings: Settings) -> list[str]:
    return list(write(lambda session: [make_enquiry(session, settings).reference for _ in range(3)]))


def ticked(references: list[str], version: int = 1) -> list[str]:
    return [f"{reference}:{version}" for reference in references]


def send(client: FlaskClient, **data: Any) -> str:
    response = client.post("/desk/bulk", data=data)
    assert response.status_code == 303
    return client.get(response.location).text


def undo(client: FlaskClient, page: str) -> str:
    form = re.search(r'<form method="post" action="/desk/bulk">((?:(?!</form>).)*name="undo".*?)</form>', page, re.S)
    assert form, "there is something to take back"
    given = HIDDEN.findall(form[1])
    data: dict[str, Any] = {name: value for name, value in given if name != "row"}
    return send(client, **data, row=[value for name, value in given if name == "row"])


def state(write: Write) -> list[tuple[Any, ...]]:
    def read(session: Any) -> list[tuple[Any, ...]]:
        rows = session.query(Enquiry).order_by(Enquiry.id)
        return [(row.status, row.assignee_id, row.priority, row.version) for row in rows]

    return write(read)  # type: ignore[no-any-return]


def mails(write: Write) -> int:
    return int(write(lambda session: session.query(Message).count()))


def test_every_action_without_words_and_no_other_may_be_taken_on_many() -> None:
    assert set(bulk.moves()) == {
        Action.REVIEW, Action.ACCEPT, Action.RESUME, Action.COMPLETE, Action.REOPEN,
        Action.MARK_SPAM, Action.UNMARK_SPAM,
    }  # fmt: skip


def test_assigning_is_done_told_and_taken_back(client: FlaskClient, me: int, three: list[str], write: Write) -> None:
    page = send(client, row=ticked(three), change=f"assign:{me}")
    assert "done for 3 enquiries" in page
    assert [row[1] for row in state(write)] == [me] * 3
    assert "Undone for 3 enquiries" in undo(client, page)
    assert [row[1] for row in state(write)] == [None] * 3


@pytest.mark.parametrize(
    ("change", "tag"),
    [("mark_spam", ""), ("prioritise:urgent", ""), ("tag", "Spring 2027")],
)
def test_what_has_an_inverse_is_taken_back_and_nobody_was_told(
    client: FlaskClient, me: int, three: list[str], write: Write, change: str, tag: str
) -> None:
    before, sent = state(write), mails(write)
    data = {"tagging": change, "tag": tag} if tag else {"change": change}
    page = send(client, row=ticked(three), **data)
    assert [row[3] for row in state(write)] == [2] * 3
    if tag:
        assert client.get("/desk/", query_string={"tag": tag.lower()}).text.count("<tr data-row>") == 3
    undo(client, page)
    after = state(write)
    assert [row[:3] for row in after] == [row[:3] for row in before]
    assert mails(write) == sent


@pytest.mark.parametrize("change", ["review", "accept"])
def test_what_partners_hear_of_is_asked_first(
    client: FlaskClient, me: int, three: list[str], write: Write, change: str
) -> None:
    before, sent = state(write), mails(write)
    asked = client.post("/desk/bulk", data={"row": ticked(three), "change": change, "back": "/desk/?view=new"})
    assert asked.status_code == 200
    assert all(reference in asked.text for reference in three)
    assert (state(write), mails(write)) == (before, sent)
    given = HIDDEN.findall(asked.text.split("<main")[1])
    data: dict[str, Any] = {name: value for name, value in given if name != "row"}
    page = send(client, **data, row=[value for name, value in given if name == "row"])
    assert "done for 3 enquiries" in page
    assert mails(write) == sent + 3


def test_refused_ones_hold_up_no_other_and_say_why(
    client: FlaskClient, me: int, three: list[str], write: Write, settings: Settings
) -> None:
    client.post(f"/desk/enquiries/{three[0]}/actions/note", data={"version": "1", "text": "Read this first"})
    declined = write(lambda session: make_enquiry(session, settings, status=Status.DECLINED).reference)
    rows = [*ticked(three), f"{declined}:1", "LD-2222-2222:1", "nonsense", f"{three[1]}:x"]
    page = send(client, row=rows, change="mark_spam")
    assert "done for 2 enquiries" in page
    assert f"{three[0]}: Lee Siu Ming changed it in the meantime" in page
    assert f"{declined}: not possible in its present status" in page
    assert "LD-2222-2222: there is no such enquiry" in page
    assert [row[0] for row in state(write)] == [Status.RECEIVED, Status.SPAM, Status.SPAM, Status.DECLINED]


def test_doing_it_again_changes_nothing_and_says_so(
    client: FlaskClient, me: int, three: list[str], write: Write
) -> None:
    send(client, row=ticked(three), change="prioritise:high")
    assert "3 enquiries were already set" in send(client, row=ticked(three), change="prioritise:high")
    assert [row[2:] for row in state(write)] == [(Priority.HIGH, 2)] * 3


@pytest.mark.parametrize(
    "data", [{}, {"change": ""}, {"change": "decline"}, {"change": "merge"}, {"change": "write"}, {"row": []}]
)
def test_nothing_ticked_or_chosen_changes_nothing(
    client: FlaskClient, me: int, three: list[str], write: Write, data: dict[str, Any]
) -> None:
    before = state(write)
    page = send(client, **{"row": ticked(three), **data})
    assert 'data-tone="warn"' in page
    assert state(write) == before


@pytest.mark.parametrize(
    "data",
    [{"change": "assign:99999"}, {"change": "assign:x"}, {"change": "prioritise:x"}, {"tagging": "tag", "tag": " "},
     {"tagging": "tag", "tag": "x" * 41}],
)  # fmt: skip
def test_values_that_are_none_are_refused(
    client: FlaskClient, me: int, three: list[str], write: Write, data: dict[str, Any]
) -> None:
    before = state(write)
    assert "Not changed" in send(client, row=ticked(three), **data)
    assert state(write) == before


def test_others_networks_are_not_found(client: FlaskClient, write: Write, sign_in: Any, settings: Settings) -> None:
    def rows(session: Any) -> tuple[str, list[str]]:
        liaison = make_person(session, role=Role.LIAISON)
        networks = make_network(session, liaison=liaison), make_network(session)
        return liaison.email, [make_enquiry(session, settings, network=network).reference for network in networks]

    email, references = write(rows)
    sign_in(client, email)
    page = send(client, row=ticked(references), change="prioritise:high")
    assert f"{references[1]}: there is no such enquiry" in page
    assert [row[2] for row in state(write)] == [Priority.HIGH, Priority.NORMAL]


def test_observers_have_no_boxes(client: FlaskClient, write: Write, sign_in: Any, three: list[str]) -> None:
    sign_in(client, write(lambda session: make_person(session, role=Role.OBSERVER).email))
    assert 'name="row"' not in client.get("/desk/").text
    assert "not for your role" in send(client, row=ticked(three), change="mark_spam")


def test_high_priority_comes_first_and_pages_hold_together(
    client: FlaskClient, me: int, write: Write, settings: Settings
) -> None:
    def fill(session: Any) -> None:
        for number in range(60):
            found = make_enquiry(session, settings)
            found.priority = list(Priority)[number % 4]

    write(fill)
    seen: list[str] = []
    address: str | None = "/desk/"
    while address:
        page = client.get(address).text
        seen += re.findall(r"<tr data-row>.*?/desk/enquiries/(LD-[\w-]+)\"", page, re.S)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else None
    order = dict(write(lambda session: session.query(Enquiry.reference, Enquiry.priority).all()))
    assert len(seen) == len(set(seen)) == 60
    places = [list(Priority).index(order[reference]) for reference in seen]
    assert places == sorted(places)
