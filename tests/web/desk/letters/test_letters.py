"""Letters at the desk: put into an action's text without losing words, and worded by administrators."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import LANGUAGES, make_enquiry, make_person
from webapp.config import Settings
from webapp.domain.enquiries.workflow import TABLE
from webapp.domain.letters import letters, placeholders
from webapp.models import Enquiry, Event, Message
from webapp.vocabulary import Kind, Language, Letter, Role, Status

Write = Callable[[Callable[[Any], Any]], Any]


@pytest.fixture
def coordinator(client: FlaskClient, write: Write, sign_in: Any) -> None:
    sign_in(client, write(lambda session: make_person(session).email))


@pytest.fixture
def administrator(client: FlaskClient, write: Write, sign_in: Any) -> None:
    sign_in(client, write(lambda session: make_person(session, role=Role.ADMINISTRATOR, name="Wong Ka Yan").email))


def typed(page: str, action: str) -> str:
    found = re.search(rf'<textarea id="text-{action}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found
    return unescape(found[1])


# What the person who sends a letter fills in where nothing is known.
LEFT = {Letter.REFER: ["faculty"], Letter.THANKS: ["promises"]}


def choose(client: FlaskClient, reference: str, action: str, letter: str, text: str = "", version: int = 1) -> Any:
    data = {"letter": letter, "text": text, "version": version}
    return client.post(f"/desk/enquiries/{reference}/letters/{action}", data=data)


@pytest.mark.parametrize("language", LANGUAGES)
def test_letter_comes_in_the_partners_language_and_nothing_is_sent(
    client: FlaskClient, coordinator: None, write: Write, settings: Settings, language: Language
) -> None:
    reference = write(lambda session: make_enquiry(session, settings, language=language).reference)
    mails = write(lambda session: session.query(Message).count())
    for action, row in TABLE.items():
        for letter in row.letters:
            response = choose(client, reference, action, letter)
            assert response.status_code == 200
            text = typed(response.text, action)
            own = letters.shipped()[letter][language]
            assert text.split("{")[0].strip()[:4] == own[:4]
            assert reference in text or "{reference}" not in own
            assert placeholders.gaps(text) == LEFT.get(letter, [])
            assert 'role="alert"' not in response.text
    assert write(lambda session: session.query(Message).count()) == mails
    assert write(lambda session: session.query(Enquiry.version).scalar()) == 1


def test_typed_words_stay_below_the_letter_and_can_be_sent(
    client: FlaskClient, coordinator: None, write: Write, settings: Settings
) -> None:
    reference = write(lambda session: make_enquiry(session, settings).reference)
    first = typed(choose(client, reference, "decline", "decline", "With <regret>").text, "decline")
    assert first.endswith("With <regret>")
    assert "regret that we cannot" in first
    other = typed(choose(client, reference, "ask_partner", "online").text, "ask_partner")
    swapped = typed(choose(client, reference, "ask_partner", "defer", other).text, "ask_partner")
    assert "meeting online" not in swapped
    sent = client.post(f"/desk/enquiries/{reference}/actions/decline", data={"version": 1, "text": first})
    assert sent.status_code == 303
    assert "With <regret>" in write(lambda session: session.query(Event).order_by(Event.id.desc()).first().text)


def test_no_letter_or_an_unknown_one_keeps_the_words(
    client: FlaskClient, coordinator: None, write: Write, settings: Settings
) -> None:
    reference = write(lambda session: make_enquiry(session, settings).reference)
    for letter in ("", "nonsense", "accept"):
        assert typed(choose(client, reference, "decline", letter, "Mine").text, "decline").strip() == "Mine"
    assert choose(client, reference, "note", "accept").status_code == 404
    assert choose(client, "LD-2222-2222", "accept", "accept").status_code == 404


def test_gap_is_refused_beside_the_text_which_stays(
    client: FlaskClient, coordinator: None, write: Write, settings: Settings
) -> None:
    reference = write(lambda session: make_enquiry(session, settings).reference)
    text = typed(choose(client, reference, "reply", "refer").text, "reply")
    refused = client.post(f"/desk/enquiries/{reference}/actions/reply", data={"version": 1, "text": text})
    assert refused.status_code == 400
    assert 'id="text-reply-error"' in refused.text
    assert "{faculty}" in typed(refused.text, "reply")


def test_change_by_others_is_told_when_a_letter_is_chosen(
    client: FlaskClient, coordinator: None, write: Write, settings: Settings
) -> None:
    reference = write(lambda session: make_enquiry(session, settings).reference)
    client.post(f"/desk/enquiries/{reference}/actions/note", data={"text": "They called"})
    page = choose(client, reference, "decline", "decline").text
    assert "This enquiry changed" in page
    assert "They called" in page


def test_other_dates_come_with_three_that_can_be_sent(
    client: FlaskClient, coordinator: None, write: Write, settings: Settings
) -> None:
    reference = write(lambda session: make_enquiry(session, settings).reference)
    page = choose(client, reference, "propose_dates", "other_dates").text
    days = dict(re.findall(r'name="(windows-\d-(?:start|end))"[^>]*value="(\d{4}-\d\d-\d\d)"', page))
    assert len(days) == 6
    starts = [date.fromisoformat(days[f"windows-{number}-start"]) for number in range(3)]
    ends = [date.fromisoformat(days[f"windows-{number}-end"]) for number in range(3)]
    assert starts == sorted(set(starts))
    assert all(day.weekday() < 5 for day in starts)
    assert {(last - first).days for first, last in zip(starts, ends, strict=True)} == {2}, "as long as they asked"
    sent = {"version": 1, "text": typed(page, "propose_dates"), **days}
    assert client.post(f"/desk/enquiries/{reference}/actions/propose_dates", data=sent).status_code == 303
    text = write(lambda session: session.query(Event).order_by(Event.id.desc()).first().text)
    assert text.startswith("We could receive you")
    assert "the dates above would suit Example Institute" in text


def test_dates_that_were_typed_stay_when_a_letter_is_chosen(
    client: FlaskClient, coordinator: None, write: Write, settings: Settings
) -> None:
    reference = write(lambda session: make_enquiry(session, settings).reference)
    data = {"letter": "other_dates", "version": 1, "windows-1-start": "2027-06-01"}
    page = client.post(f"/desk/enquiries/{reference}/letters/propose_dates", data=data).text
    assert re.findall(r'name="(windows-\d-\w+)"[^>]*value="(\d{4}[\d-]*)"', page) == [("windows-1-start", "2027-06-01")]


def test_advice_prepares_its_letter(client: FlaskClient, coordinator: None, write: Write, settings: Settings) -> None:
    reference = write(lambda session: make_enquiry(session, settings, answers={"outcome": "A plan"}).reference)
    assert "Prepare the letter" not in client.get(f"/desk/enquiries/{reference}").text, (
        "a question is in their own words"
    )
    given = {"kind": Kind.COLLABORATION, "answers": {"outcome": "A degree"}}
    other = write(lambda session: make_enquiry(session, settings, **given).reference)
    page = client.get(f"/desk/enquiries/{other}").text
    assert "Prepare the letter" in page
    assert f"/desk/enquiries/{other}/letters/accept" in page
    closed = write(lambda session: make_enquiry(session, settings, status=Status.DECLINED).reference)
    assert "Prepare the letter" not in client.get(f"/desk/enquiries/{closed}").text


def test_observer_is_offered_no_letters(client: FlaskClient, write: Write, sign_in: Any, settings: Settings) -> None:
    reference = write(lambda session: make_enquiry(session, settings).reference)
    sign_in(client, write(lambda session: make_person(session, role=Role.OBSERVER).email))
    assert "/letters/" not in client.get(f"/desk/enquiries/{reference}").text


def save(client: FlaskClient, text: str, version: int = 0, do: str = "save") -> Any:
    return client.post("/desk/letters/decline/en", data={"text": text, "version": version, "do": do})


def test_administrator_words_a_letter_and_it_is_used(
    client: FlaskClient, administrator: None, write: Write, settings: Settings
) -> None:
    preview = save(client, "Sorry, {contact_name} & co", do="preview")
    assert preview.status_code == 200
    assert "Sorry, Erika Mustermann &amp; co" in preview.text
    assert ">default<span" in client.get("/desk/letters").text
    assert save(client, "Sorry, {contact_name}").status_code == 303
    assert "worded by Wong Ka Yan" in client.get("/desk/letters").text
    assert "Wong Ka Yan</strong> changed" in client.get("/desk/letters/decline/en").text
    reference = write(lambda session: make_enquiry(session, settings).reference)
    assert typed(choose(client, reference, "decline", "decline").text, "decline").strip() == "Sorry, Erika Mustermann"
    assert save(client, "", 1, "reset").status_code == 303
    assert "worded by" not in client.get("/desk/letters").text


@pytest.mark.parametrize("text", ["", "{secret}", "a } b", "x" * 5001])
def test_wording_with_a_fault_is_refused_and_kept(client: FlaskClient, administrator: None, text: str) -> None:
    for do in ("save", "preview"):
        refused = save(client, text, do=do)
        assert refused.status_code == 400
        assert 'id="text-error"' in refused.text
        assert text in refused.text
    assert "worded by" not in client.get("/desk/letters").text


def test_second_administrator_overwrites_nothing(client: FlaskClient, administrator: None, write: Write) -> None:
    assert save(client, "First").status_code == 303
    refused = save(client, "Second")
    assert refused.status_code == 409
    assert "You changed this record in another window" in refused.text
    assert "First" in refused.text
    assert re.search(r">\s*Second</textarea>", refused.text)
    assert 'name="version" value="1"' in refused.text
    assert write(lambda session: letters.wording(session, Letter.DECLINE, Language.EN).text) == "First"


def test_unknown_letters_are_not_found(client: FlaskClient, administrator: None) -> None:
    assert client.get("/desk/letters/none/en").status_code == 404
    assert client.get("/desk/letters/accept/fr").status_code == 404


def test_letters_are_read_by_all_who_use_them_and_worded_by_administrators(
    client: FlaskClient, coordinator: None
) -> None:
    address = "/desk/letters/accept/en"
    assert f'href="{address}"' in client.get("/desk/letters").text
    page = client.get(address)
    assert page.status_code == 200
    assert letters.default(Letter.ACCEPT, Language.EN).split()[0] in page.text
    assert "Preview with made-up values" in page.text
    assert "<textarea" not in page.text
    assert client.post(address, data={"text": "Mine", "version": "0"}).status_code == 403
