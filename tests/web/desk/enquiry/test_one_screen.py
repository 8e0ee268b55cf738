"""The page of one enquiry: what leads, what was said, what is remembered, and how each act is taken back."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, make_organisation, make_person, staff_actor
from webapp.config import Settings
from webapp.domain.enquiries import actions, loading
from webapp.domain.triage import notes, tags
from webapp.models import ChecklistItem, Enquiry, Message, Relation
from webapp.vocabulary import Action, MessageState, Priority, Role, Status
from webapp.web.desk.enquiry.conversation import FOLDED

pytestmark = pytest.mark.one_database
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def me(client: FlaskClient, write: Write, sign_in: Any) -> int:
    person = write(lambda session: make_person(session, name="Lee Siu Ming"))
    sign_in(client, person.email)
    return int(person.id)


@pytest.fixture
def reference(write: Write, settings: Settings, me: int) -> str:
    return str(write(lambda session: make_enquiry(session, settings).reference))


def page_of(client: FlaskClient, reference: str) -> str:
    return client.get(f"/desk/enquiries/{reference}").text


def found(write: Write, reference: str, read: Callable[[Session, Enquiry], Any]) -> Any:
    return write(lambda session: read(session, session.query(Enquiry).filter_by(reference=reference).one()))


def test_request_conversation_answer_and_decision_come_before_all_else(client: FlaskClient, reference: str) -> None:
    page = page_of(client, reference)
    places = [page.index(f'id="{name}"') for name in ("asked", "history", "text-reply", "text-note", "decide")]
    folds = re.findall(r'data-fold="(\w+)"', page)
    assert places == sorted(places)
    assert page.index('data-fold="') > places[-1]
    order = ["facts", "origin", "screening", "weighed", "referrals", "related", "marks", "checklist", "mails"]
    assert [name for name in folds if name in order] == order
    decide = page[page.index('id="decide"') :]
    # One way forward; what only sorts out is small, and comes last.
    assert len(re.findall(r'summary class="button primary"', decide)) == 1
    assert decide.index('actions/decline"') < decide.index('class="actions sorting"') < decide.index("mark_spam")


def test_conversation_is_in_order_with_emails_and_folds_what_no_one_reads(
    client: FlaskClient, write: Write, settings: Settings, reference: str, me: int
) -> None:
    def talk(session: Session) -> None:
        held = loading.locked(session, reference, actor=staff_actor())
        us = lambda hours: acting(staff_actor(person_id=me), now=NOW + timedelta(hours=hours), settings=settings)  # noqa: E731
        them = acting(actions.partner(held), now=NOW + timedelta(hours=2), settings=settings)
        actions.act(session, held, Action.REPLY, text="First ours", by=us(1))
        actions.act(session, held, Action.WRITE, text="Then theirs", by=them)
        notes.add(session, held, "A note last", named=(), by=us(3))
        for number in range(FOLDED):
            tags.tag(session, held, f"Tag {number}", by=us(4 + number))

    write(talk)
    page = page_of(client, reference)
    talked = page[page.index('class="talk"') : page.index('id="text-reply"')]
    words = [talked.index(word) for word in ("Received", "First ours", "Then theirs", "A note last", "Tag 0")]
    assert words == sorted(words)
    assert re.findall(r'<li class="(ours|theirs|note)"', talked) == ["ours", "theirs", "note"]
    assert re.search(r'class="ours".*?Queued.*?Message to the partner</a>\s*erika@example.org', talked, re.S)
    assert re.search(rf"<details><summary>{FOLDED} steps.*Tag {FOLDED - 1}.*</details>", talked, re.S)
    public = client.get(f"/desk/enquiries/{reference}?history=public").text
    assert public.index("First ours") < public.index("Then theirs")
    write(lambda session: session.query(Message).update({"state": MessageState.FAILED}))
    # What went wrong is never folded away: here the first step, with the emails of the enquiry that came.
    assert page_of(client, reference).count("<details><summary>") == page.count("<details><summary>")
    assert "Failed" in page_of(client, reference)


def checked(session: Session, held: Enquiry) -> list[tuple[str, bool]]:
    rows = session.scalars(select(ChecklistItem).where(ChecklistItem.enquiry_id == held.id))
    return [(row.text, row.done_at is not None) for row in rows]


def tagged(session: Session, held: Enquiry) -> list[str]:
    session.refresh(held, ["tags"])
    return [tag.name for tag in held.tags]


def related(session: Session, held: Enquiry) -> int:
    return session.query(Relation).filter_by(enquiry_id=held.id).count()


def undo(client: FlaskClient, page: str) -> Any:
    form = re.search(
        r'<form method="post" action="([^"]+)">((?:(?!</form>).)*)<button class="button">Undo</button>', page, re.S
    )
    assert form, page[:2000]
    data = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form[2]))
    return client.post(form[1], data=data, follow_redirects=True)


def test_each_small_act_says_what_it_did_in_one_notice_which_takes_it_back(
    client: FlaskClient, write: Write, settings: Settings, reference: str, me: int
) -> None:
    other = write(lambda session: make_enquiry(session, settings).reference)
    record = write(lambda session: make_organisation(session).id)
    here = f"/desk/enquiries/{reference}"
    item = lambda: str(found(write, reference, lambda s, held: s.scalars(select(ChecklistItem.id)).one()))  # noqa: E731
    acts: list[tuple[str, Callable[[], dict[str, str]], str, Callable[[Session, Enquiry], Any], str]] = [
        ("actions/assign", lambda: {"assignee": str(me)}, "Assigned to Lee Siu Ming.", lambda s, e: e.assignee_id, ""),
        ("priority", lambda: {"priority": "urgent"}, "The priority is set.", lambda s, e: e.priority, ""),
        ("tags", lambda: {"tag": "Signing"}, "The tag is added.", tagged, "marks"),
        ("actions/link", lambda: {"organisation": str(record)}, "Linked to", lambda s, e: e.organisation_id, "origin"),
        ("links", lambda: {"other": other}, "The two enquiries are linked.", related, "related"),
        ("checklist", lambda: {"text": "Book a room"}, "The checklist is changed.", checked, "checklist"),
    ]
    for path, given, said, read, at in acts:
        before = found(write, reference, read)
        version = str(found(write, reference, lambda _s, held: held.version))
        answer = client.post(f"{here}/{path}", data={"version": version, **given()})
        assert answer.location == (f"{here}#{at}" if at else here), path
        page = client.get(here).text
        assert (page.count('role="status"'), said in page) == (1, True), path
        assert found(write, reference, read) != before, path
        assert undo(client, page).status_code == 200
        assert found(write, reference, read) == before, path
    # A line that was ticked off is opened again, one that was removed comes back.
    client.post(f"{here}/checklist", data={"text": "Book a room"})
    for data in ({"do": "tick"}, {"do": "remove"}):
        before = found(write, reference, checked)
        client.post(f"{here}/checklist", data={"item": item(), **data})
        assert found(write, reference, checked) != before
        undo(client, client.get(here).text)
        assert found(write, reference, checked) == before, data


def test_what_a_colleague_did_meanwhile_is_not_taken_back(client: FlaskClient, write: Write, reference: str) -> None:
    here = f"/desk/enquiries/{reference}"
    client.post(f"{here}/priority", data={"version": "1", "priority": "urgent"})
    page = client.get(here).text
    client.post(f"{here}/priority", data={"version": "2", "priority": "low"})
    assert undo(client, page).status_code == 409
    assert found(write, reference, lambda _s, held: held.priority) is Priority.LOW


def test_what_was_written_is_read_where_one_was(client: FlaskClient, reference: str) -> None:
    for action, text in (("note", "Call them"), ("reply", "We will call")):
        version = re.findall(r'name="version" value="(\d+)"', page_of(client, reference))[0]
        answer = client.post(f"/desk/enquiries/{reference}/actions/{action}", data={"version": version, "text": text})
        assert answer.location.endswith("#latest")
        page = page_of(client, reference)
        assert re.search(rf'id="latest">(?:(?!</li>).)*{text}', page, re.S)
        assert page.count('role="status"') == 1


def test_parts_are_open_as_their_reader_left_them(client: FlaskClient, reference: str, me: int) -> None:
    def opened() -> set[str]:
        return set(re.findall(r'data-fold="(\w+)" open', page_of(client, reference)))

    name = f"liaison-open-{me}"
    assert f'data-folds="{name}"' in page_of(client, reference)
    assert opened() == {"facts"}
    client.set_cookie(name, "marks.related.<b>", path="/desk")
    assert opened() == {"marks", "related"}
    client.set_cookie(name, "", path="/desk")
    assert opened() == set()
    # A form that was refused is seen, whatever its reader left closed.
    refused = client.post(f"/desk/enquiries/{reference}/tags", data={"tag": ""}).text
    assert re.search(r'data-fold="marks" open', refused)


def test_next_and_previous_are_those_of_the_list_that_was_looked_at(
    client: FlaskClient, write: Write, settings: Settings, me: int, count_queries: Any
) -> None:
    made = write(lambda s: [make_enquiry(s, settings, now=NOW + timedelta(days=n)).reference for n in range(3)])
    assert not re.search(r'rel="(?:prev|next)"', walk_of(client, made[1]))
    with count_queries() as before:
        walk_of(client, made[1])
    listed = client.get("/desk/?sort=newest").text
    assert "Set-Cookie" not in client.get("/desk/?sort=newest").headers
    order = sorted(made, key=listed.index)
    with count_queries() as after:
        walk = walk_of(client, order[1])
    assert re.findall(r"/desk/enquiries/([\w-]+)", walk) == [order[0], order[2]]
    assert ('href="/desk/?sort=newest"' in walk, "2 of 3" in walk) == (True, True)
    assert len(after) == len(before)
    assert re.findall(r"/desk/enquiries/([\w-]+)", walk_of(client, order[0])) == [order[1]]
    client.get("/desk/?status=declined")
    assert re.findall(r"/desk/enquiries/([\w-]+)", walk_of(client, order[2])) == [order[1]]


def walk_of(client: FlaskClient, reference: str) -> str:
    walk = re.findall(r'<nav class="case-walk".*?</nav>', page_of(client, reference), re.S)[0]
    return re.sub(r'<a [^>]*/brief">.*?</a>', "", walk)


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.ACCEPTED])
def test_who_only_reads_is_offered_nothing_to_press(
    client: FlaskClient, write: Write, settings: Settings, sign_in: Any, status: Status
) -> None:
    reference = write(lambda session: make_enquiry(session, settings, status=status).reference)
    sign_in(client, write(lambda session: make_person(session, role=Role.OBSERVER).email))
    page = page_of(client, reference)
    main = page[page.index("<main") : page.index("</main>")]
    assert "<form" not in main
    assert ('href="/desk/visits/' in main) == (status is Status.ACCEPTED)
