"""The form from the first look to the enquiry, with and without its detours."""

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from tests.conftest import RecordingBroker, make_settings
from tests.mail.test_kinds import CHINESE, WORDS
from tests.web.public.conftest import same_browser
from webapp import create_app
from webapp.db import db
from webapp.domain.security.tokens import new_token
from webapp.models import Attachment, Enquiry, Message
from webapp.vocabulary import Kind, Language

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
Answers = Callable[..., MultiDict[str, Any]]
Post = Callable[..., Any]


def count(app: Flask, model: type[Any]) -> int:
    with app.app_context():
        return db.session().scalar(select(func.count()).select_from(model)) or 0


def only_enquiry(app: Flask) -> Enquiry:
    with app.app_context():
        return db.session().scalars(select(Enquiry)).one()


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("prefix", ["", "/zh-hant", "/zh-hans"])
def test_form_of_each_kind_is_shown_in_each_language(client: FlaskClient, kind: Kind, prefix: str) -> None:
    response = client.get(f"{prefix}/enquiries/new?kind={kind}")
    page = response.get_data(as_text=True)
    assert response.status_code == 200
    assert f'value="{kind}" checked' in page
    assert ('name="windows-0-start"' in page) == (kind is Kind.VISIT)
    assert ('name="types"' in page) == (kind is Kind.COLLABORATION)


def test_form_takes_unknown_kind_for_the_first(client: FlaskClient) -> None:
    page = client.get("/enquiries/new?kind=banquet").text
    assert 'value="visit" checked' in page
    assert "is not in the directory" not in page


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("", "The network “nowhere” is not in the directory."),
        ("/zh-hant", "名錄中沒有「nowhere」這個網絡。"),
        ("/zh-hans", "名录中没有“nowhere”这个网络。"),
    ],
)
def test_form_says_that_it_does_not_know_a_network(client: FlaskClient, prefix: str, said: str) -> None:
    page = client.get(f"{prefix}/enquiries/new?network=nowhere").text
    assert said in page
    assert "nowhere" not in page.split('id="network"')[1].split("</select>")[0]


def test_long_or_marked_up_name_of_a_network_stays_harmless(client: FlaskClient) -> None:
    page = client.get("/enquiries/new", query_string={"network": "<b>" + "x" * 500}).text
    page = page.split("<main")[1].split("</main")[0]
    assert "&lt;b&gt;xx" in page
    assert "x" * 101 not in page


