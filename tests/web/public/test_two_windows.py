"""One form in two windows: what is sent is what its page showed, or nothing is sent yet."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from webapp.db import db
from webapp.models import Enquiry

pytestmark = pytest.mark.one_database
Answers = Callable[..., MultiDict[str, Any]]
Post = Callable[..., Any]
SEEN = re.compile(r'name="seen" value="([^"]+)"')


def sent(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [tuple(row) for row in db.session().execute(select(Enquiry.kind, Enquiry.subject))]


def button(client: FlaskClient, check: str) -> dict[str, str]:
    """Return what the button of a check page sends."""
    page = client.get(check).text
    found = SEEN.search(page)
    form = re.search(r'name="form_id" value="([^"]+)"', page)
    assert found
    assert form
    return {"form_id": form[1], "final": "yes", "seen": found[1]}


def test_what_another_window_changed_is_shown_before_it_is_sent(
    app: Flask, client: FlaskClient, answers: Answers, save: Post
) -> None:
    data = answers("visit", subject="What this window showed")
    check = save(data).location
    first = button(client, check)
    assert button(client, save(data).location) == first, "the same again is no change"
    changes: list[dict[str, Any]] = [
        {"subject": "What the other one says"},
        {"attachments": [(io.BytesIO(b"%PDF-1.4"), "letter.pdf")]},
    ]
    pressed, typed = first, data.to_dict(flat=False)
    for changed in changes:
        typed |= changed
        assert save(MultiDict(typed)).status_code == 303
        answer = client.post("/enquiries/new", data=pressed)
        assert answer.status_code == 303
        assert answer.location.startswith(check), changed
        page = client.get(answer.location).text
        assert "changed in another window" in page
        assert sent(app) == []
        pressed = button(client, check)
    assert "changed in another window" not in client.get(check).text
    track = client.post("/enquiries/new", data=pressed).location
    assert "/track/" in track
    # Once it is sent, each window leads to the same enquiry, whatever it showed.
    assert client.post("/enquiries/new", data=first).location == track
    assert [subject for _kind, subject in sent(app)] == ["What the other one says"]


def test_kind_that_another_window_switched_is_not_sent_unchecked(
    app: Flask, client: FlaskClient, answers: Answers, save: Post
) -> None:
    data = answers("visit")
    first = button(client, save(data).location)
    assert save(MultiDict({**data.to_dict(flat=False), "kind": "question", "step": "kind"})).status_code == 303
    answer = client.post("/enquiries/new", data=first, follow_redirects=True)
    assert answer.status_code == 200
    assert sent(app) == []


def test_what_a_page_showed_is_no_one_s_words(csrf_client: FlaskClient) -> None:
    """Where its button is pressed too late, it is sent along and not shown to be read again."""
    late = {"form_id": "A" * 43, "final": "yes", "seen": "a word of the page"}
    page = csrf_client.post("/enquiries/new", data={**late, "subject": "Typed"})
    assert page.status_code == 403
    assert 'value="Typed"' in page.text
    shown = re.findall(r"<input[^>]*a word of the page[^>]*>", page.text)
    assert [("hidden" in field) for field in shown] == [True]
