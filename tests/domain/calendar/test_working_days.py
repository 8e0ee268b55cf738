"""The promise: working days counted in halves over an explicit calendar, and clocks that were paused."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import LANGUAGES
from webapp.domain.calendar.working_days import (
    STOPPED,
    WEEKEND,
    WHOLE,
    Calendar,
    Mark,
    account,
    halves_between,
    promise,
    public_calendar,
)
from webapp.vocabulary import DayKind, Language

HONG_KONG = public_calendar("HK", 2022, 2031)
CLOSED, HALF, WORKING = (Mark(kind, kind) for kind in DayKind)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
COUNTS = st.integers(1, 30)
MARKS = st.dictionaries(DAYS, st.sampled_from((CLOSED, HALF, WORKING)), max_size=60)
CALENDARS = MARKS.map(HONG_KONG.marked)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 11, 23), 5, date(2026, 11, 30)),  # a Monday
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # a Friday
        (date(2026, 11, 28), 1, date(2026, 11, 30)),  # a Saturday counts from Monday
        (date(2026, 2, 13), 5, date(2026, 2, 25)),  # Lunar New Year 2026: 17 to 19 February
        (date(2026, 4, 2), 1, date(2026, 4, 8)),  # Easter, with the day after Ching Ming
        (date(2026, 9, 25), 1, date(2026, 9, 28)),  # the day after Mid-Autumn is a Saturday
        (date(2026, 12, 22), 5, date(2026, 12, 30)),  # Christmas
        (date(2026, 12, 31), 1, date(2027, 1, 4)),  # the end of a year, New Year and a weekend
        (date(2027, 2, 4), 5, date(2027, 2, 15)),  # Lunar New Year 2027: 6 to 9 February
        (date(2027, 12, 31), 1, date(2028, 1, 3)),  # New Year on a Saturday
        (date(2028, 1, 25), 1, date(2028, 1, 31)),  # Lunar New Year 2028: 26 to 28 January
        (date(2028, 2, 28), 1, date(2028, 2, 29)),  # a leap day counts
        (date(2028, 2, 28), 2, date(2028, 3, 1)),
        (date(2028, 2, 29), 1, date(2028, 3, 1)),
        (date(2028, 12, 29), 1, date(2029, 1, 2)),
    ],
)
def test_promise_counts_from_the_day_after(start: date, days: int, due: date) -> None:
    assert promise(start, days, HONG_KONG).due == due


@pytest.mark.parametrize(
    ("marks", "days", "due"),
    [
        ({}, 2, date(2026, 12, 24)),
        ({date(2026, 12, 24): HALF}, 2, date(2026, 12, 28)),  # half a day is missing after Christmas
        ({date(2026, 12, 23): HALF, date(2026, 12, 24): HALF}, 2, date(2026, 12, 28)),  # two halves are one day
        ({date(2026, 12, 23): HALF, date(2026, 12, 24): HALF}, 1, date(2026, 12, 24)),
        ({date(2026, 12, 23): HALF}, 1, date(2026, 12, 24)),
        ({date(2026, 12, 26): WORKING}, 3, date(2026, 12, 26)),  # a make-up day beats weekend and holiday
        ({date(2026, 12, 25): HALF}, 3, date(2026, 12, 28)),
        ({date(2026, 12, 23): CLOSED}, 1, date(2026, 12, 24)),
        ({date(2026, 12, 23): CLOSED, date(2026, 12, 24): CLOSED}, 1, date(2026, 12, 28)),
    ],
)
def test_what_the_office_marked_beats_weekends_and_holidays(marks: dict[date, Mark], days: int, due: date) -> None:
    assert promise(date(2026, 12, 22), days, HONG_KONG.marked(marks)).due == due


@given(DAYS, COUNTS, CALENDARS)
def test_promise_is_the_first_day_on_which_the_count_is_full(start: date, days: int, calendar: Calendar) -> None:
    due = promise(start, days, calendar).due
    assert calendar.halves(due)
    assert halves_between(start, due, calendar) >= days * WHOLE
    assert halves_between(start, due - timedelta(1), calendar) < days * WHOLE


@given(DAYS, COUNTS, CALENDARS)
def test_promise_tells_of_every_day_once(start: date, days: int, calendar: Calendar) -> None:
    found = promise(start, days, calendar)
    assert [day.date for day in found.days] == [start + timedelta(n) for n in range(1, (found.due - start).days + 1)]
    assert all((day.why is None) == (day.halves == WHOLE) for day in found.days)
    assert account(start, found.due, [], calendar) == found.days


@given(DAYS, COUNTS, CALENDARS, DAYS, st.integers(0, 5))
def test_a_closure_moves_a_promise_by_exactly_its_working_days(
    start: date, days: int, calendar: Calendar, first: date, more: int
) -> None:
    closed = {first + timedelta(n): CLOSED for n in range(more + 1)}
    before, after = promise(start, days, calendar).due, promise(start, days, calendar.marked(closed)).due
    lost = halves_between(max(first - timedelta(1), start), min(first + timedelta(more), before), calendar)
    if lost <= 0:
        assert after == before
    spare = halves_between(start, before, calendar) - days * WHOLE
    gained = halves_between(before, after, calendar.marked(closed))
    assert gained in ((lost - spare, lost - spare + 1) if lost > spare else (0,))


@given(DAYS, DAYS, DAYS, CALENDARS)
def test_halves_add_up(first: date, second: date, third: date, calendar: Calendar) -> None:
    def between(start: date, end: date) -> int:
        return halves_between(start, end, calendar)

    assert between(first, second) + between(second, third) == between(first, third)
    assert between(first, second) == -between(second, first)


@given(DAYS, COUNTS, st.integers(0, 40), st.integers(0, 60))
def test_a_pause_gives_back_every_day_that_it_took(start: date, days: int, until: int, still: int) -> None:
    due = promise(start, days, HONG_KONG).due
    stopped = min(start + timedelta(until), due)
    resumed = stopped + timedelta(still)
    moved = promise(start, days, HONG_KONG, [(stopped, resumed)]).due
    left = halves_between(stopped, due, HONG_KONG)
    if left:
        assert halves_between(resumed, moved, HONG_KONG) == left
    else:
        assert moved == due if not still else moved >= resumed
    told = account(start, moved, [(stopped, resumed)], HONG_KONG)
    assert sum(day.halves for day in told) in ((days * WHOLE,) if left else (days * WHOLE, (days + 1) * WHOLE))


@given(DAYS, COUNTS, st.integers(1, 40), st.integers(0, 40))
def test_a_pause_after_the_due_date_keeps_it(start: date, days: int, late: int, still: int) -> None:
    due = promise(start, days, HONG_KONG).due
    stopped = due + timedelta(late)
    assert promise(start, days, HONG_KONG, [(stopped, stopped + timedelta(still))]).due == due


@pytest.mark.parametrize(
    ("resumed", "due"),
    [
        (date(2026, 11, 27), date(2026, 11, 27)),  # the same day
        (date(2026, 12, 2), date(2026, 12, 2)),  # as soon as it runs again
        (date(2026, 11, 29), date(2026, 11, 30)),  # on a Sunday no one can keep a promise
    ],
)
def test_a_clock_that_stops_on_its_last_day_is_due_when_it_runs_again(resumed: date, due: date) -> None:
    stopped = date(2026, 11, 27)
    assert promise(date(2026, 11, 20), 5, HONG_KONG, [(stopped, resumed)]).due == due


@pytest.mark.parametrize("days", [0, -1])
def test_promise_of_no_days_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        promise(date(2026, 11, 23), days, HONG_KONG)


def test_account_says_why_each_day_did_not_count_in_full() -> None:
    calendar = Calendar({date(2026, 11, 25): "Founders' Day"}, {date(2026, 11, 30): Mark(DayKind.HALF, "Sports day")})
    told = account(date(2026, 11, 24), date(2026, 11, 30), [(date(2026, 11, 25), date(2026, 11, 26))], calendar)
    assert [day.why for day in told] == ["Founders' Day", STOPPED, None, WEEKEND, WEEKEND, "Sports day"]
    assert [day.halves for day in told] == [0, 0, 2, 0, 0, 1]


def test_account_of_a_clock_that_still_stands_goes_on() -> None:
    told = account(date(2026, 11, 23), date(2026, 11, 26), [(date(2026, 11, 24), None)], HONG_KONG)
    assert [day.why for day in told] == [None, STOPPED, STOPPED]


def test_a_mark_that_is_taken_away_leaves_the_day_as_it_was() -> None:
    day = date(2026, 12, 25)
    assert HONG_KONG.marked({day: WORKING}).marked({day: None}).why(day) == "Christmas Day"


@pytest.mark.parametrize(
    ("language", "name"),
    [
        (Language.EN, "The first weekday after Christmas Day"),
        (Language.ZH_HANT, "聖誕節後第一個周日"),
        (Language.ZH_HANS, "圣诞节后首个平日"),
    ],
)
def test_a_saturday_is_not_called_a_sunday_where_a_word_means_that(language: Language, name: str) -> None:
    assert public_calendar("HK", 2026, 2026, language).why(date(2026, 12, 26)) == name


@pytest.mark.parametrize(("language", "name"), list(zip(LANGUAGES, ("Christmas Day", "聖誕節", "圣诞节"), strict=True)))
def test_calendar_names_holidays_in_each_language(language: Language, name: str) -> None:
    assert public_calendar("HK", 2026, 2026, language).why(date(2026, 12, 25)) == name


def test_english_names_are_those_of_hong_kong() -> None:
    names = set(public_calendar("HK", 2026, 2026).holidays.values())
    assert {"Labour Day", "Ching Ming Festival", "Chung Yeung Festival", "Tuen Ng Festival", "New Year's Day"} <= names
    assert {"Lunar New Year's Day", "The day following the Chinese Mid-Autumn Festival"} <= names
    assert not re.search(r"Tomb|Double Ninth|Chinese New Year|Dragon Boat", " ".join(names))


def test_two_holidays_of_one_day_are_parted_as_the_language_does() -> None:
    day = date(2026, 4, 6)
    assert "; " in public_calendar("HK", 2026, 2026).holidays[day]
    assert public_calendar("HK", 2026, 2026, Language.ZH_HANT).holidays[day] == "復活節星期一；清明節翌日"


def test_names_are_british_but_where_they_are_at_home() -> None:
    here = ("NO", "NZ", "AR", "PH", "JP", "US")
    names = {country: set(public_calendar(country, 2026, 2026).holidays.values()) for country in here}
    assert "Labour Day" in names["NO"]
    assert "Labor Day" in names["US"]
    words = " ".join(name for country in here if country != "US" for name in names[country])
    assert not re.search(r"Labor|Honor|Valor|Defense", words)


def test_without_a_country_there_are_no_general_holidays() -> None:
    assert not public_calendar("", 2026, 2027).holidays
    assert not public_calendar("XQ", 2026, 2027).holidays


def test_days_of_the_weekend_are_the_offices() -> None:
    friday, sunday = date(2026, 11, 27), date(2026, 11, 29)
    days = Calendar({}, weekend=frozenset({4, 5}))
    assert (days.why(friday), days.halves(sunday)) == (WEEKEND, WHOLE)
    assert days.marked({friday: Mark(DayKind.HALF, "Open day")}).halves(sunday) == WHOLE
