"""Limits: counted before the work, by all at once as by one after the other, and forgotten with time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import NOW
from webapp.db import db, transaction
from webapp.domain.errors import TooMany
from webapp.domain.limits import buckets
from webapp.domain.limits.buckets import Limit, per
from webapp.models import Bucket

Write = Callable[[Callable[[Session], Any]], Any]
HOUR = timedelta(hours=1)
TEN_AN_HOUR = per(HOUR, "tests", 10)
GROWING = Limit("growing", 2, HOUR, timedelta(minutes=4))


def took(write: Write, *limits: Limit, at: Any = NOW, whom: str = "ada", amount: float = 1) -> bool:
    """Take once of each limit; return whether it was let through."""
    try:
        write(lambda s: buckets.take(s, [limit.of(whom) for limit in limits], now=at, amount=amount))
    except TooMany:
        return False
    return True


def test_many_at_once_are_counted_as_one_after_the_other(app: Flask) -> None:
    def one(_: int) -> bool:
        with app.app_context():
            try:
                with transaction() as session:
                    buckets.take(session, [TEN_AN_HOUR.of("ada"), per(HOUR, "other", 40).of("all")], now=NOW)
            except TooMany:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(one, range(64))) == 10


def test_what_was_rolled_back_was_not_counted(app: Flask, write: Write) -> None:
    def fail() -> None:
        with app.app_context(), transaction() as session:
            buckets.take(session, [TEN_AN_HOUR.of("ada")], now=NOW, amount=10)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert took(write, TEN_AN_HOUR, amount=10)


def test_one_more_goes_through_after_each_part_of_the_time(write: Write) -> None:
    assert took(write, TEN_AN_HOUR, amount=10)
    with pytest.raises(TooMany) as refused:
        write(lambda s: buckets.take(s, [TEN_AN_HOUR.of("ada")], now=NOW))
    assert refused.value.retry_at == NOW + HOUR / 10
    assert took(write, TEN_AN_HOUR, at=refused.value.retry_at)
    assert not took(write, TEN_AN_HOUR, at=refused.value.retry_at)
    assert took(write, TEN_AN_HOUR, whom="bea", amount=10)
    assert took(write, TEN_AN_HOUR, at=NOW + 3 * HOUR, amount=10)


def test_nothing_is_counted_where_one_of_several_limits_is_used_up(write: Write) -> None:
    wide = per(HOUR, "wide", 12)
    assert took(write, TEN_AN_HOUR, wide, amount=10)
    assert not took(write, TEN_AN_HOUR, wide, whom="ada", amount=1)
    assert took(write, wide, amount=2)


def test_delay_doubles_up_to_the_longest_and_leaks_away(write: Write) -> None:
    assert took(write, GROWING)
    at = NOW
    waits = []
    for _ in range(6):
        assert took(write, GROWING, at=at)
        with pytest.raises(TooMany) as refused:
            write(lambda s, at=at: buckets.take(s, [GROWING.of("ada")], now=at))
        waits.append(round((refused.value.retry_at - at).total_seconds()))
        at = refused.value.retry_at
    assert waits == [30, 60, 120, 240, 240, 240]
    assert took(write, GROWING, at=at + 12 * HOUR)
    assert took(write, GROWING, at=at + 12 * HOUR)


def test_give_back_ends_the_wait_that_it_began(write: Write) -> None:
    assert took(write, GROWING)
    assert took(write, GROWING)
    assert not took(write, GROWING)
    write(lambda s: buckets.give_back(s, [GROWING.of("ada")], now=NOW))
    assert took(write, GROWING)


def test_a_clock_that_goes_back_lets_nothing_leak(write: Write) -> None:
    assert took(write, TEN_AN_HOUR, amount=10)
    assert not took(write, TEN_AN_HOUR, at=NOW - HOUR)


def test_purge_forgets_what_no_longer_counts_and_rows_say_no_name(write: Write) -> None:
    took(write, TEN_AN_HOUR, whom="ada@example.org")
    assert "ada" not in write(lambda s: s.scalars(select(Bucket.key)).one())
    write(lambda s: buckets.purge(s, now=NOW + HOUR))
    assert write(lambda s: s.scalar(select(func.count(Bucket.id)))) == 1
    write(lambda s: buckets.purge(s, now=NOW + timedelta(days=3)))
    assert write(lambda s: s.scalar(select(func.count(Bucket.id)))) == 0
