"""What was typed and could not be taken comes back to the person who typed it, to be sent by them and no one else."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tests.conftest import RecordingBroker
from tests.factories import NOW, PASSWORD, make_enquiry, make_network, make_person, tracking_token
from webapp import create_app
from webapp.config import Settings
from webapp.domain.links import issuing
from webapp.domain.security.tokens import link_token
from webapp.models import Enquiry, Event, StaffSession
from webapp.vocabulary import Kind, Language, Role
from webapp.web import kept

Write = Callable[[Callable[[Session], Any]], Any]
WORDS = "Dear colleague,\n\n<b>ten</b> beds & “two” days: 護理學院"
COPY = "What you typed, to copy"


def token(page: str) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def hidden(page: str, name: str) -> str:
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])


def areas(page: str) -> list[str]:
    return [unescape(text) for text in re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)]


@pytest.fixture
def colleague(write: Write) -> str:
    return str(write(lambda session: make_person(session, name="Chan Siu Ming").email))


@pytest.fixture
def reference(build: Write, settings: Settings) -> str:
    return str(build(lambda session: make_enquiry(session, settings, kind=Kind.QUESTION).reference))


def enter(client: FlaskClient, email: str) -> Any:
    client.delete_cookie("__Host-liaison")
    data = {"email": email, "password": PASSWORD, "csrf_token": token(client.get("/desk/sign-in").text)}
    return client.post("/desk/sign-in", data=data)


def typed(client: FlaskClient, reference: str, action: str = "reply") -> tuple[str, dict[str, str]]:
    """The address of the enquiry's form and what its page and a person put into it."""
    page = client.get(f"/desk/enquiries/{reference}").text
    path = f"/desk/enquiries/{reference}/actions/{action}"
    return path, {"csrf_token": token(page), "version": "1", "text": WORDS}


def texts(write: Write) -> list[str]:
    found: list[str] = write(lambda s: [text for text in s.scalars(select(Event.text)) if text])
    return found


def end_sign_ins(write: Write) -> None:
    write(lambda s: s.execute(delete(StaffSession)))


@pytest.mark.parametrize("way", ["ran out", "signed out elsewhere", "cookie gone"])
@pytest.mark.parametrize("action", ["reply", "note", "decline"])
def test_words_of_an_ended_sign_in_come_back_after_the_next(
    csrf_client: FlaskClient, write: Write, colleague: str, reference: str, way: str, action: str
) -> None:
    client = csrf_client
    enter(client, colleague)
    path, data = typed(client, reference, action)
    if way == "ran out":
        end_sign_ins(write)
    elif way == "signed out elsewhere":
        client.post("/desk/sign-out", data={"csrf_token": data["csrf_token"]})
    else:
        client.delete_cookie("__Host-liaison")
    page = client.post(path, data=data)
    assert page.status_code in (401, 403)
    assert "You have been signed out" in page.text
    carried = {"kept": hidden(page.text, "kept"), "csrf_token": token(page.text)}
    onwards = unescape(re.search(r'action="(/desk/sign-in[^"]*)"', page.text)[1])
    wrong = client.post(onwards, data={"email": colleague, "password": "wrong", **carried})
    assert hidden(wrong.text, "kept") == carried["kept"]
    entered = client.post(onwards, data={"email": colleague, "password": PASSWORD, **carried})
    assert entered.status_code == 303
    assert "ten" not in entered.location
    back = client.get(entered.location)
    assert (back.status_code, back.headers["Cache-Control"]) == (200, "no-store")
    assert areas(back.text) == [WORDS]
    assert f'action="{path}"' in back.text
    assert f'href="/desk/enquiries/{reference}"' in back.text
    assert texts(write) == []
    assert areas(client.get(entered.location).text) == [WORDS]
    names = ("version", "waited")
    again = {name: hidden(back.text, name) for name in names} | {"text": areas(back.text)[0]}
    assert client.post(path, data=again | {"csrf_token": "stale"}).status_code == 403
    assert areas(client.get(entered.location).text) == [WORDS]
    assert client.post(path, data=again | {"csrf_token": token(back.text)}).status_code == 303
    assert texts(write) == [WORDS]
    # Back in the browser: the page that said that nothing was sent is no more.
    gone = client.get(entered.location)
    assert (gone.status_code, gone.location) == (303, f"/desk/enquiries/{reference}")
    client.delete_cookie("__Host-liaison")
    assert client.get(entered.location).status_code == 303


