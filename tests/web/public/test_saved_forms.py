"""Save and continue later: the link, in which browser it opens, for whom, and until when."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from tests.factories import acting, staff_actor
from webapp.config import Settings
from webapp.domain.enquiries import drafts
from webapp.domain.messages import enclosed
from webapp.domain.privacy import erasure
from webapp.domain.security.tokens import link_token
from webapp.models import Attachment, Draft, Enquiry, Message, SavedForm
from webapp.vocabulary import MessageKind, Role

Write = Callable[[Callable[[Session], Any]], Any]
LATER = {"email": "erika@example.org"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def later(client: FlaskClient, save: Any, write: Write, settings: Settings) -> Callable[..., str]:
    """Save answers for later and have the link emailed; return where it leads."""

    def send(data: Any, email: str = "erika@example.org") -> str:
        page = save(data | {"step": "later"})
        assert (page.status_code, page.location) == (303, f"/enquiries/later/{data['form_id']}")
        assert client.post(page.location, data={"email": email}).status_code == 200
        return write(lambda s: f"/enquiries/saved/{_token(s, settings)}")

    return send


def _token(session: Session, settings: Settings) -> str:
    latest = session.scalars(select(SavedForm).order_by(SavedForm.id.desc()).limit(1)).one()
    return link_token(latest, secret_keys=settings.secret_keys)


def test_form_is_continued_in_another_browser_by_who_names_the_address(
    app: Flask, client: FlaskClient, answers: Any, later: Any, write: Write
) -> None:
    data = answers("visit", subject="", leader_name="Prof. Lin", attachments=None)
    link, other = later(data), app.test_client()
    opened = other.get(link)
    # The page and its being opened say and do nothing.
    assert opened.status_code == 200
    assert "Prof. Lin" not in opened.text
    assert "erika" not in opened.text
    assert client.get(f"/enquiries/new?draft={data['form_id']}").status_code == 200
    wrong = other.post(link, data={"email": "someone@example.org"})
    assert (wrong.status_code, "Prof. Lin" in wrong.text) == (422, False)
    assert other.post(link, data={"email": ""}).status_code == 422
    there = other.post(link, data={"email": " Erika@Example.org "})
    assert there.status_code == 303
    page = other.get(there.location).text
    assert "Prof. Lin" in page
    assert "erika@example.org" in page
    # It is in one place: the browser of before has it no more, and a form's id opens it nowhere.
    assert client.get(f"/enquiries/new?draft={data['form_id']}").status_code == 404
    assert client.get(there.location).status_code == 404
    form_id = there.location.rpartition("=")[2]
    sent = {**data.to_dict(), "form_id": form_id, "subject": "Signing", "purposes": ["courtesy"]}
    assert other.post("/enquiries/new", data=sent).location.startswith("/enquiries/check/")
    assert other.post("/enquiries/new", data={"form_id": form_id, "final": "yes"}).status_code == 303
    assert write(lambda s: s.scalars(select(Enquiry.subject)).all()) == ["Signing"]
    assert write(lambda s: s.scalars(select(SavedForm)).one().ended_at) is not None
    assert other.get(link).status_code == other.post(link, data=LATER).status_code == 404


def test_own_browser_is_asked_no_address(client: FlaskClient, answers: Any, later: Any) -> None:
    link = later(answers("visit", leader_name="Prof. Lin"))
    assert 'name="email"' not in client.get(link).text
    assert "Prof. Lin" in client.get(client.post(link).location).text


def test_link_is_guessed_five_times_and_a_later_one_ends_it(
    app: Flask, client: FlaskClient, answers: Any, later: Any
) -> None:
    data = answers("visit")
    first, other = later(data), app.test_client()
    for _each in range(5):
        assert other.post(first, data={"email": "guess@example.org"}).status_code == 422
    assert "Too many other addresses" in other.post(first, data=LATER).text
    second = later(data)
    assert other.get(first).status_code == 404
    assert other.post(second, data=LATER).status_code == 303


def test_email_says_nothing_that_was_typed_and_its_link_goes_to_its_address_alone(
    answers: Any, later: Any, write: Write, settings: Settings
) -> None:
    link = later(answers("visit", leader_name="Buy now", message="http://spam.example"), "other@example.org")
    later(answers("visit"), "second@example.org")

    def look(session: Session) -> None:
        query = (
            select(Message)
            .where(Message.kind == MessageKind.PERSON_SAVED_FORM)
            .options(joinedload(Message.link))
            .order_by(Message.id)
        )
        messages = session.scalars(query).all()
        assert [each.recipient_email for each in messages] == ["other@example.org", "second@example.org"]
        text = messages[0].subject + messages[0].text + messages[0].html
        assert not re.search("Buy now|spam|Erika", text)
        (secret,) = enclosed.secrets_of(session, messages[0], [], settings=settings).values()
        assert link.endswith(secret)
        messages[0].recipient_email = "stranger@example.org"
        assert enclosed.secrets_of(session, messages[0], [], settings=settings) == {}
        session.rollback()

    write(look)


def test_links_of_a_mailbox_are_bounded_and_the_form_stays(client: FlaskClient, answers: Any, later: Any) -> None:
    data = answers("visit")
    for number in range(5):
        later(data, f"erika+{number}@example.org")
    refused = client.post(f"/enquiries/later/{data['form_id']}", data={"email": "e.rika@example.org"})
    assert (refused.status_code, "your form is kept" in refused.text) == (429, True)
    assert client.get(f"/enquiries/new?draft={data['form_id']}").status_code == 200


def test_link_goes_with_its_draft_after_a_week_or_at_its_owners_wish(
    client: FlaskClient, answers: Any, later: Any, write: Write, settings: Settings, clock: time_machine.Traveller
) -> None:
    link = later(answers("visit", contact_email=None))
    write(
        lambda s: erasure.erase(s, "erika@example.org", by=acting(staff_actor(Role.ADMINISTRATOR), settings=settings))
    )
    assert write(lambda s: s.scalar(select(func.count()).select_from(Draft))) == 0
    assert client.get(link).status_code == 404
    again = later(answers("visit"))
    clock.shift(drafts.KEPT + timedelta(seconds=1))
    assert client.get(again).status_code == client.post(again).status_code == 404
    write(lambda s: drafts.purge(s, now=datetime.now(UTC)))
    assert write(lambda s: s.scalar(select(func.count()).select_from(SavedForm))) == 0


def test_letter_stands_for_the_message_and_goes_along(client: FlaskClient, answers: Any, write: Write) -> None:
    data = answers("visit", message="")
    assert "#message" in client.post("/enquiries/new", data=data).text

    def with_letter(name: str) -> Any:
        sent = {**data.to_dict(flat=False), "attachments": (BytesIO(b"%PDF-1.7 " + name.encode()), name)}
        return client.post("/enquiries/new", data=sent, content_type="multipart/form-data")

    checked = with_letter("letter.pdf")
    assert checked.status_code == 303
    assert "Please see the attached letter." in client.get(checked.location).text
    # The file was kept before: the message may stay empty, until the file is taken out again.
    assert client.post("/enquiries/new", data=data).status_code == 303
    number = write(lambda s: s.scalars(select(Attachment.id)).one())
    client.post("/enquiries/new", data=data | {"remove": str(number)})
    assert client.post("/enquiries/new", data={"form_id": data["form_id"], "final": "yes"}).status_code == 422
    assert with_letter("b.pdf").status_code == 303
    assert client.post("/enquiries/new", data={"form_id": data["form_id"], "final": "yes"}).status_code == 303
    assert write(lambda s: s.scalars(select(Enquiry.message)).all()) == ["Please see the attached letter."]
