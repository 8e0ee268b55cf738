"""Open work follows the people who answer, each move once in the history and once by email."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, make_network, make_person, staff_actor
from webapp.config import Settings
from webapp.domain.enquiries import actions, assignment, loading
from webapp.domain.errors import Conflict
from webapp.domain.security.permissions import staff, visible
from webapp.models import Enquiry, Event, Leave, Message, Person
from webapp.vocabulary import Action, EventKind, MessageKind, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]
TODAY = date(2026, 11, 23)
LATER = timedelta(days=1)


def away(session: Session, person: Person, cover: Person | None, first: int = 0, last: int = 4) -> None:
    session.add(
        Leave(person=person, cover=cover, starts_on=TODAY + timedelta(first), ends_on=TODAY + timedelta(last),
              entered_by="", entered_at=NOW)
    )  # fmt: skip
    session.flush()


def reroute(write: Write, settings: Settings, now: datetime) -> list[str]:
    """Do what the task does."""
    moved = write(lambda session: list(assignment.due(session, now=now, settings=settings)))
    for reference in moved:
        write(
            lambda session, reference=reference: assignment.move(
                session, reference, by=acting(now=now, settings=settings)
            )
        )
    return moved


def mails(session: Session, kind: MessageKind = MessageKind.LIAISON_HANDED_OVER) -> list[str]:
    query = select(Message.recipient_email).where(Message.kind == kind).order_by(Message.id)
    return list(session.scalars(query))


def moves(session: Session) -> list[tuple[str, str]]:
    query = select(Event).where(Event.kind == EventKind.HANDED_OVER).order_by(Event.id)
    return [(event.facts.before, event.facts.after) for event in session.scalars(query)]


def test_open_work_moves_to_the_cover_and_comes_back(write: Write, settings: Settings) -> None:
    def prepare(session: Session) -> None:
        liaison = make_person(session, name="Prof. A", email="a@example.org")
        cover = make_person(session, name="Dr B", email="b@example.org", role=Role.LIAISON)
        network = make_network(session, liaison=liaison)
        for status in (Status.RECEIVED, Status.AWAITING_PARTNER, Status.SCHEDULED, Status.COMPLETED, Status.SPAM):
            make_enquiry(session, settings, network=network, status=status)
        away(session, liaison, cover, first=1, last=3)

    write(prepare)
    assert reroute(write, settings, NOW) == []
    assert len(reroute(write, settings, NOW + LATER)) == 3
    assert reroute(write, settings, NOW + 2 * LATER) == []
    assert write(mails) == ["b@example.org"] * 3
    assert write(moves) == [("Prof. A", "Dr B")] * 3

    def seen_by_cover(session: Session) -> int:
        cover = session.scalars(select(Person).where(Person.email == "b@example.org")).one()
        return len(session.scalars(select(Enquiry).where(visible(staff(cover)))).all())

    assert write(seen_by_cover) == 3
    assert len(reroute(write, settings, NOW + 4 * LATER)) == 3
    assert write(mails) == ["b@example.org"] * 3 + ["a@example.org"] * 3
    assert write(moves)[3:] == [("Dr B", "Prof. A")] * 3
    assert write(seen_by_cover) == 0


def test_circle_of_covers_and_a_deputy_who_left_end_at_the_office_once(write: Write, settings: Settings) -> None:
    def prepare(session: Session) -> None:
        a, b, c, gone = (make_person(session, name=name) for name in ("A", "B", "C", "Gone"))
        gone.active = False
        network = make_network(session, liaison=a, deputy=gone)
        make_enquiry(session, settings, network=network)
        for person, cover in ((a, b), (b, c), (c, a)):
            away(session, person, cover)

    write(prepare)
    for hours in range(3):
        reroute(write, settings, NOW + timedelta(hours=hours))

    def outcome(session: Session) -> tuple[list[str], list[str], list[tuple[str, str]]]:
        return mails(session), mails(session, MessageKind.LIAISON_RECEIVED), moves(session)

    handed_over, received, moved = write(outcome)
    assert handed_over == [settings.office_email]
    assert len(received) == 1
    assert moved == [("A", "")]


def test_new_enquiry_in_such_a_circle_reaches_the_office_once(write: Write, settings: Settings) -> None:
    def prepare(session: Session) -> None:
        a, b = make_person(session), make_person(session)
        away(session, a, b)
        away(session, b, a)
        make_enquiry(session, settings, network=make_network(session, liaison=a))

    write(prepare)
    assert write(lambda session: mails(session, MessageKind.LIAISON_RECEIVED)) == [settings.office_email]
    assert reroute(write, settings, NOW) == []


@pytest.mark.parametrize(("own", "expected"), [(True, []), (False, ["b@example.org"])])
def test_whoever_is_given_an_enquiry_is_told_unless_they_took_it(
    write: Write, settings: Settings, own: bool, expected: list[str]
) -> None:
    def assign(session: Session) -> tuple[list[str], int, list[tuple[str, str]]]:
        person = make_person(session, name="Dr B", email="b@example.org")
        enquiry = make_enquiry(session, settings, network=make_network(session, liaison=make_person(session)))
        actor = staff(person) if own else staff_actor()
        assignment.assign(session, enquiry, person.id, version=1, by=acting(actor, settings=settings))
        return mails(session), enquiry.version, moves(session)

    assert write(assign) == (expected, 2, [])


def test_giving_it_to_somebody_who_is_away_says_where_it_went(write: Write, settings: Settings) -> None:
    def assign(session: Session) -> tuple[list[str], list[tuple[str, str]], list[Any]]:
        person, cover = make_person(session), make_person(session, name="Dr C", email="c@example.org")
        away(session, person, cover)
        enquiry = make_enquiry(session, settings)
        assignment.assign(session, enquiry, person.id, version=1, by=acting(settings=settings))
        session.flush()
        session.refresh(enquiry, ["events"])
        return mails(session), moves(session), [event.action for event in loading.changes_since(enquiry, 1)]

    assert write(assign) == (["c@example.org"], [("", "Dr C")], [Action.ASSIGN, None])


def test_asking_who_is_misplaced_costs_the_same_for_many(
    write: Write, settings: Settings, session: Session, count_queries: Callable[[], Any]
) -> None:
    def prepare(session: Session) -> None:
        a, b = make_person(session), make_person(session)
        network = make_network(session, liaison=a, deputy=b)
        for _ in range(12):
            make_enquiry(session, settings, network=network, assignee=b)
        away(session, a, b)

    write(prepare)
    with count_queries() as statements:
        assignment.due(session, now=NOW, settings=settings)
    assert len(statements) == 4


def test_stale_version_is_refused_after_a_move(write: Write, settings: Settings) -> None:
    def move(session: Session) -> None:
        a = make_person(session)
        enquiry = make_enquiry(session, settings, network=make_network(session, liaison=a))
        away(session, a, None)
        assignment.move(session, enquiry.reference, by=acting(settings=settings))
        by = acting(settings=settings)
        with pytest.raises(Conflict):
            actions.act(session, enquiry, Action.REVIEW, version=1, by=by)

    write(move)


def test_two_workers_that_move_one_enquiry_move_it_once(write: Write, settings: Settings) -> None:
    def prepare(session: Session) -> str:
        a = make_person(session)
        enquiry = make_enquiry(session, settings, network=make_network(session, liaison=a))
        away(session, a, None)
        return enquiry.reference

    reference = write(prepare)
    for _ in range(2):
        write(lambda session: assignment.move(session, reference, by=acting(settings=settings)))
    assert (write(mails), len(write(moves))) == ([settings.office_email], 1)
