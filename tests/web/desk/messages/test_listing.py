"""All emails, by address and state, a page at a time, as far as one sees what they are about."""

import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import make_enquiry, make_network, make_person, staff_actor
from webapp.config import Settings
from webapp.domain.messages import listing
from webapp.models import Message
from webapp.vocabulary import MessageState, Role

Write = Callable[[Callable[[Any], Any]], Any]
TO = re.compile(r'<td data-label="To">([^<]+)</td>')


def test_all_emails_by_address_and_state_and_page_by_page(
    client: FlaskClient, write: Write, sign_in: Any, settings: Settings
) -> None:
    def fill(session: Any) -> tuple[str, str]:
        liaison = make_person(session, role=Role.LIAISON)
        make_enquiry(session, settings, network=make_network(session, liaison=liaison), contact_email="One@Example.org")
        for _ in range(3):
            make_enquiry(session, settings, contact_email="two@example.org")
        session.flush()
        found = session.scalars(select(Message).where(Message.recipient_email == "two@example.org")).first()
        found.state, found.last_error, found.next_attempt_at = MessageState.FAILED, "550 no such user", None
        return make_person(session).email, liaison.email

    office, liaison = write(fill)
    sign_in(client, office)
    assert set(TO.findall(client.get("/desk/messages/all").text)) >= {"One@Example.org", "two@example.org"}
    assert set(TO.findall(client.get("/desk/messages/all?to=one@EXAMPLE.org").text)) == {"One@Example.org"}
    assert TO.findall(client.get("/desk/messages/all?to=Two+<two@example.org>").text) == ["two@example.org"] * 3
    failed = client.get("/desk/messages/all?to=two@example.org&state=failed").text
    assert TO.findall(failed) == ["two@example.org"]
    assert "550 no such user" in failed
    assert "No emails match" in client.get("/desk/messages/all?to=two@example").text
    unknown = client.get("/desk/messages/all?state=lost").text
    assert "“lost” is not known" in unknown
    assert not TO.findall(unknown)
    assert client.get("/desk/messages/all?to=&state=failed").location == "/desk/messages/all?state=failed"

    seen: list[int] = []
    before: int | None = None
    while True:
        page = write(lambda session: listing.emails(session, actor=staff_actor(), before=before, limit=2))  # noqa: B023
        seen += [row.id for row in page.rows]
        before = page.before
        if before is None:
            break
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == write(lambda session: session.query(Message).count())

    sign_in(client, liaison)
    assert "two@example.org" not in client.get("/desk/messages/all").text
    assert "No emails match" in client.get("/desk/messages/all?to=two@example.org").text
    assert "One@Example.org" in client.get("/desk/messages/all").text
