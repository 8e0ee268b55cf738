"""Leave: entered by those who may, refused by field, and ended."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.conftest import RecordingBroker
from tests.factories import acting, make_person, staff_actor
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.routing import leave
from webapp.domain.routing.leave import Absence
from webapp.domain.security.permissions import staff
from webapp.models import Leave, Person
from webapp.vocabulary import Job, Role

Write = Callable[[Callable[[Session], Any]], Any]
TODAY = date(2026, 11, 23)
OFFICE = staff_actor(Role.COORDINATOR)


def days(first: int, last: int) -> dict[str, date]:
    return {"starts_on": TODAY + timedelta(first), "ends_on": TODAY + timedelta(last)}


def take(session: Session, person: Person, **more: Any) -> Leave:
    actor = more.pop("actor", OFFICE)
    return leave.take(session, Absence(person.id, **more), by=acting(actor))


def test_leave_is_entered_and_open_work_is_moved_soon(write: Write, broker: RecordingBroker) -> None:
    def enter(session: Session) -> tuple[date, str]:
        made = take(session, make_person(session), **days(1, 5))
        return made.ends_on, made.entered_by

    assert write(enter) == (TODAY + timedelta(5), OFFICE.name)
    assert [job for job, _ in broker.jobs] == [Job.ENQUIRIES_REROUTE]


@pytest.mark.parametrize(
    ("first", "last", "cover", "faults"),
    [
        (5, 4, None, {"ends_on": "before start"}),
        (-5, -1, None, {"ends_on": "past"}),
        (0, 400, None, {"ends_on": "long"}),
        (0, 3, "self", {"cover": "same"}),
        (0, 3, "gone", {"cover": "unknown"}),
        (3, 9, None, {"starts_on": "overlap"}),
        (0, 0, None, None),
        (8, 9, "other", None),
    ],
)
def test_leave_that_cannot_be_is_refused_by_field(
    write: Write, first: int, last: int, cover: str | None, faults: dict[str, str] | None
) -> None:
    def enter(session: Session) -> None:
        person, other, gone = (make_person(session) for _ in range(3))
        gone.active = False
        take(session, person, **days(4, 7))
        chosen = {"self": person, "gone": gone, "other": other}.get(cover or "")
        take(session, person, cover_id=chosen.id if chosen else None, **days(first, last))

    if faults is None:
        write(enter)
    else:
        with pytest.raises(Invalid) as refused:
            write(enter)
        assert refused.value.faults == faults


@pytest.mark.parametrize(
    ("role", "own", "may"),
    [
        (Role.ADMINISTRATOR, False, True),
        (Role.COORDINATOR, False, True),
        (Role.LIAISON, False, False),
        (Role.LIAISON, True, True),
        (Role.HOST, True, True),
        (Role.OBSERVER, False, False),
        (Role.OBSERVER, True, True),
    ],
)
def test_leave_of_others_is_for_the_office(write: Write, role: Role, own: bool, may: bool) -> None:
    def enter_and_end(session: Session) -> None:
        actor, other = make_person(session, role=role), make_person(session)
        person = actor if own else other
        made = take(session, person, actor=OFFICE, **days(2, 3))
        if not may:
            with pytest.raises(NotFound):
                take(session, person, actor=staff(actor), **days(5, 6))
            with pytest.raises(NotFound):
                leave.end(session, made.id, version=1, by=acting(staff(actor)))
            assert leave.present_and_coming(session, actor=staff(actor), today=TODAY) == []
        else:
            take(session, person, actor=staff(actor), **days(5, 6))
            leave.end(session, made.id, version=1, by=acting(staff(actor)))

    write(enter_and_end)


def test_leave_ends_yesterday_or_is_struck_out(write: Write) -> None:
    def end(session: Session) -> list[tuple[date, date]]:
        person = make_person(session)
        running, coming = take(session, person, **days(-3, 3)), take(session, person, **days(10, 12))
        for made in (running, coming):
            leave.end(session, made.id, version=1, by=acting(OFFICE))
        session.flush()
        left = [(row.starts_on, row.ends_on) for row in session.query(Leave)]
        with pytest.raises(NotFound):
            leave.end(session, running.id, version=2, by=acting(OFFICE))
        return left

    assert write(end) == [(TODAY - timedelta(3), TODAY - timedelta(1))]
