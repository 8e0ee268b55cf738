"""The calendar's pages: nothing moves before it was seen and confirmed, and nothing that was typed is lost."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.factories import make_enquiry, make_person, tracking_token
from webapp.config import Settings
from webapp.models import CalendarChange, CalendarDay, Closure, Enquiry, Message
from webapp.vocabulary import DayKind, MessageKind, Role

Write = Callable[[Callable[[Any], Any]], Any]
WEDNESDAY = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
HALF = {
    "version": "0",
    "day": "2026-11-27",
    "kind": "half",
    "name_en": "Sports day",
    "name_zh_hant": "運動會",
    "name_zh_hans": "",
}
SHUT = {
    "first": "2026-11-25",
    "last": "",
    "name_en": "Typhoon",
    "name_zh_hant": "颱風",
    "name_zh_hans": "台风",
    "seen": "2026-11-25/2026-11-25/1",
}
WORDS = {"en": "We had to close.", "zh_hant": "本處須關閉。", "zh_hans": "本处须关闭。"}


@pytest.fixture(autouse=True)
def _wednesday() -> Any:
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


@pytest.fixture
def coordinator(client: FlaskClient, write: Write, sign_in: Any) -> None:
    sign_in(client, write(lambda session: make_person(session, name="Lee Siu Ming").email))


@pytest.fixture
def enquiry(write: Write, settings: Settings) -> str:
    return str(write(lambda session: make_enquiry(session, settings).reference))


def promised(write: Write) -> date:
    return write(lambda session: session.scalars(select(Enquiry.promised_on)).one())  # type: ignore[no-any-return]


def count(write: Write, model: Any) -> int:
    return int(write(lambda session: session.scalar(select(func.count()).select_from(model))))


@pytest.mark.usefixtures("coordinator", "enquiry")
def test_marking_a_day_says_what_it_moves_and_moves_it_once_confirmed(client: FlaskClient, write: Write) -> None:
    asked = client.post("/desk/calendar/day", data=HALF)
    assert asked.status_code == 200
    assert "This moves 1 promise. Nothing has been changed yet." in asked.text
    assert (count(write, CalendarDay), promised(write)) == (0, date(2026, 11, 30))
    again = client.post("/desk/calendar/day", data={**HALF, "moves": "7"})
    assert "This moves 1 promise." in again.text, "whoever confirmed another number is asked again"
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', asked.text))
    done = client.post("/desk/calendar/day", data=hidden)
    assert (done.status_code, done.location) == (303, "/desk/calendar?year=2026")
    assert promised(write) == date(2026, 12, 1)
    change = write(lambda session: session.scalars(select(CalendarChange)).one())
    assert (change.actor_name, change.before, change.moved) == ("Lee Siu Ming", None, 1)
    assert change.after == {"kind": "half", "name": {"en": "Sports day", "zh-hant": "運動會"}}
    page = client.get("/desk/calendar?year=2026").text
    assert "Sports day" in page
    assert "Lee Siu Ming marked Friday 27 November 2026: Sports day, Half day." in page
    assert "運動會" in client.get("/desk/calendar?year=2026&language=zh-hant").text


@pytest.mark.usefixtures("coordinator", "enquiry")
def test_taking_a_mark_away_is_confirmed_and_written_down_too(client: FlaskClient, write: Write) -> None:
    client.post("/desk/calendar/day", data={**HALF, "moves": "1"})
    asked = client.post("/desk/calendar/day/remove", data={"day": HALF["day"], "version": 1})
    assert "This moves 1 promise." in asked.text
    assert promised(write) == date(2026, 12, 1)
    sure = {"day": HALF["day"], "version": 1, "moves": "1"}
    assert client.post("/desk/calendar/day/remove", data=sure).status_code == 303
    assert promised(write) == date(2026, 11, 30)
    assert (count(write, CalendarDay), count(write, CalendarChange)) == (0, 2)
    again = client.post("/desk/calendar/day/remove", data=sure)
    assert (again.status_code, "The day is no longer marked" in again.text) == (409, True)
    assert "unmarked Friday 27 November 2026" in client.get("/desk/calendar").text


@pytest.mark.usefixtures("coordinator")
def test_a_day_that_moves_nothing_is_saved_at_once_and_can_be_changed(client: FlaskClient, write: Write) -> None:
    assert client.post("/desk/calendar/day", data=HALF).status_code == 303
    form = client.get(f"/desk/calendar/day?on={HALF['day']}").text
    assert 'value="Sports day"' in form
    assert "Unmark the day" in form
    client.post("/desk/calendar/day", data={**HALF, "kind": "closed", "version": 1})
    assert write(lambda session: session.scalars(select(CalendarDay.kind)).all()) == [DayKind.CLOSED]


@pytest.mark.usefixtures("coordinator")
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"day": ""}, "Enter the day."),
        ({"day": "soon"}, "enter a date such as"),
        ({"day": "2040-01-01"}, "within 3 years"),
        ({"kind": ""}, "Choose what the day is."),
        ({"kind": "holiday"}, "choose from the list"),
        ({"name_en": " "}, "Enter a name in English."),
        ({"name_en": "x" * 81}, "at most 80"),
    ],
)
def test_a_wrong_day_is_refused_by_its_field_and_the_rest_kept(
    client: FlaskClient, write: Write, wrong: dict[str, str], says: str
) -> None:
    response = client.post("/desk/calendar/day", data={**HALF, **wrong})
    assert response.status_code == 400
    assert says in response.text
    assert "運動會" in response.text
    assert count(write, CalendarDay) == 0


@pytest.mark.usefixtures("coordinator")
@pytest.mark.parametrize("year", ["", "2026", "1066", "9999", "abcd", "２０２６", "20260"])
def test_any_year_in_the_address_shows_a_year(client: FlaskClient, year: str) -> None:
    page = client.get("/desk/calendar", query_string={"year": year})
    assert page.status_code == 200
    assert page.text.count("<caption>") == 12


@pytest.mark.usefixtures("coordinator")
def test_the_year_takes_a_bounded_number_of_queries(client: FlaskClient, count_queries: Any) -> None:
    for day in range(1, 28):
        client.post("/desk/calendar/day", data={**HALF, "day": f"2027-01-{day:02}"})
    with count_queries() as statements:
        client.get("/desk/calendar?year=2027")
    assert len(statements) <= 7


@pytest.mark.usefixtures("coordinator", "enquiry")
def test_typhoon_is_two_presses_from_the_calendar(client: FlaskClient, write: Write) -> None:
    link = "/desk/calendar/closures/new?first=2026-11-25&amp;because=typhoon"
    assert link in client.get("/desk/calendar").text
    seen = client.get(link.replace("&amp;", "&")).text
    assert "It would move 1 promise. Nothing has been changed yet." in seen
    assert 'value="Tropical cyclone warning signal no. 8"' in seen
    assert (count(write, Closure), promised(write)) == (0, date(2026, 11, 30))
    assert f'name="seen" value="{SHUT["seen"]}"' in seen
    for other in ({"seen": ""}, {"seen": "2026-11-24/2026-11-24/1"}, {"seen": SHUT["seen"], "look": "yes"}):
        unseen = client.post("/desk/calendar/closures/new", data={**SHUT, **other})
        assert "It would move 1 promise." in unseen.text, "what was not seen is shown first"
    assert (count(write, Closure), promised(write)) == (0, date(2026, 11, 30))
    done = client.post("/desk/calendar/closures/new", data=SHUT)
    assert (done.status_code, done.location) == (303, "/desk/calendar/closures/1")
    assert promised(write) == date(2026, 12, 1)
    assert "Declared. 1 promise has moved." in client.get(done.location).text
    assert client.post("/desk/calendar/closures/new", data=SHUT).location == done.location
    assert count(write, Closure) == 1, "a double click is one closure"


@pytest.mark.usefixtures("coordinator", "enquiry")
def test_closure_is_told_once_and_undone(client: FlaskClient, write: Write) -> None:
    client.post("/desk/calendar/closures/new", data=SHUT)
    refused = client.post("/desk/calendar/closures/1/notice", data={**WORDS, "zh_hans": ""})
    assert refused.status_code == 400
    assert "We had to close." in refused.text
    assert "Write a few words in this language: 简体中文." in refused.text
    for _ in range(2):
        assert client.post("/desk/calendar/closures/1/notice", data=WORDS).status_code == 303
    kinds = (MessageKind.PARTNER_CLOSURE, MessageKind.LIAISON_CLOSURE)
    query = select(Message.kind, Message.recipient_email).where(Message.kind.in_(kinds)).order_by(Message.id)
    assert [tuple(row) for row in write(lambda session: session.execute(query).all())] == [
        (MessageKind.PARTNER_CLOSURE, "erika@example.org"),
        (MessageKind.LIAISON_CLOSURE, "office@example.org"),
    ]
    assert "2 emails, sent by Lee Siu Ming" in client.get("/desk/calendar/closures/1").text
    assert client.post("/desk/calendar/closures/1/undo", data={"version": 1}).status_code == 303
    again = client.post("/desk/calendar/closures/1/undo", data={"version": 1})
    assert (again.status_code, "There was nothing left to do." in again.text) == (409, True)
    assert promised(write) == date(2026, 11, 30)
    page = client.get("/desk/calendar/closures/1").text
    assert "What moved back" in page
    assert "Email them that it was undone" in page


@pytest.mark.usefixtures("coordinator")
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"first": ""}, "Enter the first day."),
        ({"last": "2026-11-24"}, "The last day is before the first day."),
        ({"last": "2026-12-31"}, "at most 30 days"),
        ({"first": "2029-01-01"}, "within a year"),
        ({"name_en": ""}, "Enter a name in English."),
    ],
)
def test_a_wrong_closure_is_refused_by_its_field_and_the_rest_kept(
    client: FlaskClient, write: Write, wrong: dict[str, str], says: str
) -> None:
    for response in (
        client.post("/desk/calendar/closures/new", data={**SHUT, **wrong}),
        client.get("/desk/calendar/closures/new", query_string={**SHUT, **wrong}),
    ):
        assert says in response.text
        assert "颱風" in response.text
    assert count(write, Closure) == 0


@pytest.mark.parametrize("role", [Role.LIAISON, Role.HOST, Role.OBSERVER])
def test_others_read_the_calendar_and_change_nothing(
    client: FlaskClient, write: Write, sign_in: Any, role: Role
) -> None:
    sign_in(client, write(lambda session: make_person(session, role=role).email))
    page = client.get("/desk/calendar")
    assert page.status_code == 200
    assert "Mark a day" not in page.text
    for path in ("day", "day/remove", "closures/new", "closures/1/undo", "closures/1/notice"):
        assert client.post(f"/desk/calendar/{path}", data={**HALF, **SHUT, **WORDS}).status_code == 403, path


@pytest.mark.usefixtures("coordinator")
def test_both_pages_of_an_enquiry_say_why_each_day_did_not_count(
    client: FlaskClient, write: Write, settings: Settings, enquiry: str
) -> None:
    client.post("/desk/calendar/closures/new", data=SHUT)
    client.post("/desk/calendar/day", data={**HALF, "moves": "1"})
    desk = client.get(f"/desk/enquiries/{enquiry}").text
    for words in (
        "Typhoon",
        "Sports day (half a day)",
        "weekend",
        "</strong> declared a closure (Typhoon): due Tue 1 Dec, not Mon 30 Nov.",
    ):
        assert words in desk, words
    found = write(lambda session: session.scalars(select(Enquiry)).one())
    token = write(lambda session: tracking_token(session, settings, found))
    partner = client.get(f"/track/{token}").text
    for words in (
        "not counted: Typhoon",
        "counted as half a day: Sports day",
        "Our offices have to close (Typhoon): our first answer is due by Tuesday 1 December 2026.",
        "Our calendar changed (Sports day): our first answer is due by Wednesday 2 December 2026.",
        "First answer by Wednesday 2 December 2026",
        "Within 5 working days of your message",
    ):
        assert words in partner, words
    assert "Lee Siu Ming" not in partner
    assert "運動會" in client.get(f"/track/{token}?language=zh-hant").text
    events = client.get(f"/track/{token}", headers={"Accept": "application/json"}).get_json()
    assert [event["kind"] for event in events["events"]] == ["submitted", "promise_moved", "promise_moved"]


@pytest.mark.usefixtures("coordinator")
def test_who_acts_on_an_enquiry_that_moved_meanwhile_is_told(client: FlaskClient, enquiry: str) -> None:
    client.post("/desk/calendar/closures/new", data=SHUT)
    response = client.post(f"/desk/enquiries/{enquiry}/actions/review", data={"version": "1"})
    assert response.status_code == 409
    assert "This enquiry changed while you were working on it" in response.text
    assert "declared a closure" in response.text.split('class="timeline"')[1]