@pytest.fixture
def answer_link(write: Write, settings: Settings) -> str:
    """The address at which a liaison without an account answers."""

    def make(session: Session) -> str:
        person = make_person(session, role=None, name="Prof. Example")
        enquiry = make_enquiry(session, settings, network=make_network(session, liaison=person))
        found = issuing.issue(session, enquiry, person.id, now=datetime.now(UTC), settings=settings)
        return f"/decisions/{link_token(found, secret_keys=settings.secret_keys)}"

    return str(write(make))


def after_sign_in(client: FlaskClient, write: Write, colleague: str, path: str, data: dict[str, str]) -> str:
    """The page on which what was posted without a sign-in comes back after one."""
    end_sign_ins(write)
    page = client.post(path, data=data)
    assert (page.status_code, "What you typed is kept." in page.text) == (401, True)
    given = {"email": colleague, "password": PASSWORD, "csrf_token": token(page.text)}
    entered = client.post("/desk/sign-in", data={**given, "kept": hidden(page.text, "kept")})
    assert entered.status_code == 303
    back = client.get(entered.location)
    return str(back.text.split("<main")[1])


@pytest.mark.parametrize(
    ("action", "button", "effect"),
    [
        ("decline", "Decline", "The partner gets an email with your reason."),
        ("note", "Add note", "Only colleagues can read it."),
        ("reply", "Send message", "This email goes to the partner."),
        ("refer", "Refer to a faculty", "The faculty gets an email."),
    ],
)
def test_page_of_kept_words_says_what_the_press_does_and_to_which_enquiry(
    csrf_client: FlaskClient, write: Write, colleague: str, reference: str, action: str, button: str, effect: str
) -> None:
    enter(csrf_client, colleague)
    path, data = typed(csrf_client, reference, action)
    page = after_sign_in(csrf_client, write, colleague, path, data)
    assert f"<strong>{reference} – " in page
    assert effect in page
    assert re.findall(r'<button class="button primary">([^<]*)<', page) == [button]


@pytest.mark.parametrize(
    ("chosen", "shown"), [("", "zh-Hans"), ("?language=zh-hant", "zh-Hant-HK"), ("?language=en", "en")]
)
def test_language_that_a_reader_chose_goes_through_the_sign_in(
    csrf_client: FlaskClient, write: Write, reference: str, chosen: str, shown: str
) -> None:
    email = str(write(lambda session: make_person(session, language=Language.ZH_HANS).email))
    enter(csrf_client, email)
    path, data = typed(csrf_client, reference)
    end_sign_ins(write)
    page = csrf_client.post(path + chosen, data=data).text
    onwards = unescape(re.search(r'action="(/desk/sign-in[^"]*)"', page)[1])
    given = {"email": email, "password": PASSWORD, "csrf_token": token(page), "kept": hidden(page, "kept")}
    assert f'<html lang="{shown}"' in csrf_client.get(csrf_client.post(onwards, data=given).location).text


