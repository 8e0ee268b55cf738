"""What is typed into a form that was sent already is kept as a new enquiry, and its sender learns of it."""

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from tests.conftest import RecordingBroker
from tests.factories import make_person
from tests.web.public.conftest import same_browser
from webapp.db import db
from webapp.domain.enquiries import drafts, held
from webapp.models import Attachment, Draft, Enquiry, Message
from webapp.vocabulary import Status

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
OTHER = "May our nurses visit your simulation ward?"
Answers = Callable[..., MultiDict[str, Any]]
Post = Callable[..., Any]
Write = Callable[[Callable[[Session], Any]], Any]


def count(app: Flask, model: type[Any]) -> int:
    with app.app_context():
        return db.session().scalar(select(func.count()).select_from(model)) or 0


def save_with(client: FlaskClient, data: MultiDict[str, Any]) -> Any:
    return client.post("/enquiries/new", data=data, content_type="multipart/form-data")


@pytest.fixture
def sent(answers: Answers, save: Post, send: Post) -> tuple[MultiDict[str, Any], str]:
    """The answers that were sent, and where they led."""
    data = answers("question")
    save(data)
    return data, send(data["form_id"]).location


def again(data: MultiDict[str, Any], **changed: Any) -> MultiDict[str, Any]:
    """The same form, with something else in it."""
    copy = data.copy()
    for name, value in changed.items():
        copy.setlist(name, [value])
    return copy


def test_other_words_in_a_form_that_was_sent_are_kept_and_told_of(
    app: Flask, client: FlaskClient, sent: Any, save: Post
) -> None:
    data, tracking = sent
    response = save(again(data, message=OTHER))
    assert re.fullmatch(rf"/enquiries/new\?draft=[\w-]{{43}}&after={data['form_id']}", response.location)
    page = client.get(response.location)
    assert OTHER in page.text
    assert 'value="Erika Mustermann"' in page.text
    with app.app_context():
        reference = db.session().scalars(select(Enquiry.reference)).one()
    assert f"Your first enquiry, {reference}, was sent." in page.text
    assert page.headers["Cache-Control"] == "no-store"
    way = re.search(r'href="(/enquiries/new\?draft=[\w-]+#message)"', page.text)[1]
    assert client.get(way).location == tracking
    assert tracking not in page.text


def test_kept_words_are_sent_as_an_enquiry_of_their_own(app: Flask, sent: Any, save: Post, send: Post) -> None:
    data, tracking = sent
    new_id = re.search(r"draft=([\w-]+)", save(again(data, message=OTHER)).location)[1]
    assert save(again(data, form_id=new_id, message=OTHER)).location == f"/enquiries/check/{new_id}"
    second = send(new_id).location
    assert second not in ("", tracking)
    assert count(app, Enquiry) == 2
    # The words of either form are known by now: each leads to what it became.
    assert save(data).location == tracking
    assert save(again(data, message=OTHER)).location == second
    assert (count(app, Enquiry), count(app, Draft)) == (2, 2)


@pytest.mark.parametrize(
    ("changed", "is_new"),
    [
        ({}, False),
        ({"message": "  We would like to meet colleagues.\r\nTwo topics: service learning, exchange.  "}, False),
        ({"contact_name": "Erika  Mustermann "}, False),
        ({"step": "again"}, False),
        ({"message": OTHER}, True),
        ({"subject": "Another subject"}, True),
        ({"contact_email": "erika@another.example.org"}, True),
        ({"phone": "+49 30 7654321"}, True),
        ({"country": "AT"}, True),
        ({"message": ""}, True),
        ({"contact_email": "no address"}, True),
        ({"kind": "visit", "shown": "question", "step": "kind"}, True),
    ],
)
def test_what_is_sent_again_is_told_from_what_is_new(
    app: Flask, client: FlaskClient, sent: Any, save: Post, changed: dict[str, str], *, is_new: bool
) -> None:
    data, tracking = sent
    response = save(again(data, **changed))
    assert (response.location != tracking) == is_new
    assert count(app, Draft) == 1 + is_new
    if is_new:
        page = client.get(response.location).text
        for words in ("message", "subject", "contact_email"):
            assert changed.get(words, "") in page


