"""The programme of a visit: its slots and what is wrong with them, who receives in each, and what their links do."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import icalendar
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.domain.visits.test_visits import AT, DAY, confirmed, make_room, plan
from tests.factories import NOW, acting, make_person, opened, staff_actor
from webapp.config import Settings
from webapp.db import transaction
from webapp.domain.enquiries import actions, loading
from webapp.domain.errors import Conflict, Gone, Invalid, NotAllowed, NotFound
from webapp.domain.links import opening
from webapp.domain.security.permissions import staff, visit_visible
from webapp.domain.visits import feeds, frictions, hosting, programme, receiving, visits
from webapp.domain.visits.hosting import Invitee, Reply
from webapp.domain.visits.programme import SlotPlan
from webapp.models import Enquiry, Link, Message, Room, SlotHost, VisitSlot
from webapp.vocabulary import Action, FeedScope, Language, Level, LinkKind, MessageKind, Role, SlotAnswer

Write = Callable[[Callable[[Session], Any]], Any]
HOUR = timedelta(hours=1)


def slot_plan(starts: datetime = AT, ends: datetime | None = None, **more: Any) -> SlotPlan:
    return SlotPlan(starts, ends or starts + HOUR, more.pop("title", {"en": "Meeting", "zh-hant": "會面"}), **more)


def with_slot(session: Session, settings: Settings, **more: Any) -> tuple[Enquiry, VisitSlot]:
    enquiry = confirmed(session, settings)
    return enquiry, programme.add(session, enquiry, slot_plan(**more), by=acting(settings=settings))


def asked(session: Session, settings: Settings, enquiry: Enquiry, slot: VisitSlot, name: str = "ho") -> SlotHost:
    person = make_person(session, role=None, name=f"Prof. {name.title()}", email=f"{name}@example.org")
    return hosting.invite(session, enquiry, slot.id, Invitee(person.id), by=acting(settings=settings))


def mails(session: Session) -> list[tuple[str, str, str]]:
    """Who had which email about slots, and what it did to their calendar."""
    query = select(Message).where(Message.kind.in_((MessageKind.STAFF_SLOT, MessageKind.LIAISON_SLOT)))
    found = []
    for message in session.scalars(query.order_by(Message.id)):
        method = str(icalendar.Calendar.from_ical(message.calendar)["method"]) if message.calendar else ""
        found.append((message.kind.value, message.recipient_email, method))
    return found


def test_slots_are_added_changed_moved_and_taken_out(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry, by = confirmed(session, settings), acting(settings=settings)
        visit = programme.standing(session, enquiry)
        first = programme.add(session, enquiry, slot_plan(), by=by)
        second = programme.add(session, enquiry, slot_plan(AT + HOUR), by=by)
        for wrong, fault in (
            (slot_plan(AT, AT), {"ends": "before"}),
            (slot_plan(AT, AT + timedelta(days=2)), {"ends": "long"}),
            (slot_plan(title={"zh-hant": "會面"}), {"title_en": "needed"}),
            (slot_plan(quorum=21), {"quorum": "bounds"}),
            (slot_plan(room_id=999), {"room": "unknown"}),
        ):
            with pytest.raises(Invalid) as error:
                programme.add(session, enquiry, wrong, by=by)
            assert error.value.faults == fault
        programme.move(session, enquiry, first.id, AT + HOUR / 2, with_rest=True, version=1, by=by)
        assert [slot.starts_at for slot in programme.of(session, visit)] == [AT + HOUR / 2, AT + HOUR * 1.5]
        with pytest.raises(Conflict):
            programme.edit(session, enquiry, first.id, slot_plan(), version=1, by=by)
        programme.edit(session, enquiry, first.id, slot_plan(purpose={"en": "Talks"}), version=2, by=by)
        programme.remove(session, enquiry, second.id, version=2, by=by)
        assert [slot.purpose for slot in programme.of(session, visit)] == [{"en": "Talks"}]
        with pytest.raises(NotFound):
            programme.one(session, confirmed(session, settings), first.id)
        with pytest.raises(NotAllowed):
            programme.add(session, enquiry, slot_plan(), by=acting(staff_actor(Role.HOST), settings=settings))

    write(run)


def test_what_visits_of_a_level_hold_follows_what_is_there(write: Write, settings: Settings) -> None:
    assert {len(parts) for parts in programme.usual().values()} == {4, 5}

    def run(session: Session) -> None:
        enquiry, by = confirmed(session, settings), acting(settings=settings)
        visit = programme.standing(session, enquiry)
        made = programme.put_in(session, enquiry, Level.B, known=0, by=by)
        assert made[0].starts_at == AT
        assert all(later.starts_at >= earlier.ends_at for earlier, later in pairwise(made))
        assert all({"en", "zh-hant", "zh-hans"} == set(slot.title) for slot in made)
        with pytest.raises(Conflict):
            programme.put_in(session, enquiry, Level.C, known=0, by=by)
        again = programme.put_in(session, enquiry, Level.C, known=len(made), by=by)
        assert again[0].starts_at == made[-1].ends_at
        visit.first_day = visit.starts_at = None
        for slot in (*made, *again):
            session.delete(slot)
        session.flush()
        with pytest.raises(Invalid):
            programme.put_in(session, enquiry, Level.A, known=0, by=by)

    write(run)


def test_what_will_not_go_smoothly_is_warned_of(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry, by = confirmed(session, settings), acting(settings=settings)
        visit = programme.standing(session, enquiry)
        here, there = make_room(session, "Here"), make_room(session, "There")
        there.building = {"en": "Other Building"}
        minute = timedelta(minutes=1)

        def add(start: int, end: int, room: Room | None = here) -> VisitSlot:
            times = (AT + start * minute, AT + end * minute)
            return programme.add(session, enquiry, slot_plan(*times, room_id=room.id if room else None), by=by)

        def kinds() -> list[str]:
            return [each.kind.value for each in frictions.snags(visit, programme.of(session, visit))]

        first = add(0, 30)
        add(30, 60)
        assert kinds() == []
        second = add(65, 75, there)
        assert kinds() == ["walk"]
        add(76, 90, None)
        assert kinds() == ["walk"]
        visit.guests = 11
        session.delete(second)
        session.flush()
        third = add(72, 76, there)
        assert kinds() == ["walk"]
        visit.guests = 10
        assert kinds() == []
        session.delete(third)
        session.flush()
        fourth = add(121, 130)
        assert kinds() == ["gap", "outside"]
        session.delete(fourth)
        double = add(20, 30)
        assert kinds() == ["overlap"]
        person = make_person(session, role=None)
        for slot in (first, double):
            hosting.invite(session, enquiry, slot.id, Invitee(person.id), by=by)
        assert kinds() == ["overlap", "person"]

    write(run)


def test_a_slot_is_ready_at_its_quorum_and_each_answer_is_told(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry, slot = with_slot(session, settings, quorum=2)
        hosts = [asked(session, settings, enquiry, slot, name) for name in ("ho", "lau", "chan")]
        links = [opened(session, settings, host.link, now=NOW) for host in hosts]
        given: dict[str, Any] = {"now": NOW, "settings": settings}
        before = len(mails(session))
        hosting.answer_by_link(session, links[0], Reply(SlotAnswer.YES), **given)
        assert not programme.one(session, enquiry, slot.id).is_ready
        hosting.answer_by_link(session, links[0], Reply(SlotAnswer.YES), **given)
        hosting.answer_by_link(session, links[1], Reply(SlotAnswer.YES), **given)
        assert programme.one(session, enquiry, slot.id).is_ready
        for _ in range(2):
            hosting.answer_by_link(session, links[2], Reply(SlotAnswer.NO, "Abroad."), **given)
        assert [mail[1:] for mail in mails(session)[before:]] == [
            ("ho@example.org", "REQUEST"),
            ("lau@example.org", "REQUEST"),
            (mails(session)[-1][1], ""),
        ]
        assert mails(session)[-1][0] == MessageKind.LIAISON_SLOT
        hosting.answer_by_link(session, links[1], Reply(SlotAnswer.NO), **given)
        assert not programme.one(session, enquiry, slot.id).is_ready
        assert ("staff_slot", "lau@example.org", "CANCEL") in mails(session)
        programme.remove(session, enquiry, slot.id, version=1, by=acting(settings=settings))
        assert [mail for mail in mails(session) if mail[1] == "ho@example.org"][-1][2] == "CANCEL"
        with pytest.raises(Gone):
            opening.opened(session, links[0].token, LinkKind.HOST, now=NOW)

    write(run)


def test_a_colleague_takes_the_place_within_the_rule_of_who_is_one(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry, slot = with_slot(session, settings)
        host = asked(session, settings, enquiry, slot)
        link = opened(session, settings, host.link, now=NOW)
        given: dict[str, Any] = {"now": NOW, "settings": settings}
        domain = next(iter(settings.own_domains))
        for named, why in (
            (Invitee(), "needed"),
            (Invitee(name="Ann", email="ann"), "unreadable"),
            (Invitee(name="Ann", email="ann@elsewhere.example.com"), "refused"),
            (Invitee(email=f"ann@{domain}"), "name"),
        ):
            with pytest.raises(Invalid) as error:
                hosting.answer_by_link(session, link, Reply(SlotAnswer.COLLEAGUE, instead=named), **given)
            assert error.value.faults == {"colleague": why}
        named = Invitee(name="Ann Example", email=f"ann@{domain}")
        hosting.answer_by_link(session, link, Reply(SlotAnswer.COLLEAGUE, "I am away.", named), **given)
        first, second = programme.one(session, enquiry, slot.id).hosts
        assert (first.answer, second.answer, second.instead_of_id) == (SlotAnswer.COLLEAGUE, SlotAnswer.NONE, first.id)
        assert [mail[:2] for mail in mails(session)][-2] == ("staff_slot", f"ann@{domain}")
        with pytest.raises(NotAllowed):
            hosting.answer_by_link(session, link, Reply(SlotAnswer.YES), **given)
        with pytest.raises(Invalid):
            hosting.invite(session, enquiry, slot.id, Invitee(second.person_id), by=acting(settings=settings))

    write(run)


def test_a_link_acts_on_its_slot_alone_and_ends_with_it(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry, slot = with_slot(session, settings)
        host = asked(session, settings, enquiry, slot)
        person = host.person
        other = programme.add(session, enquiry, slot_plan(AT + HOUR), by=acting(settings=settings))
        second = hosting.invite(session, enquiry, other.id, Invitee(person.id), by=acting(settings=settings))
        link = opened(session, settings, second.link, now=NOW)
        hosting.answer_by_link(session, link, Reply(SlotAnswer.YES), now=NOW, settings=settings)
        assert (host.answer, second.answer) == (SlotAnswer.NONE, SlotAnswer.YES)
        with pytest.raises(NotFound):
            opening.opened(session, link.token, LinkKind.DECISION, now=NOW)
        with pytest.raises(Gone):
            opening.opened(session, link.token, LinkKind.HOST, now=other.ends_at)
        with pytest.raises(NotFound):
            hosting.answer_at_desk(
                session, enquiry, other.id, host.id, Reply(SlotAnswer.YES), by=acting(settings=settings)
            )
        stranger = acting(staff(make_person(session, role=Role.HOST)), settings=settings)
        with pytest.raises(NotAllowed):
            hosting.answer_at_desk(session, enquiry, slot.id, host.id, Reply(SlotAnswer.YES), by=stranger)
        hosting.answer_at_desk(
            session, enquiry, slot.id, host.id, Reply(SlotAnswer.YES), by=acting(staff(person), settings=settings)
        )
        assert host.answer is SlotAnswer.YES
        actions.act(session, enquiry, Action.DECLINE, text="Sorry.", by=acting(settings=settings))
        assert [mail for mail in mails(session) if mail[2] == "CANCEL"] == [("staff_slot", person.email, "CANCEL")] * 2
        with pytest.raises(Gone):
            opening.opened(session, link.token, LinkKind.HOST, now=NOW)

    write(run)


def test_a_visit_that_moves_takes_its_slots_along_and_asks_again(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry, slot = with_slot(session, settings)
        host, by = asked(session, settings, enquiry, slot), acting(settings=settings)
        link = opened(session, settings, host.link, now=NOW)
        hosting.answer_by_link(session, link, Reply(SlotAnswer.YES), now=NOW, settings=settings)
        week = timedelta(7)
        moved = plan(session, first_day=DAY + week, last_day=DAY + week, starts_at=AT + week, ends_at=AT + week + HOUR)
        visits.move(session, enquiry, moved, by=by)
        slot = programme.one(session, enquiry, slot.id)
        assert (slot.starts_at, slot.hosts[0].answer) == (AT + week, SlotAnswer.NONE)
        assert mails(session)[-1] == ("staff_slot", "ho@example.org", "REQUEST")
        visits.postpone(session, enquiry, text="Typhoon.", by=by)
        assert mails(session)[-1] == ("staff_slot", "ho@example.org", "CANCEL")
        assert slot.hosts[0].invited_at is None
        assert not receiving.upcoming(session, actor=staff(host.person), now=NOW)
        numbers = [
            int(next(iter(icalendar.Calendar.from_ical(text).walk("VEVENT")))["sequence"])
            for text in session.scalars(
                select(Message.calendar)
                .where(Message.kind == "staff_slot", Message.calendar != "")
                .order_by(Message.id)
            )
        ]
        assert numbers == sorted(set(numbers))
        visits.confirm(session, enquiry, plan(session), by=by)
        assert programme.one(session, enquiry, slot.id).starts_at == AT
        hosting.invite(session, enquiry, slot.id, Invitee(host.person_id), by=by)
        assert mails(session)[-1] == ("staff_slot", "ho@example.org", "")

    write(run)


def test_who_has_not_answered_is_reminded_once_three_days_before(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry, slot = with_slot(session, settings)
        asked(session, settings, enquiry, slot, "ho")
        said = asked(session, settings, enquiry, slot, "lau")
        link = opened(session, settings, said.link, now=NOW)
        hosting.answer_by_link(session, link, Reply(SlotAnswer.YES), now=NOW, settings=settings)
        before = len(mails(session))
        early, due = AT - timedelta(days=4), datetime(2027, 3, 8, 2, tzinfo=UTC)
        assert [receiving.remind(session, now=at, settings=settings) for at in (early, due, due + HOUR)] == [0, 1, 0]
        assert [mail[1] for mail in mails(session)[before:]] == ["ho@example.org"]

    write(run)


def test_hosts_see_what_they_receive_until_they_say_no(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry, slot = with_slot(session, settings)
        host = asked(session, settings, enquiry, slot)
        host.person.role = Role.HOST
        session.flush()
        actor, by = staff(host.person), acting(staff(host.person), settings=settings)
        assert loading.enquiry(session, enquiry.reference, actor=actor, seen=visit_visible).id == enquiry.id
        for way in (loading.enquiry, loading.locked):
            with pytest.raises(NotFound):
                way(session, enquiry.reference, actor=actor)
        assert [each.id for each in receiving.upcoming(session, actor=actor, now=NOW)] == [host.id]
        feed = feeds.add(session, FeedScope.OWN, None, by=by)

        def entries() -> list[tuple[str, str, bool]]:
            found = feeds.entries(session, feed, language=Language.EN, now=NOW, settings=settings)
            return [(entry.uid, entry.url.rsplit("/", 1)[1], entry.tentative) for entry in found]

        assert entries() == [(slot.uid, str(slot.id), True)]
        hosting.answer_at_desk(session, enquiry, slot.id, host.id, Reply(SlotAnswer.YES), by=by)
        assert entries() == [(slot.uid, str(slot.id), False)], "as in the email that went to their calendar"
        hosting.answer_at_desk(session, enquiry, slot.id, host.id, Reply(SlotAnswer.NO), by=by)
        assert entries() == []
        with pytest.raises(NotFound):
            loading.enquiry(session, enquiry.reference, actor=actor, seen=visit_visible)

    write(run)


@pytest.mark.both_databases
def test_two_answers_at_once_to_one_slot_leave_one_answer_and_one_email(
    app: Flask, write: Write, settings: Settings
) -> None:
    def make(session: Session) -> tuple[int, Any]:
        enquiry, slot = with_slot(session, settings)
        host = asked(session, settings, enquiry, slot)
        return host.id, opened(session, settings, session.get_one(Link, host.link_id), now=NOW)

    number, link = write(make)
    outcomes: list[str] = []

    def press() -> None:
        with app.app_context(), transaction() as session:
            hosting.answer_by_link(session, link, Reply(SlotAnswer.YES), now=NOW, settings=settings)
        outcomes.append("done")

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 6
    assert write(lambda session: session.get_one(SlotHost, number).answer) is SlotAnswer.YES
    assert len([mail for mail in write(mails) if mail[2]]) == 1