@pytest.mark.parametrize(
    ("where", "given", "said"),
    [
        ("tags", {"tag": "robotics"}, 'value="robotics"'),
        ("links", {"other": "LD-7K3Q-9XWT"}, 'value="LD-7K3Q-9XWT"'),
        ("merge", {"into": "LD-7K3Q-9XWT"}, "The partner gets an email."),
        ("priority", {"priority": "high"}, "Set the priority: High"),
        ("actions/assign", {"assignee": "1"}, "Assign: Chan Siu Ming"),
        ("actions/assign", {"assignee": "999"}, "– Assign<"),
    ],
)
def test_one_short_word_of_an_enquirys_page_comes_back_as_well(
    csrf_client: FlaskClient,
    write: Write,
    colleague: str,
    reference: str,
    where: str,
    given: dict[str, str],
    said: str,
) -> None:
    enter(csrf_client, colleague)
    _, data = typed(csrf_client, reference)
    sent = {"csrf_token": data["csrf_token"], "version": "1", **given}
    page = after_sign_in(csrf_client, write, colleague, f"/desk/enquiries/{reference}/{where}", sent)
    assert said in page
    assert reference in page
    found = dict(re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', page))
    assert {name: found[name] for name in given} == given


def test_days_of_leave_come_back_to_be_read(csrf_client: FlaskClient, write: Write, colleague: str) -> None:
    enter(csrf_client, colleague)
    stale = token(csrf_client.get("/desk/leave").text)
    days = {"starts_on": "2027-01-01", "ends_on": "2027-01-03", "person": "1", "cover": "0"}
    page = after_sign_in(csrf_client, write, colleague, "/desk/leave", {"csrf_token": stale, **days})
    assert 'name="starts_on" value="2027-01-01"' in page
    assert 'name="ends_on" value="2027-01-03"' in page
    assert '<label for="kept-' in page
    assert "Enter leave" in page


def test_form_in_which_nothing_was_given_is_not_called_kept(
    csrf_client: FlaskClient, write: Write, colleague: str, reference: str
) -> None:
    enter(csrf_client, colleague)
    path, data = typed(csrf_client, reference)
    end_sign_ins(write)
    response = csrf_client.post(path, data={**data, "text": " "})
    assert response.status_code == 303
    csrf_client.delete_cookie("__Host-liaison")
    refused = csrf_client.post(path, data={**data, "text": " "})
    assert refused.status_code == 403
    assert "is kept" not in refused.text


@pytest.mark.parametrize(
    ("choice", "effect"),
    [("decline", "The partner will get an email with your reason."), ("pass_on", "yours ends.")],
)
def test_answer_by_link_names_itself_on_the_page_of_kept_words(
    csrf_client: FlaskClient, answer_link: str, choice: str, effect: str
) -> None:
    data = {"csrf_token": "stale", "choice": choice, "text": WORDS}
    page = csrf_client.post(f"{answer_link}?language=en", data=data).text.split("<main")[1]
    assert effect in page
    assert "Send it now" not in page


def test_page_of_a_failure_asks_nothing_of_a_database_that_is_away(app: Flask, write: Write) -> None:
    write(lambda session: session.execute(text("ALTER TABLE people RENAME TO away")))
    pairs = (("assignee", "1"), ("text", WORDS))
    try:
        with app.test_request_context():
            purpose = kept.Kept("/desk/enquiries/LD-7K3Q-9XWT/actions/assign", 7, pairs).purpose
    finally:
        write(lambda session: session.execute(text("ALTER TABLE away RENAME TO people")))
    assert purpose is not None
    assert purpose.title == "LD-7K3Q-9XWT – Assign"


def test_address_of_which_nothing_is_known_keeps_the_general_words(app: Flask) -> None:
    with app.test_request_context():
        whole = kept.Kept("/desk/networks/new", 7, (("name", WORDS),))
        preview = kept.Kept("/desk/calendar/closures/new", 7, (("name_en", WORDS), ("preview", "1")))
        assert preview.purpose is None
        assert (whole.purpose, kept.Kept("/nowhere", 7, ()).purpose) == (None, None)


def test_words_are_shown_to_nobody_else_who_signs_in(
    csrf_client: FlaskClient, write: Write, colleague: str, reference: str
) -> None:
    client = csrf_client
    enter(client, colleague)
    path, data = typed(client, reference)
    end_sign_ins(write)
    page = client.post(path, data=data).text
    other = str(write(lambda s: make_person(s).email))
    response = client.post(
        "/desk/sign-in",
        data={"email": other, "password": PASSWORD, "kept": hidden(page, "kept"), "csrf_token": token(page)},
    )
    assert response.status_code == 303
    after = client.get(response.location).text
    assert "belongs to another account" in after
    assert "ten" not in after.split("<main")[1]
    assert texts(write) == []


def test_form_from_before_another_sign_in_is_shown_to_its_owner_alone(
    csrf_client: FlaskClient, write: Write, colleague: str, reference: str
) -> None:
    client = csrf_client
    enter(client, colleague)
    path, data = typed(client, reference)
    client.delete_cookie("__Host-liaison")
    enter(client, colleague)
    mine = client.post(path, data=data)
    assert (mine.status_code, areas(mine.text)) == (403, [WORDS])
    assert f'action="{path}"' in mine.text
    client.delete_cookie("__Host-liaison")
    enter(client, str(write(lambda s: make_person(s).email)))
    theirs = client.post(path, data=data)
    assert theirs.status_code == 403
    assert f'action="{path}"' not in theirs.text
    assert COPY in theirs.text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example.org"}])
def test_words_that_another_site_sends_are_not_offered_for_sending(
    csrf_client: FlaskClient, colleague: str, reference: str, links: dict[str, str], headers: dict[str, str]
) -> None:
    enter(csrf_client, colleague)
    path, data = typed(csrf_client, reference)
    enter(csrf_client, colleague)
    other = links["track"] + "/messages"
    for address, given in ((path, data), (other, {"csrf_token": "stale", "message": WORDS})):
        assert f'action="{address}"' in csrf_client.post(address, data=given).text
        page = csrf_client.post(address, data=given, headers=headers)
        assert page.status_code == 403
        assert f'action="{address}"' not in page.text


def test_what_is_carried_cannot_be_made_up_or_kept_for_ever(app: Flask) -> None:
    whole = kept.Kept("/desk/enquiries/LD-1/actions/reply", 7, (("text", WORDS),))
    with app.test_request_context():
        packed = whole.packed()
        assert kept.unpacked(packed) == whole
        for minutes, is_taken in ((59, True), (61, False)):
            with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes), tick=False):
                assert (kept.unpacked(packed) == whole) is is_taken
        assert kept.unpacked(packed[:-2]) is None
        assert kept.unpacked("") is None
        assert kept.Kept("/desk/", 7, (("text", "x" * 300_001),)).packed() == ""


