"""Approvals by link: asked together or in order, chased, given or refused, and never after they were settled."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import acting, make_enquiry, make_network, make_person, staff_actor
from tests.web.test_decisions import NOW, SCANNERS, state
from webapp.config import Settings
from webapp.domain.decisions import approvals
from webapp.domain.decisions.approvals import Approver
from webapp.domain.enquiries import actions, loading
from webapp.domain.errors import Invalid
from webapp.domain.messages import delivery
from webapp.models import Approval, Enquiry, Link, Message
from webapp.vocabulary import Action, ApprovalOutcome, Kind, LinkKind, MessageKind, Status

Write = Callable[[Callable[[Session], Any]], Any]
LINK = re.compile(r"https://desk\.example\.org(/decisions/[\w-]+)")
DEAN, PRESIDENT = Approver("Prof. Dean", "dean@example.org"), Approver("Prof. Vice", "vice@example.org")


@pytest.fixture
def reference(build: Write, settings: Settings) -> str:
    def make(session: Session) -> str:
        network = make_network(session, liaison=make_person(session, role=None, email="chan@example.org"))
        return make_enquiry(session, settings, kind=Kind.COLLABORATION, network=network, now=NOW).reference

    return str(build(make))


@pytest.fixture
def ask(write: Write, settings: Settings, reference: str) -> Callable[..., None]:
    """Ask people for their approval of the enquiry."""

    def run(*approvers: Approver, in_order: bool = False, text: str = "May they come?") -> None:
        def do(session: Session) -> None:
            row = loading.locked(session, reference, actor=staff_actor())
            by = acting(now=NOW, settings=settings)
            approvals.ask(session, row, approvers, in_order=in_order, text=text, by=by)

        write(do)

    return run


def links(write: Write, settings: Settings) -> dict[str, str]:
    """Return the addresses in the questions that were sent, by recipient."""

    def read(session: Session) -> dict[str, str]:
        found = {}
        query = select(Message).where(Message.kind == MessageKind.APPROVER_ASKED).order_by(Message.id)
        for message in session.scalars(query).all():
            message.next_attempt_at, message.attempts = NOW, 0
            session.flush()
            letter = delivery.claim(session, message.id, now=NOW, settings=settings)
            assert letter is not None
            address = LINK.search(letter.text)
            assert address is not None
            found[letter.recipient_email] = address[1]
        return found

    return write(read)  # type: ignore[no-any-return]


def status(write: Write) -> Status:
    return Status(write(lambda session: session.scalars(select(Enquiry.status)).one()))


def told(write: Write) -> list[str]:
    """Return the texts of the emails that tell the answerer of the outcome."""
    query = select(Message.text).where(Message.kind == MessageKind.LIAISON_APPROVAL)
    return list(write(lambda session: session.scalars(query).all()))


def give(client: FlaskClient, path: str, outcome: ApprovalOutcome = ApprovalOutcome.APPROVED, note: str = "") -> int:
    return client.post(path, data={"outcome": outcome.value, "note": note}).status_code


def test_approval_is_given_once_and_brings_it_back_into_review(
    client: FlaskClient, write: Write, settings: Settings, ask: Callable[..., None]
) -> None:
    ask(DEAN)
    path = links(write, settings)["dean@example.org"]
    before = state(write)
    for agent in SCANNERS * 3:
        assert client.get(path, headers={"User-Agent": agent}).status_code == 200
        assert client.head(path, headers={"User-Agent": agent}).status_code == 200
    assert state(write) == before
    assert "May they come?" in client.get(path).text
    assert give(client, path, note="With pleasure") == 303
    assert status(write) is Status.IN_REVIEW
    (text,) = told(write)
    assert "Prof. Dean, dean@example.org has approved" in text
    assert "With pleasure" in text
    assert "/decisions/" in text
    assert "You approved" in client.get(path).text
    assert give(client, path, ApprovalOutcome.REFUSED, "No") == 409


def test_those_asked_together_are_all_needed(
    client: FlaskClient, write: Write, settings: Settings, ask: Callable[..., None]
) -> None:
    ask(DEAN, PRESIDENT)
    found = links(write, settings)
    assert set(found) == {"dean@example.org", "vice@example.org"}
    assert give(client, found["vice@example.org"]) == 303
    assert (status(write), told(write)) == (Status.AWAITING_APPROVAL, [])
    assert give(client, found["vice@example.org"], ApprovalOutcome.REFUSED, "On second thoughts") == 409
    assert give(client, found["dean@example.org"]) == 303
    assert (status(write), len(told(write))) == (Status.IN_REVIEW, 1)


def test_those_in_order_are_asked_one_after_the_other(
    client: FlaskClient, write: Write, settings: Settings, ask: Callable[..., None]
) -> None:
    ask(DEAN, PRESIDENT, in_order=True)
    assert set(links(write, settings)) == {"dean@example.org"}
    give(client, links(write, settings)["dean@example.org"])
    assert give(client, links(write, settings)["vice@example.org"]) == 303
    assert status(write) is Status.IN_REVIEW


def test_refusal_needs_a_note_and_ends_the_others(
    client: FlaskClient, write: Write, settings: Settings, ask: Callable[..., None]
) -> None:
    ask(DEAN, PRESIDENT)
    found = links(write, settings)
    assert give(client, found["dean@example.org"], ApprovalOutcome.REFUSED) == 422
    assert status(write) is Status.AWAITING_APPROVAL
    assert give(client, found["dean@example.org"], ApprovalOutcome.REFUSED, "Not this year") == 303
    assert status(write) is Status.IN_REVIEW
    assert "has not approved" in told(write)[0]
    assert client.get(found["vice@example.org"]).status_code == 410
    assert give(client, found["vice@example.org"]) == 410
    listed = write(lambda session: [row.name for row in approvals.of(session, session.scalars(select(Enquiry)).one())])
    assert listed == ["Prof. Dean"]


@pytest.mark.parametrize("action", [Action.RESUME, Action.ACCEPT, Action.WITHDRAW])
def test_link_ends_when_the_enquiry_goes_on_without_it(
    client: FlaskClient, write: Write, settings: Settings, ask: Callable[..., None], reference: str, action: Action
) -> None:
    ask(DEAN)
    path = links(write, settings)["dean@example.org"]

    def go_on(session: Session) -> None:
        row = loading.locked(session, reference, actor=staff_actor())
        actor = actions.partner(row) if action is Action.WITHDRAW else staff_actor()
        actions.act(session, row, action, by=acting(actor, now=NOW, settings=settings))

    write(go_on)
    after = status(write)
    assert give(client, path) == 410
    assert status(write) is after
    if action is Action.RESUME:
        ask(PRESIDENT)
        assert give(client, path) == 410
        assert give(client, links(write, settings)["vice@example.org"]) == 303


def test_reminder_goes_to_those_who_have_not_answered_once_a_day(
    write: Write, settings: Settings, ask: Callable[..., None], reference: str
) -> None:
    ask(DEAN, PRESIDENT, in_order=True)

    def chase(hours: int) -> int:
        def do(session: Session) -> None:
            row = loading.locked(session, reference, actor=staff_actor())
            by = acting(now=NOW + timedelta(hours=hours), settings=settings)
            approvals.chase(session, row, by=by)

        try:
            write(do)
        except Invalid:
            return 0
        asked = select(Message.id).join(Message.link).where(Link.email == DEAN.email)
        return len(write(lambda session: session.scalars(asked).all()))

    assert [chase(hours) for hours in (1, 21, 22, 42)] == [0, 2, 0, 3]


def test_desk_asks_for_approval_and_refuses_half_a_person(
    client: FlaskClient, write: Write, sign_in: Callable[..., None], reference: str
) -> None:
    sign_in(client, write(make_person))
    address = f"/desk/enquiries/{reference}/actions/ask_approval"
    data = {"version": "1", "text": "May they?", "approvers-0-name": "Prof. Dean", "approvers-0-language": "zh-hant"}
    refused = client.post(address, data=data)
    assert refused.status_code == 400
    assert "Enter name and address, or neither." in refused.text
    assert 'value="Prof. Dean"' in refused.text
    wrong = client.post(address, data={**data, "approvers-0-email": "none"})
    assert "Enter an email address" in wrong.text
    done = client.post(address, data={**data, "approvers-0-email": "dean@example.org"}, follow_redirects=True)
    assert done.status_code == 200
    assert "Prof. Dean" in done.text
    row = write(lambda session: session.scalars(select(Approval)).one())
    assert (row.email, row.language, row.question) == ("dean@example.org", "zh-hant", "May they?")


def test_link_ends_with_time_counted_from_the_last_asking(
    client: FlaskClient, write: Write, settings: Settings, ask: Callable[..., None], reference: str
) -> None:
    ask(DEAN)
    path = links(write, settings)["dean@example.org"]

    def age(session: Session, days: int) -> None:
        link = session.scalars(select(Link).where(Link.kind == LinkKind.APPROVAL)).one()
        link.expires_at = NOW - timedelta(days=days)
        session.scalars(select(Approval)).one().asked_at = NOW - timedelta(days=40)

    def chase(session: Session) -> None:
        row = loading.locked(session, reference, actor=staff_actor())
        approvals.chase(session, row, by=acting(now=NOW, settings=settings))

    write(lambda session: age(session, 10))
    assert client.get(path).status_code == 410
    write(chase)
    assert give(client, path) == 303
    assert client.get(path).status_code == 200
    write(lambda session: age(session, 1))
    assert client.get(path).status_code == 410
