"""What the page says about a window of dates; the clock is set to a known day."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from webapp.config import Settings
from webapp.domain.calendar.working_days import promise, public_calendar
from webapp.web import edge

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "today", lambda: TODAY)


def feedback(client: FlaskClient, start: Any, end: Any, prefix: str = "", **more: str) -> str:
    asked = {"start": str(start), "end": str(end), "flex": "2", **more}
    response = client.get(f"{prefix}/enquiries/dates", query_string=asked)
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    return response.text


def test_open_days_are_told_with_how_far_they_are(client: FlaskClient) -> None:
    text = feedback(client, "2027-03-09", "2027-03-11")
    assert 'data-tone="good"' in text
    assert "9–11 March 2027, 106 days from today." in text


@pytest.mark.parametrize(
    ("prefix", "name"), [("", "Good Friday"), ("/zh-hant", "耶穌受難節"), ("/zh-hans", "耶稣受难节")]
)
def test_general_holiday_is_named_in_the_language_of_the_page(client: FlaskClient, prefix: str, name: str) -> None:
    text = feedback(client, "2027-03-25", "2027-03-26", prefix)
    assert 'data-tone="warn"' in text
    assert name in text


def test_several_holidays_and_the_weekend_are_listed_once(client: FlaskClient) -> None:
    text = feedback(client, "2027-03-22", "2027-04-02")
    assert "Good Friday (26 March 2027)" in text
    assert "A weekend falls on these days" in text
    assert "You can still request these dates." in text


def test_weekend_is_told(client: FlaskClient) -> None:
    assert "Saturday 13 March 2027 is at the weekend" in feedback(client, "2027-03-12", "2027-03-13")
    assert "These days are a weekend" in feedback(client, "2027-03-13", "2027-03-14")


@pytest.mark.parametrize(
    ("about", "needed"),
    [({}, 20), ({"leader_rank": "dean"}, 30), ({"leader_rank": "president"}, 40), ({"leader_rank": "nobody"}, 20),
     ({"mode": "online", "leader_rank": "president"}, 5)],
)  # fmt: skip
def test_short_notice_begins_below_the_working_days_of_the_level(
    client: FlaskClient, settings: Settings, about: dict[str, str], needed: int
) -> None:
    calendar = public_calendar(settings.institution_country, 2026, 2027)
    first = promise(TODAY, needed, calendar).due
    warning = f"Short notice: we normally need {needed} working days to prepare a visit."
    assert warning not in feedback(client, first, first, **about)
    before = first - timedelta(1)
    assert warning in feedback(client, before, before, **about)


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        ("2027-03-09", "2027-03-08", "The last day is before the first day."),
        ("2026-11-22", "2026-11-24", "The first day has passed."),
        ("2027-03-01", "2027-04-15", "Choose at most 31 days"),
        ("9999-12-30", "9999-12-31", "Choose dates within the next 3 years"),
        ("0001-01-01", "0001-01-02", "The first day has passed."),
    ],
)
def test_impossible_windows_say_why(client: FlaskClient, start: str, end: str, says: str) -> None:
    text = feedback(client, start, end)
    assert 'data-tone="warn"' in text
    assert says in text


@pytest.mark.parametrize(("start", "end"), [("", ""), ("", "2027-03-09"), ("soon", "2027-03-09"), ("<b>", "x")])
def test_unfinished_window_says_nothing(client: FlaskClient, start: str, end: str) -> None:
    assert "data-tone" not in feedback(client, start, end)


def test_first_day_alone_is_a_visit_of_one_day_and_warnings_name_theirs(
    client: FlaskClient, answers: Any, save: Any
) -> None:
    assert "9 March 2027" in feedback(client, "2027-03-09", "")
    data = answers("visit", windows__0__start="2027-03-09", windows__0__end=None, windows__1__start="2027-03-26")
    page = client.get(save(data).location).text
    assert ">Tuesday 9 March 2027\nFriday 26 March 2027<" in page
    assert page.count("<p>26 March 2027</p><p>Friday 26 March 2027 is a general holiday: Good Friday.") == 1
    assert "<p>9 March 2027</p>" not in page


def test_warnings_stand_on_the_check_page_and_block_nothing(client: FlaskClient, answers: Any, save: Any) -> None:
    data: MultiDict[str, Any] = answers("visit", windows__0__start="2027-03-25", windows__0__end="2027-03-26")
    response = save(data)
    assert response.status_code == 303
    assert "Friday 26 March 2027 is a general holiday: Good Friday." in client.get(response.location).text
