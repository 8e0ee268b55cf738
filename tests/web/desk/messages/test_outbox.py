"""What of delivery stopped, as the desk sees it: the light in its head, the list, and how it is mended."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import make_enquiry, make_person
from webapp.config import Settings
from webapp.models import Message
from webapp.vocabulary import Fault, MessageKind, MessageState, Role

Write = Callable[[Callable[[Any], Any]], Any]


def stop(session: Session, settings: Settings, *, minutes: int = 10, failed: int = 0) -> None:
    """An enquiry whose messages wait since so many minutes; of others, receipts that failed."""
    started = datetime.now(UTC) - timedelta(minutes=minutes)
    for _ in range(failed):
        fail(session, settings)
    make_enquiry(session, settings, now=started)
    for found in session.scalars(select(Message).where(Message.state == MessageState.QUEUED)):
        found.fault = Fault.CERTIFICATE


def fail(session: Session, settings: Settings) -> tuple[int, str]:
    """An enquiry whose receipt failed; its other message arrived."""
    enquiry = make_enquiry(session, settings)
    office, receipt = session.scalars(select(Message).where(Message.enquiry_id == enquiry.id).order_by(Message.kind))
    assert receipt.kind is MessageKind.PARTNER_RECEIPT
    office.state, office.next_attempt_at = MessageState.SENT, None
    receipt.state, receipt.next_attempt_at = MessageState.FAILED, None
    return receipt.id, enquiry.reference


LIGHT = 'class="light"'
FAILED = select(func.count()).select_from(Message).where(Message.state == MessageState.FAILED)


@pytest.mark.parametrize(
    ("role", "shown"), [(Role.ADMINISTRATOR, True), (Role.COORDINATOR, True), (Role.OBSERVER, False)]
)
def test_light_says_since_when_and_what_to_do_to_who_may_mend_it(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings, role: Role, shown: bool
) -> None:
    sign_in(client, write(lambda session: make_person(session, role=role).email))
    assert LIGHT not in client.get("/desk/board").text
    write(lambda session: stop(session, settings))
    for path in ("/desk/board", "/desk/account", "/desk/my-day"):
        page = client.get(path).text
        assert (LIGHT in page) == shown, path
        assert ("The mail server’s certificate is not trusted." in page) == shown
        assert ('href="/desk/messages/">What to do' in page) == shown


def test_light_counts_what_failed_and_goes_out_when_it_is_set_aside(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings
) -> None:
    number, reference = write(lambda session: fail(session, settings))
    sign_in(client, write(lambda session: make_person(session).email))
    assert "1 email could not be delivered." in client.get("/desk/board").text
    assert client.post(f"/desk/messages/{number}/aside").status_code == 303
    assert LIGHT not in client.get("/desk/board").text
    assert "erika@example.org" not in client.get("/desk/messages/").text
    assert "aside: it was not delivered." in client.get(f"/desk/enquiries/{reference}").text
    assert 'value="erika@example.org"' in client.get(f"/desk/messages/{number}").text


def test_light_takes_one_statement(client: FlaskClient, sign_in: Any, write: Write, count_queries: Any) -> None:
    counts = []
    for role in (Role.OBSERVER, Role.COORDINATOR):
        sign_in(client, write(lambda session, r=role: make_person(session, role=r).email))
        client.get("/desk/account")
        with count_queries() as statements:
            client.get("/desk/account")
        counts.append(len(statements))
    # Everyone reads that emails are held: an observer's page asks for that alone.
    assert counts[1] == counts[0]


def test_undelivered_page_shows_what_waits_for_too_long_and_how_it_is_mended(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings
) -> None:
    write(lambda session: stop(session, settings))
    sign_in(client, write(lambda session: make_person(session).email))
    page = client.get("/desk/messages/").text
    assert "liaison check --mail" in page
    assert "erika@example.org" in page
    assert "Tried again" in page
    assert "Send all failed again" not in page


def test_all_failed_are_sent_again_after_a_page_that_says_how_many(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings, broker: Any
) -> None:
    write(lambda session: stop(session, settings, minutes=0, failed=3))
    sign_in(client, write(lambda session: make_person(session).email))
    assert 'href="/desk/messages/again"' in client.get("/desk/messages/").text
    page = client.get("/desk/messages/again").text
    assert "3 emails will be sent again, to 1 address." in page
    assert write(lambda session: session.scalar(FAILED)) == 3
    broker.jobs.clear()
    said = client.post("/desk/messages/again", follow_redirects=True).text
    assert "3 emails are on their way again." in said
    assert len(broker.jobs) == 3
    assert "No email was still undelivered" in client.post("/desk/messages/again", follow_redirects=True).text
    page = client.get("/desk/messages/again").text.split("<main")[1]
    assert "There is nothing to send again" in page
    assert '<a class="button" href="/desk/messages/">Undelivered messages</a>' in page


@pytest.mark.parametrize(("method", "path"), [("get", "again"), ("post", "again"), ("post", "1/aside")])
def test_observers_mend_no_messages(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings, method: str, path: str
) -> None:
    write(lambda session: fail(session, settings))
    sign_in(client, write(lambda session: make_person(session, role=Role.OBSERVER).email))
    assert getattr(client, method)(f"/desk/messages/{path}").status_code == 403
