"""Referrals by link: opening changes nothing, one POST returns, and an ended link keeps the words that were typed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import RecordingBroker, make_settings
from tests.factories import acting, make_enquiry, make_faculty, make_network, make_person, refer, staff_actor
from tests.mail.reading import received
from tests.web.test_decisions import NOW, SCANNERS, state
from webapp import create_app
from webapp.config import Settings
from webapp.db import db
from webapp.domain.decisions import referrals
from webapp.domain.enquiries import actions, loading
from webapp.domain.links import issuing
from webapp.domain.messages import delivery
from webapp.domain.security.tokens import link_token
from webapp.models import Attachment, Enquiry, Message, Person, Referral
from webapp.models.event_data import Merged
from webapp.vocabulary import Action, ActorKind, Finding, Kind, Language, MessageKind, Status

Write = Callable[[Callable[[Session], Any]], Any]
LINK = re.compile(r"https://desk\.example\.org(/decisions/[\w-]+)")


@pytest.fixture
def reference(build: Write, settings: Settings) -> str:
    """An enquiry in review that is with a faculty, whose contact is Dr Ng."""

    def make(session: Session) -> str:
        network = make_network(session, liaison=make_person(session, role=None, email="chan@example.org"))
        given: dict[str, Any] = {"kind": Kind.COLLABORATION, "network": network, "status": Status.IN_REVIEW}
        row = make_enquiry(session, settings, now=NOW, message="<b>Bold</b> plans", **given)
        faculty = make_faculty(session, contact_name="Dr Ng", email="ng@example.org")
        refer(session, settings, row, now=NOW, faculty_id=faculty.id, question="Could you <i>receive</i> them?")
        return row.reference

    return str(build(make))


def link(write: Write, settings: Settings) -> str:
    """Return the address in the question as it leaves."""

    def read(session: Session) -> str:
        message = session.scalars(select(Message).where(Message.kind == MessageKind.FACULTY_ASKED)).one()
        message.next_attempt_at, message.attempts = NOW, 0
        session.flush()
        letter = delivery.claim(session, message.id, now=NOW, settings=settings)
        assert letter is not None
        assert letter.recipient_email == "ng@example.org"
        mail = received(delivery.wire(letter, settings=settings))
        assert mail["X-Liaison-Reference"] == letter.reference
        assert letter.reference in str(mail["Subject"])
        found = LINK.search(letter.text)
        assert found is not None
        return found[1]

    return str(write(read))


def give(client: FlaskClient, path: str, finding: Finding | str = Finding.CAN_HELP, note: str = "") -> Any:
    return client.post(path, data={"finding": str(finding), "note": note})


def row(write: Write) -> Referral:
    return write(lambda session: session.scalars(select(Referral)).one())  # type: ignore[no-any-return]


def act(write: Write, settings: Settings, reference: str, action: Action, **more: Any) -> None:
    def do(session: Session) -> None:
        held = loading.locked(session, reference, actor=staff_actor())
        actor = actions.partner(held) if action is Action.WITHDRAW else staff_actor()
        actions.act(session, held, action, **more, by=acting(actor, now=NOW, settings=settings))

    write(do)


def test_scanners_open_the_link_and_the_faculty_still_answers_once(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    path = link(write, settings)
    before, standing = state(write), vars(row(write)).copy()
    for agent in SCANNERS * 3:
        for address in (path, f"{path}?language=zh-hant"):
            assert client.get(address, headers={"User-Agent": agent}).status_code == 200
            assert client.head(address, headers={"User-Agent": agent}).status_code == 200
    assert state(write) == before
    after = vars(row(write))
    assert {name: after[name] for name in standing if name[0] != "_"} == {
        name: value for name, value in standing.items() if name[0] != "_"
    }
    assert give(client, path, Finding.IN_PART, "Only on Monday").status_code == 303
    found = row(write)
    assert (found.finding, found.note, found.returned_at is not None) == (Finding.IN_PART, "Only on Monday", True)
    page = client.get(path).text
    assert "Answered by Dr Ng" in page
    assert "Only on Monday" in page
    assert "<form" not in page.partition("<main")[2].partition("</main")[0]
    again = give(client, path, Finding.CANNOT_HELP, "On second thoughts")
    assert again.status_code == 409
    assert "On second thoughts" in again.text
    assert row(write).finding is Finding.IN_PART
    events = write(lambda session: loading.enquiry(session, reference, actor=staff_actor()).events)
    (returned,) = [event for event in events if event.action is Action.RETURN]
    assert (returned.actor_kind, returned.actor_name, returned.public) == (
        ActorKind.FACULTY,
        "Dr Ng, ng@example.org",
        False,
    )


def test_page_shows_what_is_asked_escaped_and_private(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    response = client.get(link(write, settings))
    for text in ("Could you &lt;i&gt;receive", "&lt;b&gt;Bold", "Example Institute of Technology", reference, "Dr Ng"):
        assert text in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_page_and_mail_speak_the_contacts_language(client: FlaskClient, write: Write, settings: Settings) -> None:
    def make(session: Session) -> None:
        faculty = make_faculty(session, email="ng@example.org", language=Language.ZH_HANT)
        refer(session, settings, make_enquiry(session, settings), now=NOW, faculty_id=faculty.id)

    write(make)
    page = client.get(link(write, settings)).text
    assert 'lang="zh-Hant-HK"' in page
    assert "範例學院" in page


@pytest.mark.parametrize("finding", [Finding.IN_PART, Finding.CANNOT_HELP, "nonsense", ""])
def test_words_are_needed_unless_it_can_help(
    client: FlaskClient, write: Write, settings: Settings, reference: str, finding: str
) -> None:
    path = link(write, settings)
    assert give(client, path, finding, "  ").status_code == 422
    kept = give(client, path, "", "My words")
    assert kept.status_code == 422
    assert "My words" in kept.text
    assert row(write).is_open
    assert give(client, path).status_code == 303


@pytest.mark.parametrize("action", [Action.ACCEPT, Action.DECLINE, Action.WITHDRAW, Action.MARK_SPAM, Action.MERGE])
def test_link_says_that_it_has_ended_and_keeps_the_words(
    client: FlaskClient, write: Write, settings: Settings, reference: str, action: Action
) -> None:
    path = link(write, settings)
    facts = Merged(into="LD-4M2P-8HKV") if action is Action.MERGE else None
    act(write, settings, reference, action, text="So be it", facts=facts)
    before = state(write)
    assert client.get(path).status_code == 410
    ended = give(client, path, Finding.IN_PART, "My long <b>thoughts</b>")
    assert ended.status_code == 410
    assert "The office has moved on" in ended.text
    assert "My long &lt;b&gt;thoughts" in ended.text
    assert "Example Institute" not in ended.text
    assert state(write) == before


def test_recall_ends_the_link_and_tells_the_faculty_without_one(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    path = link(write, settings)

    number = row(write).id
    write(
        lambda session: referrals.recall(
            session,
            loading.locked(session, reference, actor=staff_actor()),
            number,
            by=acting(now=NOW, settings=settings),
        )
    )
    response = give(client, path, Finding.CAN_HELP, "Gladly")
    assert response.status_code == 410
    assert "withdrawn this question" in response.text
    assert "Gladly" in response.text
    told = write(lambda s: s.scalars(select(Message).where(Message.kind == MessageKind.FACULTY_RECALLED)).one())
    assert (told.recipient_email, told.link_id) == ("ng@example.org", None)
    assert "/decisions/" not in told.text
    asked = write(lambda s: s.scalars(select(Message).where(Message.kind == MessageKind.FACULTY_ASKED)).one())
    assert told.in_reply_to == asked.message_id


def test_old_links_outlive_a_rotated_key(write: Write, settings: Settings, reference: str) -> None:
    path = link(write, settings)
    rotated = make_settings(
        settings.database_url,
        secret_key="another key, of thirty-two characters",
        secret_key_fallbacks=(settings.secret_key,),
    )
    app = create_app(rotated, broker=RecordingBroker())
    app.config["WTF_CSRF_ENABLED"] = False
    assert app.test_client().get(path).status_code == 200
    assert link(write, rotated) == path
    assert give(app.test_client(), path).status_code == 303
    with app.app_context():
        db.engine.dispose()


def test_post_needs_its_token(csrf_client: FlaskClient, write: Write, settings: Settings, reference: str) -> None:
    assert give(csrf_client, link(write, settings)).status_code == 403
    assert row(write).is_open


def test_only_files_of_this_enquiry_are_handed_out(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    path = link(write, settings)

    def attach(session: Session) -> list[int]:
        own = session.scalars(select(Enquiry.id)).one()
        numbers = []
        for enquiry_id in (own, make_enquiry(session, settings).id):
            file = Attachment(enquiry_id=enquiry_id, name="plan.pdf", media_type="application/pdf", size=4,
                              sha256="0" * 64, content=b"Plan", added_at=NOW)  # fmt: skip
            session.add(file)
            session.flush()
            numbers.append(file.id)
        return numbers

    own, other = write(attach)
    assert client.get(f"{path}/files/{own}").data == b"Plan"
    assert client.get(f"{path}/files/{other}").status_code == 404
    act(write, settings, reference, Action.DECLINE, text="No")
    assert client.get(f"{path}/files/{own}").status_code == 410


def test_page_takes_a_bounded_number_of_queries(
    client: FlaskClient, write: Write, settings: Settings, reference: str, count_queries: Any
) -> None:
    path = link(write, settings)
    for _ in range(4):
        act(write, settings, reference, Action.REPLY, text="A message")
    with count_queries() as statements:
        client.get(path)
    assert len(statements) <= 7


def test_whoever_answers_reads_on_their_page_what_the_faculty_says(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    path = link(write, settings)

    def liaison(session: Session) -> str:
        decision = issuing.issue(
            session,
            session.scalars(select(Enquiry)).one(),
            session.scalars(select(Person.id).where(Person.email == "chan@example.org")).one(),
            now=NOW,
            settings=settings,
        )
        return f"/decisions/{link_token(decision, secret_keys=settings.secret_keys)}"

    own = write(liaison)
    assert "to be returned by" in client.get(own).text
    give(client, path, Finding.IN_PART, "Only on <b>Monday</b>")
    page = client.get(own).text
    assert "We can help in part" in page
    assert "Only on &lt;b&gt;Monday" in page
