"""Priority, tags, checklist, mentions and canned replies: through the pages, with history, and without harm."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import make_enquiry, make_network, make_person, tracking_token
from webapp.config import Settings
from webapp.models import CannedReply, ChecklistItem, Enquiry, Mention, Message, Person, Tag
from webapp.vocabulary import Language, MessageKind, Priority, Role, Status

Write = Callable[[Callable[[Any], Any]], Any]


@pytest.fixture
def me(client: FlaskClient, write: Write, sign_in: Any) -> Person:
    person: Person = write(lambda session: make_person(session, name="Lee Siu Ming"))
    sign_in(client, person)
    return person


@pytest.fixture
def reference(write: Write, settings: Settings) -> str:
    return str(write(lambda session: make_enquiry(session, settings).reference))


def post(client: FlaskClient, reference: str, what: str, **data: Any) -> Any:
    return client.post(f"/desk/enquiries/{reference}/{what}", data=data)


def page(client: FlaskClient, reference: str) -> str:
    return client.get(f"/desk/enquiries/{reference}").text


def read(write: Write) -> Enquiry:
    return write(lambda session: session.query(Enquiry).order_by(Enquiry.id).first())  # type: ignore[no-any-return]


def test_priority_is_set_told_and_never_overwritten(
    client: FlaskClient, me: Person, reference: str, write: Write
) -> None:
    assert post(client, reference, "priority", priority="urgent", version=1).status_code == 303
    assert "set the priority to urgent" in page(client, reference)
    refused = post(client, reference, "priority", priority="low", version=1)
    assert refused.status_code == 409
    assert "set the priority to urgent" in refused.text
    assert (read(write).priority, read(write).version) == (Priority.URGENT, 2)
    assert post(client, reference, "priority", priority="x", version=2).status_code == 400


def test_tags_are_added_once_filtered_by_and_removed(
    client: FlaskClient, me: Person, reference: str, write: Write
) -> None:
    for name in ("Spring 2027", "#spring  2027", "＃ＳＰＲＩＮＧ 2027", "Spríng\u200b 2027"):
        assert post(client, reference, "tags", tag=name).status_code == 303
    assert read(write).version == 2
    assert page(client, reference).count('name="remove" value="1">Spring 2027') == 1
    assert reference in client.get("/desk/?tag=spring+2027").text
    assert post(client, reference, "tags", tag="Spring 2027", remove="1").status_code == 303
    assert reference not in client.get("/desk/?tag=spring+2027").text.split("<main")[1].split("<tbody>")[-1]
    assert "removed the tag Spring 2027" in page(client, reference)


def test_tags_that_came_to_fold_alike_are_each_added_and_removed_by_name(
    client: FlaskClient, me: Person, reference: str, write: Write
) -> None:
    write(lambda session: session.add_all([Tag(name="Résumé", key="résumé"), Tag(name="Resume", key="resume")]))
    for name in ("Résumé", "Resume", "RESUME"):
        post(client, reference, "tags", tag=name)
    assert read(write).version == 3
    assert f"/desk/enquiries/{reference}" in client.get("/desk/?tag=résumé").text
    post(client, reference, "tags", tag="Résumé", remove="1")
    left = re.findall(r'name="remove" value="1">([^<]+)<', page(client, reference))
    assert left == ["Resume"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "\u200b", "’"])
def test_tag_that_is_none_is_refused_beside_its_field(
    client: FlaskClient, me: Person, reference: str, name: str
) -> None:
    refused = post(client, reference, "tags", tag=name)
    assert refused.status_code == 400
    assert 'id="tag-error"' in refused.text


def test_number_of_tags_has_a_bound(client: FlaskClient, me: Person, reference: str) -> None:
    codes = [post(client, reference, "tags", tag=f"tag {number}").status_code for number in range(13)]
    assert codes == [303] * 12 + [400]


def test_checklist_is_ticked_with_who_and_when(client: FlaskClient, me: Person, reference: str, write: Write) -> None:
    assert post(client, reference, "checklist", text="Ask the dean").status_code == 303
    for _ in range(2):
        assert post(client, reference, "checklist", item=1, do="tick").status_code == 303
    shown = page(client, reference)
    assert "<del>Ask the dean</del><br><small>Lee Siu Ming, " in shown
    assert shown.count("ticked off “Ask the dean”") == 1
    post(client, reference, "checklist", item=1, do="untick")
    assert write(lambda session: session.get(ChecklistItem, 1).done_at) is None
    post(client, reference, "checklist", item=1, do="remove")
    assert write(lambda session: session.query(ChecklistItem).count()) == 0
    assert "removed “Ask the dean” from the checklist" in page(client, reference)


def test_checklist_of_another_enquiry_is_not_found(
    client: FlaskClient, me: Person, reference: str, write: Write, settings: Settings
) -> None:
    post(client, reference, "checklist", text="Ask the dean")
    other = write(lambda session: make_enquiry(session, settings).reference)
    assert post(client, other, "checklist", item=1, do="tick").status_code == 404
    assert post(client, reference, "checklist", text=" ").status_code == 400


def test_observers_change_nothing(client: FlaskClient, write: Write, sign_in: Any, reference: str) -> None:
    sign_in(client, write(lambda session: make_person(session, role=Role.OBSERVER).email))
    for what, data in (("priority", {"priority": "low"}), ("tags", {"tag": "x"}), ("checklist", {"text": "x"}),
                       ("links", {"other": "x"}), ("merge", {"into": "x"})):  # fmt: skip
        assert post(client, reference, what, **data).status_code == 403
    shown = page(client, reference)
    assert not re.search(r"/(tags|priority|checklist|links|merge)\"", shown)


def mentions(write: Write) -> list[tuple[int, bool]]:
    rows = write(lambda session: session.query(Mention).order_by(Mention.id).all())
    return [(row.person_id, row.seen_at is not None) for row in rows]


def told(write: Write) -> list[str]:
    query = lambda session: session.query(Message).filter_by(kind=MessageKind.STAFF_MENTIONED)  # noqa: E731
    return [row.recipient_email for row in write(lambda session: query(session).all())]


def test_note_tells_whom_it_names_once_and_stands_in_their_day(
    client: FlaskClient, app: Any, me: Person, reference: str, write: Write, sign_in: Any
) -> None:
    def people(session: Any) -> list[Person]:
        return [make_person(session, name="Chan Tai"), make_person(session, name="Chan Tai Man"),
                make_person(session, name="No Account", role=None)]  # fmt: skip

    _, man, _nobody = write(people)
    text = "@chán\u200b Tai-Man and @Lee Siu Ming and @No Account: could you look?"
    assert post(client, reference, "actions/note", version=1, text=text, mention=[man.id, 999]).status_code == 303
    assert mentions(write) == [(man.id, False)]
    assert told(write) == [man.email]
    other = app.test_client()
    sign_in(other, man)
    day = other.get("/desk/my-day").text
    assert "could you look?" in day
    client.post("/desk/my-day/mentions/1")
    assert mentions(write) == [(man.id, False)]
    other.post("/desk/my-day/mentions/1")
    assert mentions(write) == [(man.id, True)]
    assert "could you look?" not in other.get("/desk/my-day").text


def test_whoever_does_not_see_the_enquiry_is_not_told(
    client: FlaskClient, me: Person, write: Write, settings: Settings
) -> None:
    def rows(session: Any) -> tuple[str, Person, Person]:
        mine, other = (make_person(session, role=Role.LIAISON, name=name) for name in ("Prof. One", "Prof. Two"))
        network = make_network(session, liaison=mine)
        make_network(session, liaison=other)
        return make_enquiry(session, settings, network=network).reference, mine, other

    reference, mine, other = write(rows)
    post(client, reference, "actions/note", version=1, text="@Prof. One, @Prof. Two", mention=[other.id])
    assert told(write) == [mine.email]
    assert f'name="mention" value="{other.id}"' not in page(client, reference)


def test_refused_note_tells_nobody_and_keeps_who_was_ticked(
    client: FlaskClient, me: Person, reference: str, write: Write
) -> None:
    man = write(lambda session: make_person(session, name="Chan Tai Man"))
    refused = post(client, reference, "actions/note", version=1, text="x" * 10_001, mention=[man.id])
    assert refused.status_code == 400
    assert f'name="mention" value="{man.id}" checked' in refused.text
    assert told(write) == []


def save_reply(client: FlaskClient, text: str, **data: str) -> Any:
    return client.post("/desk/replies/new", data={"name": "Delegates", "language": "en", "text": text, **data})


def test_canned_reply_is_filled_in_below_what_was_typed_and_nothing_is_sent(
    client: FlaskClient, me: Person, write: Write, settings: Settings
) -> None:
    assert save_reply(client, "Dear {contact_name}, {reference} by {promised_on}. {sender}").status_code == 303
    reference = write(lambda session: make_enquiry(session, settings, contact_name="{sender} <b>").reference)
    before = write(lambda session: session.query(Message).count())
    drafted = post(client, reference, "letters/reply", letter=1, text="Good morning,", version=1)
    assert drafted.status_code == 200
    text = re.search(r'id="text-reply"[^>]*>(.*?)</textarea>', drafted.text, re.S)
    assert text
    assert text[1].startswith("Good morning,\n\nDear {sender} &lt;b&gt;, " + reference)
    assert text[1].endswith("Lee Siu Ming")
    assert write(lambda session: session.query(Message).count()) == before
    assert read(write).version == 1
    assert post(client, reference, "letters/reply", letter=99, text="x").status_code == 404


@pytest.mark.parametrize("text", ["{password}", "{}", "{name.__class__}{settings}", ""])
def test_placeholders_are_a_closed_list(client: FlaskClient, me: Person, write: Write, text: str) -> None:
    refused = save_reply(client, f"Hello {text}" if text else "")
    closed = text not in ("{name.__class__}{settings}",)
    assert refused.status_code == 400, "nothing else is filled in"
    assert 'id="text-error"' in refused.text
    assert closed or "{settings}" in refused.text
    assert write(lambda session: session.query(CannedReply).count()) == 0


def test_canned_reply_is_previewed_changed_and_deleted(client: FlaskClient, me: Person, write: Write) -> None:
    preview = save_reply(client, "Dear {contact_name}", preview="1")
    assert "Dear Erika Mustermann" in preview.text
    assert write(lambda session: session.query(CannedReply).count()) == 0
    save_reply(client, "Dear {contact_name}")
    assert save_reply(client, "Again").status_code == 400, "the name is taken in this language"
    assert save_reply(client, "閣下", language="zh-hant").status_code == 303
    changed = client.post("/desk/replies/1", data={"name": "New", "language": "en", "text": "Hello", "version": 1})
    assert changed.status_code == 303
    kept = write(
        lambda session: [(row.name, row.language) for row in session.query(CannedReply).order_by(CannedReply.id)]
    )
    assert kept == [("New", Language.EN), ("Delegates", Language.ZH_HANT)]
    late = client.post("/desk/replies/1", data={"name": "New", "language": "en", "text": "Mine", "version": 1})
    assert late.status_code == 409
    assert re.search(r'id="text"[^>]*>\s*Mine</textarea>', late.text), "what was typed stays"
    assert "Hello" in late.text
    assert "Who changed it" in client.get("/desk/replies/1").text
    assert client.post("/desk/replies/1/delete", data={"version": 2}).status_code == 303
    assert client.get("/desk/replies/1").status_code == 404


def test_my_day_shows_what_needs_me_and_no_more(
    client: FlaskClient, me: Person, write: Write, settings: Settings, count_queries: Any
) -> None:
    assert "Nothing to do right now" in client.get("/desk/my-day").text

    def fill(session: Any) -> None:
        person, liaison = session.get(Person, me.id), make_person(session, role=Role.LIAISON)
        network = make_network(session, liaison=liaison)
        far = make_enquiry(session, settings, subject="Far away", assignee=person)
        far.promised_on = far.due_on = far.due_on + timedelta(400)
        far.status = Status.IN_REVIEW
        wrote = make_enquiry(
            session, settings, subject="They answered", assignee=person, status=Status.AWAITING_PARTNER
        )
        wrote.partner_wrote_at = wrote.submitted_at
        late = make_enquiry(session, settings, subject="Mine and late", assignee=person, status=Status.IN_REVIEW)
        late.due_on = late.promised_on = late.submitted_at.date()
        make_enquiry(session, settings, subject="With the liaison", network=network)
        make_enquiry(session, settings, subject="With the office")

    write(fill)
    client.get("/desk/my-day")
    with count_queries() as statements:
        day = client.get("/desk/my-day").text
    assert len(statements) <= 15
    assert all(f"{words}</span>" in day for words in ("They answered", "Mine and late", "With the office"))
    assert not any(words in day for words in ("Far away", "With the liaison"))


def test_board_has_a_column_a_status_and_moves_by_what_is_allowed(
    client: FlaskClient, me: Person, write: Write, settings: Settings, count_queries: Any
) -> None:
    write(lambda session: [make_enquiry(session, settings) for _ in range(11)])
    reference = write(lambda session: make_enquiry(session, settings, status=Status.AWAITING_APPROVAL).reference)
    client.get("/desk/board")
    with count_queries() as statements:
        board = client.get("/desk/board").text
    assert len(statements) <= 11
    assert board.count('<li class="card"') == 9
    assert 'href="/desk/?status=received"' in board
    form = re.search(rf'action="(/desk/enquiries/{reference}/actions/resume)".*?name="version" value="(\d+)"', board)
    assert form
    moved = client.post(form[1], data={"version": form[2], "back": "/desk/board"})
    assert (moved.status_code, moved.location) == (303, "/desk/board")
    assert reference in client.get("/desk/board").text.split("column-in_review")[2].split("</section>")[0]


def test_activity_goes_back_page_by_page_and_shows_only_ones_own_part(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings
) -> None:
    def rows(session: Any) -> tuple[str, list[str], str]:
        liaison = make_person(session, role=Role.LIAISON)
        network = make_network(session, liaison=liaison)
        mine = [make_enquiry(session, settings, network=network).reference for _ in range(45)]
        return liaison.email, mine, make_enquiry(session, settings).reference

    email, mine, other = write(rows)
    sign_in(client, email)
    seen: list[str] = []
    address: str | None = "/desk/activity"
    while address:
        shown = client.get(address).text
        assert other not in shown
        seen += re.findall(r'<small translate="no">(LD-[\w-]+)</small>', shown)
        found = re.search(r'rel="next" href="([^"]+)"', shown)
        address = found[1].replace("&amp;", "&") if found else None
    assert seen == mine[::-1]
    assert client.get("/desk/activity?before=99999999999999999999&who=x").status_code == 400


def test_merged_enquiry_points_to_the_other_for_staff_and_partner(
    client: FlaskClient, me: Person, write: Write, settings: Settings
) -> None:
    def rows(session: Any) -> tuple[str, str, str]:
        one, into = make_enquiry(session, settings), make_enquiry(session, settings)
        return one.reference, into.reference, tracking_token(session, settings, one)

    one, into, token = write(rows)
    assert "Possible duplicates" in page(client, one)
    assert post(client, one, "links", other=into.lower()).status_code == 303
    assert "Possible duplicates" not in page(client, one)
    assert post(client, one, "links", other="LD-2222-2222").status_code == 400
    assert post(client, one, "merge", into=into, version=1).status_code == 409
    response = post(client, one, "merge", into=into, version=2)
    assert response.location.startswith(f"/desk/enquiries/{into}")
    assert "Merged into this enquiry:" in page(client, into)
    assert "Continues here:" in page(client, one)
    assert f"This matter continues as {into}." in client.get(f"/track/{token}").text
    assert post(client, one, "actions/reopen", version=3).status_code == 303
    assert "continues as" not in client.get(f"/track/{token}").text
    assert "Merged into this enquiry:" not in page(client, into)