def test_order_of_choices_is_no_new_word(
    client: FlaskClient, answers: Answers, save: Post, send: Post, app: Flask
) -> None:
    data = answers("visit")
    path = save(data).location
    client.post(path, data={"raise": "courtesy"})
    tracking = send(data["form_id"]).location
    assert save(data).location == tracking
    assert count(app, Draft) == 1


def test_old_form_leads_to_its_enquiry_and_nowhere_else(client: FlaskClient, sent: Any, save: Post) -> None:
    data, tracking = sent
    save(again(data, message=OTHER))
    for path in (f"/enquiries/new?draft={data['form_id']}", f"/enquiries/check/{data['form_id']}"):
        assert client.get(path).location == tracking


def test_file_in_a_form_that_was_sent_is_kept(app: Flask, answers: Answers, save: Post, send: Post) -> None:
    data = answers("question")
    given = data.copy()
    given.add("attachments", (io.BytesIO(PDF), "plan.pdf"))
    save(given)
    tracking = send(data["form_id"]).location
    same = data.copy()
    same.add("attachments", (io.BytesIO(PDF), "plan.pdf"))
    assert save(same).location == tracking
    other = data.copy()
    other.add("attachments", (io.BytesIO(PDF + b"%"), "list.pdf"))
    location = save(other).location
    assert "after=" in location
    with app.app_context():
        kept = dict(db.session().execute(select(Attachment.name, Attachment.enquiry_id)).all())
    assert (kept["plan.pdf"], kept["list.pdf"]) == (1, None)


def test_files_of_the_first_enquiry_are_spoken_of(
    client: FlaskClient, answers: Answers, save: Post, send: Post
) -> None:
    data = answers("question")
    given = data.copy()
    given.add("attachments", (io.BytesIO(PDF), "plan.pdf"))
    save(given)
    send(data["form_id"])
    page = client.get(save(again(data, message=OTHER)).location).text
    assert "The files of the first stay with it" in page
    assert "plan.pdf" not in page


def test_refused_file_is_named_beside_the_kept_words(sent: Any, save: Post) -> None:
    data, _ = sent
    other = again(data, message=OTHER)
    other.add("attachments", (io.BytesIO(b""), "empty.pdf"))
    response = save(other)
    assert response.status_code == 422
    assert "“empty.pdf” is empty." in response.text
    assert OTHER in response.text
    assert "was sent." in response.text


def test_notice_stays_while_the_new_form_is_corrected(client: FlaskClient, sent: Any, save: Post) -> None:
    data, _ = sent
    page = client.get(save(again(data, message=OTHER)).location).text
    hidden = dict(re.findall(r'name="(form_id|after)" value="([\w-]+)"', page))
    response = save(again(data, message=OTHER, subject="", **hidden))
    assert response.status_code == 422
    assert "was sent." in response.text


def test_words_after_the_draft_was_forgotten_are_kept(
    app: Flask, client: FlaskClient, sent: Any, save: Post, write: Write
) -> None:
    data, _ = sent
    write(lambda s: drafts.purge(s, now=datetime.now(UTC) + timedelta(days=30)))
    page = client.get(save(again(data, message=OTHER)).location).text
    assert OTHER in page
    assert "was sent." in page
    assert count(app, Enquiry) == 1


def test_two_different_postings_at_once_are_both_kept_and_the_same_one_once(app: Flask, sent: Any) -> None:
    data, tracking = sent
    words = [f"{OTHER} ({number % 3})" for number in range(12)]

    def post(text: str) -> str:
        return save_with(same_browser(app), again(data, message=text)).location

    with ThreadPoolExecutor(6) as threads:
        places = list(threads.map(post, words))
    assert len(set(places)) == 3
    assert all(place != tracking for place in places)
    with app.app_context():
        kept = [draft.fields["message"] for draft in db.session().scalars(select(Draft)) if draft.fields]
    assert sorted(kept) == [[f"{OTHER} ({number})"] for number in range(3)]


