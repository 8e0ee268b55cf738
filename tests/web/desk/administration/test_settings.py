"""The office's settings at the desk: previewed, checked, saved at once for everyone, and put back."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import acting, make_enquiry, make_person, staff_actor
from webapp.config import Settings
from webapp.db import db
from webapp.domain import settings as office_settings
from webapp.domain.calendar import office_calendar
from webapp.domain.calendar.office_hours import works
from webapp.models import Enquiry, Message, OfficeSettings
from webapp.vocabulary import Kind, Language, Role
from webapp.web import edge

Write = Callable[[Callable[[Session], Any]], Any]
INSTITUTION = {
    "institution": "Example University",
    "institution_zh_hant": "範例大學",
    "institution_zh_hans": "",
    "institution_short": "EXU",
    "institution_short_zh_hant": "範大",
    "institution_short_zh_hans": "",
    "institution_address": "1 Example Road",
    "institution_address_zh_hant": "範例道1號",
    "institution_address_zh_hans": "",
    "brand": "#1B3A6B",
}
PROMISES = {"promise_days_visit": "10", "promise_days_collaboration": "5", "promise_days_question": "2"}
RANKS = ("head_of_state", "minister", "president", "vice_president", "dean", "director", "professor", "other")
LEVELS = {
    **dict(zip((f"level_{rank}" for rank in RANKS), "aaabbccc", strict=True)),
    "notice_a": "40",
    "notice_b": "30",
    "notice_c": "20",
    "notice_online": "5",
}
WEEK = {"weekend": ["fri", "sat"], "reminders_from": "9", "reminders_until": "16"}
PARTS = {
    "institution": INSTITUTION,
    "promises": PROMISES,
    "levels": LEVELS,
    "week": WEEK,
    "screening": {"screening_lists": "UN"},
}


@pytest.fixture(autouse=True)
def administrator(client: FlaskClient, write: Write, sign_in: Any) -> None:
    sign_in(client, write(lambda session: make_person(session, role=Role.ADMINISTRATOR, name="Wong Ka Yan").email))


@pytest.fixture
def send(client: FlaskClient) -> Callable[..., Any]:
    def run(part: str, *, version: int = 0, **more: Any) -> Any:
        return client.post(f"/desk/settings/{part}", data={**PARTS[part], "version": version, **more})

    return run


def rows(write: Write) -> int:
    return int(write(lambda s: s.query(OfficeSettings).count()))


def value_of(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*\bname="{name}"[^>]*>', page)
    assert found, name
    value = re.search(r'\bvalue="([^"]*)"', found[0])
    return value[1] if value else ""


def test_index_says_what_holds(client: FlaskClient, send: Callable[..., Any]) -> None:
    before = client.get("/desk/settings").text
    assert "The Hong Kong Polytechnic University · PolyU" in before
    for part in PARTS:
        assert f'href="/desk/settings/{part}"' in before
    send("promises")
    send("institution", version=1)
    page = client.get("/desk/settings").text
    assert "Example University · EXU" in page
    assert "Visit: 10 working days" in page
    assert "Question: 2 working days" in page


@pytest.mark.both_databases
@pytest.mark.parametrize("part", PARTS)
def test_part_is_shown_saved_and_remembered(
    client: FlaskClient, send: Callable[..., Any], write: Write, part: str
) -> None:
    page = client.get(f"/desk/settings/{part}")
    assert page.status_code == 200
    assert "Who changed it" not in page.text
    changed = {"levels": {"level_dean": "c"}}.get(part, {})
    saved = send(part, **changed)
    assert (saved.status_code, saved.location) == (303, f"/desk/settings/{part}")
    page = client.get(saved.location)
    assert "Saved." in page.text
    assert "Wong Ka Yan</strong> changed:" in page.text
    assert rows(write) == 1
    for other in set(PARTS) - {part}:
        assert "Who changed it" not in client.get(f"/desk/settings/{other}").text


def test_week_of_the_office_moves_promises_and_is_told_in_words(client: FlaskClient, send: Callable[..., Any]) -> None:
    assert send("week", weekend=["fri", "sat"]).status_code == 303
    page = " ".join(client.get("/desk/settings/week").text.split())
    assert '<del><div class="words" dir="auto">Saturday, Sunday</div></del>' in page
    assert '<ins><div class="words" dir="auto">Friday, Saturday</div></ins>' in page
    assert "Without work: Friday, Saturday" in client.get("/desk/settings").text
    with client.application.test_request_context("/"):
        days = office_calendar.around(db.session(), date(2026, 12, 4), settings=edge.settings())
    assert [days.halves(date(2026, 12, day)) for day in (4, 5, 6, 7)] == [0, 0, 2, 2]
    assert works(datetime(2026, 12, 6, 9, tzinfo=UTC), days, settings=edge_settings(client))
    assert not works(datetime(2026, 12, 6, 16, tzinfo=UTC), days, settings=edge_settings(client))
    refused = send("week", version=1, weekend=["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
    assert refused.status_code == 400
    assert "Leave at least one day on which the office works." in refused.text
    assert send("week", version=1, weekend=[]).status_code == 303
    assert "Without work: –" in client.get("/desk/settings").text


def test_change_is_told_from_before_to_after_in_words(client: FlaskClient, send: Callable[..., Any]) -> None:
    send("levels", level_dean="c", notice_a="45")
    for path in ("/desk/settings/levels", "/desk/changes"):
        page = " ".join(client.get(path).text.split())
        assert "changed: Dean or head of school, Working days of notice, level A." in page
        assert '<del><div class="words" dir="auto">Level B</div></del>' in page
        assert '<ins><div class="words" dir="auto">Level C</div></ins>' in page
        assert '<ins><div class="words" dir="auto">45</div></ins>' in page


def test_next_page_in_each_language_and_data_have_the_names(client: FlaskClient, send: Callable[..., Any]) -> None:
    send("institution")
    for prefix, name in (("", "Example University"), ("/zh-hant", "範例大學"), ("/zh-hans", "Example University")):
        page = client.get(f"{prefix}/").text
        assert f"<b>{name}</b>" in page
        assert f'"name": {json.dumps(name)}' in page.replace('":"', '": "')
        assert "colour=1b3a6b" in page
        assert name in client.get(f"{prefix}/directory.rss").text
    assert client.get("/directory.json").json["institution"] == {
        "en": "Example University",
        "zh-hant": "範例大學",
        "zh-hans": "Example University",
    }


def test_next_mail_has_names_and_colour(client: FlaskClient, send: Callable[..., Any], write: Write) -> None:
    send("institution")
    reference = write(lambda s: make_enquiry(s, edge_settings(client), language=Language.ZH_HANT).reference)
    mails = write(lambda s: s.scalars(select(Message).join(Enquiry).where(Enquiry.reference == reference)).all())
    assert len(mails) == 2
    for mail in mails:
        assert "範例大學" in mail.html or "Example University" in mail.html
        assert "#1b3a6b" in mail.html
        assert not re.search("PolyU|Polytechnic|理大|理工", mail.subject + mail.text + mail.html)


def edge_settings(client: FlaskClient) -> Settings:
    """The settings in force, as any request finds them."""
    with client.application.test_request_context("/"):
        return edge.settings()


def test_preview_shows_page_and_mail_and_saves_nothing(
    client: FlaskClient, send: Callable[..., Any], write: Write
) -> None:
    page = send("institution", preview="zh-hant").text
    assert rows(write) == 0
    assert value_of(page, "institution") == "Example University"
    assert "#1b3a6b carries white text" in page
    frames = [address.replace("&amp;", "&") for address in re.findall(r'<iframe[^>]*src="([^"]*)"', page)]
    look, mail = (client.get(address) for address in frames)
    for shown in (look, mail):
        assert "範例大學" in shown.text
        assert "PolyU" not in shown.text
        assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
        assert shown.headers["Cache-Control"] == "no-store"
    assert "/brand.css?colour=1b3a6b" in look.text
    assert "#1b3a6b" in mail.text
    assert "<b>The Hong Kong Polytechnic University</b>" in client.get("/privacy").text
    assert rows(write) == 0


@pytest.mark.parametrize("query", ["brand=red", "institution=", "institution=%3D%3Fa", "brand=%231b3a6b%3B%7D"])
def test_preview_refuses_what_the_form_refuses(client: FlaskClient, query: str) -> None:
    for shown in ("page", "mail"):
        assert client.get(f"/desk/settings/institution/{shown}?{query}").status_code == 404


def test_colour_too_light_for_white_text_is_told(send: Callable[..., Any]) -> None:
    page = send("institution", brand="#f5c400", preview="en").text
    assert "#f5c400 is too light for white text: 1.6 to 1" in page
    assert send("institution", brand="#f5c400").status_code == 303


@pytest.mark.parametrize(
    ("part", "given", "fault"),
    [
        ("institution", {"institution": " "}, "institution"),
        ("institution", {"institution_short_zh_hans": "x" * 31}, "institution_short_zh_hans"),
        ("institution", {"institution_address": "=?a"}, "institution_address"),
        ("institution", {"brand": "navy"}, "brand"),
        ("institution", {"brand": "#fff"}, "brand"),
        ("promises", {"promise_days_visit": "0"}, "promise_days_visit"),
        ("promises", {"promise_days_question": "61"}, "promise_days_question"),
        ("promises", {"promise_days_question": ""}, "promise_days_question"),
        ("levels", {"level_dean": "d"}, "level_dean"),
        ("levels", {"level_other": ""}, "level_other"),
        ("levels", {"notice_b": "19"}, "notice_b"),
        ("levels", {"notice_online": "0"}, "notice_online"),
        ("week", {"reminders_from": "24"}, "reminders_from"),
        ("week", {"reminders_until": "9"}, "reminders_until"),
        ("week", {"reminders_until": ""}, "reminders_until"),
    ],
)
def test_fault_stands_beside_its_field_and_nothing_typed_is_lost(
    client: FlaskClient, send: Callable[..., Any], write: Write, part: str, given: dict[str, str], fault: str
) -> None:
    refused = send(part, **given)
    assert refused.status_code == 400
    assert f'id="{fault}-error"' in refused.text
    assert f'href="#{fault}"' in refused.text
    for name, value in {**PARTS[part], **given}.items():
        if not name.startswith(("level_", "weekend")):
            assert value_of(refused.text, name) == value.strip(), name
    assert rows(write) == 0


def test_second_administrator_sees_what_both_changed_and_keeps_the_words(
    client: FlaskClient, send: Callable[..., Any]
) -> None:
    send("institution")
    refused = send("institution", institution="Sample University", brand="#8f1329")
    assert refused.status_code == 409
    assert "You changed this record in another window" in refused.text
    assert re.search(r"Name \(English\)</th><td.*>Example University<.*>Sample University<", refused.text, re.DOTALL)
    assert value_of(refused.text, "institution") == "Sample University"
    assert value_of(refused.text, "brand") == "#1b3a6b"
    assert value_of(refused.text, "version") == "1"
    assert send("institution", institution="Sample University", version=1).status_code == 303


def test_other_parts_are_in_nobodys_way(send: Callable[..., Any]) -> None:
    assert send("institution").status_code == 303
    assert send("promises").status_code == 303
    assert send("promises", promise_days_visit="9").status_code == 409


def test_installations_values_are_named_and_put_back(
    client: FlaskClient, send: Callable[..., Any], write: Write
) -> None:
    send("promises")
    send("institution", version=1)
    page = " ".join(client.get("/desk/settings/institution").text.split())
    assert "<dt>Name (English)</dt><dd>The Hong Kong Polytechnic University</dd>" in page
    overtaken = send("institution", do="reset", version=0)
    assert overtaken.status_code == 409
    assert "Nothing was done." in overtaken.text
    assert send("institution", do="reset", version=2).status_code == 303
    assert "<b>The Hong Kong Polytechnic University</b>" in client.get("/privacy").text
    assert write(lambda s: s.get_one(OfficeSettings, 1).chosen) == {
        "promise_days_visit": 10,
        "promise_days_question": 2,
    }
    assert "Installation’s default" not in client.get("/desk/settings/institution").text


def test_promises_are_shown_as_dates_before_they_are_made(
    client: FlaskClient, send: Callable[..., Any], write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge, "today", lambda: date(2026, 11, 23))
    page = client.get("/desk/settings/promises").text
    assert "A visit received today would be promised for Monday 30 November 2026." in page
    page = send("promises", preview="1").text
    assert "A visit received today would be promised for Monday 7 December 2026." in page
    assert "A question received today would be promised for Wednesday 25 November 2026." in page
    assert rows(write) == 0


def test_public_pages_promise_what_was_chosen(client: FlaskClient, send: Callable[..., Any]) -> None:
    send("promises")
    assert "you will have a reply within 10 working days" in client.get("/").text
    assert [edge_settings(client).promised(kind) for kind in Kind] == [10, 5, 2]


def test_levels_are_shown_with_an_example_and_hold_on_scorecards_at_once(
    client: FlaskClient, send: Callable[..., Any], write: Write, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge, "today", lambda: date(2026, 11, 23))
    reference = write(lambda s: make_enquiry(s, settings).reference)
    assert "Level B: Vice-president or vice-rector." in client.get(f"/desk/enquiries/{reference}").text
    changed = {"level_vice_president": "a", "level_dean": "c", "notice_a": "90"}
    page = send("levels", preview="1", **changed).text
    assert "a visit led by “Dean or head of school” is of Level C" in page
    assert "from Monday 21 December 2026 on" in page
    assert rows(write) == 0
    send("levels", **changed)
    page = client.get(f"/desk/enquiries/{reference}").text
    assert "Level A: Vice-president or vice-rector." in page
    assert "needed: 90." in page


def test_preview_refuses_what_cannot_be_saved(send: Callable[..., Any]) -> None:
    refused = send("levels", preview="1", notice_b="19")
    assert refused.status_code == 400
    assert 'id="notice_b-error"' in refused.text


def test_unknown_part_is_not_found(client: FlaskClient) -> None:
    assert client.get("/desk/settings/secrets").status_code == 404
    assert client.post("/desk/settings/secrets").status_code == 404


def test_only_administrators_reach_the_settings(
    client: FlaskClient, write: Write, sign_in: Any, send: Callable[..., Any]
) -> None:
    client.post("/desk/sign-out")
    sign_in(client, write(lambda session: make_person(session, role=Role.COORDINATOR).email))
    for path in ("", "/institution", "/institution/page", "/institution/mail", "/promises"):
        assert client.get(f"/desk/settings{path}").status_code == 403
    assert send("institution").status_code == 403
    assert rows(write) == 0


def test_value_that_no_version_can_use_breaks_no_page(client: FlaskClient, write: Write, settings: Settings) -> None:
    by = acting(staff_actor(Role.ADMINISTRATOR))
    write(lambda s: office_settings.change(s, {"brand": "#1b3a6b"}, by=by, version=0, settings=settings))
    write(lambda s: s.execute(update(OfficeSettings).values(chosen={"brand": "url(x)", "institution": 7})))
    for path in ("/", "/desk/settings", "/desk/settings/institution"):
        assert client.get(path).status_code == 200
