"""The owner of an entry: once a year they are asked whether it is right, in one email each, and not at night."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_network, make_person, staff_actor
from webapp.config import Settings
from webapp.domain.calendar import closures
from webapp.domain.calendar.working_days import public_calendar
from webapp.domain.directory import networks, review_reminders, reviews
from webapp.domain.directory.reviews import is_due, year_before
from webapp.domain.errors import Conflict, Invalid, NotAllowed
from webapp.domain.messages import outbox
from webapp.domain.security.permissions import Actor, staff
from webapp.models import Change, Message, Person
from webapp.vocabulary import ActorKind, AuditAction, Language, MessageKind, MessageState, Permission, Role

Write = Callable[[Callable[[Session], Any]], Any]
ADMIN = staff_actor(Role.ADMINISTRATOR)
SEEN = date(2026, 11, 23)
KIND = MessageKind.STAFF_NETWORKS_DUE


@pytest.mark.parametrize(
    ("today", "before"),
    [(date(2027, 3, 1), date(2026, 3, 1)), (date(2028, 2, 29), date(2027, 2, 28)),
     (date(2029, 2, 28), date(2028, 2, 28))],
)  # fmt: skip
def test_a_year_before_a_day(today: date, before: date) -> None:
    assert year_before(today) == before


@pytest.mark.parametrize(
    ("as_of", "verified_on", "today", "due"),
    [
        (SEEN, None, date(2027, 11, 22), False),
        (SEEN, None, date(2027, 11, 23), True),
        (SEEN, date(2027, 10, 1), date(2027, 11, 23), False),
        (SEEN, date(2027, 10, 1), date(2028, 10, 1), True),
        (date(2028, 2, 29), None, date(2029, 2, 28), False),
        (date(2028, 2, 29), None, date(2029, 3, 1), True),
    ],
)
@pytest.mark.parametrize("active", [True, False])
def test_entry_is_due_a_year_after_it_was_checked_or_its_source(
    write: Write, as_of: date, verified_on: date | None, today: date, due: bool, active: bool
) -> None:
    write(lambda s: make_network(s, slug="example", as_of=as_of, verified_on=verified_on, active=active))
    assert write(lambda s: is_due(networks.network(s, "example", hidden=True), today)) == (due and active)
    assert write(lambda s: [n.slug for n in reviews.due(s, today=today)]) == (["example"] if due and active else [])


def keeper(session: Session, **more: Any) -> Person:
    return make_person(session, **{"role": Role.COORDINATOR, "email": "keeper@example.org", **more})


@pytest.mark.parametrize("role", [None, *Role])
def test_who_keeps_an_entry_may_say_that_it_is_right_and_administrators_may_of_all(
    write: Write, role: Role | None
) -> None:
    def walk(session: Session) -> tuple[bool, bool]:
        person = make_person(session, role=role)
        own, other = make_network(session, owner=person), make_network(session)
        actor = staff(person)
        allowed = []
        for network in (own, other):
            try:
                reviews.verify(session, network, version=1, by=acting(actor))
            except NotAllowed:
                assert network.verified_on is None
            allowed.append(network.verified_on == SEEN)
            assert reviews.may_verify(actor, network) == allowed[-1]
        return allowed[0], allowed[1]

    expected = {
        Role.ADMINISTRATOR: (True, True), Role.COORDINATOR: (True, False), Role.LIAISON: (True, False),
        Role.HOST: (False, False), Role.OBSERVER: (False, False), None: (False, False),
    }  # fmt: skip
    assert write(walk) == expected[role]


def test_nobodys_entry_is_not_that_of_an_actor_without_a_row(write: Write) -> None:
    actor = Actor(ActorKind.STAFF, "Nobody", None, Role.COORDINATOR)
    assert not write(lambda s: reviews.may_verify(actor, make_network(s)))


def test_checking_is_kept_once_a_day_and_not_of_what_was_not_read(write: Write) -> None:
    write(lambda s: make_network(s, slug="example"))

    def verify(session: Session, version: int = 1) -> None:
        found = networks.locked(session, "example", actor=ADMIN)
        reviews.verify(session, found, version=version, by=acting(ADMIN))

    with pytest.raises(Conflict):
        write(lambda s: verify(s, 2))
    write(verify)
    write(verify)
    found = write(lambda s: s.scalars(select(Change)).one())
    assert (found.deed, found.fields) == (AuditAction.VERIFIED, {"verified_on": ["", "2026-11-23"]})
    assert write(lambda s: networks.network(s, "example").version) == 1


@pytest.mark.parametrize("given", [{"role": Role.HOST}, {"role": Role.OBSERVER}, {"role": None}, {}])
def test_entry_is_kept_only_by_who_can(write: Write, given: dict[str, Any]) -> None:
    def hand(session: Session) -> None:
        person = make_person(session, **given)
        person.active = bool(given)
        found = make_network(session, owner=None)
        reviews.set_owner(session, found, person.id, version=1, by=acting(ADMIN))

    with pytest.raises(Invalid):
        write(hand)


def test_who_keeps_an_entry_stays_on_record(write: Write) -> None:
    def hand(session: Session) -> None:
        first, second = make_person(session, name="First"), make_person(session, name="Second")
        found = make_network(session, owner=first)
        for owner in (second.id, second.id, None):
            reviews.set_owner(session, found, owner, version=found.version, by=acting(ADMIN))
            session.flush()
            session.refresh(found, ["owner"])

    write(hand)
    changes = write(lambda s: s.scalars(select(Change).order_by(Change.id)).all())
    assert [change.fields["owner"] for change in changes] == [["First", "Second"], ["Second", ""]]
    with pytest.raises(NotAllowed):
        write(lambda s: reviews.set_owner(s, make_network(s, owner=None), None, version=1, by=acting()))


def at(day: date, hour: int) -> datetime:
    """An hour of the institution's day: Hong Kong is eight hours ahead."""
    return datetime(day.year, day.month, day.day, hour, 5, tzinfo=UTC) - timedelta(hours=8)