def test_words_that_come_while_the_form_is_sent_are_never_lost(app: Flask, answers: Answers, save: Post) -> None:
    data = answers("question")
    save(data)

    def press(number: int) -> str:
        client = same_browser(app)
        if number % 2:
            return client.post("/enquiries/new", data={"form_id": data["form_id"], "final": "yes"}).location
        return client.post(
            "/enquiries/new", data=again(data, message=OTHER), content_type="multipart/form-data"
        ).location

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(press, range(8)))
    with app.app_context():
        sent_words = list(db.session().scalars(select(Enquiry.message)))
        kept = [draft.fields["message"] for draft in db.session().scalars(select(Draft)) if draft.fields]
    assert len(sent_words) == 1
    assert sent_words == [OTHER] or kept == [[OTHER]]


def test_form_id_of_the_new_form_cannot_be_told_from_the_words(app: Flask, client: FlaskClient) -> None:
    del client
    given: dict[str, Any] = {"kind": "question", "fields": {"message": [OTHER]}}
    ids = {drafts.following(form, **given, secret_key=key) for form in "ab" for key in ("one", "two")}
    assert len(ids) == 4
    assert all(re.fullmatch(r"[\w-]{43}", each) for each in ids)


def test_whole_form_that_calls_itself_final_is_kept_and_checked(answers: Answers, save: Post) -> None:
    data = answers("question", final="yes")
    assert save(data).location == f"/enquiries/check/{data['form_id']}"


SPAM = "https://spam.example.org"


@pytest.fixture
def staff(client: FlaskClient, app: Flask, write: Write, sign_in: Any) -> FlaskClient:
    """Someone of the office at the desk."""
    client = same_browser(app)
    sign_in(client, str(write(lambda s: make_person(s).email)))
    return client


@pytest.fixture
def hold(client: FlaskClient, answers: Answers, save: Post, send: Post) -> Callable[[], str]:
    """Send a form whose hidden field was filled in; returns where that led."""

    def run(field: str = "leave_empty", **more: Any) -> str:
        data = answers("question", **{field: SPAM, **more})
        path = save(data).location
        assert "If you send it like this, a colleague will look at it first." in client.get(path).text
        return str(send(data["form_id"]).location)

    return run


def only_enquiry(app: Flask) -> Enquiry:
    with app.app_context():
        return db.session().scalars(select(Enquiry)).one()


@pytest.mark.parametrize("field", ["leave_empty", "homepage"])
def test_filled_hidden_field_holds_the_enquiry_and_says_so(
    app: Flask, client: FlaskClient, hold: Callable[..., str], broker: RecordingBroker, field: str
) -> None:
    tracking = hold(field)
    found = only_enquiry(app)
    assert (found.status, found.message[:13]) == (Status.SUSPECT, "We would like")
    assert (count(app, Message), broker.jobs) == (0, [])
    page = client.get(tracking).text
    assert "Your enquiry is kept, and a colleague will look at it first." in page
    assert "A receipt with the link" not in page
    assert "No answer is due any more" not in page
    assert client.get(tracking, headers={"Accept": "application/json"}).json["status"] == "received"


def test_check_of_a_suspect_form_promises_neither_receipt_nor_day(
    client: FlaskClient, answers: Answers, save: Post
) -> None:
    data = answers("question", leave_empty=SPAM)
    promises = ("We will email you a receipt", "we will reply by", "We answer within", 'class="leaf"')
    page = client.get(save(data).location).text.split("<main")[1]
    assert [words for words in promises if words in page] == []
    assert page.count("Send the enquiry") == 1
    page = client.get(save(again(data, leave_empty="")).location).text.split("<main")[1]
    assert [words for words in promises if words not in page] == []


def test_hidden_field_that_is_empty_again_holds_nothing(
    app: Flask, client: FlaskClient, answers: Answers, save: Post, send: Post
) -> None:
    data = answers("question", leave_empty=SPAM)
    path = save(data).location
    form = client.get(f"/enquiries/new?draft={data['form_id']}").text
    assert 'name="leave_empty"' in form
    assert SPAM not in form
    assert save(again(data, leave_empty="")).location == path
    assert "a colleague will look at it first" not in client.get(path).text
    send(data["form_id"])
    assert only_enquiry(app).status is Status.RECEIVED
    assert count(app, Message) == 2


def test_refused_form_with_a_filled_hidden_field_keeps_its_words(answers: Answers, save: Post) -> None:
    response = save(answers("question", leave_empty=SPAM, subject=""))
    assert response.status_code == 422
    assert "Two topics: service learning" in response.text


