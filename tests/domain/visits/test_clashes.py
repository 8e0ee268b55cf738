"""What clashes with a visit: each kind of thing by itself, hard or soft; what partners learn; its cost."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.domain.visits import at, make_many, make_room, make_visit, when
from tests.factories import NOW, acting, make_network, make_person
from webapp.config import Settings
from webapp.domain.calendar import closures, marked_days
from webapp.domain.calendar.marked_days import MarkedDay
from webapp.domain.routing import leave
from webapp.domain.routing.leave import Absence
from webapp.domain.visits import clashes, surroundings
from webapp.domain.visits.clashes import Clash
from webapp.domain.visits.hours import When
from webapp.models import BlockedPeriod, Trip, TripMember
from webapp.vocabulary import ClashKind, DayKind, DaySaid, Language, Level, VisitMode, VisitState

Write = Callable[[Callable[[Session], Any]], Any]
K = ClashKind
# A Tuesday like any other.
DAY = date(2027, 3, 9)
TENTATIVE = {"state": VisitState.TENTATIVE}


class World:
    """A room of twelve seats in one building, a host, and what is asked of them."""

    def __init__(self, session: Session, settings: Settings) -> None:
        self.session, self.settings = session, settings
        self.room = make_room(session, "Senate Room", seats=12)
        self.far = make_room(session, "Studio", building="Tower")
        self.host, self.other = make_person(session, name="Prof. Chan"), make_person(session, name="Dr Wong")

    def visit(self, hours: str = "", day: date = DAY, **more: Any) -> Any:
        times = at(day, hours) if hours else {"first_day": day, "last_day": day}
        return make_visit(self.session, self.settings, **(times | more))

    def ask(
        self, asked: When, *, country: str = "", settings: Settings | None = None, **more: Any
    ) -> tuple[Clash, ...]:
        given = {"room_id": self.room.id, "host_id": self.host.id, **more}
        room, host = given.pop("room_id"), given.pop("host_id")
        self.session.flush()
        return clashes.clashes(
            self.session, asked, room, host, country, now=NOW, settings=settings or self.settings, **given
        )


@pytest.fixture
def world(write: Write, settings: Settings) -> Callable[[Callable[[World], None]], None]:
    return lambda story: write(lambda session: story(World(session, settings)))


def said(found: tuple[Clash, ...]) -> dict[ClashKind, bool]:
    return {clash.kind: clash.hard for clash in found}


def test_other_visits_are_hard_where_confirmed_at_the_same_hour_in_the_same_room_or_with_the_same_host(
    world: Any,
) -> None:
    def story(w: World) -> None:
        own = w.visit("10:00-11:00", room_id=w.room.id, host_id=w.host.id)
        assert w.ask(when(DAY, "10:00-11:00"), besides=own.id) == (), "nothing is in its own way"
        full = {K.HALF_DAY_FULL: False}
        assert said(w.ask(when(DAY, "10:30-12:00"))) == {K.ROOM_TAKEN: True, K.HOST_TAKEN: True, **full}
        assert said(w.ask(when(DAY, "11:00-12:00"))) == {K.CONFIRMED_VISIT: False, **full}
        assert said(w.ask(when(DAY, "14:00-15:00"))) == {}
        assert said(w.ask(when(DAY))) == {K.ROOM_THAT_DAY: False, K.HOST_THAT_DAY: False}
        assert said(w.ask(when(DAY, "10:30-12:00"), room_id=w.far.id, host_id=w.other.id)) == {
            K.CONFIRMED_VISIT: False,
            **full,
        }
        own.state = VisitState.TENTATIVE
        assert said(w.ask(when(DAY, "10:30-12:00"))) == {K.ROOM_WANTED: False, K.HOST_WANTED: False}
        [first, _second] = w.ask(when(DAY, "10:30-12:00"))
        assert (first.what, first.reference[:3], first.first_day) == ("Example Institute", "LD-", DAY)
        assert said(w.ask(when(DAY, "10:30-12:00"), room_id=None, host_id=None)) == {K.TENTATIVE_VISIT: False}
        own.state = VisitState.CANCELLED
        assert w.ask(when(DAY, "10:30-12:00")) == ()

    world(story)


def test_office_receives_so_many_on_half_a_day_and_on_a_day(world: Any) -> None:
    def story(w: World) -> None:
        w.visit("10:00-11:00")
        more = w.settings.model_copy(update={"visits_half_day": 2})
        assert K.HALF_DAY_FULL not in said(w.ask(when(DAY, "09:00-09:30"), settings=more))
        assert K.HALF_DAY_FULL not in said(w.ask(when(DAY))), "one of the halves will do"
        assert K.HALF_DAY_FULL not in said(w.ask(when(DAY, "09:00-09:30"), online=True))
        w.visit("15:00-16:00", mode=VisitMode.ONLINE)
        assert K.HALF_DAY_FULL not in said(w.ask(when(DAY, "15:00-16:00"))), "a meeting online fills no room"
        w.visit("15:00-16:00", **TENTATIVE)
        assert K.HALF_DAY_FULL not in said(w.ask(when(DAY, "15:00-16:00"))), "what is tentative may go"
        w.visit("15:00-16:00")
        [full] = [clash for clash in w.ask(when(DAY)) if clash.kind is K.DAY_FULL]
        assert (full.what, full.hard) == ("2/2", False)

    world(story)


def test_calendars_blocked_periods_leave_and_trips(world: Any) -> None:
    def story(w: World) -> None:
        s, by = w.session, acting(settings=w.settings)
        marks = {date(2027, 3, 10): DayKind.CLOSED, date(2027, 3, 11): DayKind.HALF, date(2027, 3, 13): DayKind.WORKING}
        for day, kind in marks.items():
            marked_days.mark(s, MarkedDay(day, kind, {"en": f"Marked {kind}", "zh-hant": "校慶"}), version=0, by=by)
        closures.declare(s, date(2027, 3, 12), date(2027, 3, 12), {"en": "Typhoon"}, by=by)
        blocks = (("Congregation", 16, True), ("Examinations", 17, False))
        for name, day, hard in blocks:
            on = date(2027, 3, day)
            s.add(BlockedPeriod(name={"en": name}, first=on, last=on, hard=hard, created_at=NOW))
        leave.take(s, Absence(w.host.id, date(2027, 3, 18), date(2027, 3, 19)), by=by)
        # Someone else answers for one network then; the host is here all the same.
        one = make_network(s)
        leave.take(s, Absence(w.host.id, date(2027, 3, 24), date(2027, 3, 24), network_id=one.id), by=by)
        trip = Trip(
            title="Lisbon", leaves_on=date(2027, 3, 22), back_on=date(2027, 3, 23), others="the Provost", created_at=NOW
        )
        trip.members = [TripMember(person_id=w.host.id, position=1), TripMember(person_id=w.other.id, position=2)]
        s.add(trip)
        expected: dict[int, dict[ClashKind, bool]] = {
            9: {}, 10: {K.CLOSED: True}, 11: {K.HALF_DAY: False}, 12: {K.CLOSED: True}, 13: {}, 14: {K.WEEKEND: False},
            16: {K.BLOCKED: True}, 17: {K.BLOCKED: False}, 18: {K.HOST_AWAY: True}, 19: {K.HOST_AWAY: True},
            22: {K.HOST_TRAVELS: True, K.LEADERS_AWAY: False}, 24: {}, 26: {K.HOLIDAY: False},
        }  # fmt: skip
        for number, kinds in expected.items():
            assert said(w.ask(when(date(2027, 3, number)))) == kinds, number
        found = w.ask(When(date(2027, 3, 17), date(2027, 3, 19)))
        assert [(each.kind, each.first_day.day, each.last_day.day) for each in found] == [
            (K.HOST_AWAY, 18, 19), (K.BLOCKED, 17, 17)
        ]  # fmt: skip
        [away] = w.ask(when(date(2027, 3, 22)), host_id=w.other.id + 99)
        assert away.what == "Dr Wong, Prof. Chan, the Provost (Lisbon)"
        [closed] = w.ask(when(date(2027, 3, 10)), language=Language.ZH_HANT)
        assert closed.what == "校慶"
        w.host.active, w.room.active = False, False
        assert said(w.ask(when(DAY), guests=13)) == {K.ROOM_HIDDEN: True, K.ROOM_SMALL: True, K.HOST_GONE: True}

    world(story)


def test_several_days_are_met_in_their_middle_and_named_run_by_run(world: Any) -> None:
    def story(w: World) -> None:
        w.visit(first_day=DAY - timedelta(3), last_day=DAY + timedelta(1), **TENTATIVE)
        assert said(w.ask(when(DAY))) == {K.TENTATIVE_VISIT: False}
        found = w.ask(When(date(2027, 4, 9), date(2027, 4, 19)))
        assert [(each.kind, each.first_day.day, each.last_day.day) for each in found] == [
            (K.WEEKEND, 10, 11), (K.WEEKEND, 17, 18)
        ]  # fmt: skip

    world(story)


def test_their_holidays_notice_and_what_has_passed(world: Any) -> None:
    def story(w: World) -> None:
        unity = date(2027, 10, 5)
        assert said(w.ask(when(unity), country="PT")) == {K.THEIR_HOLIDAY: False}
        assert w.ask(when(unity), country="XK") == w.ask(when(unity), country="") == ()
        today = NOW.astimezone(w.settings.zone).date()
        assert said(w.ask(when(today - timedelta(4)))) == {K.PAST: True}
        assert K.PAST not in said(w.ask(when(today)))
        soon = today + timedelta(14)
        [short] = w.ask(when(soon))
        assert (short.kind, short.hard, short.what) == (K.SHORT_NOTICE, False, "10/20")
        assert said(w.ask(when(soon), online=True)) == {}
        later = date(2027, 1, 5)
        assert said(w.ask(when(later))) == {}
        assert said(w.ask(when(later), level=Level.A)) == {K.SHORT_NOTICE: False}

    world(story)


def test_host_walks_between_buildings_longer_with_a_group(world: Any) -> None:
    def story(w: World) -> None:
        w.visit("10:00-11:00", room_id=w.far.id, host_id=w.host.id)
        w.visit("10:00-11:00", day=DAY + timedelta(1), room_id=w.room.id, host_id=w.host.id)

        def walk(hours: str, day: date = DAY, guests: int = 10) -> int | None:
            found = [clash for clash in w.ask(when(day, hours), guests=guests) if clash.kind is K.WALK]
            return found[0].minutes if found else None

        assert walk("11:05-12:00") == 10
        assert walk("11:10-12:00") is None
        assert walk("11:10-12:00", guests=11) == 15
        assert walk("09:00-09:55") == 10
        assert walk("11:05-12:00", DAY + timedelta(1)) is None, "the same building"

    world(story)


def test_next_free_days_are_as_many_at_the_same_hours(world: Any) -> None:
    def story(w: World) -> None:
        session, given = w.session, {"now": NOW, "settings": w.settings}
        w.visit("10:00-11:00", room_id=w.room.id)
        w.visit("09:00-10:30", day=DAY + timedelta(1), room_id=w.room.id, **TENTATIVE)
        asked = when(DAY, "10:00-11:00")
        found = clashes.next_free(session, asked, w.room.id, None, "", **given)
        assert found is not None
        assert (found.when, found.clashes) == (when(DAY + timedelta(2), "10:00-11:00"), ())
        s = BlockedPeriod(name={"en": "Term"}, first=DAY, last=DAY + timedelta(200), hard=False, created_at=NOW)
        session.add(s)
        session.flush()
        found = clashes.next_free(session, asked, w.room.id, None, "", **given)
        assert found is not None
        assert (found.when.first_day, said(found.clashes)[K.BLOCKED]) == (DAY + timedelta(1), False)
        s.hard = True
        session.flush()
        assert clashes.next_free(session, asked, w.room.id, None, "", **given) is None
        passed = clashes.next_free(session, when(date(2026, 9, 1)), None, None, "", **given)
        assert passed is not None
        assert passed.when.first_day >= date(2026, 12, 21)

    world(story)


def test_partner_is_told_busy_or_short_notice_and_nothing_else() -> None:
    for kind in ClashKind:
        for hard in (True, False):
            told = clashes.for_partner([Clash(kind, hard, DAY, DAY, "Example College", "LD-1")])
            assert told in (None, DaySaid.BUSY, DaySaid.SHORT_NOTICE)
            assert hard is False or kind in clashes._UNSAID or told is DaySaid.BUSY
    short, holiday, room = (Clash(kind, False, DAY, DAY) for kind in (K.SHORT_NOTICE, K.HOLIDAY, K.DAY_FULL))
    assert clashes.for_partner([short, holiday]) is DaySaid.SHORT_NOTICE
    assert clashes.for_partner([short, room]) is DaySaid.BUSY
    assert clashes.for_partner([holiday]) is None


def test_any_number_of_days_costs_the_same_statements(
    write: Write, settings: Settings, count_queries: Callable[[], Any]
) -> None:
    """5,000 visits in three years, 60 hosts, 30 rooms."""
    chance = random.Random(7)

    def fill(session: Session) -> tuple[int, int]:
        rooms = [make_room(session, f"Room {n}", building=f"Block {n % 5}").id for n in range(30)]
        hosts = [make_person(session, role=None).id for _ in range(60)]
        rows = []
        for number in range(5000):
            day, hour = date(2026, 3, 1) + timedelta(number * 1100 // 5000), chance.randrange(9, 17)
            state = VisitState.CONFIRMED if number % 3 else VisitState.TENTATIVE
            times = at(day, f"{hour:02}:00-{hour + 1:02}:30") | {"last_day": day + timedelta(number % 2)}
            rows.append({"room_id": chance.choice(rooms), "host_id": chance.choice(hosts), "state": state, **times})
        make_many(session, settings, rows)
        return rooms[0], hosts[0]

    room, host = write(fill)

    def plan(session: Session) -> str:
        """Return how the database finds the visits of a day."""
        session.execute(text("ANALYZE"))
        query = surroundings._visits([(DAY, DAY)], None, None).compile(
            session.get_bind(), compile_kwargs={"literal_binds": True}
        )
        sqlite = session.get_bind().dialect.name == "sqlite"
        return str(session.execute(text(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{query}")).all())

    def ask(days: list[When]) -> int:
        def run(session: Session) -> list[tuple[Clash, ...]]:
            return clashes.clashes_for(session, days, room, host, "DE", guests=12, now=NOW, settings=settings)

        with count_queries() as statements:
            found = write(run)
        assert len(found) == len(days)
        assert any(found)
        return len(statements)

    one = [when(DAY, "10:00-11:00")]
    many = [when(date(2027, 1, 4) + timedelta(n), "10:00-11:00") for n in range(93)]
    assert ask(one) == ask(many) == 7
    assert "ix_visits_standing" in write(plan)
