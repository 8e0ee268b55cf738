"""The only commit: all or nothing, jobs after it, writers in a queue, times in UTC."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from tests.conftest import RecordingBroker
from tests.factories import NOW, make_person
from webapp.db import UTCDateTime, db, enqueue_after_commit, one_by_one, transaction
from webapp.models import Alert, Person
from webapp.vocabulary import AlertKind, Job


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def people() -> int:
    return db.session().scalar(select(func.count()).select_from(Person)) or 0


def test_transaction_commits_at_its_end() -> None:
    with transaction() as session:
        make_person(session, role=None)
    db.session.remove()
    assert people() == 1


def fail_after_writing() -> None:
    with transaction() as session:
        make_person(session, role=None)
        enqueue_after_commit(session, Job.MAIL_DELIVER, 1)
        raise ZeroDivisionError


def test_transaction_that_fails_leaves_nothing_and_asks_for_nothing(broker: RecordingBroker) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    assert people() == 0
    with transaction():
        pass
    assert broker.jobs == []


def test_nudges_come_after_the_commit(app: Flask) -> None:
    seen: list[int] = []

    class Looking:
        def enqueue(self, jobs: Any) -> None:
            with db.engine.connect() as connection:
                seen.append(connection.scalar(text("SELECT count(*) FROM people")) or 0)

    app.extensions["broker"] = Looking()
    with transaction() as session:
        make_person(session, role=None)
        enqueue_after_commit(session, Job.MAIL_DELIVER, 1)
        session.flush()
        assert seen == []
    assert seen == [1]


def test_savepoints_nudge_nobody(broker: RecordingBroker) -> None:
    with transaction() as session:
        with session.begin_nested():
            enqueue_after_commit(session, Job.MAIL_DELIVER, 7)
        assert broker.jobs == []
    assert broker.jobs == [(Job.MAIL_DELIVER, 7)]


def test_transaction_refuses_what_was_changed_outside() -> None:
    with transaction() as session:
        person = make_person(session, role=None)
    person.name = "Changed"
    with pytest.raises(RuntimeError, match="outside"), transaction():
        pass


def test_transaction_reads_again_what_was_read_before(app: Flask) -> None:
    with transaction() as session:
        number = make_person(session, role=None, name="Before").id
    assert db.session().get_one(Person, number).name == "Before"

    def elsewhere() -> None:
        with app.app_context(), transaction() as session:
            session.get_one(Person, number).name = "After"

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join(60)
    with transaction() as session:
        assert session.get_one(Person, number).name == "After"


def test_writers_wait_for_each_other_and_lose_nothing(app: Flask) -> None:
    with transaction() as session:
        number = make_person(session, role=None, name="0").id
    start, faults = threading.Barrier(8), []

    def count_up() -> None:
        with app.app_context():
            start.wait(60)
            try:
                for _ in range(5):
                    with transaction() as session:
                        person = session.scalars(select(Person).where(Person.id == number).with_for_update()).one()
                        person.name = str(int(person.name) + 1)
            except Exception as fault:
                faults.append(fault)

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    with transaction() as session:
        assert session.get_one(Person, number).name == "40"


def test_readers_do_not_wait_for_a_writer(app: Flask) -> None:
    found: list[int] = []

    def read() -> None:
        with app.app_context():
            found.append(people())

    with transaction() as session:
        make_person(session, role=None)
        session.flush()
        thread = threading.Thread(target=read)
        thread.start()
        thread.join(60)
        assert found == [0]


def test_times_are_stored_in_utc_and_come_back_aware() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=8)))
    with transaction() as session:
        person = make_person(session, role=None)
        person.created_at = there
    db.session.remove()
    found = db.session().scalars(select(Person.created_at)).one()
    assert (found, found.tzinfo) == (NOW, UTC)


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_time_without_a_zone_is_refused(dialect: Any) -> None:
    with pytest.raises(ValueError, match="zone"):
        UTCDateTime().process_bind_param(datetime(2026, 11, 23), dialect)  # noqa: DTZ001 - that is the point


def test_sqlite_is_prepared_to_survive_a_power_cut() -> None:
    with db.engine.connect() as connection:
        found = [connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")]
    assert found == ["wal", 2, 1]


def test_statements_of_one_by_one_are_true_at_once() -> None:
    with one_by_one() as connection:
        connection.execute(insert(Alert).values(kind=AlertKind.LATE, failed=3))
        with transaction() as session:
            assert session.scalars(select(Alert.failed)).all() == [3]
            session.execute(update(Alert).values(failed=4))
        assert connection.execute(select(Alert.failed)).scalars().all() == [4]


def test_connection_that_was_used_last_is_taken_first() -> None:
    with db.engine.connect() as first, db.engine.connect() as second:
        used = [each.connection.dbapi_connection for each in (second, first)]
    assert used[0] is not used[1]
    for _ in range(3):
        with db.engine.connect() as again:
            assert again.connection.dbapi_connection is used[-1]