def test_passwords_are_never_carried_or_shown(csrf_client: FlaskClient, write: Write, colleague: str) -> None:
    enter(csrf_client, colleague)
    data = {
        "csrf_token": token(csrf_client.get("/desk/account").text),
        "old_password": PASSWORD,
        "again": "my own four words",
    }
    end_sign_ins(write)
    response = csrf_client.post("/desk/account/password", data=data)
    assert response.status_code == 303
    csrf_client.delete_cookie("__Host-liaison")
    assert "my own four words" not in csrf_client.post("/desk/account/password", data=data).text


@pytest.fixture
def links(write: Write, settings: Settings) -> dict[str, str]:
    """A tracking link and a decision link."""

    def make(session: Session) -> dict[str, str]:
        liaison = make_person(session, role=None, name="Prof. Chan Tai Man", language=Language.ZH_HANT)
        enquiry = make_enquiry(session, settings, now=NOW, assignee=liaison, language=Language.ZH_HANS)
        enquiry.version += 1
        token = tracking_token(session, settings, enquiry)
        return {"track": f"/track/{token}", "reference": enquiry.reference}

    found: dict[str, str] = write(make)
    return found


@pytest.mark.parametrize(("path", "field"), [("/messages", "message"), ("/withdraw", "reason")])
def test_partner_finds_the_words_of_a_stale_page_in_their_language(
    csrf_client: FlaskClient, write: Write, links: dict[str, str], path: str, field: str
) -> None:
    csrf_client.get(links["track"])
    page = csrf_client.post(links["track"] + path, data={"csrf_token": "stale", field: WORDS})
    assert (page.status_code, areas(page.text)) == (403, [WORDS])
    assert '<html lang="zh-Hans"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert texts(write) == []
    again = {"csrf_token": token(page.text), field: areas(page.text)[0]}
    assert csrf_client.post(links["track"] + path, data=again).status_code == 303
    assert texts(write) == [WORDS]


