"""The queue: views, filters, pages without gap or double, and a number of queries that does not grow."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import NOW, make_enquiry, make_network, make_person
from webapp.config import Settings
from webapp.models import NEVER, Enquiry
from webapp.vocabulary import Kind, Role, Status

Write = Callable[[Callable[[Any], Any]], Any]
ROW = re.compile(r"<tr data-row>.*?/desk/enquiries/(LD-[\w-]+)\"", re.S)


@pytest.fixture
def me(client: FlaskClient, write: Write, sign_in: Any) -> str:
    email = str(write(lambda session: make_person(session, name="Lee Siu Ming").email))
    sign_in(client, email)
    return email


def rows(client: FlaskClient, **query: Any) -> list[str]:
    return ROW.findall(client.get("/desk/", query_string=query).text)


@pytest.mark.parametrize("sort", ["due", "newest"])
@pytest.mark.parametrize("view", ["open", "closed"])
def test_pages_neither_skip_nor_repeat(
    client: FlaskClient, me: str, write: Write, settings: Settings, sort: str, view: str
) -> None:
    status = Status.RECEIVED if view == "open" else Status.DECLINED
    write(
        lambda session: [
            make_enquiry(session, settings, status=status, now=NOW + timedelta(hours=number // 4))
            for number in range(60)
        ]
    )
    everything = set(write(lambda session: {found.reference for found in session.query(Enquiry)}))
    seen: list[str] = []
    address: str | None = f"/desk/?view={view}&sort={sort}"
    while address:
        page = client.get(address).text
        seen += ROW.findall(page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else None
    assert len(seen) == 60
    assert set(seen) == everything


@pytest.mark.parametrize(
    "after", ["x", "2026-11-23", "2026-11-23,x", "0001-01-01,1", "2026-99-99,1", f"2026-11-23,{'9' * 30}", ","]
)
def test_position_that_is_none_is_refused(client: FlaskClient, me: str, after: str) -> None:
    assert client.get("/desk/", query_string={"after": after}).status_code == 400


def test_filters_narrow_and_can_be_shared(client: FlaskClient, me: str, write: Write, settings: Settings) -> None:
    def fill(session: Any) -> dict[str, str]:
        network, other = make_network(session, slug="one"), make_person(session)
        return {
            "plain": make_enquiry(session, settings).reference,
            "network": make_enquiry(session, settings, network=network).reference,
            "question": make_enquiry(session, settings, kind=Kind.QUESTION).reference,
            "review": make_enquiry(session, settings, status=Status.IN_REVIEW).reference,
            "other": make_enquiry(session, settings, assignee=other).reference,
            "closed": make_enquiry(session, settings, status=Status.DECLINED, organisation="範例大學").reference,
        }

    made = write(fill)
    assert set(rows(client)) == set(made.values()) - {made["closed"]}
    assert rows(client, network="one") == [made["network"]]
    assert rows(client, kind="question") == [made["question"]]
    assert rows(client, status="in_review") == [made["review"]]
    assert made["other"] not in rows(client, view="unassigned")
    assert rows(client, assignee="me") == rows(client, view="mine") == []
    assert rows(client, view="closed") == rows(client, q="範例") == [made["closed"]]
    assert rows(client, q=made["closed"].lower().replace("-", " ")) == [made["closed"]]
    assert rows(client, q="100%_") == []
    nonsense = {"view": "x", "status": "x", "kind": "x", "network": "x", "assignee": "x", "sort": "x", "q": "x"}
    assert client.get("/desk/", query_string=nonsense).status_code == 200


def test_late_and_due_today_say_so(client: FlaskClient, me: str, write: Write, settings: Settings) -> None:
    def fill(session: Any) -> None:
        today = datetime.now(UTC).astimezone(settings.zone).date()
        for days in (-1, 0, 1, 9):
            found = make_enquiry(session, settings)
            found.promised_on = found.due_on = today + timedelta(days)
        waiting = make_enquiry(session, settings, status=Status.AWAITING_PARTNER)
        assert waiting.due_on == NEVER

    write(fill)
    page = client.get("/desk/").text
    for words in ("1 day late", ">today<", ">tomorrow<", "in 9 days", "clock paused"):
        assert words in page
    assert len(rows(client, view="overdue")) == 1


@pytest.mark.parametrize(
    "view",
    ["open", "mine", "unassigned", "week", "overdue", "partner", "approval", "accepted", "scheduled", "closed", "spam"],
)
def test_empty_view_says_what_would_stand_there(client: FlaskClient, me: str, view: str) -> None:
    page = client.get("/desk/", query_string={"view": view}).text
    assert 'class="empty"' in page
    assert 'aria-current="page"' in page


def test_take_it_from_the_queue_stays_in_the_queue(
    client: FlaskClient, me: str, write: Write, settings: Settings
) -> None:
    write(lambda session: make_enquiry(session, settings))
    page = client.get("/desk/?view=unassigned").text
    action = re.search(r'action="(/desk/enquiries/[^"]+/assign)"', page)
    assert action is not None
    fields = dict(re.findall(r'type="hidden" name="(version|assignee|back)" value="([^"]*)"', page))
    response = client.post(action[1], data=fields)
    assert (response.status_code, response.location) == (303, "/desk/?view=unassigned")
    assert len(rows(client, view="mine")) == 1


def test_observers_see_the_queue_and_no_buttons(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings
) -> None:
    write(lambda session: make_enquiry(session, settings))
    sign_in(client, write(lambda session: make_person(session, role=Role.OBSERVER).email))
    page = client.get("/desk/").text
    assert ROW.search(page)
    assert "/actions/" not in page


def test_number_of_queries_does_not_grow(
    client: FlaskClient, me: str, write: Write, settings: Settings, count_queries: Any
) -> None:
    def fill(session: Any) -> None:
        person = make_person(session)
        for _ in range(12):
            make_enquiry(session, settings, network=make_network(session), assignee=person)

    write(lambda session: make_enquiry(session, settings))
    client.get("/desk/")
    with count_queries() as short:
        client.get("/desk/")
    write(fill)
    client.get("/desk/")  # who and what there is, is read once for each change of it
    with count_queries() as full:
        client.get("/desk/")
    assert len(full) == len(short) <= 10
    with count_queries() as networks:
        client.get("/desk/networks")
    assert len(networks) <= 5


def test_views_are_named_in_the_language_and_for_the_person_of_each_page(
    client: FlaskClient, me: str, write: Write, settings: Settings, sign_in: Any
) -> None:
    write(
        lambda session: setattr(
            make_enquiry(session, settings), "assignee", make_person(session, email="b@example.org")
        )
    )
    for language, name in (("en", "All open"), ("zh-hant", "所有處理中"), ("en", "All open")):
        assert f"<span>{name}</span>" in client.get(f"/desk/?language={language}").text, language
    assert not rows(client, view="mine")
    sign_in(client, "b@example.org")
    assert len(rows(client, view="mine")) == 1
