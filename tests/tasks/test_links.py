"""A real worker answers who asked for a link, from the page to the mail server and back to the page that it opens."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.conftest import unavailable
from tests.factories import make_person
from tests.mail.smtp import Desk, smtp_server
from tests.queues import Queue, valkey, wait_for
from tests.servers import Unavailable
from tests.tasks.test_delivery import states, worker
from webapp.broker import CeleryBroker
from webapp.config import Settings
from webapp.models import LinkRequest
from webapp.vocabulary import MessageState

pytestmark = pytest.mark.journey
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def queue() -> Iterator[Queue]:
    try:
        with valkey() as running:
            yield running
    except Unavailable as error:
        unavailable(str(error))


def test_forgotten_password_is_set_anew_by_the_link_in_the_email(
    client: FlaskClient, write: Write, settings: Settings, queue: Queue, tmp_path: Path
) -> None:
    broker = CeleryBroker(settings.model_copy(update={"redis_url": queue.url}).broker_url)
    client.application.extensions["broker"] = broker
    email = write(lambda s: make_person(s).email)
    with smtp_server(Desk()) as desk, worker(settings, queue, desk, tmp_path / "worker.log"):
        client.post("/desk/forgotten", data={"email": "stranger@example.org"})
        client.post("/desk/forgotten", data={"email": email})
        wait_for(lambda: states(write) == {MessageState.SENT}, "the link is sent")
    assert write(lambda s: s.scalars(select(LinkRequest)).all()) == []
    (envelope,) = desk.envelopes
    assert envelope.rcpt_tos == [email]
    mail: Any = message_from_bytes(envelope.content, policy=policy.default)  # type: ignore[arg-type]
    text = mail.get_body(("plain",)).get_content()
    found = re.search(r"https://desk\.example\.org(/desk/set-password/[\w-]{43})\s", text)
    assert found is not None
    assert client.post(found[1], data={"new_password": "kettle orbit pelican"}).status_code == 303
    data = {"email": email, "password": "kettle orbit pelican"}
    assert client.post("/desk/sign-in", data=data).status_code == 303
    assert client.get("/desk/").status_code == 200


def test_request_that_fails_holds_up_no_other(
    client: FlaskClient, write: Write, settings: Settings, queue: Queue, tmp_path: Path
) -> None:
    broker = CeleryBroker(settings.model_copy(update={"redis_url": queue.url}).broker_url)
    broken = {"wanted": "of a later release", "email": "x@example.org", "reference": "", "language": "en"}
    values = "VALUES (:wanted, :email, :reference, :language, :at)"
    query = text(f"INSERT INTO link_requests (wanted, email, reference, language, at) {values}")
    write(lambda s: s.execute(query, {**broken, "at": datetime.now(UTC)}))
    email = write(lambda s: make_person(s).email)
    log = tmp_path / "worker.log"
    with smtp_server(Desk()) as desk, worker(settings, queue, desk, log):
        client.application.extensions["broker"] = broker
        client.post("/desk/forgotten", data={"email": email})
        wait_for(lambda: states(write) == {MessageState.SENT}, "the link is sent")
    assert [envelope.rcpt_tos for envelope in desk.envelopes] == [[email]]
    left = write(lambda s: s.execute(select(LinkRequest.id, LinkRequest.tried_at)).all())
    assert [tried is not None for _, tried in left] == [True]
    assert b"link_request.failed" in log.read_bytes()
    assert b"x@example.org" not in log.read_bytes()