def test_partner_chooses_files_again_where_the_words_are_shown_again(
    csrf_client: FlaskClient, links: dict[str, str]
) -> None:
    data = {"csrf_token": "stale", "message": WORDS, "attachments": (io.BytesIO(b"text"), "plan.txt")}
    page = csrf_client.post(links["track"] + "/messages?language=en", data=data).text
    assert "Files cannot be kept: plan.txt." in page
    assert '<input id="kept-files" name="attachments" type="file" multiple>' in page


@pytest.mark.parametrize(
    ("prefix", "files_of", "cookies"),
    [
        ("", "Files cannot be kept: plan.txt.", "your browser keeps no cookies for this site: allow them"),
        ("/zh-hant", "plan.txt", "瀏覽器沒有保留本網站的Cookie：請允許使用Cookie"),
        ("/zh-hans", "plan.txt", "浏览器没有保留本网站的Cookie：请允许使用Cookie"),
    ],
)
def test_browser_that_keeps_no_cookies_keeps_the_words_and_reads_why_it_comes_back(
    app: Flask, csrf_client: FlaskClient, prefix: str, files_of: str, cookies: str
) -> None:
    """Each press is a new browser to us: the words come back each time, and the page says what to do about it."""
    del csrf_client  # it switched on what is tested here
    path = f"{prefix}/enquiries/new"
    given = {"kind": "question", "contact_name": "Erika Mustermann", "message": WORDS}
    for _ in range(2):
        visitor = app.test_client(use_cookies=False)
        token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get(f"{path}?kind=question").text)
        assert token is not None
        data = {**given, "csrf_token": token[1], "attachments": (io.BytesIO(b"text"), "plan.txt")}
        page = visitor.post(path, data=data)
        assert page.status_code == 403
        assert areas(page.text) == [WORDS]
        assert 'value="Erika Mustermann"' in page.text
        for said in (files_of, cookies, "mailto:", 'name="attachments" type="file"'):
            assert said in page.text


def test_whole_enquiry_of_a_stale_page_is_kept(csrf_client: FlaskClient) -> None:
    given = {
        "kind": "question",
        "contact_name": "Erika Mustermann",
        "country": "DE",
        "consent": "yes",
    }
    page = csrf_client.post("/zh-hant/enquiries/new", data={"csrf_token": "stale", "message": WORDS, **given})
    assert page.status_code == 403
    assert '<html lang="zh-Hant-HK"' in page.text
    found = dict(re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', page.text))
    assert {name: found[name] for name in given} == given
    assert areas(page.text) == [WORDS]
    assert csrf_client.post("/zh-hant/enquiries/new", data={**found, "message": WORDS}).status_code == 422


def test_program_is_told_in_its_own_way(csrf_client: FlaskClient, links: dict[str, str]) -> None:
    path = links["track"] + "/messages"
    response = csrf_client.post(path, data={"message": WORDS}, headers={"Accept": "application/json"})
    assert (response.status_code, response.json["error"]) == (403, 403)


def test_form_without_words_has_the_page_of_before(csrf_client: FlaskClient, links: dict[str, str]) -> None:
    page = csrf_client.post(links["track"] + "/withdraw?language=en", data={"reason": ""})
    assert page.status_code == 403
    assert "can no longer be sent" in page.text


def _posts(app: Flask) -> list[Rule]:
    left = {"auth.sign_in", "auth.sign_out", "desk.change_password", "forgotten.ask", "forgotten.take_password"}
    left.add("single_sign_on.begin_with_words")  # a sign-in, too
    left |= {"second_step.take", "passkey.take", "passkey.options"}  # a code is no word
    left.add("desk.end_sign_in")  # the first of all is the reader's own
    return [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ()) and rule.endpoint not in left]


