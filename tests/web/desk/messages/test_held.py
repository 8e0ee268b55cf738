"""Held emails at the desk: everyone sees that none leaves, and an administrator lets them go, having seen which."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import RecordingBroker
from tests.factories import NOW, make_enquiry, make_person
from tests.forms import form_with
from webapp import create_app
from webapp.config import Settings
from webapp.domain.messages import delivery, holding
from webapp.domain.security.permissions import COMMAND_LINE
from webapp.models import AuditEntry, Message
from webapp.vocabulary import AuditKind, MessageState, Role

Write = Callable[[Callable[[Session], Any]], Any]
HELD, PUBLIC = "Emails have been held since", "This is a rehearsal copy"


def say(app: Flask, mail: str) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"mail": mail})


def test_restored_copy_is_released_by_an_administrator_who_says_what_goes(
    client: FlaskClient, write: Write, settings: Settings, sign_in: Any
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=1)
    write(lambda s: make_enquiry(s, settings, now=long_ago))
    write(lambda s: delivery.claim_due(s, now=long_ago, settings=settings, limit=1))
    write(lambda s: holding.hold_restored(s, backup_at=long_ago, actor=COMMAND_LINE, now=datetime.now(UTC)))
    write(lambda s: make_enquiry(s, settings, now=datetime.now(UTC), contact_email="new@example.org"))
    sign_in(client, write(lambda s: make_person(s, role=Role.ADMINISTRATOR).email))
    page = client.get("/desk/messages/held").text
    for words in ("Command line", "3 emails would leave, to", "new@example.org", "1 email was being sent when"):
        assert words in page, words
    assert "Emails have not left since" not in client.get("/desk/board").text
    assert client.get("/readyz").json["outbox"] == "held"
    form = form_with(page, "since", to="/desk/messages/release")
    refused = client.post("/desk/messages/release", data=form)
    assert refused.status_code == 400
    assert "Choose what becomes of the emails" in refused.text
    assert HELD in client.get("/desk/board").text
    stale = {**form, "since": [NOW.isoformat()], "waiting": ["send"]}
    assert "Nothing was done" in client.post("/desk/messages/release", data=stale, follow_redirects=True).text
    answer = client.post("/desk/messages/release", data={**form, "waiting": ["leave"]}, follow_redirects=True)
    assert "2 emails leave now." in answer.text
    assert HELD not in answer.text
    states = write(
        lambda s: s.execute(select(Message.state, Message.set_aside_at.is_(None)).order_by(Message.id)).all()
    )
    assert states == [(MessageState.DOUBTFUL, False)] * 2 + [(MessageState.QUEUED, True)] * 2
    assert "2 emails" in client.get("/desk/audit?kind=emails_released").text


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.LIAISON])
def test_everyone_at_the_desk_sees_where_emails_go(
    app: Flask, client: FlaskClient, write: Write, sign_in: Any, role: Role
) -> None:
    administers = role is Role.ADMINISTRATOR
    sign_in(client, write(lambda s: make_person(s, role=role).email))
    paths = ("/desk/board", "/desk/account", "/desk/messages/")
    assert all('class="light"' not in client.get(path).text for path in paths)
    if administers:
        form = form_with(client.get("/desk/messages/held").text, "reason", to="/desk/messages/hold")
        answer = client.post("/desk/messages/hold", data={**form, "reason": ["We rehearse."]}, follow_redirects=True)
        assert "We rehearse." in answer.text
        kinds = write(lambda s: s.scalars(select(AuditEntry.kind)).all())
        assert AuditKind.EMAILS_HELD in kinds
    else:
        assert client.post("/desk/messages/hold", data={"reason": ""}).status_code == 403
        write(lambda s: holding.hold_restored(s, backup_at=NOW, actor=COMMAND_LINE, now=NOW))
    for path in paths:
        page = client.get(path).text
        assert HELD in page, path
        assert ("See what would leave" in page) == administers
    write(lambda s: s.delete(holding.current(s)))
    said = {"hold": "held by the setting LIAISON_MAIL", "rehearse:t@example.org": "every email goes to t@example.org"}
    for mail, words in said.items():
        say(app, mail)
        assert all(words in client.get(path).text for path in paths)


@pytest.mark.one_database
def test_public_pages_say_quietly_that_this_is_a_rehearsal(settings: Settings) -> None:
    for mail, said in (("hold", False), ("rehearse:trial@example.org", True)):
        visitor = create_app(settings.model_copy(update={"mail": mail}), broker=RecordingBroker()).test_client()
        for path in ("/privacy", "/track", "/enquiries/new", "/desk/sign-in"):
            page = visitor.get(path).text
            assert (PUBLIC in page) == said, (mail, path)
            assert "trial@example.org" not in page
