"""The promise: working days counted over an explicit calendar, and clocks that stood still."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.promise import (
    HOLIDAY_LOCALES,
    STOPPED,
    Calendar,
    account,
    calendar_around,
    move,
    promise,
    public_calendar,
    working_days_between,
)
from webapp.vocabulary import Language

HONG_KONG = public_calendar("HK", 2025, 2031)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
COUNTS = st.integers(1, 30)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 11, 23), 5, date(2026, 11, 30)),  # a Monday
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # a Friday
        (date(2026, 11, 28), 1, date(2026, 11, 30)),  # a Saturday counts from Monday
        (date(2026, 12, 22), 5, date(2026, 12, 30)),  # Christmas
        (date(2026, 12, 31), 1, date(2027, 1, 4)),  # the end of a year, New Year and a weekend
        (date(2028, 2, 28), 2, date(2028, 3, 1)),  # a leap day counts
        (date(2027, 2, 4), 5, date(2027, 2, 15)),  # the days of the Lunar New Year
    ],
)
def test_promise_counts_from_the_day_after(start: date, days: int, due: date) -> None:
    assert promise(start, days, HONG_KONG).due == due


@given(DAYS, COUNTS)
def test_promise_is_the_day_on_which_the_count_is_full(start: date, days: int) -> None:
    found = promise(start, days, HONG_KONG)
    assert HONG_KONG.is_working_day(found.due)
    assert working_days_between(start, found.due, HONG_KONG) == days
    assert working_days_between(start, found.due - timedelta(1), HONG_KONG) == days - 1


@given(DAYS, COUNTS)
def test_promise_tells_of_every_day_once(start: date, days: int) -> None:
    found = promise(start, days, HONG_KONG)
    assert [day for day, _ in found.days] == [start + timedelta(n) for n in range(1, (found.due - start).days + 1)]
    assert sum(reason is None for _, reason in found.days) == days
    assert account(start, found.due, [], HONG_KONG) == found.days


@given(DAYS, DAYS, DAYS)
def test_working_days_add_up(first: date, second: date, third: date) -> None:
    def between(start: date, end: date) -> int:
        return working_days_between(start, end, HONG_KONG)

    assert between(first, second) + between(second, third) == between(first, third)
    assert between(first, second) == -between(second, first)


@given(DAYS, COUNTS, st.integers(0, 40), st.integers(0, 60))
def test_move_gives_back_every_day_that_the_clock_stood_still(start: date, days: int, until: int, still: int) -> None:
    due = promise(start, days, HONG_KONG).due
    stopped = min(start + timedelta(until), due)
    resumed = stopped + timedelta(still)
    moved = move(due, stopped, resumed, HONG_KONG)
    left = working_days_between(stopped, due, HONG_KONG)
    assert working_days_between(resumed, moved, HONG_KONG) == left
    told = account(start, moved, [(stopped, resumed)], HONG_KONG)
    assert sum(reason is None for _, reason in told) == days


@given(DAYS, COUNTS, st.integers(1, 40), st.integers(0, 40))
def test_move_keeps_a_date_that_had_passed(start: date, days: int, late: int, still: int) -> None:
    due = promise(start, days, HONG_KONG).due
    stopped = due + timedelta(late)
    assert move(due, stopped, stopped + timedelta(still), HONG_KONG) == due


@pytest.mark.parametrize("days", [0, -1])
def test_promise_of_no_days_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        promise(date(2026, 11, 23), days, HONG_KONG)


def test_account_says_why_each_day_did_not_count() -> None:
    calendar = Calendar({date(2026, 11, 25): "Founders' Day"})
    told = account(date(2026, 11, 24), date(2026, 11, 30), [(date(2026, 11, 25), date(2026, 11, 26))], calendar)
    assert [reason for _, reason in told] == ["Founders' Day", STOPPED, None, "weekend", "weekend", None]


def test_account_of_a_clock_that_still_stands_goes_on() -> None:
    told = account(date(2026, 11, 23), date(2026, 11, 26), [(date(2026, 11, 24), None)], HONG_KONG)
    assert [reason for _, reason in told] == [None, STOPPED, STOPPED]


@pytest.mark.parametrize(("language", "name"), list(zip(Language, ("Christmas Day", "聖誕節", "圣诞节"), strict=True)))
def test_calendar_names_holidays_in_each_language(language: Language, name: str) -> None:
    calendar = calendar_around("HK", date(2026, 12, 1), HOLIDAY_LOCALES[language])
    assert calendar.why_closed(date(2026, 12, 25)) == name


def test_calendar_reaches_across_the_years_that_a_visit_may_touch() -> None:
    calendar = calendar_around("HK", date(2026, 12, 31))
    assert all(calendar.why_closed(date(year, 1, 1)) for year in (2025, 2026, 2027, 2028, 2029))