def _path(rule: Rule) -> str:
    return re.sub(r"<[^>]*>", "1", re.sub(r"<any\(.*?\):language>", "zh-hant", rule.rule))


def test_no_form_of_the_desk_loses_words_with_its_sign_in(
    app: Flask, csrf_client: FlaskClient, write: Write, colleague: str
) -> None:
    enter(csrf_client, colleague)
    stale = token(csrf_client.get("/desk/account").text)
    rules = [rule for rule in _posts(app) if rule.rule.startswith("/desk/")]
    assert len(rules) > 40
    end_sign_ins(write)
    for rule in rules:
        page = csrf_client.post(_path(rule), data={"csrf_token": stale, "text": WORDS})
        assert page.status_code == 401, rule
        with app.test_request_context():
            carried = kept.unpacked(hidden(page.text, "kept"))
        assert carried is not None, rule
        assert carried.to == _path(rule)
        assert dict(carried.pairs)["text"].replace("\r\n", "\n") == WORDS, rule


def test_no_refusal_is_without_the_words_that_it_refuses(app: Flask, csrf_client: FlaskClient, write: Write) -> None:
    """An account that may do nothing, pages that are not there, forms that are not understood: the words stay."""
    enter(csrf_client, str(write(lambda s: make_person(s, role=Role.OBSERVER).email)))
    valid = token(csrf_client.get("/desk/account").text)
    refused = 0
    for rule in _posts(app):
        page = csrf_client.post(_path(rule), data={"csrf_token": valid, "version": 1, "text": WORDS})
        if page.status_code in (403, 404, 409, 410):
            refused += 1
            words = areas(page.text)
            assert WORDS in words, (rule, page.status_code)
    assert refused > 40


@pytest.mark.parametrize("code", [429, 503])
def test_words_stand_on_the_page_that_asks_to_wait(
    settings: Settings, write: Write, links: dict[str, str], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = create_app(settings.model_copy(update={"rate_limits": "on"}), broker=RecordingBroker())
    limited.config["WTF_CSRF_ENABLED"] = False
    client = limited.test_client()
    path = links["track"] + "/messages"
    if code == 503:
        limited.view_functions["tracking.message"] = _away
    page = client.post(path, data={"message": WORDS})
    for number in range(12):
        if page.status_code == code:
            break
        page = client.post(path, data={"message": f"{WORDS} {number}"})
    assert page.status_code == code
    assert areas(page.text)[0].startswith(WORDS)
    assert f'action="{path}"' in page.text


def _away(token: str) -> None:
    del token
    raise OperationalError("", {}, Exception("away"))


def test_file_where_none_is_read_is_named_with_the_words(
    client: FlaskClient, write: Write, links: dict[str, str]
) -> None:
    data = {"reason": WORDS, "plan": (io.BytesIO(b"text"), "plan.txt")}
    page = client.post(links["track"] + "/withdraw", data=data)
    assert page.status_code == 422
    assert "This page takes no files" in page.text
    assert "Not sent: plan.txt." in page.text
    assert areas(page.text) == [WORDS]
    assert write(lambda s: s.scalars(select(Enquiry.status)).all()) == ["received"]
    other = {"message": WORDS, "other": (io.BytesIO(b"text"), "plan.txt")}
    assert client.post(links["track"] + "/messages", data=other).status_code == 422


def test_every_page_that_sends_files_is_one_that_reads_them(app: Flask) -> None:
    takes = {rule.endpoint for rule in _posts(app) if getattr(app.view_functions[rule.endpoint], "takes_files", "")}
    lists = {"tracking.send_roster", "desk.send_roster"}
    lists |= {"desk.reply", "desk.choose_letter"}  # what a reply carries goes along when a letter is put into it
    assert takes == {"public.enquiry_save", "tracking.message", "desk.change_logo", *lists}
