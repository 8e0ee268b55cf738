"""Decisions by the link in an email: opening changes nothing, one POST decides, and everything else is refused."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from tests.conftest import RecordingBroker, make_settings
from tests.factories import acting, make_enquiry, make_network, make_person, opened, staff_actor, tracking_token
from tests.mail.reading import received
from tests.standalone.processes import eventually
from webapp import create_app
from webapp.config import Settings
from webapp.db import Base, db, transaction
from webapp.domain import settings as office_settings
from webapp.domain.decisions.by_link import choices
from webapp.domain.enquiries import actions, assignment, loading, tracking
from webapp.domain.messages import delivery
from webapp.domain.routing.answerer import PARTIES
from webapp.models import Attachment, Enquiry, Leave, Link, Message, Network, Person
from webapp.vocabulary import Action, ActorKind, DecisionChoice, Job, Kind, LinkKind, MessageKind, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]
LINK = re.compile(r"https://desk\.example\.org(/decisions/[\w-]+)")
SCANNERS = (
    "Mozilla/5.0 (compatible; Microsoft Office Existence Discovery)",
    "Mozilla/5.0 (compatible; MailScanner/5.4; +https://example.org/scanner)",
    "python-requests/2.32",
)
NOW = datetime.now(UTC)
SOON = (NOW + timedelta(40)).date()


@pytest.fixture
def reference(build: Write, settings: Settings) -> str:
    """A visit whose liaison, Prof. Chan, has no account."""

    def make(session: Session) -> str:
        liaison = make_person(session, role=None, name="Prof. Chan", email="chan@example.org")
        network = make_network(session, liaison=liaison)
        return make_enquiry(session, settings, network=network, now=NOW, message="<b>Bold</b> plans").reference

    return str(build(make))


def link(write: Write, settings: Settings, kind: MessageKind = MessageKind.LIAISON_RECEIVED) -> str:
    """Return the address in the latest email of a kind, as it leaves."""

    def read(session: Session) -> str:
        query = select(Message.id).where(Message.kind == kind).order_by(Message.id.desc()).limit(1)
        number = session.scalars(query).one()
        session.get_one(Message, number).next_attempt_at = NOW
        session.flush()
        letter = delivery.claim(session, number, now=NOW, settings=settings)
        assert letter is not None
        mail = received(delivery.wire(letter, settings=settings))
        body = mail.get_body(("plain",))
        assert body is not None
        found = LINK.search(body.get_content())
        assert found is not None
        return found[1]

    return str(write(read))


def state(write: Write) -> dict[str, int]:
    """How many rows each table has, and the versions of all enquiries together."""

    def count(session: Session) -> dict[str, int]:
        tables = {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }
        return {**tables, "versions": session.scalar(select(func.sum(Enquiry.version))) or 0}

    return write(count)  # type: ignore[no-any-return]


def send(client: FlaskClient, path: str, choice: DecisionChoice | str, version: int = 1, **more: Any) -> Any:
    return client.post(path, data={"choice": str(choice), "version": str(version), **more})


def found(write: Write, reference: str) -> Enquiry:
    def read(session: Session) -> Enquiry:
        query = select(Enquiry).where(Enquiry.reference == reference).options(*PARTIES)
        row = session.scalars(query).one()
        session.refresh(row, ["events"])
        return row

    return write(read)  # type: ignore[no-any-return]


def test_scanners_open_every_link_of_every_mail_and_the_person_still_decides(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    path = link(write, settings)
    before = state(write)

    def links(session: Session) -> set[str]:
        letters = [
            delivery.claim(session, number, now=NOW, settings=settings) for number in delivery.due(session, now=NOW)
        ]
        texts = [letter.text + letter.html for letter in letters if letter]
        return {address for text in texts for address in re.findall(r"https://desk\.example\.org(/[^\s\"<>]*)", text)}

    addresses = {path} | write(links)
    assert len(addresses) >= 2
    for _ in range(3):
        for address in addresses:
            for agent in SCANNERS:
                client.get(address, headers={"User-Agent": agent})
                client.head(address, headers={"User-Agent": agent})
    assert state(write) == before
    assert client.get(path).status_code == 200
    assert send(client, path, DecisionChoice.ACCEPT, text="You are welcome.").status_code == 303
    row = found(write, reference)
    assert row.status is Status.ACCEPTED
    assert (row.events[-1].actor_kind, row.events[-1].actor_name) == (ActorKind.LIAISON, "Prof. Chan")


def test_accepting_waits_for_the_screening_and_the_page_says_so(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    by = acting(staff_actor(Role.ADMINISTRATOR), now=NOW)
    write(
        lambda session: office_settings.change(
            session, {"screening_required": True}, by=by, version=0, settings=settings
        )
    )
    path = link(write, settings)
    refused = send(client, path, DecisionChoice.ACCEPT, text="You are welcome.")
    assert refused.status_code == 422
    assert "has to screen the parties" in refused.text
    assert "You are welcome." in refused.text
    assert found(write, reference).status is Status.RECEIVED


def test_page_shows_the_enquiry_escaped_private_and_in_the_persons_language(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    path = link(write, settings)
    response = client.get(path)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "&lt;b&gt;Bold&lt;/b&gt; plans" in response.text
    assert reference in response.text
    assert '<html lang="zh-Hant-HK">' in client.get(f"{path}?language=zh-hant").text
    values = set(re.findall(r'name="choice" value="(\w+)"|value="(\w+)"[^>]*name="choice"', response.text))
    assert {a or b for a, b in values} == {choice.value for choice in DecisionChoice}


@pytest.mark.parametrize(
    ("choice", "more", "status", "words"),
    [
        (DecisionChoice.ACCEPT, {}, Status.ACCEPTED, ""),
        (DecisionChoice.DECLINE, {"text": "Our laboratory is closed."}, Status.DECLINED, "Our laboratory is closed."),
        (DecisionChoice.ASK_PARTNER, {"text": "How many are you?"}, Status.AWAITING_PARTNER, "How many are you?"),
        (
            DecisionChoice.PROPOSE_DATES,
            {"windows-0-start": SOON.isoformat(), "windows-0-end": SOON.isoformat(), "text": "Or later?"},
            Status.AWAITING_PARTNER,
            "We could receive you on one of these dates instead:",
        ),
    ],
)
def test_answer_changes_the_status_and_tells_the_partner(
    client: FlaskClient,
    write: Write,
    settings: Settings,
    reference: str,
    choice: DecisionChoice,
    more: dict[str, str],
    status: Status,
    words: str,
) -> None:
    path = link(write, settings)
    response = client.post(path, data={"choice": choice, "version": "1", **more}, follow_redirects=True)
    assert response.status_code == 200
    assert "Thank you." in response.text
    row = found(write, reference)
    assert (row.status, row.version) == (status, 2)
    assert words in row.events[-1].text

    def told(session: Session) -> str:
        kinds = (MessageKind.PARTNER_STATUS, MessageKind.PARTNER_DATES)
        query = select(Message.text).where(Message.kind.in_(kinds))
        return session.scalars(query).one()

    assert (words.split(":", maxsplit=1)[0] or "would be glad") in write(told)


REFUSED: list[tuple[str, dict[str, str], str]] = [
    (DecisionChoice.DECLINE, {}, "Write a few words first."),
    (DecisionChoice.ASK_PARTNER, {"text": "  "}, "Write a few words first."),
    (DecisionChoice.PROPOSE_DATES, {"text": "Kept"}, "Enter at least one date."),
    (DecisionChoice.PROPOSE_DATES, {"windows-0-start": SOON.isoformat(), "text": "Kept"}, "Enter the last day."),
    (DecisionChoice.PASS_ON, {}, "Enter your colleague’s address or name."),
    (DecisionChoice.PASS_ON, {"colleague": "Dr Unknown"}, "could not be passed on to this person"),
    (DecisionChoice.PASS_ON, {"colleague": "x@elsewhere.example"}, "could not be passed on to this person"),
    (DecisionChoice.PASS_ON, {"colleague": "chan@example.org"}, "Enter someone other than yourself."),
    (DecisionChoice.PASS_ON, {"colleague": "@example.org"}, "Enter an email address"),
    (DecisionChoice.PASS_ON, {"colleague": "wong@example.org ho@example.org"}, "Enter an email address"),
    (DecisionChoice.AWAY, {}, "Enter your last day away."),
    (DecisionChoice.AWAY, {"until": "2020-01-01"}, "This day is over."),
    (DecisionChoice.AWAY, {"until": SOON.isoformat()}, "Enter a day within the next 30 days"),
    ("", {"text": "Kept"}, "Choose your answer."),
    ("approve", {}, "choose from the list"),
]


def test_refused_answer_says_why_by_its_field_and_keeps_the_words(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    path = link(write, settings)
    before = state(write)
    for choice, more, said in REFUSED:
        response = send(client, path, choice, **more)
        assert response.status_code == 422, (choice, more)
        assert said in response.text, (choice, more)
        assert all(value in response.text for value in more.values() if value.strip()), (choice, more)
    assert state(write) == before


def test_language_that_was_chosen_on_the_page_holds_until_the_end(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    path = link(write, settings)
    chosen = f"{path}?language=zh-hans"
    action = re.search(r'<form class="form decision"[^>]* action="([^"]*)"', client.get(chosen).text)
    assert action
    assert action[1] == chosen
    assert '<html lang="zh-Hans">' in send(client, chosen, DecisionChoice.DECLINE).text  # without words
    sent = send(client, chosen, DecisionChoice.ACCEPT)
    assert sent.location == chosen
    assert '<html lang="zh-Hans">' in client.get(sent.location).text
    write(lambda session: session.execute(update(Person).values(active=False)))
    ended = client.get(chosen)
    assert (ended.status_code, '<html lang="zh-Hans">' in ended.text) == (410, True)


def test_second_answer_is_told_by_whom_and_when(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    path = link(write, settings)
    send(client, path, DecisionChoice.ACCEPT)
    again = send(client, path, DecisionChoice.DECLINE, version=1, text="No")
    assert again.status_code == 409
    assert "This enquiry has its answer" in again.text
    assert "by Prof. Chan" in again.text
    assert send(client, path, DecisionChoice.DECLINE, version=2, text="No").status_code == 409
    assert found(write, reference).status is Status.ACCEPTED


def test_change_at_the_desk_meanwhile_is_shown_and_the_words_are_kept(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    path = link(write, settings)

    def review(session: Session) -> None:
        row = loading.locked(session, reference, actor=staff_actor())
        actions.act(session, row, Action.REVIEW, by=acting(now=NOW, settings=settings))

    write(review)
    response = send(client, path, DecisionChoice.DECLINE, version=1, text="Kept <words>")
    assert response.status_code == 409
    assert "Kept &lt;words&gt;" in response.text
    assert 'name="version" type="hidden" value="2"' in response.text
    assert send(client, path, DecisionChoice.DECLINE, version=2, text="Kept <words>").status_code == 303


@pytest.mark.parametrize("name", ["known@example.org", "dr Élodie KNOWN", "Dr Elodie Known", "New.Person@example.org"])
def test_passing_on_ends_the_link_and_gives_the_colleague_one(
    client: FlaskClient, write: Write, settings: Settings, reference: str, name: str
) -> None:
    write(lambda session: make_person(session, role=None, name="Dr élodie Known", email="known@example.org"))
    path = link(write, settings)
    assert send(client, path, DecisionChoice.PASS_ON, colleague=name, text="Please see to it").status_code == 303
    gone = client.get(path)
    assert gone.status_code == 410
    assert "This enquiry was passed on" in gone.text
    assert reference not in gone.text
    late = send(client, path, DecisionChoice.DECLINE, version=2, text="A long <reason>")
    assert late.status_code == 410
    assert "A long &lt;reason&gt;" in late.text
    other = link(write, settings, MessageKind.LIAISON_HANDED_OVER)
    assert other != path
    assert "Please see to it" in write(
        lambda session: session.scalars(
            select(Message.text).where(Message.kind == MessageKind.LIAISON_HANDED_OVER)
        ).one()
    )
    assert send(client, other, DecisionChoice.ACCEPT, version=2).status_code == 303
    assert found(write, reference).status is Status.ACCEPTED


def test_saying_away_enters_leave_and_moves_the_enquiry(
    client: FlaskClient, write: Write, settings: Settings, reference: str, broker: RecordingBroker
) -> None:
    path = link(write, settings)
    until = (NOW + timedelta(20)).date()
    assert send(client, path, DecisionChoice.AWAY, until=until.isoformat()).status_code == 303

    def outcome(session: Session) -> tuple[Any, Any, str]:
        leave = session.scalars(select(Leave)).one()
        query = select(Message.recipient_email).where(Message.kind == MessageKind.LIAISON_HANDED_OVER)
        return leave.ends_on, leave.network_id, session.scalars(query).one()

    network = write(lambda session: session.scalars(select(Network.id)).one())
    assert write(outcome) == (until, network, settings.office_email)
    assert Job.ENQUIRIES_REROUTE in [job for job, _ in broker.jobs]
    assert client.get(path).status_code == 200


def test_saying_away_says_what_it_moves_and_sends_one_list_of_it(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    def two_more(session: Session) -> None:
        network = session.scalars(select(Network)).one()
        for name in ("Second", "Third"):
            make_enquiry(session, settings, network=network, now=NOW, organisation=name)

    write(two_more)
    path = link(write, settings)
    assert "all your 3 open enquiries go to your deputy or the office" in client.get(path).text
    until = (NOW + timedelta(20)).date()
    assert send(client, path, DecisionChoice.AWAY, until=until.isoformat()).status_code == 303

    def outcome(session: Session) -> list[Any]:
        told = (MessageKind.LIAISON_MOVED, MessageKind.LIAISON_HANDED_OVER)
        sent = session.scalars(select(Message).where(Message.kind.in_(told))).all()
        assert {each.answerer_id for each in session.scalars(select(Enquiry))} == {None}
        assert all(each in sent[0].text for each in session.scalars(select(Enquiry.reference)))
        return [(each.kind, each.recipient_email) for each in sent]

    assert write(outcome) == [(MessageKind.LIAISON_MOVED, settings.office_email)]


def test_email_that_says_away_has_the_way_back(
    client: FlaskClient, write: Write, settings: Settings, reference: str, broker: RecordingBroker
) -> None:
    path = link(write, settings)
    assert "You are not entered as away" in client.get(f"{path}/back").text
    until = (NOW + timedelta(20)).date().isoformat()
    send(client, path, DecisionChoice.AWAY, until=until)
    back = link(write, settings, MessageKind.LIAISON_AWAY)
    assert back == path
    page = client.get(f"{back}/back?language=zh-hant")
    assert (page.status_code, "我已回來" in page.text) == (200, True)
    assert len(write(lambda session: session.scalars(select(Leave)).all())) == 1  # looking ends nothing
    broker.jobs.clear()
    for _ in range(2):
        sent = client.post(f"{back}/back?language=zh-hant")
        assert (sent.status_code, sent.location) == (303, f"{path}?language=zh-hant")
        assert write(lambda session: session.scalars(select(Leave)).all()) == []
    assert [job for job, _ in broker.jobs] == [Job.ENQUIRIES_REROUTE]
    write(lambda session: session.execute(update(Person).values(active=False)))
    assert client.post(f"{back}/back").status_code == 410
    assert client.get("/decisions/nothing/back").status_code == 404


def test_link_ends_with_time_and_with_its_person(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    path = link(write, settings)
    assert client.get(f"{path}x").status_code == 404
    assert client.get("/decisions/%00").status_code == 404

    def expire(session: Session) -> None:
        session.scalars(select(Link).where(Link.kind == LinkKind.DECISION)).one().expires_at = NOW - timedelta(
            seconds=1
        )

    def leave(session: Session) -> None:
        session.scalars(select(Link).where(Link.kind == LinkKind.DECISION)).one().expires_at = NOW + timedelta(days=30)
        session.scalars(select(Person)).one().active = False

    for end in (expire, leave):
        write(end)
        assert client.get(path).status_code == 410
        assert send(client, path, DecisionChoice.ACCEPT).status_code == 410
    assert found(write, reference).status is Status.RECEIVED


def test_old_links_outlive_a_rotated_key(client: FlaskClient, write: Write, settings: Settings, reference: str) -> None:
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
    assert send(app.test_client(), path, DecisionChoice.ACCEPT).status_code == 303
    with app.app_context():
        db.engine.dispose()


def test_post_needs_its_token(csrf_client: FlaskClient, write: Write, settings: Settings, reference: str) -> None:
    path = link(write, settings)
    assert send(csrf_client, path, DecisionChoice.ACCEPT).status_code == 403
    token = re.search(r'name="csrf_token" value="([^"]+)"', csrf_client.get(path).text)
    assert token is not None
    assert send(csrf_client, path, DecisionChoice.ACCEPT, csrf_token=token[1]).status_code == 303


def test_only_files_of_this_enquiry_are_handed_out(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    path = link(write, settings)

    def attach(session: Session) -> list[int]:
        own = session.scalars(select(Enquiry)).one()
        files = []
        for enquiry in (own, make_enquiry(session, settings)):
            values: dict[str, Any] = {"name": "a.pdf", "media_type": "application/pdf", "size": 1, "sha256": "x"}
            file = Attachment(enquiry_id=enquiry.id, content=b"x", added_at=NOW, **values)
            session.add(file)
            session.flush()
            files.append(file.id)
        return files

    own, other = write(attach)
    response = client.get(f"{path}/files/{own}")
    assert (response.status_code, response.mimetype) == (200, "application/octet-stream")
    assert client.get(f"{path}/files/{other}").status_code == 404


def test_mark_in_a_partners_words_stays_a_mark_in_mails_to_others(write: Write, settings: Settings) -> None:
    def make(session: Session) -> list[str]:
        liaison = make_person(session, role=None)
        make_enquiry(
            session, settings, network=make_network(session, liaison=liaison), message="x decision-token-goes-here x"
        )
        make_enquiry(session, settings, message="y decision-token-goes-here tracking-token-goes-here y")
        query = select(Message).where(Message.kind == MessageKind.LIAISON_RECEIVED, Message.link_id.is_(None))
        letter = delivery.claim(session, session.scalars(query).one().id, now=NOW, settings=settings)
        assert letter is not None
        return [letter.text, letter.html]

    for body in write(make):
        assert "decision-token-goes-here tracking-token-goes-here" in body


def test_no_table_holds_a_decisions_token(write: Write, settings: Settings, reference: str) -> None:
    token = link(write, settings).rpartition("/")[2]

    def everything(session: Session) -> str:
        return repr([session.execute(table.select()).all() for table in Base.metadata.sorted_tables])

    assert token not in write(everything)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("kind", Kind)
def test_link_offers_what_the_table_allows_while_a_first_answer_is_owed(
    client: FlaskClient, write: Write, settings: Settings, reference: str, status: Status, kind: Kind
) -> None:
    path = link(write, settings)

    def put(session: Session) -> tuple[DecisionChoice, ...]:
        row = session.scalars(select(Enquiry)).one()
        row.status, row.kind = status, kind
        return choices(row)

    offered = write(put)
    page = client.get(path).text
    values = {a or b for a, b in re.findall(r'name="choice" value="(\w+)"|value="(\w+)"[^>]*name="choice"', page)}
    assert values == {choice.value for choice in offered}
    for choice in DecisionChoice:
        if choice not in offered:
            refused = send(client, path, choice, text="x", until=SOON.isoformat(), colleague="a@example.org")
            assert refused.status_code in {409, 422}
    assert found(write, reference).status is status


def test_page_takes_a_bounded_number_of_queries(
    client: FlaskClient, write: Write, settings: Settings, reference: str, count_queries: Callable[[], Any]
) -> None:
    path = link(write, settings)

    def talk(session: Session) -> None:
        row = loading.locked(session, reference, actor=staff_actor())
        for _ in range(6):
            actions.act(session, row, Action.REPLY, text="A message", by=acting(now=NOW, settings=settings))

    write(talk)
    with count_queries() as statements:
        client.get(path)
    assert len(statements) <= 7


def test_staff_with_an_account_have_both_ways_in_their_mail(write: Write, settings: Settings) -> None:
    def make(session: Session) -> dict[str, str]:
        for role in (None, Role.LIAISON):
            liaison = make_person(session, role=role, email=f"{role}@example.org")
            make_enquiry(session, settings, network=make_network(session, liaison=liaison))
        query = select(Message.recipient_email, Message.text).where(Message.kind == MessageKind.LIAISON_RECEIVED)
        return dict(row for row in session.execute(query))

    mails = write(make)
    assert ("/desk/" in mails["none@example.org"], "/decisions/" in mails["none@example.org"]) == (False, True)
    assert ("/desk/" in mails["liaison@example.org"], "/decisions/" in mails["liaison@example.org"]) == (True, True)


def test_link_ends_when_the_enquiry_is_taken_back_or_the_liaison_is_another(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    own = link(write, settings)
    by = acting(now=NOW, settings=settings)

    def assign(session: Session, who: str | None) -> None:
        person = make_person(session, name=who) if who else None
        assignment.assign(session, loading.locked(session, reference, actor=staff_actor()), person and person.id, by=by)

    def replace(session: Session) -> None:
        session.scalars(select(Network)).one().liaison = make_person(session, role=None, email="new@example.org")
        session.flush()
        assignment.move(session, reference, by=acting(now=NOW, settings=settings))

    write(lambda session: assign(session, "Dr Lent"))
    lent = link(write, settings, MessageKind.LIAISON_HANDED_OVER)
    assert [client.get(path).status_code for path in (own, lent)] == [410, 200]
    write(lambda session: assign(session, None))
    back = link(write, settings, MessageKind.LIAISON_HANDED_OVER)
    assert [client.get(path).status_code for path in (lent, back)] == [410, 200]
    write(replace)
    assert client.get(back).status_code == 410
    assert client.get(link(write, settings, MessageKind.LIAISON_HANDED_OVER)).status_code == 200


def test_note_reaches_the_cover_of_a_colleague_who_is_away(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    path = link(write, settings)

    def prepare(session: Session) -> None:
        person = make_person(session, role=None, email="known@example.org")
        cover = make_person(session, role=None, email="cover@example.org")
        session.add(Leave(person=person, cover=cover, starts_on=NOW.date() - timedelta(2), ends_on=SOON,
                          entered_by="", entered_at=NOW))  # fmt: skip

    write(prepare)
    passed = send(client, path, DecisionChoice.PASS_ON, colleague="known@example.org", text="Mind the wheelchair")
    assert passed.status_code == 303
    assert client.get(path).status_code == 410
    query = select(Message.recipient_email, Message.text).where(Message.kind == MessageKind.LIAISON_HANDED_OVER)
    (recipient, text) = write(lambda session: tuple(session.execute(query).one()))
    assert recipient == "cover@example.org"
    assert "Mind the wheelchair" in text


def test_faulty_answer_to_an_enquiry_that_changed_is_told_of_the_change_first(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    path = link(write, settings)

    def review(session: Session) -> None:
        row = loading.locked(session, reference, actor=staff_actor())
        actions.act(session, row, Action.REVIEW, by=acting(now=NOW, settings=settings))

    write(review)
    response = send(client, path, DecisionChoice.DECLINE, version=1)
    assert response.status_code == 409
    assert "has changed since you opened the page" in response.text


def test_whoever_waits_for_a_lock_reads_what_was_given_meanwhile(
    app: Flask, write: Write, settings: Settings, reference: str
) -> None:
    """The partner writes while the office gives the enquiry to someone: the email goes to who has it then."""
    person = write(lambda session: make_person(session, role=Role.COORDINATOR, email="x@example.org"))
    token = write(lambda session: tracking_token(session, settings, session.scalars(select(Enquiry)).one()))
    started, reached, failures = threading.Event(), threading.Event(), []

    def partner_writes() -> None:
        try:
            started.wait(60)
            reached.set()
            with app.app_context(), transaction() as session:
                row = tracking.locked(session, opened(session, settings, token), now=NOW)
                tracking.write(session, row, "One more thing", now=NOW, settings=settings)
        except BaseException as error:
            failures.append(error)

    def waits() -> bool:
        """On PostgreSQL for the row; SQLite lets no one else begin to write."""
        if db.engine.dialect.name == "sqlite":
            return reached.is_set()
        with db.engine.connect() as other:
            return bool(other.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))

    thread = threading.Thread(target=partner_writes)
    thread.start()
    with app.app_context(), transaction() as session:
        row = loading.locked(session, reference, actor=staff_actor())
        assignment.assign(session, row, person.id, by=acting(now=NOW, settings=settings))
        session.flush()
        started.set()
        eventually(waits)
    thread.join(60)
    assert failures == []
    query = select(Message.recipient_email).where(Message.kind == MessageKind.LIAISON_PARTNER_WROTE)
    assert write(lambda session: session.scalars(query).one()) == "x@example.org"


@pytest.mark.parametrize("typed", ["Prof Wong wong@example.org", "<Wong@example.org>", "ｗｏｎｇ@example.org\u200b"])
def test_address_with_something_around_it_is_passed_on_to_alone(
    client: FlaskClient, write: Write, settings: Settings, reference: str, typed: str
) -> None:
    assert send(client, link(write, settings), DecisionChoice.PASS_ON, colleague=typed).status_code == 303
    query = select(Message.recipient_email).where(Message.kind == MessageKind.LIAISON_HANDED_OVER)
    assert write(lambda session: session.scalars(query).all()) == ["wong@example.org"]


def test_partner_reads_no_part_of_a_colleagues_address(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    path = link(write, settings)
    assert send(client, path, DecisionChoice.PASS_ON, colleague="Zq.Unknown@example.org").status_code == 303
    row = found(write, reference)
    token = write(lambda session: tracking_token(session, settings, row))
    assert "zq.unknown" not in client.get(f"/track/{token}").text
    other = link(write, settings, MessageKind.LIAISON_HANDED_OVER)
    assert send(client, other, DecisionChoice.ASK_PARTNER, version=2, text="Which day?").status_code == 303
    page = client.get(f"/track/{token}").text
    assert "Which day?" in page
    mails = write(lambda session: session.scalars(select(Message.text)).all())
    assert "zq.unknown" not in page
    assert [text for text in mails if "zq.unknown" in text and "Which day?" in text] == []
    assert "Dear zq.unknown" not in "".join(mails)
