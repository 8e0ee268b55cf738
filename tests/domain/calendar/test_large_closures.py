"""A closure over more clocks than one transaction should move: a job moves the rest, each once."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import RecordingBroker
from tests.factories import NOW, acting, make_enquiry, make_person, staff_actor
from webapp.config import Settings
from webapp.domain.calendar import clock, closures, marked_days
from webapp.domain.errors import NotAllowed
from webapp.domain.notifications import closure_notices
from webapp.models import CalendarChange, Closure, ClosureMove, Enquiry, Event
from webapp.vocabulary import DayKind, EventKind, Job

TODAY = date(2026, 11, 23)
SHUT = TODAY + timedelta(1)
REASON = {"en": "Typhoon signal No. 8"}
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture(autouse=True)
def _few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "AT_ONCE", 3)


@pytest.fixture
def promises(write: Write, settings: Settings) -> Callable[[], set[date]]:
    write(
        lambda session: [make_enquiry(session, settings, contact_email=f"p{n}@example.org") for n in range(8)] and None
    )
    return lambda: set(write(lambda session: session.scalars(select(Enquiry.promised_on)).all()))


def declare(write: Write, settings: Settings) -> int:
    by = acting(settings=settings)
    return int(write(lambda session: closures.declare(session, SHUT, SHUT, REASON, by=by).id))


def go_on(write: Write, settings: Settings, number: int) -> bool:
    return bool(write(lambda session: closures.go_on(session, number, now=NOW, settings=settings)))


def moves(write: Write, *, undoing: bool) -> list[int]:
    query = select(ClosureMove.enquiry_id).where(ClosureMove.undoing == undoing)
    return sorted(write(lambda session: session.scalars(query).all()))


def test_a_job_moves_what_the_request_did_not(
    write: Write, settings: Settings, promises: Callable[[], set[date]], broker: RecordingBroker
) -> None:
    [before] = promises()
    number = declare(write, settings)
    assert len(moves(write, undoing=False)) == 3
    assert broker.jobs[-1] == (Job.CLOSURES_MOVE, number)
    # A run that is killed here leaves what it did; the next one finds the closure again.
    assert go_on(write, settings, number)
    assert write(closures.moving) == [number]
    assert not go_on(write, settings, number)
    assert write(closures.moving) == []
    assert promises() == {before + timedelta(1)}
    assert moves(write, undoing=False) == list(range(1, 9))
    told = select(Event.actor_name).where(Event.kind == EventKind.PROMISE_MOVED)
    assert set(write(lambda session: session.scalars(told).all())) == {staff_actor().name}
    assert not go_on(write, settings, number)
    assert len(moves(write, undoing=False)) == 8


def test_undone_while_it_moves_every_promise_is_where_it_was(
    write: Write, settings: Settings, promises: Callable[[], set[date]]
) -> None:
    before = promises()
    number = declare(write, settings)
    go_on(write, settings, number)
    write(lambda s: closures.revoke(s, closures.locked(s, number), version=1, by=acting(settings=settings)))
    while go_on(write, settings, number):
        pass
    assert promises() == before
    assert moves(write, undoing=True) == moves(write, undoing=False) == [1, 2, 3, 4, 5, 6]


def test_the_hour_leaves_to_a_closure_what_it_moves(
    write: Write, settings: Settings, promises: Callable[[], set[date]]
) -> None:
    promises()
    number = declare(write, settings)
    assert not write(lambda session: marked_days.recalculate(session, now=NOW, settings=settings)).moves
    while go_on(write, settings, number):
        pass
    assert len(moves(write, undoing=False)) == 8


def test_no_notice_leaves_before_all_have_moved(
    write: Write, settings: Settings, promises: Callable[[], set[date]]
) -> None:
    promises()
    number = declare(write, settings)

    def send(session: Session) -> None:
        found = closures.closure(session, number, actor=staff_actor())
        words = dict.fromkeys(settings.languages, "The office is closed.")
        closure_notices.send(session, found, words, by=acting(settings=settings))

    with pytest.raises(NotAllowed):
        write(send)
    while go_on(write, settings, number):
        pass
    write(send)


def test_the_page_says_how_far_it_is(
    app: Flask, client: FlaskClient, write: Write, settings: Settings, sign_in: Any, promises: Callable[[], set[date]]
) -> None:
    promises()
    number = declare(write, settings)
    sign_in(client, write(make_person))
    page = client.get(f"/desk/calendar/closures/{number}").get_data(as_text=True)
    assert "3 of 8 have moved" in page
    assert "Send the notice" not in page
    while go_on(write, settings, number):
        pass
    page = client.get(f"/desk/calendar/closures/{number}").get_data(as_text=True)
    assert "have moved" not in page
    assert "Send the notice" in page
    assert not write(lambda session: session.get_one(Closure, number).moving)


def test_all_that_move_are_counted_and_few_are_shown(
    write: Write, settings: Settings, promises: Callable[[], set[date]]
) -> None:
    promises()
    given: dict[str, Any] = {"actor": staff_actor(), "settings": settings}
    assert write(lambda session: closures.number(session, SHUT, SHUT, **given)) == 8
    would = write(lambda session: closures.preview(session, SHUT, SHUT, most=2, **given))
    assert (would.number, len(would.moves)) == (8, 2)


def test_each_transaction_looks_at_few_clocks_and_none_twice(
    monkeypatch: pytest.MonkeyPatch, write: Write, settings: Settings, promises: Callable[[], set[date]]
) -> None:
    """What the next one looks at begins where the last one ended; undone meanwhile, at the first clock."""
    monkeypatch.setattr(clock, "LOOKED_AT", 4)
    before, looked = promises(), list[int]()
    real = clock._moving
    monkeypatch.setattr(clock, "_moving", lambda rows, *more: real(looked.append(len(rows)) or rows, *more))
    number, since = declare(write, settings), None
    given: dict[str, Any] = {"now": NOW, "settings": settings}
    for _ in range(3):
        since = write(lambda session, since=since: closures.go_on(session, number, since=since, **given))
    assert since is not None
    assert max(looked) <= 4
    write(lambda s: closures.revoke(s, closures.locked(s, number), version=1, by=acting(settings=settings)))
    while since is not None:
        since = write(lambda session, since=since: closures.go_on(session, number, since=since, **given))
    assert promises() == before
    assert write(closures.moving) == []
    assert max(looked) <= 4


@pytest.mark.parametrize("killed", [False, True])
def test_a_marked_day_moves_few_in_a_request_and_a_job_moves_the_rest(
    write: Write, settings: Settings, promises: Callable[[], set[date]], broker: RecordingBroker, *, killed: bool
) -> None:
    """A job that is killed leaves what it did, and begins anew; one that was lost is made up for by the hour."""
    [before] = promises()
    marking = marked_days.MarkedDay(SHUT, DayKind.CLOSED, {"en": "Founders' Day"})
    by = acting(settings=settings)
    done = write(lambda session: marked_days.mark(session, marking, version=0, by=by))
    change = write(lambda session: session.scalars(select(CalendarChange)).one())
    assert (len(done.moves), done.after is not None, change.moved) == (3, True, 8)
    assert broker.jobs[-1] == (Job.DAYS_MOVE, change.id)
    given: dict[str, Any] = {"now": NOW, "settings": settings}

    def dies(session: Session) -> None:
        marked_days.follow(session, change.id, **given)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(dies)
    after: Any = write(lambda session: marked_days.follow(session, change.id, **given))
    assert len(promises()) == 2
    if killed:
        after = clock.START
        later = lambda session: marked_days.recalculate(session, after=after, **given).after  # noqa: E731
    else:
        later = lambda session: marked_days.follow(session, change.id, after=after, **given)  # noqa: E731
    while after is not None:
        after = write(later)
    assert promises() == {before + timedelta(1)}
    moved = select(Event.enquiry_id).where(Event.kind == EventKind.PROMISE_MOVED).order_by(Event.enquiry_id)
    assert write(lambda session: session.scalars(moved).all()) == list(range(1, 9))


def test_a_day_of_the_past_whose_job_was_lost_is_put_right_by_the_hour(
    write: Write, settings: Settings, promises: Callable[[], set[date]]
) -> None:
    """Also of promises that have passed; two weeks later they stay as they are."""
    [before] = promises()
    marking = marked_days.MarkedDay(SHUT, DayKind.CLOSED, {"en": "Founders' Day"})
    later = NOW + timedelta(10)
    write(lambda s: marked_days.mark(s, marking, version=0, by=acting(now=later, settings=settings)))
    for days, expected in ((15, {before, before + timedelta(1)}), (1, {before + timedelta(1)})):
        after: Any = clock.START
        while after is not None:
            given: dict[str, Any] = {"now": later + timedelta(days), "settings": settings, "after": after}
            after = write(lambda session, given=given: marked_days.recalculate(session, **given).after)
        assert promises() == expected
