"""Private calendars: they hold what their owner may see today, end when told, and programs take them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from sqlalchemy.orm import Session

from tests.domain.visits.test_visits import AT, accepted, confirmed, plan
from tests.factories import NOW, acting, make_network, make_person
from webapp.config import Settings
from webapp.domain.enquiries import actions
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.security.permissions import staff
from webapp.domain.security.tokens import link_token
from webapp.domain.visits import calendar, feeds, visits
from webapp.mail.invitation import Method, written
from webapp.models import CalendarFeed, Person, Trip, TripMember
from webapp.vocabulary import Action, FeedScope, Language, Role

Write = Callable[[Callable[[Session], Any]], Any]


def made(
    session: Session, settings: Settings, person: Person, scope: FeedScope, **more: Any
) -> tuple[CalendarFeed, str]:
    feed = feeds.add(session, scope, more.get("network_id"), by=acting(staff(person), settings=settings))
    return feed, link_token(feed, secret_keys=settings.secret_keys)


def texts(session: Session, settings: Settings, token: str) -> list[str]:
    feed = feeds.opened(session, token)
    entries = feeds.entries(session, feed, language=Language.EN, now=NOW, settings=settings)
    found = icalendar.Calendar.from_ical(written(entries, Method.PUBLISH, name="Visits"))
    return [f"{event['description']} {event['status']}".replace("\n", " ") for event in found.walk("VEVENT")]


def test_each_calendar_holds_its_visits_and_says_what_is_off(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        host = make_person(session, role=Role.HOST, name="Prof. Chan")
        office = make_person(session)
        network = make_network(session)
        one = confirmed(session, settings, host_id=host.id)
        two = accepted(session, settings, network=network)
        next_day = {"starts_at": AT + timedelta(days=1), "ends_at": AT + timedelta(days=1, hours=1)}
        visits.confirm(session, two, plan(session, **next_day), by=acting(settings=settings))
        mine, own = made(session, settings, host, FeedScope.OWN)
        _, all_of_them = made(session, settings, office, FeedScope.OFFICE)
        _, of_network = made(session, settings, office, FeedScope.NETWORK, network_id=network.id)
        assert texts(session, settings, own) == [f"{one.reference} Prof. Chan CONFIRMED"]
        assert [text.split()[0] for text in texts(session, settings, all_of_them)] == [one.reference, two.reference]
        assert [text.split()[0] for text in texts(session, settings, of_network)] == [two.reference]
        actions.act(session, one, Action.DECLINE, text="Because.", by=acting(settings=settings))
        assert texts(session, settings, own) == [f"{one.reference} Prof. Chan CANCELLED"]
        feeds.end(session, mine.id, by=acting(staff(host), settings=settings))
        with pytest.raises(NotFound):
            feeds.opened(session, own)

    write(run)


@pytest.mark.parametrize("change", ["role", "active"])
def test_who_may_not_see_visits_any_more_has_no_calendar_of_them(write: Write, settings: Settings, change: str) -> None:
    def run(session: Session) -> None:
        person = make_person(session)
        _, token = made(session, settings, person, FeedScope.OFFICE)
        feeds.opened(session, token)
        if change == "role":
            person.role = Role.HOST
        else:
            person.active = False
        session.flush()
        with pytest.raises(NotFound):
            feeds.opened(session, token)

    write(run)


def test_no_one_makes_a_calendar_of_what_is_not_theirs_nor_ends_anothers(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        host, other = make_person(session, role=Role.HOST), make_person(session)
        by = acting(staff(host), settings=settings)
        network = make_network(session).id
        for scope, number in ((FeedScope.OFFICE, None), (FeedScope.NETWORK, network), (FeedScope.OWN, network)):
            with pytest.raises(Invalid):
                feeds.add(session, scope, number, by=by)
        theirs, _ = made(session, settings, other, FeedScope.OFFICE)
        with pytest.raises(NotFound):
            feeds.end(session, theirs.id, by=by)
        for _ in range(feeds.MOST):
            feeds.add(session, FeedScope.OWN, None, by=by)
        with pytest.raises(Invalid):
            feeds.add(session, FeedScope.OWN, None, by=by)

    write(run)


def test_a_stretch_of_days_asks_as_often_however_much_it_holds(
    write: Write, settings: Settings, count_queries: Any
) -> None:
    def run(session: Session) -> None:
        traveller = make_person(session, role=None, name="Prof. Away")
        trip = Trip(title="Nordic tour", leaves_on=AT.date(), back_on=AT.date() + timedelta(1), created_at=NOW,
                    members=[TripMember(person_id=traveller.id, position=1)])  # fmt: skip
        session.add(trip)
        for day in range(3):
            at = datetime(2027, 3, 9 + day, 2, tzinfo=UTC)
            confirmed(session, settings, starts_at=at, ends_at=at + timedelta(hours=1))
            session.expunge_all()
            with count_queries() as statements:
                found = calendar.between(session, AT.date(), AT.date() + timedelta(9), actor=acting().actor)
                assert [visit.enquiry.organisation for visit in found.visits] == ["Example Institute of Technology"] * (
                    day + 1
                )
                assert all(visit.host and visit.room for visit in found.visits)
            assert len(statements) == 4
            assert [len(found.trips_on(at.date() + timedelta(later))) for later in (-day, 2 - day)] == [1, 0]
            assert [member.person.name for member in found.trips[0].members] == ["Prof. Away"]
            assert len(found.on(at.date())) == 1

    write(run)


def test_what_changed_has_a_higher_number_and_a_later_time_so_that_programs_take_it(
    write: Write, settings: Settings
) -> None:
    def run(session: Session) -> None:
        host = make_person(session, role=Role.HOST, name="Prof. Chan")
        enquiry = confirmed(session, settings, host_id=host.id)
        feed, _ = made(session, settings, host, FeedScope.OWN)

        def entry() -> Any:
            found = feeds.entries(session, feed, language=Language.EN, now=NOW, settings=settings)
            [event] = icalendar.Calendar.from_ical(written(found, Method.PUBLISH, name="Visits")).walk("VEVENT")
            return event

        before = entry()
        later = acting(settings=settings, now=NOW + timedelta(hours=1))
        moved = plan(session, host_id=host.id, starts_at=AT + timedelta(hours=1), ends_at=AT + timedelta(hours=3))
        visits.move(session, enquiry, moved, by=later)
        after = entry()
        assert after["uid"] == before["uid"]
        assert after["sequence"] > before["sequence"]
        assert after["last-modified"].dt - before["last-modified"].dt == timedelta(hours=1)

    write(run)