def test_hidden_field_is_nothing_that_browsers_fill_in(client: FlaskClient) -> None:
    page = client.get("/enquiries/new").text
    field = re.search(r'<input[^>]*name="leave_empty"[^>]*>', page)[0]
    assert 'autocomplete="off"' in field
    assert 'tabindex="-1"' in field
    assert 'name="homepage"' not in page


def test_held_enquiry_stands_in_its_view_alone(app: Flask, staff: FlaskClient, hold: Callable[..., str]) -> None:
    hold()
    reference = only_enquiry(app).reference
    for view in ("open", "new", "unassigned", "week", "closed", "spam", "wrote"):
        assert reference not in staff.get(f"/desk/?view={view}").text.split("<main")[1], view
    assert reference in staff.get("/desk/?view=suspect").text
    assert reference not in staff.get("/desk/my-day").text
    assert reference not in staff.get("/desk/board").text
    page = staff.get(f"/desk/enquiries/{reference}").text
    assert "Held: a program may have sent this." in page
    assert "It is genuine" in page
    assert "Mark as spam" in page
    assert "Assign to me" not in page


def test_row_of_a_held_enquiry_has_no_empty_lines_and_calls_nothing_an_answer(
    client: FlaskClient, staff: FlaskClient, hold: Callable[..., str]
) -> None:
    client.post(f"{hold()}/messages", data={"message": OTHER})
    row = re.search(r"<tr data-row>.*?</tr>", staff.get("/desk/?view=suspect").text, re.DOTALL)[0]
    assert "partner answered" not in row
    cells = re.findall(r"<td([^>]*)>(.*?)</td>", row, re.DOTALL)
    empty = [marks for marks, content in cells if re.sub(r"<[^>]+>|\s", "", content) == "–"]
    assert len(empty) == 3
    assert [marks for marks in empty if "none" not in marks or "data-label" in marks] == []


def decide(staff: FlaskClient, enquiry: Enquiry, action: str, version: int = 1) -> Any:
    return staff.post(f"/desk/enquiries/{enquiry.reference}/actions/{action}", data={"version": version})