def send(write: Write, settings: Settings, day: date, hour: int = 9) -> int:
    return int(write(lambda s: review_reminders.send(s, now=at(day, hour), settings=settings)))


def mails(write: Write) -> list[Message]:
    return list(write(lambda s: s.scalars(select(Message).where(Message.kind == KIND).order_by(Message.id)).all()))


def test_over_a_year_who_keeps_entries_hears_once_a_month_and_only_while_something_is_due(
    write: Write, settings: Settings
) -> None:
    def rows(session: Session) -> None:
        person = keeper(session)
        make_network(session, slug="first", owner=person)
        make_network(session, slug="second", owner=person, as_of=SEEN + timedelta(10))

    write(rows)
    told, day = [], date(2027, 11, 1)
    days = public_calendar("HK", 2026, 2029)
    for _ in range(366):
        if sum(send(write, settings, day, hour) for hour in (7, 8, 12, 18)):
            told.append(day)
        if day == date(2028, 3, 15):
            for slug in ("first", "second"):
                by = acting(ADMIN, now=NOW + (day - NOW.date()))
                write(
                    lambda s, slug=slug, by=by: reviews.verify(
                        s, networks.locked(s, slug, actor=ADMIN), version=1, by=by
                    )
                )
        day += timedelta(1)
    assert told == [date(2027, 11, 23), date(2027, 12, 23), date(2028, 1, 24), date(2028, 2, 23)]
    assert all(days.halves(each) for each in told)
    found = mails(write)
    assert [mail.recipient_email for mail in found] == ["keeper@example.org"] * 4
    assert found[0].text.count("last checked on") + found[0].text.count("not yet checked") == 1
    assert found[1].text.count("not yet checked") == 2