def test_each_form_is_an_instance_of_its_own(client: FlaskClient) -> None:
    ids = {re.search(r'name="form_id" value="([\w-]{43})"', client.get("/enquiries/new").text)[1] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize("kind", list(Kind))
def test_contract_names_alone_make_an_enquiry(
    app: Flask, client: FlaskClient, answers: Answers, save: Post, send: Post, broker: RecordingBroker, kind: Kind
) -> None:
    data = answers(kind.value)
    checked = save(data)
    assert (checked.status_code, checked.location) == (303, f"/enquiries/check/{data['form_id']}")
    page = client.get(checked.location)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Erika Mustermann" in page.text
    sent = send(data["form_id"])
    assert sent.status_code == 303
    assert re.fullmatch(r"/track/[\w-]{43}", sent.location)
    enquiry = only_enquiry(app)
    assert (enquiry.kind, enquiry.country, enquiry.contact_email) == (kind, "DE", "erika@example.org")
    assert enquiry.consent_version == app.extensions["settings"].privacy_notice_version
    assert count(app, Message) == len(broker.jobs) == 2


@pytest.mark.parametrize("language", CHINESE)
@pytest.mark.parametrize("kind", list(Kind))
def test_check_page_calls_an_enquiry_by_its_kind(
    client: FlaskClient, answers: Answers, save: Post, kind: Kind, language: Language
) -> None:
    page = client.get(f"/{language}{save(answers(kind.value)).location}").text
    main = page.split("<main")[1].split("</main")[0]
    assert [each for each, word in WORDS[language].items() if word in main] == [kind]


@pytest.mark.parametrize("kind", list(Kind))
def test_each_answer_on_the_check_page_leads_to_its_control(
    client: FlaskClient, answers: Answers, save: Post, kind: Kind
) -> None:
    checked = client.get(save(data := answers(kind.value)).location).text
    form = client.get(f"/enquiries/new?draft={data['form_id']}").text
    led_to = re.findall(r'/enquiries/new\?draft=[^"#]+#([^"]+)"', checked)
    assert len(led_to) > 8
    assert [control for control in led_to if f'id="{control}"' not in form] == []


def test_visit_keeps_windows_and_purposes_in_order(app: Flask, answers: Answers, save: Post, send: Post) -> None:
    data = answers("visit")
    save(data)
    send(data["form_id"])
    given = only_enquiry(app).answers
    assert given["purposes"] == ["student_exchange", "courtesy"]
    assert given["windows"] == [{"start": data["windows-0-start"], "end": data["windows-0-end"], "flex": 0}]
    assert (given["group_size"], given["mode"]) == (6, "in_person")
    assert "interpreter" not in given


def test_purposes_are_put_in_order_on_the_check_page(client: FlaskClient, answers: Answers, save: Post) -> None:
    path = save(answers("visit")).location
    assert client.post(path, data={"raise": "courtesy"}).status_code == 303
    page = client.get(path).text
    assert page.index("Courtesy call") < page.index(
        "Student exchange</li>" if "Student exchange</li>" in page else "Student exchange <"
    )
    form = client.get("/enquiries/new?draft=" + path.rpartition("/")[2]).text
    assert form.index('value="courtesy" checked') < form.index('value="student_exchange" checked')


def test_refused_form_keeps_everything_and_links_to_each_field(answers: Answers, save: Post) -> None:
    data = answers("visit", contact_email="erika@", windows__0__end="2020-01-01", group_size="many", country="ZZ")
    response = save(data)
    page = response.text
    assert response.status_code == 422
    assert "<title>Error: " in page
    for field in ("contact_email", "windows-0-end", "group_size", "country"):
        assert f'<a href="#{field}">' in page
        assert f'id="{field}"' in page
    for typed in ("erika@", "2020-01-01", "many", "ZZ", "Prof. Jan Kowalski", "Two topics"):
        assert typed in page


def test_files_survive_a_refusal_and_are_sent(app: Flask, answers: Answers, save: Post, send: Post) -> None:
    data = answers("question", subject="")
    data.add("attachments", (io.BytesIO(PDF), "計劃書.pdf"))
    assert "計劃書.pdf" in save(data).text
    again = answers("question", form_id=data["form_id"])
    again.add("attachments", (io.BytesIO(PDF), "計劃書.pdf"))
    assert save(again).status_code == 303
    send(data["form_id"])
    with app.app_context():
        kept = db.session().scalars(select(Attachment)).one()
        assert (kept.name, kept.media_type, kept.enquiry_id is not None) == ("計劃書.pdf", "application/pdf", True)


def test_file_is_removed_without_checking_the_rest(
    app: Flask, client: FlaskClient, answers: Answers, save: Post
) -> None:
    data = answers("question", subject="")
    data.add("attachments", (io.BytesIO(PDF), "plan.pdf"))
    number = re.search(r'name="remove" value="(\d+)"', save(data).text)[1]
    response = save(answers("question", subject="", form_id=data["form_id"], remove=number))
    assert response.status_code == 303
    page = client.get(response.location).text
    assert "plan.pdf" not in page
    assert "Please check" not in page
    assert count(app, Attachment) == 0


def test_files_beyond_the_limit_are_refused_by_name(app: Flask, answers: Answers, save: Post) -> None:
    data = answers("question")
    for number in range(7):
        data.add("attachments", (io.BytesIO(PDF + b"%d" % number), f"plan-{number}.pdf"))
    response = save(data)
    assert response.status_code == 422
    assert "“plan-6.pdf” was not kept" in response.text
    assert count(app, Attachment) == 5


def test_request_that_is_too_large_has_its_page(settings: Any, broker: RecordingBroker) -> None:
    app = create_app(make_settings(settings.database_url, attachment_count=1, attachment_megabytes=1), broker=broker)
    data = {"attachments": (io.BytesIO(b"x" * 4_000_000), "plan.pdf")}
    assert same_browser(app).post("/enquiries/new", data=data).status_code == 413


@pytest.mark.parametrize("again", ["send", "save"])
def test_sending_twice_gives_the_same_enquiry(
    app: Flask, client: FlaskClient, answers: Answers, save: Post, send: Post, again: str
) -> None:
    data = answers("visit")
    save(data)
    first = send(data["form_id"])
    second = send(data["form_id"]) if again == "send" else save(answers("visit", form_id=data["form_id"]))
    assert (second.status_code, second.location) == (303, first.location)
    for path in (f"/enquiries/check/{data['form_id']}", f"/enquiries/new?draft={data['form_id']}"):
        assert client.get(path).location == first.location
    assert (count(app, Enquiry), count(app, Message)) == (1, 2)


def test_ten_sendings_at_once_give_one_enquiry(app: Flask, answers: Answers, save: Post) -> None:
    data = answers("visit")
    save(data)

    def press(_: int) -> str:
        final = {"form_id": data["form_id"], "final": "yes"}
        return same_browser(app).post("/enquiries/new", data=final).location

    with ThreadPoolExecutor(10) as threads:
        places = set(threads.map(press, range(10)))
    assert len(places) == 1
    assert (count(app, Enquiry), count(app, Message)) == (1, 2)


def test_form_that_is_not_kept_says_so(client: FlaskClient, send: Post) -> None:
    for response in (
        send(new_token()),
        client.get(f"/enquiries/check/{new_token()}"),
        client.get("/enquiries/new?draft=x"),
    ):
        assert response.status_code == 404
        assert "no longer kept" in response.text


def test_sending_checks_what_was_kept_again(app: Flask, answers: Answers, save: Post, send: Post) -> None:
    data = answers("visit", leader_rank="")
    save(data)
    response = send(data["form_id"])
    assert response.status_code == 422
    assert '<a href="#leader_rank">' in response.text
    assert count(app, Enquiry) == 0


def test_check_page_of_an_unfinished_form_leads_back(client: FlaskClient, answers: Answers, save: Post) -> None:
    data = answers("visit", leader_rank="")
    save(data)
    assert client.get(f"/enquiries/check/{data['form_id']}").location == f"/enquiries/new?draft={data['form_id']}"


def test_changing_the_kind_keeps_what_was_typed_there_and_back(
    client: FlaskClient, answers: Answers, save: Post
) -> None:
    data = answers("visit", shown="visit", step="kind")
    data["kind"] = "collaboration"
    page = client.get(save(data).location).text
    assert 'name="types"' in page
    assert "Please check" not in page
    assert "Erika Mustermann" in page
    back = MultiDict(
        {"form_id": data["form_id"], "shown": "collaboration", "kind": "visit", "step": "kind", "contact_name": "E. M."}
    )
    page = client.get(save(back).location).text
    assert "Prof. Jan Kowalski" in page
    assert 'value="E. M."' in page


def test_kind_that_was_chosen_but_not_shown_is_shown_first(client: FlaskClient, answers: Answers, save: Post) -> None:
    data = answers("question", shown="question")
    data["kind"] = "visit"
    response = save(data)
    assert response.location == f"/enquiries/new?draft={data['form_id']}"


def test_unknown_kind_is_refused_by_field(app: Flask, answers: Answers, save: Post) -> None:
    data = answers("question")
    data["kind"] = "banquet"
    response = save(data)
    assert response.status_code == 422
    assert '<a href="#kind">' in response.text


def test_first_page_begins_a_form_without_errors(client: FlaskClient, save: Post) -> None:
    begun = MultiDict({"step": "begin", "kind": "question", "contact_name": "陳大文", "network": ""})
    response = save(begun, "/zh-hant/enquiries/new")
    assert response.location.startswith("/zh-hant/enquiries/new?draft=")
    assert "陳" not in response.location
    page = client.get(response.location)
    assert "陳大文" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_unchecked_answers_are_not_kept(client: FlaskClient, answers: Answers, save: Post) -> None:
    data = answers("visit")
    save(data)
    save(answers("visit", form_id=data["form_id"], purposes=["courtesy"], consent=None))
    page = client.get(f"/enquiries/new?draft={data['form_id']}").text
    assert 'value="student_exchange" checked' not in page


def test_form_needs_its_token(csrf_client: FlaskClient, answers: Answers) -> None:
    assert csrf_client.post("/enquiries/new", data=answers("question")).status_code == 403


def test_characters_that_no_database_takes_are_kept_as_marks(
    app: Flask, client: FlaskClient, answers: Answers, save: Post
) -> None:
    data = answers("question", subject="a\x00b")
    response = save(data)
    assert response.status_code == 422
    assert '<a href="#subject">' in response.text
    assert "a\ufffdb" in client.get(f"/enquiries/new?draft={data['form_id']}").text


@pytest.mark.parametrize("body", [b"\xff\xfe=%ED%A0%80&subject=%ED%A0%80", b"subject=%00&message=%ED%A0%80"])
def test_bytes_that_are_no_text_do_no_harm(client: FlaskClient, body: bytes) -> None:
    response = client.post("/enquiries/new", data=body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 422


def test_lone_surrogates_are_refused(client: FlaskClient) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="subject"\r\n\r\na\xed\xa0\x80b\r\n--x--\r\n'
    response = client.post("/enquiries/new", data=part, content_type="multipart/form-data; boundary=x")
    assert response.status_code == 422
    assert "arrived broken" in response.text


def test_limits_say_when_to_try_again(settings: Any, broker: RecordingBroker) -> None:
    app = create_app(make_settings(settings.database_url, rate_limits="on"), broker=broker)
    app.config["WTF_CSRF_ENABLED"] = False
    client = same_browser(app)
    answered = [client.post("/enquiries/new", data={"step": "begin"}) for _ in range(41)]
    assert [response.status_code for response in answered] == [303] * 40 + [429]
    assert int(answered[-1].headers["Retry-After"]) > 0


def test_what_is_typed_arrives_as_meant(save: Any, send: Any, answers: Any, session: Session) -> None:
    data = answers(
        "question",
        contact_name="\u202aErika\u200b Mustermann\u202c",
        contact_email="Erika <ｅｒｉｋａ＠example.org>.",
        phone="\u202d+44 20 7946 0018\u202c",
        organisation="ＡＢＣ大學\ufeff",
        subject="Exchange\tof\u2028students",
        message="First slide\u000bsecond line",
    )
    assert save(data).status_code == 303
    assert send(data["form_id"]).status_code == 303
    found = session.scalars(select(Enquiry)).one()
    assert (found.contact_name, found.contact_email) == ("Erika Mustermann", "erika@example.org")
    assert (found.phone, found.organisation) == ("+44 20 7946 0018", "ＡＢＣ大學")
    assert (found.subject, found.message) == ("Exchange of students", "First slide\nsecond line")


@pytest.mark.parametrize("name", ["contact_name", "subject", "message", "organisation"])
def test_what_nobody_sees_is_asked_for_again(save: Any, answers: Any, name: str) -> None:
    assert save(answers("question", **{name: "\u200b\u3164\u2800"})).status_code == 422


def test_refused_form_opens_in_the_other_languages_with_what_was_typed(
    client: FlaskClient, answers: Answers, save: Post
) -> None:
    refused = save(answers("visit", leader_rank="", organisation="Example Institute"))
    assert refused.status_code == 422
    links = re.findall(r'<a href="([^"]*)" lang="zh', refused.text)
    assert len(links) == 2
    assert "Example Institute" in client.get(links[0]).text
    # A page that is none leads to the first one; the sign-in to itself.
    assert 'href="/zh-hant/" lang' in client.get("/nowhere").text
    assert 'href="/desk/sign-in?language=zh-hans"' in client.post("/desk/sign-in", data={"email": "x"}).text
