"""Days that the office marks: who may, what they move, what is written down, and what the calendar then says."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import acting, make_enquiry, staff_actor
from webapp.config import Settings
from webapp.domain.calendar import closures, marked_days, office_calendar
from webapp.domain.calendar.marked_days import MarkedDay
from webapp.domain.calendar.working_days import WEEKEND, Mark
from webapp.domain.errors import Invalid, NotAllowed, NotFound
from webapp.domain.security.permissions import Actor
from webapp.models import CalendarChange, Enquiry, Event
from webapp.vocabulary import ActorKind, DayKind, EventKind, Language, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]
ACTOR = staff_actor()
LATER = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
FRIDAY, SATURDAY, MONDAY = date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 30)
NAMES = {"en": "Founders' Day", "zh-hant": "校慶日"}


def mark(
    session: Session,
    settings: Settings,
    day: date,
    kind: DayKind,
    *,
    name: Any = NAMES,
    actor: Actor = ACTOR,
    **more: Any,
) -> Any:
    known = marked_days.marked(session, day)
    given = {"version": known.version if known else 0, **more}
    return marked_days.mark(
        session, MarkedDay(day, kind, name), by=acting(actor, now=LATER, settings=settings), **given
    )


def promised(write: Write) -> date:
    return write(lambda s: s.scalars(select(Enquiry.promised_on)).one())  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("day", "kind", "due"),
    [
        (FRIDAY, DayKind.CLOSED, date(2026, 12, 1)),
        (FRIDAY, DayKind.HALF, date(2026, 12, 1)),
        (FRIDAY, DayKind.WORKING, MONDAY),
        (SATURDAY, DayKind.WORKING, SATURDAY),
        (SATURDAY, DayKind.HALF, MONDAY),
        (SATURDAY, DayKind.CLOSED, MONDAY),
    ],
)
def test_marking_a_day_moves_what_counted_it_and_taking_it_away_moves_it_back(
    write: Write, settings: Settings, day: date, kind: DayKind, due: date
) -> None:
    write(lambda s: make_enquiry(s, settings))
    would = write(lambda s: marked_days.would_move(s, day, Mark(kind, ""), actor=ACTOR, settings=settings))
    assert promised(write) == MONDAY
    moved = write(lambda s: mark(s, settings, day, kind))
    assert (
        [move.after for move in would.moves] == [move.after for move in moved.moves] == ([due] if due != MONDAY else [])
    )
    assert promised(write) == due
    write(lambda s: marked_days.unmark(s, day, version=1, by=acting(ACTOR, now=LATER, settings=settings)))
    assert promised(write) == MONDAY


def test_two_half_days_are_one_day(write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings))
    for day in (date(2026, 11, 25), date(2026, 11, 26)):
        write(lambda s, d=day: mark(s, settings, d, DayKind.HALF))
    assert promised(write) == date(2026, 12, 1)


def test_each_change_is_written_down_and_stays(write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings))
    write(lambda s: mark(s, settings, FRIDAY, DayKind.HALF))
    write(lambda s: mark(s, settings, FRIDAY, DayKind.CLOSED))
    write(lambda s: marked_days.unmark(s, FRIDAY, version=2, by=acting(ACTOR, now=LATER, settings=settings)))
    rows = write(lambda s: s.scalars(select(CalendarChange).order_by(CalendarChange.id)).all())
    kinds = [[side and side["kind"] for side in (row.before, row.after)] for row in rows]
    assert kinds == [[None, "half"], ["half", "closed"], ["closed", None]]
    assert [row.moved for row in rows] == [1, 0, 1]
    with pytest.raises(RuntimeError, match="append-only"):
        write(lambda s: setattr(s.get_one(CalendarChange, rows[0].id), "moved", 9))
    events = write(lambda s: s.scalars(select(Event).where(Event.kind == EventKind.PROMISE_MOVED)).all())
    assert [(event.facts.before, event.facts.after, event.facts.day) for event in events] == [
        (date(2026, 11, 30), date(2026, 12, 1), FRIDAY),
        (date(2026, 12, 1), date(2026, 11, 30), FRIDAY),
    ]


def test_marking_a_day_that_a_closure_holds_moves_nothing(write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings))
    write(
        lambda s: closures.declare(s, FRIDAY, FRIDAY, {"en": "Typhoon"}, by=acting(ACTOR, now=LATER, settings=settings))
    )
    mark_ = Mark(DayKind.WORKING, "")
    assert not write(lambda s: marked_days.would_move(s, FRIDAY, mark_, actor=ACTOR, settings=settings)).number
    assert not write(lambda s: mark(s, settings, FRIDAY, DayKind.WORKING)).moves


def test_a_closure_beats_what_was_marked(write: Write, settings: Settings) -> None:
    write(lambda s: mark(s, settings, SATURDAY, DayKind.WORKING))
    number = write(
        lambda s: closures.declare(
            s, SATURDAY, SATURDAY, {"en": "Typhoon"}, by=acting(ACTOR, now=LATER, settings=settings)
        )
    ).id
    assert write(lambda s: office_calendar.around(s, SATURDAY, settings=settings)).why(SATURDAY) == "Typhoon"
    assert not write(lambda s: marked_days.would_move(s, SATURDAY, None, actor=ACTOR, settings=settings)).number, (
        "the closure holds the day whatever is marked"
    )
    write(
        lambda s: closures.revoke(
            s, closures.locked(s, number), version=1, by=acting(ACTOR, now=LATER, settings=settings)
        )
    )
    assert write(lambda s: office_calendar.around(s, SATURDAY, settings=settings)).why(SATURDAY) is None


@pytest.mark.parametrize(
    ("language", "name", "christmas"),
    [
        (Language.EN, "Founders' Day", "Christmas Day"),
        (Language.ZH_HANT, "校慶日", "聖誕節"),
        (Language.ZH_HANS, "Founders' Day", "圣诞节"),
    ],
)
def test_calendar_speaks_its_readers_language_in_one_query(
    write: Write, settings: Settings, language: Language, name: str, christmas: str, count_queries: Any
) -> None:
    write(lambda s: mark(s, settings, FRIDAY, DayKind.CLOSED))
    write(lambda s: closures.declare(s, MONDAY, MONDAY, NAMES, by=acting(ACTOR, now=LATER, settings=settings)))
    with count_queries() as statements:
        days = write(lambda s: office_calendar.around(s, FRIDAY, settings=settings, language=language))
    assert len(statements) == 1
    assert (days.why(FRIDAY), days.why(MONDAY), days.why(date(2026, 12, 25))) == (name, name, christmas)
    assert days.why(SATURDAY) == WEEKEND


def test_calendar_reaches_across_the_years_that_a_promise_or_a_visit_may_touch(
    write: Write, settings: Settings
) -> None:
    days = write(lambda s: office_calendar.around(s, date(2026, 12, 31), settings=settings))
    assert all(days.why(date(year, 1, 1)) == "New Year's Day" for year in range(2022, 2031))


@pytest.mark.parametrize("role", [Role.LIAISON, Role.HOST, Role.OBSERVER])
def test_only_the_office_marks_days(write: Write, settings: Settings, role: Role) -> None:
    actor = staff_actor(role)
    for attempt in (
        lambda s: mark(s, settings, FRIDAY, DayKind.HALF, actor=actor),
        lambda s: marked_days.unmark(s, FRIDAY, version=0, by=acting(actor, now=LATER, settings=settings)),
        lambda s: marked_days.would_move(s, FRIDAY, None, actor=actor, settings=settings),
    ):
        with pytest.raises(NotAllowed):
            write(attempt)


def test_a_day_needs_an_english_name_and_an_unmarked_one_has_no_mark(write: Write, settings: Settings) -> None:
    with pytest.raises(Invalid):
        write(lambda s: mark(s, settings, FRIDAY, DayKind.HALF, name={"en": " ", "zh-hant": "校慶日"}))
    with pytest.raises(NotFound):
        write(lambda s: marked_days.unmark(s, FRIDAY, version=0, by=acting(ACTOR, now=LATER, settings=settings)))


def test_a_promise_that_slipped_past_a_change_is_put_right_once(write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings))
    write(lambda s: make_enquiry(s, settings, status=Status.ACCEPTED))
    assert not write(lambda s: marked_days.recalculate(s, now=LATER, settings=settings)).moves
    write(lambda s: s.execute(update(Enquiry).values(promised_on=date(2026, 12, 3))))
    assert len(write(lambda s: marked_days.recalculate(s, now=LATER, settings=settings)).moves) == 1
    assert not write(lambda s: marked_days.recalculate(s, now=LATER, settings=settings)).moves
    event = write(lambda s: s.scalars(select(Event).where(Event.kind == EventKind.PROMISE_MOVED)).one())
    assert (event.actor_kind, event.facts.after) == (ActorKind.SYSTEM, date(2026, 11, 30))
