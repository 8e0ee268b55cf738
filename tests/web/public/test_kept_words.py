"""What is typed into a form that was sent already is kept as a new enquiry, and its sender is told."""

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from webapp.db import db
from webapp.domain import drafts
from webapp.models import Attachment, Draft, Enquiry

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
        return save_with(app.test_client(), again(data, message=text)).location

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
        client = app.test_client()
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
