"""The tracking pages: what a partner sees and does through the secret link."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import RecordingBroker
from tests.factories import NOW, acting, make_enquiry, make_network, make_person, opened, staff_actor, tracking_token
from webapp import create_app, labels
from webapp.config import Settings
from webapp.domain.enquiries import actions, tracking
from webapp.domain.messages import delivery
from webapp.domain.security.permissions import Actor
from webapp.domain.security.tokens import link_token
from webapp.models import Attachment, Enquiry, Event, Link, Message
from webapp.vocabulary import Action, EventKind, Job, Kind, Language, LinkKind, MessageKind, Status

Write = Callable[[Callable[[Session], Any]], Any]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
JSON = {"Accept": "application/json"}
STATES = "Received", "Being reviewed", "Accepted", "Visit confirmed", "Completed"


@pytest.fixture(autouse=True)
def clock() -> Any:
    """Every test happens an hour after its enquiry was sent, unless it moves on."""
    with time_machine.travel(NOW + timedelta(hours=1), tick=False) as traveller:
        yield traveller


@dataclass
class Case:
    """An enquiry and its secret link."""

    reference: str
    token: str

    @property
    def path(self) -> str:
        return f"/track/{self.token}"


@pytest.fixture
def make(write: Write, settings: Settings) -> Callable[..., Case]:
    def run(**given: Any) -> Case:
        def change(session: Session) -> Case:
            if given.pop("with_liaison", False):
                given["network"] = make_network(session, liaison=make_person(session, name="Prof. Chan Tai Man"))
            enquiry = make_enquiry(session, settings, **given)
            return Case(enquiry.reference, tracking_token(session, settings, enquiry))

        made: Case = write(change)
        return made

    return run


@pytest.fixture
def act(write: Write, settings: Settings) -> Callable[..., None]:
    """Let staff act on an enquiry, by default now."""

    def run(case: Case, action: Action, text: str = "", *, actor: Actor | None = None) -> None:
        def change(session: Session) -> None:
            found = tracking.locked(session, opened(session, settings, case.token), now=NOW)
            who, now = actor or staff_actor(), datetime.now(UTC)
            actions.act(session, found, action, text=text, by=acting(who, now=now, settings=settings))

        write(change)

    return run


def page(client: FlaskClient, path: str, **given: Any) -> str:
    response = client.get(path, **given)
    assert response.status_code == 200
    return " ".join(unescape(response.text).split())


def events_of(write: Write, case: Case) -> list[Event]:
    def read(session: Session) -> list[Event]:
        return list(session.scalars(select(Event).join(Enquiry).where(Enquiry.reference == case.reference)))

    found: list[Event] = write(read)
    return found


def mails_of(write: Write) -> list[MessageKind]:
    found: list[MessageKind] = write(lambda session: list(session.scalars(select(Message.kind).order_by(Message.id))))
    return found


def test_show_tells_reference_subject_kind_and_who_answers(client: FlaskClient, make: Callable[..., Case]) -> None:
    case = make(with_liaison=True)
    text = page(client, case.path)
    assert case.reference in text
    assert '<h1 dir="auto">Joint service-learning programme</h1>' in text
    assert "Delegation visit through NET" in text
    assert "Monday 23 November 2026, 17:12 (HKT)" in text
    assert "Prof. Chan Tai Man" in text
    assert "Thank you. We have received your enquiry." in text


def test_show_names_at_once_whom_it_was_given_to(client: FlaskClient, write: Write, make: Callable[..., Case]) -> None:
    case = make(with_liaison=True)
    for name in ("Dr Assigned", "Dr Otherwise"):

        def give(session: Session, name: str = name) -> None:
            found = session.scalars(select(Enquiry).where(Enquiry.reference == case.reference)).one()
            found.assignee_id = make_person(session, role=None, name=name).id

        page(client, case.path)
        write(give)
        assert f"<dt>Who answers</dt><dd>{name}</dd>" in page(client, case.path)


def test_show_names_the_office_where_nobody_else_answers(client: FlaskClient, make: Callable[..., Case]) -> None:
    assert "<dt>Who answers</dt><dd>International office</dd>" in page(client, make().path)


@pytest.mark.parametrize("path", ["", "/withdraw", "/files/1", "-nothing"])
def test_every_answer_is_private(client: FlaskClient, make: Callable[..., Case], path: str) -> None:
    response = client.get(make().path + path)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.headers["X-Robots-Tag"]


def test_pages_override_the_referrer_rule_of_the_frame(client: FlaskClient, make: Callable[..., Case]) -> None:
    text = client.get(make().path).text
    assert text.rindex('name="referrer" content="no-referrer"') > text.rindex('name="referrer" content="same-origin"')
    assert 'rel="canonical"' not in text


def test_show_speaks_the_language_of_the_enquiry_or_the_one_asked_for(
    client: FlaskClient, make: Callable[..., Case]
) -> None:
    case = make(language=Language.ZH_HANT)
    assert '<html lang="zh-Hant-HK">' in page(client, case.path)
    assert '<html lang="zh-Hans">' in page(client, case.path + "?language=zh-hans")
    assert '<html lang="zh-Hant-HK">' in page(client, case.path + "?language=klingon")


@pytest.mark.parametrize("kind", Kind)
def test_steps_leave_out_the_visit_where_there_is_none(
    client: FlaskClient, make: Callable[..., Case], kind: Kind
) -> None:
    steps = page(client, make(kind=kind).path).partition('class="steps"')[2].partition("</ol>")[0]
    assert [name in steps for name in STATES] == [True, True, True, kind is Kind.VISIT, True]


@pytest.mark.parametrize("status", Status)
def test_show_works_in_every_status_and_names_it_as_partners_know_it(
    client: FlaskClient, make: Callable[..., Case], status: Status
) -> None:
    text = page(client, make(status=status).path)
    told = tracking.public_status(status)
    assert labels.STATUS_PARTNER[told] in text
    for hidden in ("approval", "Spam", "spam", "declined" if status is not Status.DECLINED else "spam"):
        assert hidden not in text.partition('<main id="main"')[2]


def test_approval_leaves_no_trace(client: FlaskClient, make: Callable[..., Case], act: Callable[..., None]) -> None:
    case = make()
    act(case, Action.REVIEW)
    before = client.get(case.path, headers=JSON).json
    act(case, Action.ASK_APPROVAL, "Please, Dean")
    assert client.get(case.path, headers=JSON).json == before
    act(case, Action.RESUME)
    assert client.get(case.path, headers=JSON).json == before
    assert "Please, Dean" not in page(client, case.path)


def test_spam_looks_and_works_as_before(
    client: FlaskClient, make: Callable[..., Case], act: Callable[..., None], write: Write
) -> None:
    case = make()
    before, mails = client.get(case.path, headers=JSON).json, mails_of(write)
    act(case, Action.MARK_SPAM)
    assert client.get(case.path, headers=JSON).json == before
    assert client.post(case.path + "/messages", data={"message": "Buy now"}).status_code == 303
    assert client.post(case.path + "/withdraw").status_code == 303
    assert mails_of(write) == mails


def test_notes_and_assignments_are_not_shown(
    client: FlaskClient, make: Callable[..., Case], act: Callable[..., None]
) -> None:
    case = make()
    before = client.get(case.path, headers=JSON).json
    act(case, Action.NOTE, "They were late in 2024")
    assert "They were late" not in page(client, case.path)
    assert client.get(case.path, headers=JSON).json == before


def test_messages_stand_in_order_the_enquiry_first(
    client: FlaskClient, make: Callable[..., Case], act: Callable[..., None]
) -> None:
    case = make()
    act(case, Action.REPLY, "Does Thursday suit you?")
    client.post(case.path + "/messages", data={"message": "Thursday <b>suits</b> us."})
    act(case, Action.DECLINE, "The campus is closed then.")
    client.post(case.path + "/messages", data={"message": "We understand."})
    thread = client.get(case.path).text.partition('id="messages"')[2].partition("</ol>")[0]
    words = (
        "We would like to agree",
        "Does Thursday",
        "Thursday &lt;b&gt;suits",
        "The campus is closed",
        "We understand",
    )
    places = [thread.find(text) for text in words]
    assert places == sorted(places)
    assert places[0] > 0
    assert thread.count('class="ours"') == 2


def test_promise_says_why_that_date_by_day(client: FlaskClient, make: Callable[..., Case], clock: Any) -> None:
    sent = datetime(2026, 12, 22, 2, 0, tzinfo=UTC)
    clock.move_to(sent)
    text = page(client, make(now=sent).path)
    assert "First answer by Wednesday 30 December 2026" in text
    assert "Within 5 working days of your message" in text
    for line in ("Christmas Day", "not counted: weekend", "working days 1 to 2", "working days 3 to 5"):
        assert line in text.partition("Why this date?")[2]


def test_promise_names_holidays_in_the_language_of_the_page(
    client: FlaskClient, make: Callable[..., Case], clock: Any
) -> None:
    sent = datetime(2026, 12, 22, 2, 0, tzinfo=UTC)
    clock.move_to(sent)
    assert "聖誕節" in page(client, make(now=sent).path + "?language=zh-hant")


def test_promise_stands_still_while_we_wait_and_moves_when_answered(
    client: FlaskClient, make: Callable[..., Case], act: Callable[..., None], clock: Any
) -> None:
    case = make()
    act(case, Action.ASK_PARTNER, "Which day?")
    text = page(client, case.path)
    assert "We need something from you" in text
    assert "We have been waiting for your answer since Monday 23 November 2026" in text
    clock.move_to(NOW + timedelta(days=2))
    client.post(case.path + "/messages", data={"message": "Thursday"})
    text = page(client, case.path)
    assert "First answer by Wednesday 2 December 2026" in text
    assert "paused" in text
    assert "Within 5 working days of your message" in text


def test_promise_that_was_missed_is_admitted(client: FlaskClient, make: Callable[..., Case], clock: Any) -> None:
    case = make()
    clock.move_to(NOW + timedelta(days=20))
    text = page(client, case.path)
    assert "Our answer is late" in text
    assert "promised a first answer by Monday 30 November 2026" in text


def test_promise_that_was_kept_says_so(
    client: FlaskClient, make: Callable[..., Case], act: Callable[..., None], clock: Any
) -> None:
    case = make()
    clock.move_to(NOW + timedelta(days=1))
    act(case, Action.ACCEPT)
    kept = "You had our answer on Tuesday 24 November 2026; it was promised by Monday 30 November 2026."
    assert f'<p class="quiet">{kept}</p>' in page(client, case.path)


@pytest.mark.parametrize(
    ("action", "opens"),
    [
        (Action.ACCEPT, "Your enquiry has been accepted"),
        (Action.DECLINE, "Not possible this time"),
        (Action.ASK_PARTNER, "We have a question about your enquiry"),
    ],
)
def test_page_opens_with_the_answer_and_what_was_written_with_it(
    client: FlaskClient, make: Callable[..., Case], act: Callable[..., None], action: Action, opens: str
) -> None:
    case = make()
    act(case, action, "How many of you are coming?")
    text = page(client, case.path)
    parts = [opens, "How many of you are coming?", 'id="steps"', 'id="messages"', 'id="answers"']
    assert [text.index(part) for part in parts] == sorted(text.index(part) for part in parts)
    assert text.count("How many of you are coming?") == 1
    field = text.index('id="message"')
    if action is Action.ASK_PARTNER:
        assert text.index(parts[1]) < field < text.index('id="steps"')
        sent = client.post(case.path + "/messages", data={"message": "Twelve."})
        anchor = sent.location.partition("#")[2]
        text = page(client, sent.location)
        thread = text.partition('id="messages"')[2]
        assert "How many of you are coming?" in thread.partition(f'id="{anchor}"')[0]
        assert "Twelve." in thread.partition(f'id="{anchor}"')[2].partition("Your message has been sent.")[0]
        assert "Your message has been sent." not in text.partition('id="messages"')[0]
    else:
        assert text.index('id="messages"') < field
        # A message that came after it is in its place in the thread, and so is the answer.
        client.post(case.path + "/messages", data={"message": "Thank you."})
        thread = page(client, case.path).partition('id="messages"')[2]
        assert thread.index("How many of you are coming?") < thread.index("Thank you.")


def test_answer_is_in_the_language_of_the_page(
    client: FlaskClient, make: Callable[..., Case], act: Callable[..., None]
) -> None:
    case = make()
    act(case, Action.ACCEPT)
    assert '<h2 id="answer">您的訪問申請已獲接受</h2>' in page(client, case.path + "?language=zh-hant")


def test_json_has_the_contracts_keys_and_nothing_else(
    client: FlaskClient, make: Callable[..., Case], act: Callable[..., None]
) -> None:
    case = make(with_liaison=True)
    act(case, Action.REVIEW)
    response = client.get(case.path, headers=JSON)
    found = response.json
    assert response.content_type == "application/json"
    assert set(found) == {"reference", "kind", "network", "status", "submitted_at", "promise", "events", "visit"}
    assert found["reference"] == case.reference
    assert (found["kind"], found["status"], found["promise"]) == ("visit", "in_review", "2026-11-30")
    assert found["network"].startswith("network-")
    assert datetime.fromisoformat(found["submitted_at"]) == NOW
    assert [(event["kind"], event["status"]) for event in found["events"]] == [
        ("submitted", None),
        ("status", "in_review"),
    ]


@pytest.mark.parametrize(("status", "told"), [("awaiting_approval", "in_review"), ("spam", "received")])
def test_json_tells_statuses_as_partners_know_them(
    client: FlaskClient, make: Callable[..., Case], status: str, told: str
) -> None:
    assert client.get(make(status=Status(status)).path, headers=JSON).json["status"] == told


def test_wrong_token_is_a_page_that_helps(client: FlaskClient, make: Callable[..., Case]) -> None:
    case = make()
    for token in ("nothing", case.token[:-1], case.token + "A", case.reference, "%00", "%ED%A0%80", "a" * 3000):
        response = client.get(f"/track/{token}")
        assert response.status_code == 404
        assert 'name="reference"' in response.text
        assert "Joint service-learning" not in response.text
    assert client.get("/track/nothing", headers=JSON).status_code == 404
    assert client.post("/track/nothing/messages", data={"message": "x"}).status_code == 404
    assert client.post("/track/nothing/withdraw").status_code == 404


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_changes_nothing(client: FlaskClient, make: Callable[..., Case], write: Write, method: str) -> None:
    def state(session: Session) -> Any:
        enquiry = session.scalars(select(Enquiry)).one()
        return enquiry.version, enquiry.status, enquiry.changed_at, session.scalars(select(Event.id)).all()

    case = make()
    before = write(state), mails_of(write)
    for path in ("", "/withdraw", "/messages", "/files/1", "?action=withdraw"):
        getattr(client, method)(case.path + path)
    assert (write(state), mails_of(write)) == before


def test_message_is_kept_and_tells_who_answers(
    client: FlaskClient, make: Callable[..., Case], write: Write, broker: RecordingBroker
) -> None:
    case = make(with_liaison=True)
    jobs = len(broker.jobs)
    response = client.post(case.path + "/messages", data={"message": "Could we come in May?\r\nBest wishes"})
    assert response.status_code == 303
    assert response.location.startswith(case.path)
    assert events_of(write, case)[-1].text == "Could we come in May?\nBest wishes"
    assert mails_of(write)[-1] is MessageKind.LIAISON_PARTNER_WROTE
    assert [job for job, _ in broker.jobs[jobs:]] == [Job.MAIL_DELIVER]
    assert "Your message has been sent." in page(client, response.location)


def test_message_sent_twice_is_one(client: FlaskClient, make: Callable[..., Case], write: Write) -> None:
    case = make()
    for _ in range(2):
        assert client.post(case.path + "/messages", data={"message": "Yes."}).status_code == 303
    assert [event.text for event in events_of(write, case) if event.text] == ["Yes."]


def test_same_words_answer_a_second_question(
    client: FlaskClient, make: Callable[..., Case], act: Callable[..., None]
) -> None:
    case = make()
    for _ in range(2):
        act(case, Action.ASK_PARTNER, "Sure?")
        client.post(case.path + "/messages", data={"message": "Yes."})
        assert client.get(case.path, headers=JSON).json["status"] == "in_review"


@pytest.mark.parametrize("text", ["", "  \n ", "a\x00b", "x" * 5001, "broken \ufffd"])
def test_message_that_cannot_be_taken_is_refused_beside_the_field(
    client: FlaskClient, make: Callable[..., Case], write: Write, text: str
) -> None:
    case = make()
    response = client.post(case.path + "/messages", data={"message": text})
    assert response.status_code == 422
    assert 'href="#message"' in response.text
    assert 'id="message-error"' in response.text
    assert "<title>Error: " in response.text
    assert len(events_of(write, case)) == 1


def test_message_that_is_refused_is_kept_in_its_field(client: FlaskClient, make: Callable[..., Case]) -> None:
    typed = "x" * 5001
    assert typed in client.post(make().path + "/messages", data={"message": typed}).text


def files(*given: tuple[str, bytes]) -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(content), name) for name, content in given]


def test_file_with_a_message_is_kept_and_shown_to_everybody(
    app: Flask, client: FlaskClient, make: Callable[..., Case], write: Write, sign_in: Any, settings: Settings
) -> None:
    case = make(with_liaison=True)
    data = {"message": "Here is the plan.", "attachments": files(("計劃書.pdf", PDF), ("list.txt", b"Names"))}
    assert client.post(case.path + "/messages", data=data).status_code == 303
    event = events_of(write, case)[-1]
    assert [file.name for file in event.files] == ["計劃書.pdf", "list.txt"]
    number = event.files[0].id
    thread = client.get(case.path).text.split('class="thread"')[1].split("</ol>")[0]
    assert f"{case.path}/files/{number}" in thread
    assert client.get(f"{case.path}/files/{number}").data == PDF
    mail = write(lambda s: s.scalars(select(Message).where(Message.kind == MessageKind.LIAISON_PARTNER_WROTE)).one())
    assert "計劃書.pdf" in mail.text
    decision = write(lambda s: decision_token(s, settings))
    thread = client.get(f"/decisions/{decision}").text.split('class="thread"')[1].split("</ol>")[0]
    assert f"/decisions/{decision}/files/{number}" in thread
    email = write(lambda s: make_person(s).email)
    staff = app.test_client()
    sign_in(staff, email)
    desk = staff.get(f"/desk/enquiries/{case.reference}").text
    assert desk.count(f"/desk/enquiries/{case.reference}/files/{number}") == 2
    assert staff.get(f"/desk/enquiries/{case.reference}/files/{number}").data == PDF


def decision_token(session: Session, settings: Settings) -> str:
    found = session.scalars(select(Link).where(Link.kind == LinkKind.DECISION).order_by(Link.id.desc()).limit(1)).one()
    return link_token(found, secret_keys=settings.secret_keys)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([("empty.pdf", b"")], "“empty.pdf” is empty."),
        ([("plan.pdf", PDF), ("tool.exe", b"MZ")], "“tool.exe” is not of a kind that we can take."),
        ([(f"{number}.txt", b"x%d" % number) for number in range(6)], "Send at most 5 files with one message."),
    ],
)
def test_refused_file_keeps_the_message_and_says_why(
    client: FlaskClient, make: Callable[..., Case], write: Write, given: list[tuple[str, bytes]], why: str
) -> None:
    case = make()
    data = {"message": "Here is the plan.", "attachments": files(*given)}
    response = client.post(case.path + "/messages", data=data)
    text = unescape(response.text)
    assert response.status_code == 422
    assert "Here is the plan.</textarea>" in text
    assert why in text
    assert f"choose the files again: {', '.join(name for name, _ in given)}" in text
    assert 'href="#attachments"' in text
    assert len(events_of(write, case)) == 1
    assert write(lambda s: s.scalars(select(Attachment.id)).all()) == []


def test_message_that_is_refused_says_that_its_files_are_to_be_chosen_again(
    client: FlaskClient, make: Callable[..., Case]
) -> None:
    data = {"message": "", "attachments": files(("plan.pdf", PDF))}
    response = client.post(make().path + "/messages", data=data)
    assert response.status_code == 422
    assert "choose the files again: plan.pdf" in response.text


def test_file_that_is_forgotten_first_goes_with_the_same_words_again(
    client: FlaskClient, make: Callable[..., Case], write: Write
) -> None:
    case = make()
    client.post(case.path + "/messages", data={"message": "Here is the plan."})
    for _ in range(2):
        data = {"message": "Here is the plan.", "attachments": files(("plan.pdf", PDF))}
        assert client.post(case.path + "/messages", data=data).status_code == 303
    written = [event for event in events_of(write, case) if event.kind is EventKind.PARTNER_MESSAGE]
    assert [len(event.files) for event in written] == [0, 1]
    assert len(write(lambda s: s.scalars(select(Attachment.id)).all())) == 1


def test_files_of_one_enquiry_have_a_bound(
    client: FlaskClient, make: Callable[..., Case], write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracking, "MOST_FILES", 1)
    case = make()
    data = {"message": "Two plans.", "attachments": files(("a.pdf", PDF), ("b.pdf", PDF))}
    response = client.post(case.path + "/messages", data=data)
    assert response.status_code == 422
    assert "as many files as it can" in response.text
    assert "Two plans.</textarea>" in response.text
    assert write(lambda s: s.scalars(select(Attachment.id)).all()) == []


def test_messages_are_limited_by_address(settings: Settings, make: Callable[..., Case]) -> None:
    case = make()
    limited = create_app(settings.model_copy(update={"rate_limits": "on"}), broker=RecordingBroker())
    limited.config["WTF_CSRF_ENABLED"] = False
    visitor = limited.test_client()
    codes = [visitor.post(case.path + "/messages", data={"message": f"{n}"}).status_code for n in range(12)]
    assert codes.count(303) == 10
    assert codes[-1] == 429


def test_withdraw_asks_first_then_does_it_once(client: FlaskClient, make: Callable[..., Case], write: Write) -> None:
    case = make(with_liaison=True)
    assert 'name="reason"' in page(client, case.path + "/withdraw")
    for _ in range(2):
        response = client.post(case.path + "/withdraw", data={"reason": "Our plans changed."})
        assert response.status_code == 303
    assert client.get(case.path, headers=JSON).json["status"] == "withdrawn"
    assert mails_of(write)[2:] == [MessageKind.PARTNER_STATUS, MessageKind.LIAISON_WITHDRAWN]
    text = page(client, response.location)
    assert "Our plans changed." in text
    assert "No answer is due any more." in text
    assert "/withdraw" not in text


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.DECLINED])
def test_withdraw_is_not_offered_once_ended(client: FlaskClient, make: Callable[..., Case], status: Status) -> None:
    case = make(status=status)
    assert f"{case.path}/withdraw" not in page(client, case.path)
    assert client.get(case.path + "/withdraw").status_code == 303
    assert client.post(case.path + "/withdraw").status_code == 409
    assert client.get(case.path, headers=JSON).json["status"] == status


def test_file_is_handed_out_and_never_opened(
    client: FlaskClient, make: Callable[..., Case], write: Write, settings: Settings
) -> None:
    case, other = make(), make()

    def add(session: Session) -> int:
        found = session.scalars(select(Enquiry).where(Enquiry.reference == case.reference)).one()
        content = b"<script>alert(1)</script>"
        file = Attachment(
            enquiry_id=found.id,
            name="計劃 2027.html",
            media_type="text/html",
            size=len(content),
            sha256="0" * 64,
            content=content,
            added_at=NOW,
        )
        session.add(file)
        session.flush()
        return file.id

    number = write(add)
    assert "計劃 2027.html" in page(client, case.path)
    response = client.get(f"{case.path}/files/{number}")
    assert response.data == b"<script>alert(1)</script>"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.content_type == "application/octet-stream"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert client.get(f"{other.path}/files/{number}").status_code == 404


def lost(client: FlaskClient, reference: str, email: str) -> Any:
    return client.post("/track", data={"reference": reference, "email": email})


def test_lost_link_answers_the_same_whether_or_not_anything_exists(
    client: FlaskClient, make: Callable[..., Case], write: Write, look: Callable[[], None]
) -> None:
    case = make()
    staged = len(mails_of(write))
    wrong = lost(client, "LD-2222-2222", "erika@example.org")
    other = lost(client, case.reference, "stranger@example.org")
    look()
    assert len(mails_of(write)) == staged
    right = lost(client, case.reference, "erika@example.org")
    assert len(mails_of(write)) == staged
    look()
    assert (wrong.status_code, wrong.data) == (right.status_code, right.data) == (other.status_code, other.data)
    assert mails_of(write)[staged:] == [MessageKind.PARTNER_LINK]


def test_lost_link_takes_references_as_people_type_them(
    client: FlaskClient, make: Callable[..., Case], write: Write, clock: Any, look: Callable[[], None]
) -> None:
    case = make()
    letters = case.reference[3:].replace("-", "")
    staged = len(mails_of(write))
    for typed in (case.reference.lower(), f" ld {letters[:4]} {letters[4:]} ", letters.lower(), f"LD{letters}"):
        clock.shift(timedelta(minutes=6))
        assert lost(client, typed, " ERIKA@example.org ").status_code == 200
        look()
    assert mails_of(write)[staged:] == [MessageKind.PARTNER_LINK] * 4


def test_lost_link_is_mailed_once_in_five_minutes(
    client: FlaskClient, make: Callable[..., Case], write: Write, look: Callable[[], None]
) -> None:
    case = make()
    for _ in range(3):
        lost(client, case.reference, "erika@example.org")
        look()
    assert mails_of(write).count(MessageKind.PARTNER_LINK) == 1


def test_lost_link_that_is_mailed_opens_the_enquiry(
    client: FlaskClient, make: Callable[..., Case], write: Write, settings: Settings, look: Callable[[], None]
) -> None:
    case = make()
    lost(client, case.reference, "erika@example.org")
    look()

    def read(session: Session) -> str:
        number = session.scalars(select(Message.id).where(Message.kind == MessageKind.PARTNER_LINK)).one()
        letter = delivery.claim(session, number, now=datetime.now(UTC), settings=settings)
        assert letter is not None
        return letter.text

    assert f"https://desk.example.org{case.path}" in write(read)


@pytest.mark.parametrize(
    ("reference", "email", "field"),
    [
        ("", "", "email"),
        ("LD-1", "erika@example.org", "reference"),
        ("LD-7K3Q-9XWT", "x", "email"),
    ],
)
def test_lost_link_refuses_what_is_no_reference_or_address(
    client: FlaskClient, reference: str, email: str, field: str
) -> None:
    response = lost(client, reference, email)
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    assert f'value="{email}"' in response.text


def test_lost_link_is_limited_by_address(settings: Settings) -> None:
    limited = create_app(settings.model_copy(update={"rate_limits": "on"}), broker=RecordingBroker())
    limited.config["WTF_CSRF_ENABLED"] = False
    visitor = limited.test_client()
    codes = [lost(visitor, "LD-2222-2222", "erika@example.org").status_code for _ in range(7)]
    assert codes == [200] * 5 + [429] * 2


def test_forms_need_their_token(csrf_client: FlaskClient, make: Callable[..., Case], write: Write) -> None:
    case = make()
    for path, data in (("/messages", {"message": "x"}), ("/withdraw", {})):
        assert csrf_client.post(case.path + path, data=data).status_code == 403
    assert (
        csrf_client.post("/track", data={"reference": case.reference, "email": "erika@example.org"}).status_code == 403
    )
    assert len(events_of(write, case)) == 1


def test_page_takes_a_bounded_number_of_queries(
    client: FlaskClient, make: Callable[..., Case], act: Callable[..., None], count_queries: Callable[[], Any]
) -> None:
    case = make(with_liaison=True)
    for n in range(5):
        act(case, Action.REPLY, f"Message {n}")
    with count_queries() as statements:
        page(client, case.path)
    assert len(statements) <= 7


def test_partner_writes_so_much_a_day_and_keeps_the_words_of_the_next(
    client: FlaskClient, make: Callable[..., Case], write: Write, clock: Any
) -> None:
    case, most = make(), int(actions.BY_PARTNER.free)
    answers = [client.post(f"{case.path}/messages", data={"message": f"Message {n}"}) for n in range(most + 2)]
    assert [answer.status_code for answer in answers] == [303] * most + [429] * 2
    assert f"Message {most}</textarea>" in answers[most].text
    assert "by email to the office" in answers[most].text
    assert int(answers[most].headers["Retry-After"]) > 0
    assert write(lambda s: len(s.scalars(select(Event).where(Event.kind == EventKind.PARTNER_MESSAGE)).all())) == most
    clock.shift(timedelta(hours=1))
    assert client.post(f"{case.path}/messages", data={"message": "One more"}).status_code == 303
    other = make(contact_email="other@example.org")
    assert client.post(f"{other.path}/messages", data={"message": "Mine"}).status_code == 303


def test_long_thread_is_shown_in_parts_newest_first(
    client: FlaskClient, make: Callable[..., Case], write: Write, settings: Settings
) -> None:
    case = make()

    def talk(session: Session) -> None:
        found = tracking.locked(session, opened(session, settings, case.token), now=NOW)
        for number in range(100):
            given: dict[str, Any] = {"now": NOW + timedelta(days=number), "settings": settings}
            tracking.write(session, found, f"Message {number:03}", **given)

    write(talk)
    seen: list[str] = []
    path: str | None = case.path
    pages = 0
    while path:
        page = client.get(path).text
        pages += 1
        seen = re.findall(r"Message \d{3}", page) + seen
        links = re.findall(r'rel="next" href="([^"]*#messages)"', page)
        path = unescape(links[0]) if links else None
        assert len(page) < 100_000
        assert ("a three-year plan.</div>" in page.partition('id="answers"')[0]) is (path is None)
    assert (pages, seen) == (6, [f"Message {number:03}" for number in range(100)])


@pytest.mark.parametrize("place", ["", "0", "-1", "x", "99999999999999999999", "\u0661"])
def test_place_that_is_none_breaks_no_page(client: FlaskClient, make: Callable[..., Case], place: str) -> None:
    query = {"messages": place, "lines": place}
    assert client.get(make().path, query_string=query).status_code == 200
