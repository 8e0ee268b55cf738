"""Reminders: who must hear of what on which day, one digest a working day, and nothing twice."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, make_network, make_person, staff_actor
from webapp.config import Settings
from webapp.domain.calendar import closures
from webapp.domain.calendar.working_days import Mark, public_calendar
from webapp.domain.enquiries import assignment, loading
from webapp.domain.notifications import reminders
from webapp.domain.notifications.reminders import Owed, escalates, occasion
from webapp.domain.routing.answerer import Answerer
from webapp.mail.messages import LONGEST_LIST
from webapp.models import Enquiry, Leave, Message, MessageLine, Network, Person, Reminder
from webapp.vocabulary import DayKind, Language, MessageKind, Occasion, Status

Write = Callable[[Callable[[Session], Any]], Any]
HALF = Mark(DayKind.HALF, "Half")
DAYS = public_calendar("HK", 2025, 2029)
CHAN = Answerer("Prof. Chan", "chan@example.org", Language.EN)
CHIEF = Answerer("The Chief", "chief@example.org", Language.EN)
KINDS = (MessageKind.LIAISON_DIGEST, MessageKind.LIAISON_URGENT)
SOON, TODAY, OVERDUE, ESCALATED = Occasion


@pytest.mark.parametrize(
    ("today", "why", "others"),
    [
        (date(2026, 11, 26), None, False),
        (date(2026, 11, 27), SOON, False),  # a Friday, before a Monday
        (date(2026, 11, 28), SOON, False),
        (date(2026, 11, 30), TODAY, False),
        (date(2026, 12, 1), OVERDUE, False),
        (date(2026, 12, 2), OVERDUE, True),  # overdue for the whole of Tuesday
        (date(2026, 12, 31), OVERDUE, True),
    ],
)
def test_occasion_of_a_promise_for_monday(today: date, why: Occasion | None, others: bool) -> None:
    assert occasion(date(2026, 11, 30), today, DAYS) is why
    assert escalates(date(2026, 11, 30), today, DAYS) == others


@pytest.mark.parametrize(
    ("promised", "today", "why", "others"),
    [
        (date(2026, 12, 28), date(2026, 12, 24), SOON, False),  # over Christmas
        (date(2026, 12, 24), date(2026, 12, 28), OVERDUE, False),
        (date(2026, 12, 24), date(2026, 12, 29), OVERDUE, True),
        (date(2027, 2, 10), date(2027, 2, 5), SOON, False),  # over the Lunar New Year
        (date(2028, 3, 1), date(2028, 2, 29), SOON, False),
        (date(2028, 2, 28), date(2028, 3, 1), OVERDUE, True),
        (date(2026, 12, 31), date(2027, 1, 4), OVERDUE, False),
    ],
)
def test_occasions_are_counted_in_working_days(promised: date, today: date, why: Occasion | None, others: bool) -> None:
    assert occasion(promised, today, DAYS) is why
    assert escalates(promised, today, DAYS) == others


def test_two_half_days_overdue_are_one() -> None:
    half = DAYS.marked({date(2026, 12, 1): HALF, date(2026, 12, 2): HALF})
    assert not escalates(date(2026, 11, 30), date(2026, 12, 2), half)
    assert escalates(date(2026, 11, 30), date(2026, 12, 3), half)


def test_answerer_and_escalation_contact_are_told_each_of_theirs() -> None:
    owed = [Owed(1, date(2026, 12, 4), CHAN, CHIEF), Owed(2, date(2026, 12, 1), CHAN, CHIEF)]
    told = reminders.reminders(owed, date(2026, 12, 3), DAYS)
    assert [(line.owed.enquiry_id, line.occasion) for line in told["chan@example.org"][1]] == [(1, SOON), (2, OVERDUE)]
    assert [(line.owed.enquiry_id, line.occasion) for line in told["chief@example.org"][1]] == [(2, ESCALATED)]


def test_who_answers_themselves_is_not_told_twice() -> None:
    told = reminders.reminders([Owed(1, date(2026, 11, 30), CHAN, CHAN)], date(2026, 12, 3), DAYS)
    assert [line.occasion for line in told["chan@example.org"][1]] == [OVERDUE]


@pytest.mark.parametrize("today", [date(2026, 12, 5), date(2026, 12, 25), date(2027, 2, 8)])
def test_nobody_is_told_on_a_closed_day(today: date) -> None:
    assert reminders.reminders([Owed(1, date(2026, 11, 30), CHAN, CHIEF)], today, DAYS) == {}


def at(day: date, hour: int) -> datetime:
    """An hour of the institution's day: Hong Kong is eight hours ahead."""
    return datetime(day.year, day.month, day.day, hour, 5, tzinfo=UTC) - timedelta(hours=8)


