"""Figures of a period: each counted by hand, as far as the reader sees enquiries, in two statements."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.domain.visits.test_visits import AT, plan
from tests.factories import NOW, acting, make_enquiry, make_network, make_person, staff_actor
from webapp.config import Settings
from webapp.domain.enquiries import actions
from webapp.domain.errors import Invalid, NotAllowed
from webapp.domain.reports import figures
from webapp.domain.security.permissions import staff
from webapp.domain.visits import aftermath, visits
from webapp.vocabulary import Action, Kind, ReportBy, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]
FIRST, LAST = date(2026, 11, 1), date(2026, 12, 31)


def world(session: Session, settings: Settings) -> dict[str, Any]:
    """A visit that takes place, one that is declined late, a question that waits, one of spam, one of before."""
    network = make_network(session, acronym="NETA")
    one = make_enquiry(session, settings, network=network, country="DE")
    by = acting(now=NOW + timedelta(days=2), settings=settings)
    actions.act(session, one, Action.REVIEW, by=acting(now=NOW + timedelta(days=1), settings=settings))
    actions.act(session, one, Action.ACCEPT, by=by)
    visits.confirm(session, one, plan(session, guests=8), by=by)
    actions.act(session, one, Action.COMPLETE, by=acting(now=AT, settings=settings))
    held = acting(now=AT, settings=settings)
    aftermath.note_outcome(session, one, "Two agreements.", held.today, agreements=2, by=held)
    two = make_enquiry(session, settings, country="NO")
    late = acting(now=NOW + timedelta(days=14), settings=settings)
    actions.act(session, two, Action.DECLINE, text="Because.", by=late)
    make_enquiry(session, settings, kind=Kind.QUESTION, country="NO")
    make_enquiry(session, settings, status=Status.SPAM)
    make_enquiry(session, settings, now=NOW - timedelta(days=90))
    return {"network": network}


def test_each_figure_is_what_it_says(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        world(session, settings)
        found = figures.report(session, FIRST, LAST, ReportBy.COUNTRY, by=acting(settings=settings))
        total = found.total
        assert (total.enquiries, total.visits, total.open) == (3, 2, 1)
        assert (total.accepted, total.declined, total.withdrawn) == (1, 1, 0)
        assert (total.confirmed, total.completed, total.guests) == (1, 1, 8)
        assert total.agreements == 2
        # Reviewed after one working day and in time; declined after ten, when five were promised.
        assert (total.answered, total.in_time, total.share_in_time) == (2, 1, 50)
        assert (total.to_answer, total.to_decision) == (5.5, 6)
        assert [(key, each.enquiries) for key, each in found.groups] == [("NO", 2), ("DE", 1)]
        assert dict(found.months) == {"2026-11": 3, "2026-12": 0}
        by_month = figures.report(session, FIRST, LAST, ReportBy.MONTH, by=acting(settings=settings))
        assert [(key, each.enquiries) for key, each in by_month.groups] == [("2026-11", 3)]
        assert dict(by_month.in_time) == {"2026-11": 50, "2026-12": None}

    write(run)


def test_what_is_overdue_is_not_in_time(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        world(session, settings)
        reviewed = make_enquiry(session, settings, kind=Kind.QUESTION, country="NO")
        actions.act(session, reviewed, Action.REVIEW, by=acting(now=NOW + timedelta(days=1), settings=settings))
        later = acting(now=NOW + timedelta(days=30), settings=settings)
        found = {
            day: figures.report(session, FIRST, LAST, ReportBy.COUNTRY, by=by).total
            for day, by in (("then", acting(settings=settings)), ("later", later))
        }
        assert [(each.answered, each.in_time, each.overdue) for each in found.values()] == [(3, 2, 0), (3, 1, 2)]
        # One was answered in time, one late, one not at all, and one was looked at and then left.
        assert [each.share_in_time for each in found.values()] == [67, 25]

    write(run)


@pytest.mark.parametrize(
    ("by_what", "expected"),
    [
        (ReportBy.KIND, {"visit": 2, "question": 1}),
        (ReportBy.OUTCOME, {"completed": 1, "declined": 1, "received": 1}),
        (ReportBy.LEVEL, {"b": 2, "": 1}),
    ],
)
def test_groups_are_by_what_was_asked(
    write: Write, settings: Settings, by_what: ReportBy, expected: dict[str, int]
) -> None:
    def run(session: Session) -> None:
        world(session, settings)
        found = figures.report(session, FIRST, LAST, by_what, by=acting(settings=settings))
        assert {key: each.enquiries for key, each in found.groups} == expected

    write(run)


def test_a_liaison_reads_the_figures_of_their_part_and_a_host_none(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        network = world(session, settings)["network"]
        liaison = make_person(session, role=Role.LIAISON)
        network.liaison_id = liaison.id
        session.flush()
        by = acting(staff(liaison), settings=settings)
        assert figures.report(session, FIRST, LAST, ReportBy.NETWORK, by=by).total.enquiries == 1
        with pytest.raises(NotAllowed):
            figures.report(session, FIRST, LAST, ReportBy.NETWORK, by=acting(staff_actor(Role.HOST), settings=settings))

    write(run)


def test_a_period_that_cannot_be_is_refused(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        for first, last, why in ((LAST, FIRST, "before"), (date(2020, 1, 1), LAST, "long")):
            with pytest.raises(Invalid) as error:
                figures.report(session, first, last, ReportBy.KIND, by=acting(settings=settings))
            assert error.value.faults == {"to": why}

    write(run)


def test_it_asks_as_often_however_much_there_is(write: Write, settings: Settings, count_queries: Any) -> None:
    def run(session: Session) -> None:
        counts = set()
        for _ in range(2):
            world(session, settings)
            session.expunge_all()
            with count_queries() as statements:
                figures.report(session, FIRST, LAST, ReportBy.KIND, by=acting(settings=settings))
            counts.add(len(statements))
        # The rows, and the calendar of each of the two years.
        assert len(counts) == 1
        assert counts.pop() <= 4

    write(run)