def test_each_hears_of_all_their_own_in_their_language_and_the_office_of_the_rest(
    write: Write, settings: Settings
) -> None:
    def rows(session: Session) -> None:
        chan = keeper(session, role=Role.LIAISON, language=Language.ZH_HANT, name="Chan")
        gone = make_person(session, email="gone@example.org")
        gone.active = False
        host = make_person(session, role=Role.HOST, email="host@example.org")
        for number in range(3):
            make_network(session, acronym=f"CHAN{number}", owner=chan)
        for owner, name in ((gone, "GONE"), (host, "HOST"), (None, "NONE")):
            make_network(session, acronym=name, owner=owner)
        make_network(session, acronym="HIDDEN", owner=chan, active=False)
        make_network(session, acronym="FRESH", owner=chan, verified_on=date(2027, 11, 1))

    write(rows)
    assert send(write, settings, date(2027, 11, 23)) == 2
    found = {mail.recipient_email: mail for mail in mails(write)}
    own, office = found["keeper@example.org"], found[settings.office_email]
    assert all(f"CHAN{number}" in own.text for number in range(3))
    assert not any(word in own.text for word in ("HIDDEN", "FRESH", "NONE"))
    assert all(name in office.text for name in ("GONE", "HOST", "NONE"))
    assert (own.language, office.language) == (Language.ZH_HANT, Language.EN)
    assert "2026年11月23日" in own.text
    assert "23 November 2026" in office.text
    assert f"{settings.public_url}/desk/networks?show=check" in own.text
    assert own.enquiry_id is None


def test_nothing_leaves_on_closed_days_or_at_night(write: Write, settings: Settings) -> None:
    write(lambda s: make_network(s, owner=keeper(s)))
    closed, before = date(2027, 11, 23), at(date(2027, 11, 22), 9)
    reason = {"en": "Typhoon"}
    write(lambda s: closures.declare(s, closed, closed, reason, by=acting(now=before, settings=settings)))
    for day, hour in ((closed, 9), (date(2027, 11, 27), 9), (date(2027, 12, 27), 9), (date(2027, 11, 24), 7),
                      (date(2027, 11, 24), 18)):  # fmt: skip
        assert send(write, settings, day, hour) == 0
    assert send(write, settings, date(2027, 11, 24), 17) == 1


def test_correcting_the_address_of_a_mail_does_not_make_it_leave_again(write: Write, settings: Settings) -> None:
    write(lambda s: make_network(s, owner=keeper(s)))
    send(write, settings, date(2027, 11, 23))

    def correct(session: Session) -> None:
        mail = session.scalars(select(Message)).one()
        mail.state, mail.next_attempt_at = MessageState.FAILED, None
        outbox.retry(session, mail, email="right@example.org", by=acting(ADMIN))

    write(correct)
    assert send(write, settings, date(2027, 11, 24)) == 0


def test_nudge_asks_the_database_as_often_for_many_entries(
    write: Write, settings: Settings, count_queries: Any
) -> None:
    def more(session: Session) -> None:
        person = keeper(session, email="")
        for _ in range(9):
            make_network(session, owner=person)

    counts = []
    for _ in range(2):
        write(more)
        assert send(write, settings, date(2027, 11, 23)) == 1
        with count_queries() as statements:
            assert send(write, settings, date(2027, 11, 23)) == 0
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 5


def test_keepers_are_those_whose_role_may_check(write: Write) -> None:
    def rows(session: Session) -> set[Role | None]:
        for role in (None, *Role):
            make_person(session, role=role)
        make_person(session, role=Role.LIAISON, name="Gone").active = False
        return {person.role for person in reviews.possible_owners(session) if person.name != "Gone"}

    assert write(rows) == {Role.ADMINISTRATOR, Role.COORDINATOR, Role.LIAISON}
    assert all(staff_actor(role).can(Permission.NETWORK_VERIFY) for role in reviews.OWNER_ROLES)


def test_own_entries_of_the_day_are_bounded(write: Write) -> None:
    def rows(session: Session) -> tuple[int, int]:
        person = keeper(session)
        for _ in range(7):
            make_network(session, owner=person)
        make_network(session)
        actor = staff(person)
        later = date(2027, 12, 1)
        own = reviews.mine(session, actor=actor, today=later, limit=5)
        return len(own), len(reviews.mine(session, actor=actor, today=SEEN, limit=5))

    assert write(rows) == (5, 0)