def send(write: Write, settings: Settings, moment: datetime) -> int:
    return int(write(lambda s: reminders.send(s, now=moment, settings=settings)))


def mails(write: Write) -> list[tuple[MessageKind, str]]:
    def read(session: Session) -> list[tuple[MessageKind, str]]:
        query = select(Message.kind, Message.recipient_email).where(Message.kind.in_(KINDS)).order_by(Message.id)
        return [(row[0], row[1]) for row in session.execute(query)]

    return list(write(read))


@pytest.fixture
def network(write: Write) -> str:
    def make(session: Session) -> str:
        liaison = make_person(session, role=None, email="chan@example.org", language=Language.ZH_HANT)
        chief = make_person(session, role=None, email="chief@example.org")
        return make_network(session, liaison=liaison, escalation=chief).slug

    return str(write(make))


def add(write: Write, settings: Settings, slug: str, **more: Any) -> int:
    def make(session: Session) -> int:
        found = session.scalars(select(Network).where(Network.slug == slug)).one()
        return make_enquiry(session, settings, network=found, **more).id

    return int(write(make))


def test_digest_leaves_once_a_working_day_and_again_the_next(
    write: Write, settings: Settings, network: str, count_queries: Any
) -> None:
    for _ in range(5):
        add(write, settings, network)
    day, digest = date(2026, 11, 30), (MessageKind.LIAISON_DIGEST, "chan@example.org")
    assert send(write, settings, at(day, 7)) == 0
    with count_queries() as statements:
        assert [send(write, settings, at(day, hour)) for hour in range(8, 19)] == [1] + [0] * 10
    assert len(statements) < 90
    assert mails(write) == [digest]
    assert send(write, settings, at(date(2026, 12, 1), 9)) == 1
    assert send(write, settings, at(date(2026, 12, 2), 9)) == 2
    chief = (MessageKind.LIAISON_DIGEST, "chief@example.org")
    assert mails(write) == [digest, digest, digest, chief]
    languages = write(lambda s: s.scalars(select(Message.language).where(Message.kind.in_(KINDS))).all())
    assert set(languages) == {Language.ZH_HANT, Language.EN}


def test_digest_lists_each_enquiry_with_its_date(write: Write, settings: Settings, network: str) -> None:
    numbers = [add(write, settings, network) for _ in range(2)]
    send(write, settings, at(date(2026, 11, 30), 8))
    found = write(lambda s: s.scalars(select(Message).where(Message.kind.in_(KINDS))).one())
    references = write(lambda s: s.scalars(select(Enquiry.reference).where(Enquiry.id.in_(numbers))).all())
    assert found.enquiry_id is None
    assert all(reference in found.text for reference in references)
    assert "2026年11月30日" in found.text


def test_nothing_leaves_on_closed_days_or_at_night(write: Write, settings: Settings, network: str) -> None:
    add(write, settings, network)
    closed = date(2026, 12, 1)
    write(lambda s: closures.declare(
        s, closed, closed, {"en": "Typhoon"}, by=acting(settings=settings)))  # fmt: skip
    for day, hour in ((date(2026, 11, 29), 9), (closed, 9), (date(2026, 12, 25), 9), (date(2026, 12, 2), 19)):
        assert send(write, settings, at(day, hour)) == 0
    assert send(write, settings, at(date(2026, 12, 2), 9)) == 1


def test_what_becomes_urgent_after_the_digest_is_told_at_once_and_once(
    write: Write, settings: Settings, network: str
) -> None:
    add(write, settings, network)
    day = date(2026, 11, 30)
    send(write, settings, at(day, 8))
    late = add(write, settings, network, status=Status.IN_REVIEW)
    assert [send(write, settings, at(day, hour)) for hour in (9, 9, 10, 11)] == [1, 0, 0, 0]
    assert mails(write)[1:] == [(MessageKind.LIAISON_URGENT, "chan@example.org")]
    text = write(lambda s: s.scalars(select(Message.text).where(Message.kind == MessageKind.LIAISON_URGENT)).one())
    assert write(lambda s: s.get_one(Enquiry, late).reference) in text
    assert len(set(re.findall(r"LD-\w{4}-\w{4}", text))) == 1


