"""A filter that names what is not there shows nothing and says so, on every page that takes one."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import make_enquiry, make_network, make_organisation, make_person
from webapp.config import Settings
from webapp.domain.security.permissions import Actor, staff
from webapp.domain.triage import queue, tags
from webapp.models import Person, SavedView, Tag
from webapp.vocabulary import Kind, Role, Status

Write = Callable[[Callable[[Any], Any]], Any]
ROW = re.compile(r"<tr data-row>.*?/desk/enquiries/(LD-[\w-]+)\"|<li class=\"card\" data-row>.*?(LD-[\w-]+)\"", re.S)
NOTICE = re.compile(r'<div class="notice" data-tone="warn">(?:(?!</div>).)*Nothing is shown.*?</div>', re.S)

# What an address may name, on the queue and on the board, and what of it the notice has to say.
UNKNOWN = {
    "network": ("network=no-such-network", "no-such-network"),
    "network of another case": ("network=ONE", "ONE"),
    "network by its number": ("network=1", "1"),
    "kind": ("kind=party", "party"),
    "kind in capitals": ("kind=VISIT", "VISIT"),
    "assignee in words": ("assignee=nobody", "nobody"),
    "assignee that never was": ("assignee=4711", "4711"),
    "assignee below nothing": ("assignee=-1", "-1"),
    "assignee 0": ("assignee=0", "0"),
    "assignee beyond numbers": ("assignee=99999999999999999999", "99999999999999999999"),
    "assignee in other digits": ("assignee=²", "²"),
    "priority": ("priority=9", "9"),
    "priority in words": ("priority=very high", "very high"),
    "tag": ("tag=gone", "gone"),
    "two at once": ("network=gone&tag=lost", "lost"),
    "one known, one not": ("kind=visit&network=gone", "gone"),
}
QUEUE_ONLY = {
    "status": ("status=finished", "finished"),
    "status of another view": ("view=closed&status=received", "Received"),
    "view": ("view=everything", "everything"),
    "view with words": ("view=everything&q=learning", "everything"),
    "assignee where the view says whose": ("view=mine&assignee=none", "Mine"),
    "words and an unknown tag": ("q=learning&tag=gone", "gone"),
    "closed ones with an unknown network": ("view=closed&network=gone", "gone"),
}


@pytest.fixture
def me(client: FlaskClient, build: Write, sign_in: Any, settings: Settings) -> str:
    def fill(session: Any) -> str:
        one = make_network(session, slug="one", acronym="ONE")
        make_enquiry(session, settings, network=one)
        make_enquiry(session, settings, kind=Kind.QUESTION, status=Status.DECLINED)
        return str(make_person(session, name="Lee Siu Ming", role=Role.ADMINISTRATOR).email)

    email = str(build(fill))
    sign_in(client, email)
    return email


def close(session: Any, person: Person) -> None:
    person.active = False
    session.flush()


def told(page: str) -> str:
    """Return the notice, without its markup."""
    found = NOTICE.search(page)
    assert found, "no notice"
    return unescape(re.sub(r"<[^>]+>", "", found[0]))


def without(page: str) -> list[str]:
    """Return the addresses that the notice offers."""
    found = NOTICE.search(page)
    assert found, "no notice"
    return [unescape(url) for url in re.findall(r'href="([^"]+)"', found[0])]


def shows_nothing(client: FlaskClient, address: str, words: str) -> str:
    page = client.get(address, follow_redirects=True)
    assert page.status_code == 200, address
    assert not ROW.search(page.text), address
    assert words in told(page.text), address
    return page.text


def test_queue_with_an_unknown_filter_shows_nothing(client: FlaskClient, me: str) -> None:
    for query, words in (UNKNOWN | QUEUE_ONLY).values():
        shows_nothing(client, f"/desk/?{query}", words)


def test_board_with_an_unknown_filter_shows_nothing(client: FlaskClient, me: str) -> None:
    for query, words in UNKNOWN.values():
        shows_nothing(client, f"/desk/board?{query}", words)


@pytest.mark.both_databases
@pytest.mark.parametrize("path", ["/desk/", "/desk/board"])
def test_notice_leads_to_the_page_without_the_filter(client: FlaskClient, me: str, path: str) -> None:
    page = shows_nothing(client, f"{path}?kind=visit&network=gone", "gone")
    assert without(page)[0] == f"{path}?kind=visit"
    assert ROW.search(client.get(without(page)[0]).text)
    assert '<option value="gone" selected>' in page


def test_unknown_filters_are_removed_one_by_one(client: FlaskClient, me: str) -> None:
    page = shows_nothing(client, "/desk/?network=gone&tag=lost", "gone")
    assert without(page)[:2] == ["/desk/?tag=lost", "/desk/?network=gone"]
    shows_nothing(client, without(page)[0], "lost")


def test_closed_account_as_a_filter_shows_nothing_and_names_them(
    client: FlaskClient, me: str, write: Write, settings: Settings
) -> None:
    def fill(session: Any) -> int:
        gone = make_person(session, name="Gone Away")
        make_enquiry(session, settings, assignee=gone)
        close(session, gone)
        return gone.id

    number = write(fill)
    for path in ("/desk/", "/desk/board"):
        page = shows_nothing(client, f"{path}?assignee={number}", "Gone Away")
        assert "closed" in told(page)
        assert "/desk/?view=unassigned" in without(page)


def test_person_without_an_account_is_still_a_filter(
    client: FlaskClient, me: str, write: Write, settings: Settings
) -> None:
    def fill(session: Any) -> tuple[int, str]:
        person = make_person(session, name="By Mail Alone", role=None)
        return person.id, make_enquiry(session, settings, assignee=person).reference

    number, reference = write(fill)
    page = client.get(f"/desk/?assignee={number}").text
    assert ROW.findall(page) == [(reference, "")]
    assert f'<option value="{number}" selected>By Mail Alone' in page


def test_saved_view_of_a_closed_account_says_so(client: FlaskClient, me: str, write: Write, settings: Settings) -> None:
    def fill(session: Any) -> tuple[int, str]:
        person = make_person(session, name="Gone Away")
        return person.id, make_enquiry(session, settings, assignee=person).reference

    number, reference = write(fill)
    client.post("/desk/views", data={"name": "Theirs", "assignee": str(number)})
    address = f"/desk/?assignee={number}"
    assert ROW.findall(client.get(address).text) == [(reference, "")]
    write(lambda session: close(session, session.get(Person, number)))
    shows_nothing(client, address, "Gone Away")
    assert "Gone Away" in told(client.get("/desk/views").text)
    assert "Theirs</span><small>cannot be applied</small>" in client.get("/desk/").text


@pytest.mark.parametrize(
    "query",
    [{"network": "gone"}, {"tag": "gone"}, {"kind": "party"}, {"view": "gone"}, {"view": "closed", "status": "new"}],
)
def test_saved_view_whose_filter_fails_is_never_all(
    client: FlaskClient, me: str, write: Write, query: dict[str, str]
) -> None:
    def fill(session: Any) -> None:
        owner = session.query(Person).filter_by(email=me).one()
        session.add(SavedView(owner_id=owner.id, name="Old", query=query, created_at=owner.created_at))

    write(fill)
    link = re.search(r'href="([^"]+)"[^>]*><span>Old</span>', client.get("/desk/").text)
    assert link
    assert not ROW.search(client.get(unescape(link[1])).text)
    assert list(query.values())[-1] in told(client.get("/desk/views").text)


def test_tag_beyond_those_offered_is_known(client: FlaskClient, me: str, write: Write, settings: Settings) -> None:
    def fill(session: Any) -> str:
        session.add_all(Tag(name=f"a{number:03}", key=f"a{number:03}") for number in range(tags.TAGS_OFFERED))
        found = make_enquiry(session, settings)
        session.refresh(found, ["tags"])
        found.tags = [Tag(name="Zebra", key="zebra")]
        return found.reference

    reference = write(fill)
    page = client.get("/desk/?tag=zebra").text
    assert ROW.findall(page) == [(reference, "")]
    assert "Nothing is shown" not in page


def test_work_of_a_closed_account_is_with_no_one(
    client: FlaskClient, me: str, write: Write, settings: Settings
) -> None:
    def fill(session: Any) -> str:
        gone = make_person(session, name="Gone Away")
        reference = make_enquiry(session, settings, assignee=gone).reference
        make_enquiry(session, settings, assignee=make_person(session))
        close(session, gone)
        return reference

    reference = write(fill)
    page = client.get("/desk/?view=unassigned").text
    assert reference in [row[0] for row in ROW.findall(page)]
    assert "Gone Away" in page
    assert "account closed" in page
    assert f'/desk/enquiries/{reference}/actions/assign"' in page
    assert "account closed" in client.get(f"/desk/enquiries/{reference}").text
    board = client.get("/desk/board?assignee=none").text
    assert reference in board
    assert "account closed" in board


def test_office_has_what_is_with_a_closed_account(session: Any, write: Write, settings: Settings) -> None:
    def fill(session: Any) -> tuple[str, Actor]:
        gone, me = make_person(session), make_person(session)
        found = make_enquiry(session, settings, assignee=gone)
        found.answerer_id = None
        close(session, gone)
        return found.reference, staff(me)

    reference, actor = write(fill)
    filters = queue.Filters(with_person=actor.person_id, with_office=True)
    assert [row.reference for row in queue.queue(session, filters, actor=actor).rows] == [reference]


ELSEWHERE = [
    ("/desk/activity?who=unknown-one", "unknown-one"),
    ("/desk/activity?who=4711", "4711"),
    ("/desk/changes?subject=planet", "planet"),
    ("/desk/organisations?country=ZZ", "ZZ"),
    ("/desk/organisations?country=DE'", "DE'"),
    ("/desk/networks?show=everything", "everything"),
    ("/desk/networks?show=HIDDEN", "HIDDEN"),
]


def test_other_lists_with_an_unknown_filter_show_nothing(client: FlaskClient, me: str, write: Write) -> None:
    write(make_organisation)
    for address, words in ELSEWHERE:
        page = shows_nothing(client, address, words)
        assert "data-row" not in page, address
        assert 'class="timeline"' not in page, address
        assert without(page)[0] == address.partition("?")[0]
        assert "Nothing is shown" not in client.get(without(page)[0]).text, address


def test_history_with_an_unknown_audience_shows_nothing(
    client: FlaskClient, me: str, write: Write, settings: Settings
) -> None:
    reference = write(lambda session: make_enquiry(session, settings).reference)
    page = client.get(f"/desk/enquiries/{reference}?history=secret").text
    assert "secret" in told(page)
    assert 'class="timeline"' not in page
    assert without(page) == [f"/desk/enquiries/{reference}#history"]


def test_activity_of_a_closed_account_can_be_read(client: FlaskClient, me: str, write: Write) -> None:
    def fill(session: Any) -> int:
        gone = make_person(session, name="Gone Away")
        close(session, gone)
        return gone.id

    number = write(fill)
    page = client.get(f"/desk/activity?who={number}").text
    assert f'<option value="{number}" selected>Gone Away (account closed)' in page
    assert "Nothing is shown" not in page


NO_PLACE = [
    ("/desk/activity?before=x", 400),
    ("/desk/changes?after=x", 400),
    ("/desk/organisations?after=x", 400),
    ("/desk/organisations?enquiry=x", 404),
    ("/desk/organisations?into=x", 404),
    ("/desk/organisations/1/merge?other=x", 404),
]


def test_place_that_is_none_is_refused(client: FlaskClient, me: str, write: Write) -> None:
    write(make_organisation)
    assert [(address, client.get(address).status_code) for address, _ in NO_PLACE] == NO_PLACE


def test_bulk_refuses_rows_that_it_cannot_read(client: FlaskClient, me: str, write: Write, settings: Settings) -> None:
    reference = write(lambda session: make_enquiry(session, settings).reference)
    data = {"row": [f"{reference}:1", "LD-nonsense", f"{reference}:x"], "change": "prioritise:high"}
    page = client.post("/desk/bulk", data=data, follow_redirects=True).text
    assert "done for 1 enquiry" in page
    assert "LD-nonsense: there is no such enquiry" in unescape(page)


@pytest.mark.parametrize("change", ["assign", "assign:", "assign:x", "assign:4711"])
def test_bulk_takes_an_unknown_person_for_no_one_only_where_that_was_chosen(
    client: FlaskClient, me: str, write: Write, settings: Settings, change: str
) -> None:
    def fill(session: Any) -> str:
        return make_enquiry(session, settings, assignee=make_person(session, name="Keeps It")).reference

    reference = write(fill)
    page = client.post("/desk/bulk", data={"row": f"{reference}:1", "change": change}, follow_redirects=True).text
    assert ("Keeps It" in page.split("<table>")[1].split("</table>")[0]) is (change != "assign:")
