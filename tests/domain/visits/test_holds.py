"""What confirmed visits hold: of many who want one room or one host at one time, one has it, the others hear of it."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.domain.visits import ZONE, at, make_many, make_room, make_visit, when
from tests.factories import make_person
from webapp.config import Settings
from webapp.db import transaction
from webapp.domain.enquiries import visiting
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.visits import holds, hours
from webapp.domain.visits.holds import Taken
from webapp.domain.visits.hours import When
from webapp.models import Hold, Visit
from webapp.vocabulary import Holder

Write = Callable[[Callable[[Session], Any]], Any]
DAY = date(2027, 3, 9)
ASKED, SLOTS = 200, 20


def held(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Hold)) or 0


def test_of_many_at_once_each_slot_has_one_and_the_others_are_told(
    app: Flask, write: Write, settings: Settings
) -> None:
    """Two rooms for ten hours; hosts are shared by visits of other rooms, so that both keys are fought for."""

    def fill(session: Session) -> list[int]:
        rooms = [make_room(session, f"Room {n}").id for n in range(2)]
        hosts = [make_person(session).id for _ in range(SLOTS)]
        hours_ = [at(DAY, f"{8 + slot // 2:02}:00-{8 + slot // 2:02}:55") for slot in range(SLOTS)]
        slots = [{"room_id": rooms[slot % 2], "host_id": hosts[slot], **hours_[slot]} for slot in range(SLOTS)]
        make_many(session, settings, [slots[number % SLOTS] for number in range(ASKED)])
        return list(session.scalars(select(Visit.id)))

    visits = write(fill)
    random.Random(4).shuffle(visits)

    def confirm(visit_id: int) -> str:
        try:
            with app.app_context(), transaction() as session:
                holds.hold(session, session.get_one(Visit, visit_id, with_for_update=True))
        except Taken as error:
            return "told" if error.reference else "not told who"
        except Exception as error:
            return repr(error)
        return "confirmed"

    with ThreadPoolExecutor(50) as pool:
        outcomes = Counter(pool.map(confirm, visits))
    assert outcomes == {"confirmed": SLOTS, "told": ASKED - SLOTS}
    assert write(held) == SLOTS * 2 * 11


def test_hold_takes_the_place_of_the_last_and_frees_what_is_left(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        room, other, host = make_room(session).id, make_room(session).id, make_person(session).id
        first = make_visit(session, settings, room_id=room, host_id=host, **at(DAY, "10:00-11:00"))
        second = make_visit(session, settings, organisation="Example College", room_id=room, **at(DAY, "11:00-12:00"))
        holds.hold(session, first)
        holds.hold(session, second)  # begins as the other ends
        holds.hold(session, first)
        assert held(session) == 12 * 3
        first.ends_at = first.ends_at + timedelta(minutes=3)
        with pytest.raises(Conflict) as taken:
            holds.hold(session, first)
        assert isinstance(taken.value, Taken)
        assert (taken.value.holder, taken.value.organisation) == (Holder.ROOM, "Example College")
        assert held(session) == 12 * 3, "a refusal changes nothing"
        first.room_id = other
        holds.hold(session, first)
        assert held(session) == 12 + 2 * 13
        visiting.free(session, first)
        second.host_id = host
        holds.hold(session, second)
        assert held(session) == 24
        third = make_visit(session, settings, room_id=other, host_id=host, **at(DAY, "11:30-13:00"))
        with pytest.raises(Taken) as taken_host:
            holds.hold(session, third)
        assert taken_host.value.holder is Holder.PERSON

    write(run)


def test_two_who_exchange_rooms_at_once_are_told_and_wait_for_no_one(
    app: Flask, write: Write, settings: Settings
) -> None:
    def fill(session: Session) -> tuple[list[int], list[int]]:
        rooms = [make_room(session).id, make_room(session).id]
        visits = [make_visit(session, settings, room_id=room, **at(DAY, "10:00-11:00")) for room in rooms]
        for visit in visits:
            holds.hold(session, visit)
        return rooms, [visit.id for visit in visits]

    rooms, visits = write(fill)

    def move(pair: tuple[int, int]) -> str:
        try:
            with app.app_context(), transaction() as session:
                visit = session.get_one(Visit, pair[0], with_for_update=True)
                visit.room_id = pair[1]
                holds.hold(session, visit)
        except Taken:
            return "told"
        return "moved"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(move, zip(visits, reversed(rooms), strict=True)))
    assert outcomes == ["told", "told"]
    assert write(held) == 24


def test_time_that_is_none_or_endless_holds_nothing(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        room = make_room(session).id
        for field, times in {
            "starts_at": {"first_day": DAY, "last_day": DAY},
            "ends_at": {**at(DAY, "10:00-11:00"), "ends_at": datetime(2027, 3, 9, 9, tzinfo=ZONE)},
        }.items():
            with pytest.raises(Invalid) as refused:
                holds.hold(session, make_visit(session, settings, room_id=room, **times))
            assert list(refused.value.faults) == [field]
        long = {**at(DAY, "10:00-11:00"), "ends_at": datetime(2027, 4, 20, 9, tzinfo=ZONE)}
        with pytest.raises(Invalid):
            holds.hold(session, make_visit(session, settings, room_id=room, **long))
        assert held(session) == 0

    write(run)


def test_visit_of_several_days_holds_its_hours_of_each_day() -> None:
    def of(start: str, end: str) -> list[str]:
        given = When(DAY, DAY, *(datetime.fromisoformat(f"2027-03-{each}+08:00") for each in (start, end)))
        return [f"{first:%d %H:%M}-{last:%d %H:%M}" for first, last in hours.spans(given, ZONE)]

    assert of("09T10:00", "11T16:00") == ["09 10:00-09 16:00", "10 10:00-10 16:00", "11 10:00-11 16:00"]
    assert of("09T14:00", "11T11:00") == ["09 14:00-09 18:00", "10 08:00-10 18:00", "11 08:00-11 11:00"]
    assert of("09T22:00", "10T01:00") == ["09 22:00-10 00:00", "10 00:00-10 01:00"]
    assert hours.spans(when(DAY), ZONE) == []
    odd = [datetime.fromisoformat(f"2027-03-09T10:0{minute}+08:00") for minute in (2, 6)]
    assert len(hours.steps(When(DAY, DAY, *odd), ZONE)) == 2
    # The clock is put an hour forward in between; the hours on it stay.
    spring = (datetime.fromisoformat(each) for each in ("2027-03-27T09:00+00:00", "2027-03-29T10:00+01:00"))
    days = hours.spans(When(date(2027, 3, 27), date(2027, 3, 29), *spring), ZoneInfo("Europe/London"))
    assert [(first.hour, last.hour) for first, last in days] == [(9, 10)] * 3
    assert {int((last - first).total_seconds()) for first, last in days} == {3600}