def test_who_takes_an_enquiry_over_is_told_and_who_gave_it_away_is_not(
    write: Write, settings: Settings, network: str
) -> None:
    number = add(write, settings, network)
    day = date(2026, 11, 30)
    send(write, settings, at(day, 8))

    def hand_over(session: Session) -> None:
        person = make_person(session, email="lee@example.org")
        found = loading.locked(session, session.get_one(Enquiry, number).reference, actor=staff_actor())
        assignment.assign(session, found, person.id, by=acting(now=at(day, 9), settings=settings))

    write(hand_over)
    send(write, settings, at(day, 10))
    send(write, settings, at(date(2026, 12, 1), 10))
    assert [email for _, email in mails(write)] == ["chan@example.org", "lee@example.org", "lee@example.org"]


def test_a_promise_that_moved_is_told_of_anew(write: Write, settings: Settings, network: str) -> None:
    add(write, settings, network)
    send(write, settings, at(date(2026, 11, 30), 8))
    day = date(2026, 11, 27)
    write(lambda s: closures.declare(
        s, day, day, {"en": "Typhoon"}, by=acting(settings=settings)))  # fmt: skip
    assert send(write, settings, at(date(2026, 12, 1), 8)) == 1
    texts = write(lambda s: s.scalars(select(Message.text).where(Message.kind.in_(KINDS)).order_by(Message.id)).all())
    assert "2026年12月1日" in texts[1]


@pytest.mark.parametrize("status", [Status.AWAITING_PARTNER, Status.ACCEPTED, Status.WITHDRAWN, Status.SPAM])
def test_nobody_is_reminded_where_nothing_is_owed(
    write: Write, settings: Settings, network: str, status: Status
) -> None:
    add(write, settings, network, status=status)
    assert send(write, settings, at(date(2026, 12, 2), 9)) == 0


def test_office_is_told_where_there_is_no_escalation_contact(write: Write, settings: Settings) -> None:
    slug = write(lambda s: make_network(s, liaison=make_person(s, role=None, email="wong@example.org")).slug)
    add(write, settings, slug)
    send(write, settings, at(date(2026, 12, 2), 9))
    assert {email for _, email in mails(write)} == {"wong@example.org", settings.office_email}


def test_cover_is_reminded_of_what_somebody_on_leave_owes(write: Write, settings: Settings, network: str) -> None:
    add(write, settings, network)
    day = date(2026, 11, 30)

    def leave(session: Session) -> None:
        away = session.scalars(select(Person).where(Person.email == "chan@example.org")).one()
        cover = make_person(session, role=None, email="cover@example.org")
        session.add(Leave(person=away, cover=cover, starts_on=day, ends_on=day, entered_by="Lee", entered_at=NOW))

    write(leave)
    send(write, settings, at(day, 9))
    assert [email for _, email in mails(write)] == ["cover@example.org"]


def test_of_hundreds_that_are_late_an_email_lists_the_first_and_counts_the_others(
    monkeypatch: pytest.MonkeyPatch, write: Write, settings: Settings, network: str, count_queries: Any
) -> None:
    """What it reads and links to is what it lists; all the others count as told of."""
    monkeypatch.setattr(reminders, "_WRITTEN_AT_ONCE", 100)

    def make(session: Session) -> None:
        found = session.scalars(select(Network).where(Network.slug == network)).one()
        for number in range(LONGEST_LIST + 5):
            make_enquiry(session, settings, network=found, contact_email=f"p{number}@example.org")

    write(make)
    monday = at(date(2026, 11, 30), 8)
    with count_queries() as statements:
        assert send(write, settings, monday) == 1
    assert len(statements) < LONGEST_LIST + 15
    mail = write(lambda s: s.scalars(select(Message).where(Message.kind.in_(KINDS))).one())
    assert str(LONGEST_LIST + 5) in mail.subject
    assert len(set(re.findall(r"LD-\w{4}-\w{4}", mail.text))) == LONGEST_LIST
    query = select(Enquiry.reference).join(MessageLine, MessageLine.enquiry_id == Enquiry.id)
    listed = write(lambda s: s.scalars(query).all())
    assert len(listed) == LONGEST_LIST
    assert all(reference in mail.text for reference in listed)
    told = write(lambda s: s.scalars(select(Reminder.enquiry_id)).all())
    assert sorted(told) == list(range(1, LONGEST_LIST + 6))
    assert send(write, settings, monday + timedelta(hours=1)) == 0