def test_genuine_enquiry_becomes_an_ordinary_one_with_its_mails_once(
    app: Flask, client: FlaskClient, hold: Callable[..., str], write: Write, sign_in: Any
) -> None:
    staff = same_browser(app)
    start = datetime(2026, 11, 23, 2, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        tracking = hold()
    promised = only_enquiry(app).promised_on
    with time_machine.travel(start + timedelta(days=2), tick=False):
        sign_in(staff, str(write(lambda s: make_person(s).email)))
        assert "/desk/enquiries/" in decide(staff, only_enquiry(app), "unmark_spam").location
    found = only_enquiry(app)
    assert (found.status, found.clock_stopped_on) == (Status.RECEIVED, None)
    assert found.due_on == found.promised_on == promised + timedelta(days=2)
    with app.app_context():
        kinds = sorted(db.session().scalars(select(Message.kind)))
    assert kinds == ["liaison_received", "partner_receipt"]
    assert "a colleague will look at it first" not in client.get(tracking).text
    with time_machine.travel(start + timedelta(days=2), tick=False):
        for version, action in ((2, "mark_spam"), (3, "unmark_spam")):
            assert decide(staff, found, action, version).location.startswith("/desk/")
        history = staff.get(f"/desk/enquiries/{found.reference}").text
    assert (count(app, Message), only_enquiry(app).version) == (2, 4)
    assert "found that it is genuine" in history
    assert "and held: a field that people do not see" in history


def test_held_enquiry_that_is_spam_tells_nobody_and_can_still_be_brought_back(
    app: Flask, client: FlaskClient, staff: FlaskClient, hold: Callable[..., str]
) -> None:
    tracking = hold()
    response = decide(staff, only_enquiry(app), "mark_spam")
    assert response.location == "/desk/?view=suspect"
    page = staff.get(response.location).text
    assert "unmark_spam" not in page
    assert only_enquiry(app).status is Status.SPAM
    assert count(app, Message) == 0
    assert "a colleague will look at it first" in client.get(tracking).text
    decide(staff, only_enquiry(app), "unmark_spam", 2)
    assert (only_enquiry(app).status, count(app, Message)) == (Status.RECEIVED, 2)


def test_what_a_partner_wrote_to_a_held_enquiry_is_told_once_it_is_genuine(
    app: Flask, client: FlaskClient, staff: FlaskClient, hold: Callable[..., str]
) -> None:
    tracking = hold()
    for words in (OTHER, "We are eight."):
        client.post(f"{tracking}/messages", data={"message": words})
    assert count(app, Message) == 0
    for version, action in ((3, "unmark_spam"), (4, "mark_spam"), (5, "unmark_spam")):
        assert decide(staff, only_enquiry(app), action, version).status_code == 303
    with app.app_context():
        query = select(Message.text).where(Message.kind.startswith("liaison_partner_wrote")).order_by(Message.id)
        (told,) = db.session().scalars(query)
    assert OTHER in told
    assert "We are eight." in told


@pytest.mark.parametrize("taken_for_spam", [False, True])
def test_lost_link_of_a_held_enquiry_stays_here_until_it_is_genuine(
    app: Flask,
    client: FlaskClient,
    staff: FlaskClient,
    hold: Callable[..., str],
    look: Callable[[], None],
    *,
    taken_for_spam: bool,
) -> None:
    hold()
    if taken_for_spam:
        decide(staff, only_enquiry(app), "mark_spam")
    found = only_enquiry(app)

    def ask(reference: str) -> str:
        return str(client.post("/track", data={"reference": reference, "email": found.contact_email}).text)

    assert ask(found.reference) == ask("LD-2222-2222")
    look()
    assert count(app, Message) == 0
    decide(staff, found, "unmark_spam", found.version)
    ask(found.reference)
    look()
    with app.app_context():
        assert "partner_link" in set(db.session().scalars(select(Message.kind)))


def test_names_of_files_stand_in_the_mail_after_a_yes(
    app: Flask, staff: FlaskClient, answers: Answers, save: Post, send: Post
) -> None:
    data = answers("question", leave_empty=SPAM)
    given = data.copy()
    given.add("attachments", (io.BytesIO(PDF), "plan.pdf"))
    save(given)
    send(data["form_id"])
    decide(staff, only_enquiry(app), "unmark_spam")
    with app.app_context():
        mail = db.session().scalars(select(Message).where(Message.kind == "liaison_received")).one()
    assert "plan.pdf" in mail.text


def test_only_so_many_are_held_a_day(
    app: Flask,
    client: FlaskClient,
    hold: Callable[..., str],
    answers: Answers,
    save: Post,
    send: Post,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(held, "A_DAY", 2)
    hold()
    hold()
    data = answers("question", leave_empty=SPAM)
    save(data)
    response = send(data["form_id"])
    assert response.status_code == 429
    assert "Your enquiry was not sent" in response.text
    assert count(app, Enquiry) == 2
    assert "Two topics: service learning" in client.get(f"/enquiries/new?draft={data['form_id']}").text
    save(again(data, leave_empty=""))
    assert send(data["form_id"]).status_code == 303
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1, minutes=1)):
        hold()
    assert count(app, Enquiry) == 4


def test_ten_sendings_of_a_suspect_form_hold_one(app: Flask, answers: Answers, save: Post) -> None:
    data = answers("question", leave_empty=SPAM)
    save(data)

    def press(_: int) -> str:
        final = {"form_id": data["form_id"], "final": "yes"}
        return same_browser(app).post("/enquiries/new", data=final).location

    with ThreadPoolExecutor(5) as threads:
        assert len(set(threads.map(press, range(10)))) == 1
    assert (count(app, Enquiry), count(app, Message)) == (1, 0)


def test_decision_about_several_held_ones_is_not_undone_by_a_press(
    app: Flask, staff: FlaskClient, hold: Callable[..., str]
) -> None:
    hold()
    row = f"{only_enquiry(app).reference}:1"
    page = staff.post("/desk/bulk", data={"row": row, "change": "mark_spam"}, follow_redirects=True).text
    assert only_enquiry(app).status is Status.SPAM
    assert "unmark_spam" not in page.split("<main")[0]
    assert 'name="undo"' not in page
