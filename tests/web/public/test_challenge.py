"""While others send too many forms: a person gets through by a code in an email, and no one else does."""

import io
import re
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import make_settings
from tests.web.public.conftest import same_browser
from webapp.config import Settings
from webapp.domain.enquiries import senders
from webapp.domain.limits import buckets
from webapp.domain.messages import delivery
from webapp.domain.security import codes
from webapp.models import Enquiry, Message
from webapp.vocabulary import Language, MessageKind
from webapp.web.limits import limiter

Write = Callable[[Callable[[Session], Any]], Any]
START = datetime(2026, 11, 27, 9, 58, tzinfo=UTC)
ME = "erika@example.org"
HERE = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Buckets count, and nothing in memory does."""
    return make_settings(database_url, data_dir=tmp_path, rate_limits="on")


@pytest.fixture
def clock(app: Flask, client: FlaskClient) -> Any:
    limiter.enabled = False
    client.environ_base.update(HERE)
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def crowd(write: Write, clock: Any) -> Callable[..., None]:
    """Leave no room in the bucket of a domain: others sent too many forms."""

    def send(domain: str = "example.org") -> None:
        share = senders.of_domain(f"x@{domain}", senders.PER_DOMAIN, senders.PER_PUBLIC_DOMAIN)
        write(lambda s: buckets.take(s, [share], now=datetime.now(UTC), amount=share.limit.free))

    return send


def begin(client: FlaskClient, answers: Callable[..., Any], **changed: Any) -> str:
    data = answers("question", **changed)
    assert client.post("/enquiries/new", data=data).status_code == 303
    return str(data["form_id"])


def press(client: FlaskClient, form_id: str, **more: Any) -> Any:
    return client.post("/enquiries/new", data={"form_id": form_id, "final": "yes"}, **more)


def enter(client: FlaskClient, form_id: str, code: str) -> Any:
    return client.post(f"/enquiries/code/{form_id}", data={"code": code})


def another(client: FlaskClient, form_id: str) -> Any:
    return client.post(f"/enquiries/code/{form_id}/another")


def mails(write: Write) -> list[Message]:
    query = select(Message).where(Message.kind == MessageKind.PERSON_CODE).order_by(Message.id)
    return list(write(lambda s: s.scalars(query).all()))


def enquiries(write: Write) -> int:
    return int(write(lambda s: s.scalar(select(func.count(Enquiry.id)))))


@pytest.fixture
def code(write: Write, settings: Settings) -> Callable[[], str]:
    """Return the code in the latest email as it leaves; the outbox does not hold it."""

    def claim() -> str:
        message = mails(write)[-1]
        later = datetime.now(UTC) + timedelta(seconds=1)
        sent = write(lambda s: delivery.claim(s, message.id, now=later, settings=settings))
        assert sent is not None
        (digits,) = set(re.findall(r"(?<![\w#;])\d{6}(?!\w)", sent.text))
        assert digits in sent.html
        assert digits not in message.text + message.html + message.subject + message.dedupe_key
        assert sent.subject == message.subject
        return str(digits)

    return claim


def wrong(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06}"


def test_with_room_nothing_of_it_shows(client: FlaskClient, answers: Any, clock: Any, write: Write) -> None:
    form_id = begin(client, answers)
    assert press(client, form_id).status_code == 303
    assert enquiries(write) == 1
    assert mails(write) == []


def test_code_lets_through_who_is_crowded_out(
    client: FlaskClient, answers: Any, crowd: Any, code: Callable[[], str], write: Write
) -> None:
    crowd()
    data = answers("question", subject="Mine")
    data.add("attachments", (io.BytesIO(b"%PDF-1.7\n"), "plan.pdf"))
    form_id = data["form_id"]
    client.post("/enquiries/new", data=data)
    asked = press(client, form_id)
    assert asked.status_code == 429
    assert f"emailed to {ME}" in asked.text
    assert 'autocomplete="one-time-code"' in asked.text
    assert 'inputmode="numeric"' in asked.text
    assert f'href="/enquiries/new?draft={form_id}#contact_email"' in asked.text
    assert asked.headers["Cache-Control"] == "no-store"
    form = client.get(f"/enquiries/new?draft={form_id}").text
    assert 'value="Mine"' in form
    assert "plan.pdf" in form
    assert [message.recipient_email for message in mails(write)] == [ME]
    digits = code()
    sent = enter(client, form_id, f" {digits[:3]} {digits[3:]}")
    assert (sent.status_code, enquiries(write)) == (303, 1)
    assert "plan.pdf" in client.get(sent.location).text
    assert enter(client, form_id, digits).location == sent.location
    assert press(client, form_id).location == sent.location
    assert another(client, form_id).location == sent.location
    assert (enquiries(write), len(mails(write))) == (1, 1)
    kinds = Counter(write(lambda s: s.scalars(select(Message.kind)).all()))
    assert kinds[MessageKind.PARTNER_RECEIPT] == 1


def test_others_forms_from_the_same_network_crowd_out(
    client: FlaskClient, answers: Any, clock: Any, code: Callable[[], str], write: Write
) -> None:
    for number in range(12):
        assert press(client, begin(client, answers, contact_email=f"other{number}@example.com")).status_code == 303
    form_id = begin(client, answers)
    assert press(client, form_id).status_code == 429
    assert enter(client, form_id, code()).status_code == 303
    assert enquiries(write) == 13


def test_code_is_for_fifteen_minutes(
    client: FlaskClient, answers: Any, crowd: Any, clock: Any, code: Callable[[], str], write: Write
) -> None:
    crowd()
    crowded, late = begin(client, answers), begin(client, answers, subject="Late", contact_email="jan@example.org")
    press(client, crowded)
    digits = code()
    press(client, late)
    digits_late = code()
    clock.shift(timedelta(minutes=15) - timedelta(seconds=1))
    assert enter(client, crowded, digits).status_code == 303
    clock.shift(timedelta(seconds=1))
    ended = enter(client, late, digits_late)
    assert ended.status_code == 422
    assert "no code for this form and address any more" in ended.text
    assert enquiries(write) == 1


def test_code_stays_the_same_while_it_is_good_and_another_ends_it(
    client: FlaskClient, answers: Any, crowd: Any, clock: Any, code: Callable[[], str], write: Write
) -> None:
    crowd()
    form_id = begin(client, answers)
    press(client, form_id)
    first = code()
    assert press(client, form_id).status_code == 429
    assert len(mails(write)) == 1
    answer = another(client, form_id)
    assert (answer.status_code, len(mails(write))) == (200, 2)
    assert "Another code is on its way" in answer.text
    second = code()
    assert second != first
    assert enter(client, form_id, first).status_code == 422
    assert enter(client, form_id, second).status_code == 303


def test_wrong_code_is_refused_by_its_field_and_five_are_all(
    client: FlaskClient, answers: Any, crowd: Any, code: Callable[[], str], write: Write
) -> None:
    crowd()
    form_id = begin(client, answers)
    press(client, form_id)
    digits = code()
    for number in range(7):
        said = enter(client, form_id, "12" if number % 2 else "Erika")
        assert (said.status_code, "Enter the six digits." in said.text) == (422, True)
    for _ in range(5):
        said = enter(client, form_id, wrong(digits))
        assert said.status_code == 422
        assert 'id="code-error"' in said.text
        assert "<title>Error: " in said.text
        assert "This is not the code of the latest email" in said.text
    refused = enter(client, form_id, digits)
    assert (refused.status_code, "Too many wrong codes" in refused.text) == (422, True)
    assert enquiries(write) == 0
    another(client, form_id)
    assert enter(client, form_id, code()).status_code == 303


def test_code_is_of_one_form_and_one_address(
    client: FlaskClient, answers: Any, crowd: Any, clock: Any, code: Callable[[], str], write: Write
) -> None:
    crowd()
    mine, other = begin(client, answers), begin(client, answers, subject="Another")
    press(client, mine)
    digits = code()
    assert "no code for this form" in enter(client, other, digits).text
    press(client, other)
    assert enter(client, other, digits).status_code == 422
    client.post("/enquiries/new", data=answers("question", form_id=mine, contact_email="victim@example.org"))
    assert "no code for this form" in enter(client, mine, digits).text
    press(client, mine)
    assert mails(write)[-1].recipient_email == "victim@example.org"
    assert enter(client, mine, digits).status_code == 422
    assert enquiries(write) == 0


def test_code_does_not_go_to_another_address_that_staff_choose(
    client: FlaskClient, answers: Any, crowd: Any, write: Write, settings: Settings
) -> None:
    crowd()
    form_id = begin(client, answers)
    press(client, form_id)
    number = mails(write)[0].id

    def readdress(session: Session) -> str:
        session.get_one(Message, number).recipient_email = "other@example.org"
        session.flush()
        sent = delivery.claim(session, number, now=datetime.now(UTC) + timedelta(seconds=1), settings=settings)
        assert sent is not None
        return sent.text

    assert not re.search(r"\d{6}", write(readdress))


def test_form_of_another_browser_is_none(client: FlaskClient, answers: Any, crowd: Any, app: Flask) -> None:
    crowd()
    form_id = begin(client, answers)
    press(client, form_id)
    stranger = app.test_client()
    assert enter(stranger, form_id, "123456").status_code == 404
    assert another(stranger, form_id).status_code == 404


def test_mailbox_has_its_own_limit_also_with_a_code(
    client: FlaskClient, answers: Any, clock: Any, code: Callable[[], str], write: Write, crowd: Any
) -> None:
    crowd()
    last = begin(client, answers)
    press(client, last)
    digits = code()
    own = [limit.of("erika@example.org") for limit in senders.PER_MAILBOX]
    write(lambda s: buckets.take(s, own, now=datetime.now(UTC), amount=10))
    refused = enter(client, last, digits)
    assert refused.status_code == 429
    assert "Many enquiries came from this email address" in refused.text
    # No code is offered to who could not use it.
    third = begin(client, answers, subject="Third")
    assert press(client, third).status_code == 429
    assert another(client, last).status_code == 429
    assert (enquiries(write), len(mails(write))) == (0, 1)


def test_five_codes_an_hour_leave_for_one_mailbox(
    client: FlaskClient, answers: Any, crowd: Any, write: Write, clock: Any
) -> None:
    crowd()
    spelt = [f"v.ictim+{number}@example.org" for number in range(7)]
    pages = [press(client, begin(client, answers, subject=each, contact_email=each)) for each in spelt]
    assert [page.status_code for page in pages] == [429] * 7
    assert ["Many codes to send a form" in page.text for page in pages] == [False] * 5 + [True] * 2
    assert len(mails(write)) == 5
    clock.shift(timedelta(minutes=12))
    crowd_again = begin(client, answers, contact_email="victim@example.org")
    write(lambda s: _fill(s, "example.org"))
    assert press(client, crowd_again).status_code == 429
    assert len(mails(write)) == 6


def _fill(session: Session, domain: str) -> None:
    share = senders.of_domain(f"x@{domain}", senders.PER_DOMAIN, senders.PER_PUBLIC_DOMAIN)
    buckets.forget(session, [share])
    buckets.take(session, [share], now=datetime.now(UTC), amount=share.limit.free)


def test_codes_of_one_visitor_are_bounded_whomever_they_go_to(
    client: FlaskClient, answers: Any, crowd: Any, write: Write
) -> None:
    crowd()
    for number in range(22):
        press(client, begin(client, answers, contact_email=f"person{number}@example.org"))
    assert len(mails(write)) == 20


def test_another_code_leaves_only_while_one_is_needed(
    client: FlaskClient, answers: Any, clock: Any, write: Write
) -> None:
    form_id = begin(client, answers)
    answer = another(client, form_id)
    assert (answer.status_code, answer.location) == (303, f"/enquiries/check/{form_id}")
    assert client.get(f"/enquiries/code/{form_id}").location == answer.location
    assert mails(write) == []


def test_program_gets_the_plain_refusal(client: FlaskClient, answers: Any, crowd: Any, write: Write) -> None:
    crowd()
    refused = press(client, begin(client, answers), headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json["error"]) == (429, 429)
    assert mails(write) == []


@pytest.mark.parametrize(
    ("prefix", "words", "language"),
    [("/zh-hant", "輸入", Language.ZH_HANT), ("/zh-hans", "输入", Language.ZH_HANS)],
)
def test_page_and_email_are_in_the_forms_language(
    client: FlaskClient, answers: Any, crowd: Any, write: Write, prefix: str, words: str, language: Language
) -> None:
    crowd()
    data = answers("question")
    client.post(f"{prefix}/enquiries/new", data=data)
    page = client.post(f"{prefix}/enquiries/new", data={"form_id": data["form_id"], "final": "yes"})
    assert (page.status_code, words in page.text) == (429, True)
    assert f'action="{prefix}/enquiries/code/{data["form_id"]}"' in page.text
    (mail,) = mails(write)
    assert mail.language is language
    assert words in mail.text
    assert "Mine" not in mail.text + mail.html
    assert "://" not in mail.text


def test_forms_of_the_page_carry_their_token(csrf_client: FlaskClient, answers: Any) -> None:
    for path in ("code/{}", "code/{}/another"):
        answer = csrf_client.post(f"/enquiries/{path.format(answers('question')['form_id'])}", data={"code": "123456"})
        assert answer.status_code == 403


@pytest.fixture
def crowded_form(client: FlaskClient, answers: Any, crowd: Any) -> str:
    crowd()
    form_id = begin(client, answers)
    press(client, form_id)
    return form_id


def at_once(app: Flask, form_id: str, code: str, *, each: int = 1) -> list[Any]:
    """Enter a code in eight threads at the same moment, `each` times in each, in the same browser."""
    started, answered = threading.Barrier(8), []

    def run() -> None:
        visitor = same_browser(app)
        started.wait(60)
        for _ in range(each):
            answer = enter(visitor, form_id, code)
            answered.append((answer.status_code, answer.location, answer.text))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answered) == 8 * each
    return answered


@pytest.mark.both_databases
def test_right_code_eight_times_at_once_is_one_enquiry(
    app: Flask, crowded_form: str, code: Callable[[], str], write: Write
) -> None:
    answered = at_once(app, crowded_form, code())
    assert {status for status, _to, _text in answered} == {303}
    assert len({to for _status, to, _text in answered}) == 1
    assert enquiries(write) == 1


@pytest.mark.both_databases
def test_of_32_guesses_at_once_five_are_looked_at(
    app: Flask, crowded_form: str, code: Callable[[], str], write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    digits = code()
    looked, look = [], codes.code_of
    monkeypatch.setattr(codes, "code_of", lambda *given, **more: looked.append(1) or look(*given, **more))
    answered = at_once(app, crowded_form, wrong(digits), each=4)
    assert {status for status, _to, _text in answered} == {422}
    assert len(looked) == 5
    assert sum("Too many wrong codes" in text for _status, _to, text in answered) == 27
    assert enquiries(write) == 0
