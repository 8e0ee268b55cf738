"""The life of a visit: what it must have, who hears of it, and that one room and one host are one visit's at a time."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, make_person, staff_actor
from webapp.config import Settings
from webapp.db import transaction
from webapp.domain.enquiries import actions, loading, visiting
from webapp.domain.errors import Invalid, NotAllowed, NotFound, NotYet
from webapp.domain.papers import letters, orders
from webapp.domain.visits import visits
from webapp.domain.visits.holds import Taken
from webapp.domain.visits.overruling import Impossible
from webapp.domain.visits.visits import Plan
from webapp.models import BlockedPeriod, Enquiry, Hold, InvitationLetter, Leave, Message, Person, Room, Visit
from webapp.models.visit_events import DatesAnswered, VisitPlanned
from webapp.vocabulary import (
    Action,
    ClashKind,
    Holder,
    Kind,
    LetterPurpose,
    LetterStanding,
    MessageKind,
    OptionState,
    OrderState,
    Paper,
    Status,
    VisitMode,
    VisitState,
)

Write = Callable[[Callable[[Session], Any]], Any]
DAY = date(2027, 3, 9)
AT = datetime(2027, 3, 9, 2, tzinfo=UTC)


def make_room(session: Session, name: str = "Sample Boardroom") -> Room:
    room = Room(name={"en": name}, building={"en": "Example Building"}, seats=20, created_at=NOW)
    session.add(room)
    session.flush()
    return room


def plan(session: Session, **more: Any) -> Plan:
    """A plan that can be confirmed, with a room and a host of its own."""
    values: dict[str, Any] = {
        "first_day": DAY,
        "last_day": DAY,
        "starts_at": AT,
        "ends_at": AT + timedelta(hours=2),
        "guests": 6,
        **more,
    }
    if "room_id" not in values:
        values["room_id"] = make_room(session).id
    if "host_id" not in values:
        values["host_id"] = make_person(session, role=None, name="Prof. Chan").id
    return Plan(**values)


def accepted(session: Session, settings: Settings, **more: Any) -> Enquiry:
    enquiry = make_enquiry(session, settings, **more)
    actions.act(session, enquiry, Action.ACCEPT, by=acting(settings=settings))
    return enquiry


def confirmed(session: Session, settings: Settings, **more: Any) -> Enquiry:
    enquiry = accepted(session, settings)
    visits.confirm(session, enquiry, plan(session, **more), by=acting(settings=settings))
    return enquiry


def told(session: Session, enquiry: Enquiry) -> list[tuple[str, str]]:
    query = select(Message.kind, Message.recipient_email).where(Message.enquiry_id == enquiry.id).order_by(Message.id)
    return [tuple(row) for row in session.execute(query)]


def test_accepting_leads_to_arranging_and_confirming_needs_day_time_place_and_host(
    write: Write, settings: Settings
) -> None:
    def run(session: Session) -> None:
        enquiry, by = accepted(session, settings), acting(settings=settings)
        visit = visiting.of(session, enquiry)
        assert visit is not None
        assert (visit.state, visit.first_day, visit.guests) == (VisitState.ARRANGING, None, 6)
        whole = plan(session)
        for missing in (
            {"first_day": None, "last_day": None},
            {"starts_at": None},
            {"ends_at": None},
            {"room_id": None},
            {"host_id": None},
        ):
            with pytest.raises(Invalid) as error:
                visits.confirm(session, enquiry, replace(whole, **missing), by=by)
            assert set(error.value.faults.values()) <= {"needed"}
            assert enquiry.status is Status.ACCEPTED
        with pytest.raises(NotYet) as not_yet:
            actions.act(session, enquiry, Action.SCHEDULE, by=by)
        assert not_yet.value.step == "visit"
        event = visits.confirm(session, enquiry, whole, text="Welcome.", by=by)
        assert (enquiry.status, visit.state, visit.confirmed_at) == (Status.SCHEDULED, VisitState.CONFIRMED, NOW)
        assert isinstance(event.facts, VisitPlanned)
        assert (event.facts.start, event.facts.place) == (DAY, "Sample Boardroom, Example Building")

    write(run)


def test_papers_are_made_when_a_visit_is_confirmed_and_anew_when_it_moves(write: Write, settings: Settings) -> None:
    def wait(session: Session, enquiry: Enquiry) -> list[str]:
        return [each.name for each in orders.of(session, enquiry.id) if each.state is OrderState.WAITING]

    def run(session: Session) -> None:
        enquiry, by = accepted(session, settings), acting(settings=settings)
        whole = plan(session)
        visits.arrange(session, enquiry, whole, by=by)
        assert wait(session, enquiry) == []
        visits.confirm(session, enquiry, whole, by=by)
        assert wait(session, enquiry) == list(Paper)
        while (claimed := orders.claim(session, now=NOW)) is not None:
            orders.record_made(session, claimed, b"%PDF", "", now=NOW)
        assert wait(session, enquiry) == []
        later = {"starts_at": AT + timedelta(hours=1), "ends_at": AT + timedelta(hours=3)}
        visits.move(session, enquiry, replace(whole, **later), by=by)
        assert wait(session, enquiry) == list(Paper)

    write(run)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"last_day": DAY - timedelta(1)}, {"last_day": "before"}),
        ({"last_day": DAY + timedelta(40)}, {"last_day": "long"}),
        ({"ends_at": AT}, {"ends": "before"}),
        ({"guests": 0}, {"guests": "bounds"}),
        ({"room_id": 999}, {"room": "unknown"}),
        ({"host_id": 999}, {"host": "unknown"}),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_its_field(
    write: Write, settings: Settings, change: dict[str, Any], fault: dict[str, str]
) -> None:
    def run(session: Session) -> None:
        enquiry = accepted(session, settings)
        for verb in (visits.arrange, visits.confirm):
            with pytest.raises(Invalid) as error:
                verb(session, enquiry, plan(session, **change), by=acting(settings=settings))
            assert error.value.faults == fault

    write(run)


def test_a_time_that_has_passed_is_not_confirmed(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry, by = accepted(session, settings), acting(now=AT + timedelta(days=1), settings=settings)
        with pytest.raises(Invalid) as error:
            visits.confirm(session, enquiry, plan(session), by=by)
        assert error.value.faults == {"first_day": "past"}

    write(run)


def test_a_tentative_visit_tells_no_one_and_holds_nothing(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry = accepted(session, settings)
        before = told(session, enquiry)
        visits.arrange(session, enquiry, plan(session), by=acting(settings=settings))
        visit = visiting.of(session, enquiry)
        assert visit is not None
        assert (visit.state, enquiry.status) == (VisitState.TENTATIVE, Status.ACCEPTED)
        assert told(session, enquiry) == before
        assert session.scalar(select(func.count()).select_from(Hold)) == 0
        visits.arrange(session, enquiry, Plan(None, None), by=acting(settings=settings))
        assert visit.state is VisitState.ARRANGING

    write(run)


def test_partner_and_host_hear_of_each_step_and_the_number_rises(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        by = acting(settings=settings)
        chan, ho = (make_person(session, role=None, email=f"{name}@example.org") for name in ("chan", "ho"))
        enquiry = confirmed(session, settings, host_id=chan.id)
        visit = visiting.of(session, enquiry)
        assert visit is not None
        numbers = [visit.sequence]
        sent = told(session, enquiry)
        assert sent[-2:] == [
            (MessageKind.PARTNER_STATUS, "erika@example.org"),
            (MessageKind.STAFF_HOSTING, "chan@example.org"),
        ]
        visits.move(session, enquiry, plan(session, host_id=ho.id), by=by)
        numbers.append(visit.sequence)
        news = told(session, enquiry)[len(sent) :]
        assert sorted(news) == sorted(
            [
                (MessageKind.PARTNER_VISIT_MOVED, "erika@example.org"),
                (MessageKind.STAFF_HOSTING, "chan@example.org"),
                (MessageKind.STAFF_HOSTING, "ho@example.org"),
            ]
        )
        sent = told(session, enquiry)
        visits.postpone(session, enquiry, text="A typhoon.", by=by)
        numbers.append(visit.sequence)
        assert (enquiry.status, visit.state, visit.first_day) == (Status.ACCEPTED, VisitState.ARRANGING, None)
        assert told(session, enquiry)[len(sent) :] == [
            (MessageKind.PARTNER_VISIT_POSTPONED, "erika@example.org"),
            (MessageKind.STAFF_HOSTING, "ho@example.org"),
        ]
        assert session.scalar(select(func.count()).select_from(Hold)) == 0
        assert numbers == sorted(set(numbers))

    write(run)


@pytest.mark.parametrize(("action", "who"), [(Action.DECLINE, "staff"), (Action.WITHDRAW, "partner")])
def test_what_is_called_off_frees_room_and_host_and_keeps_its_day_for_those_who_are_told(
    write: Write, settings: Settings, action: Action, who: str
) -> None:
    def run(session: Session) -> None:
        enquiry = confirmed(session, settings)
        by = acting(settings=settings) if who == "staff" else acting(actions.partner(enquiry), settings=settings)
        sent = told(session, enquiry)
        actions.act(session, enquiry, action, text="Because.", by=by)
        visit = visiting.of(session, enquiry)
        assert visit is not None
        assert (visit.state, visit.first_day, visit.cancelled_at) == (VisitState.CANCELLED, DAY, NOW)
        assert session.scalar(select(func.count()).select_from(Hold)) == 0
        assert [kind for kind, _ in told(session, enquiry)[len(sent) :]].count(MessageKind.STAFF_HOSTING) == 1
        actions.act(session, enquiry, Action.REOPEN, by=acting(settings=settings))
        assert (visit.state, visit.first_day, visit.confirmed_at) == (VisitState.ARRANGING, None, None)

    write(run)


def test_what_was_never_confirmed_is_called_off_without_a_word_to_its_host(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry = accepted(session, settings)
        visits.arrange(session, enquiry, plan(session), by=acting(settings=settings))
        actions.act(session, enquiry, Action.DECLINE, text="Because.", by=acting(settings=settings))
        assert MessageKind.STAFF_HOSTING not in {kind for kind, _ in told(session, enquiry)}

    write(run)


def test_calendars_of_partner_and_host_are_kept_up_by_the_emails(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        by = acting(settings=settings)
        chan, ho = (make_person(session, role=None, email=f"{name}@example.org") for name in ("chan", "ho"))
        enquiry = confirmed(session, settings, host_id=chan.id)
        visits.move(session, enquiry, plan(session, host_id=ho.id), by=by)
        visits.postpone(session, enquiry, text="A typhoon.", by=by)
        query = select(Message.recipient_email, Message.calendar).where(Message.calendar != "").order_by(Message.id)
        sent: dict[str, list[tuple[str, int]]] = {}
        for address, text in session.execute(query):
            calendar = icalendar.Calendar.from_ical(text)
            (event,) = calendar.walk("VEVENT")
            assert str(event["uid"]) == f"{enquiry.reference}@desk.example.org"
            assert str(event["attendee"]) == f"mailto:{address}"
            assert event.decoded("dtstart") == AT
            sent.setdefault(address, []).append((str(calendar["method"]), int(event["sequence"])))
        assert {address: [method for method, _ in news] for address, news in sent.items()} == {
            "erika@example.org": ["REQUEST", "REQUEST", "CANCEL"],
            "chan@example.org": ["REQUEST", "CANCEL"],
            "ho@example.org": ["REQUEST", "CANCEL"],
        }
        for news in sent.values():
            numbers = [number for _, number in news]
            assert numbers == sorted(set(numbers))

    write(run)


def test_a_reopened_visit_is_not_confirmed_by_what_it_was(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry, by = confirmed(session, settings), acting(settings=settings)
        for action in (Action.COMPLETE, Action.REOPEN, Action.ACCEPT):
            actions.act(session, enquiry, action, by=by)
        with pytest.raises(NotYet):
            actions.act(session, enquiry, Action.SCHEDULE, by=by)

    write(run)


def offer(session: Session, settings: Settings, **more: Any) -> tuple[Enquiry, Visit]:
    enquiry = make_enquiry(session, settings, **more)
    windows = [(DAY, DAY), (DAY + timedelta(7), DAY + timedelta(9))]
    actions.propose_dates(session, enquiry, windows, text="", by=acting(settings=settings))
    visit = visiting.of(session, enquiry)
    assert visit is not None
    return enquiry, visit


def test_a_partner_takes_one_of_the_dates_offered_and_the_office_hears_of_it(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry, visit = offer(session, settings)
        assert enquiry.status is Status.AWAITING_PARTNER
        first, second = visits.offered(visit)
        by, day = acting(actions.partner(enquiry), settings=settings), DAY + timedelta(8)
        for wrong in (DAY, DAY + timedelta(10)):
            with pytest.raises(Invalid):
                visits.take(session, enquiry, second.id, wrong, text="", by=by)
        event = visits.take(session, enquiry, second.id, day, text="In the morning, please.", by=by)
        assert event.facts == replace(event.facts, start=day, end=day)
        assert (enquiry.status, visit.state, visit.first_day) == (Status.IN_REVIEW, VisitState.TENTATIVE, day)
        assert [option.state for option in visit.options] == [OptionState.PASSED_OVER, OptionState.TAKEN]
        assert told(session, enquiry)[-1][0] == MessageKind.LIAISON_DATES
        with pytest.raises(NotFound):
            visits.take(session, enquiry, first.id, None, text="", by=by)

    write(run)


def test_a_partner_passes_all_dates_over(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry, visit = offer(session, settings)
        by = acting(actions.partner(enquiry), settings=settings)
        event = visits.pass_over(session, enquiry, text="In April, please.", by=by)
        assert isinstance(event.facts, DatesAnswered)
        assert (event.facts.start, enquiry.status) == (None, Status.IN_REVIEW)
        assert visits.offered(visit) == []
        assert visit.state is VisitState.ARRANGING

    write(run)


def test_dates_can_be_offered_again_after_acceptance_and_replace_those_before(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry, visit = offer(session, settings)
        actions.act(session, enquiry, Action.ACCEPT, by=acting(settings=settings))
        again = [(DAY + timedelta(20), DAY + timedelta(20))]
        actions.propose_dates(session, enquiry, again, text="", by=acting(settings=settings))
        assert enquiry.status is Status.ACCEPTED
        (only,) = visits.offered(visit)
        assert only.first_day == DAY + timedelta(20)
        visits.take(session, enquiry, only.id, None, text="", by=acting(actions.partner(enquiry), settings=settings))
        assert (enquiry.status, visit.state) == (Status.ACCEPTED, VisitState.TENTATIVE)

    write(run)


def test_other_people_come_online_or_in_another_number(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry = confirmed(session, settings)
        by = acting(actions.partner(enquiry), settings=settings)
        visits.change_group(session, enquiry, 9, text="", by=by)
        visit = visiting.of(session, enquiry)
        assert visit is not None
        assert visit.guests == 9
        assert told(session, enquiry)[-1][0] == MessageKind.LIAISON_GROUP
        for wrong in (0, 501):
            with pytest.raises(Invalid):
                visits.change_group(session, enquiry, wrong, text="", by=by)
        online = plan(session, mode=VisitMode.ONLINE, venue="https://meet.example.org/7")
        visits.move(session, enquiry, online, by=acting(settings=settings))
        assert (visit.mode, visit.room_id) == (VisitMode.ONLINE, None)
        assert session.scalars(select(Hold.holder).distinct()).all() == [Holder.PERSON]

    write(run)


def test_only_visits_have_dates_to_choose_from(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry = make_enquiry(session, settings, kind=Kind.QUESTION)
        assert visiting.of(session, enquiry) is None
        with pytest.raises(NotAllowed):
            visits.take(session, enquiry, 1, None, text="", by=acting(actions.partner(enquiry), settings=settings))

    write(run)


@pytest.mark.parametrize("shared", ["room", "host"])
def test_two_visits_never_have_one_room_or_host_at_one_time(write: Write, settings: Settings, shared: str) -> None:
    def run(session: Session) -> None:
        room, host = make_room(session), make_person(session, role=None)
        ours = {"room_id": room.id} if shared == "room" else {"host_id": host.id}
        first = confirmed(session, settings, **ours)
        other, by = accepted(session, settings), acting(settings=settings)
        late = plan(session, starts_at=AT + timedelta(hours=1), ends_at=AT + timedelta(hours=3), **ours)
        with pytest.raises(Taken) as error:
            visits.confirm(session, other, late, by=by)
        holder = Holder.ROOM if shared == "room" else Holder.PERSON
        assert (error.value.holder, error.value.reference) == (holder, first.reference)
        # Right after it, or once the first is moved, both find their place.
        visits.move(session, first, plan(session, starts_at=AT - timedelta(hours=2), ends_at=AT, **ours), by=by)
        visits.confirm(session, other, plan(session, **ours), by=by)

    write(run)


def test_of_many_who_confirm_one_room_at_once_one_gets_it_and_the_others_hear_so(
    app: Flask, write: Write, settings: Settings
) -> None:
    many = 12

    def prepare(session: Session) -> tuple[int, list[tuple[str, int]]]:
        made = [(accepted(session, settings).reference, make_person(session, role=None).id) for _ in range(many)]
        return make_room(session).id, made

    room, wanted = write(prepare)
    start, lost, won, faults = threading.Barrier(many), [], [], []

    def work(reference: str, host: int) -> None:
        with app.app_context():
            start.wait(60)
            try:
                with transaction() as session:
                    held = loading.locked(session, reference, actor=staff_actor())
                    given = plan(session, room_id=room, host_id=host)
                    visits.confirm(session, held, given, by=acting(settings=settings))
                won.append(reference)
            except Taken:
                lost.append(reference)
            except Exception as fault:
                faults.append(fault)

    threads = [threading.Thread(target=work, args=each) for each in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert faults == []
    assert (len(won), len(lost)) == (1, many - 1)
    assert write(lambda s: s.scalar(select(func.count()).where(Visit.state == VisitState.CONFIRMED))) == 1


def test_people_and_rooms_that_left_stay_where_they_are_and_are_offered_to_no_other(
    write: Write, settings: Settings
) -> None:
    def run(session: Session) -> None:
        enquiry, by = confirmed(session, settings), acting(settings=settings)
        visit = visiting.of(session, enquiry)
        assert visit is not None
        assert visit.room is not None
        kept = plan(session, room_id=visit.room_id, host_id=visit.host_id)
        visit.room.active = False
        session.get_one(Person, visit.host_id).active = False
        session.flush()
        with pytest.raises(Impossible):
            visits.move(session, enquiry, kept, text="As agreed.", by=by)
        visits.move(session, enquiry, replace(kept, overrule="They still come."), text="As agreed.", by=by)
        with pytest.raises(Invalid):
            visits.confirm(session, accepted(session, settings), replace(kept, starts_at=AT + timedelta(days=1)), by=by)

    write(run)


def test_what_is_hard_is_confirmed_only_with_a_reason_and_what_others_hold_never(
    write: Write, settings: Settings
) -> None:
    def run(session: Session) -> None:
        by = acting(settings=settings)
        away = make_person(session, role=None, name="Prof. Away")
        session.add(Leave(person_id=away.id, starts_on=DAY, ends_on=DAY, entered_by="Office", entered_at=NOW))
        blocked = BlockedPeriod(name={"en": "Congregation"}, first=DAY + timedelta(7), last=DAY + timedelta(7),
                                hard=True, created_at=NOW)  # fmt: skip
        session.add(blocked)
        session.flush()
        week = {"first_day": DAY + timedelta(7), "last_day": DAY + timedelta(7), "starts_at": AT + timedelta(7),
                "ends_at": AT + timedelta(7, hours=2)}  # fmt: skip
        hard = (
            (ClashKind.ROOM_SMALL, plan(session, guests=300)),
            (ClashKind.HOST_AWAY, plan(session, host_id=away.id)),
            (ClashKind.BLOCKED, plan(session, **week)),
        )
        for kind, wanted in hard:
            enquiry = accepted(session, settings)
            savepoint = session.begin_nested()
            with pytest.raises(Impossible) as refused:
                visits.confirm(session, enquiry, replace(wanted, overrule="  "), by=by)
            savepoint.rollback()
            assert [clash.kind for clash in refused.value.clashes] == [kind]
            assert MessageKind.STAFF_HOSTING not in dict(told(session, enquiry)), "no host hears of it"
            event = visits.confirm(session, enquiry, replace(wanted, overrule="The hall is next door."), by=by)
            assert isinstance(event.facts, VisitPlanned)
            assert event.facts.overruled == "The hall is next door."
        first = confirmed(session, settings)
        held = visiting.of(session, first)
        assert held is not None
        taken = plan(session, room_id=held.room_id, overrule="Ours is more important.")
        with pytest.raises(Taken):
            visits.confirm(session, accepted(session, settings), taken, by=by)

    write(run)


def test_letters_of_a_visit_that_is_called_off_are_withdrawn_and_all_concerned_hear_of_it(
    write: Write, settings: Settings
) -> None:
    def run(session: Session, action: Action) -> None:
        by, enquiry = acting(settings=settings), confirmed(session, settings)
        number = {Action.POSTPONE: "IL-PPPP-AAAA", Action.DECLINE: "IL-DDDD-AAAA"}.get(action, "IL-WWWW-AAAA")
        session.add(
            InvitationLetter(number=number, enquiry_id=enquiry.id, purpose=LetterPurpose.HK_OFFICIAL, name="DOE JANE",
                             issued_at=NOW, valid_until=DAY)
        )  # fmt: skip
        session.flush()
        verb: Any = {Action.POSTPONE: visits.postpone}.get(action)
        if action is Action.WITHDRAW:
            by = replace(by, actor=actions.partner(enquiry))
        event = verb(session, enquiry, text="A typhoon.", by=by) if verb else actions.act(
            session, enquiry, action, text="A typhoon.", by=by
        )  # fmt: skip
        assert event.facts.letters == (number,)
        standing = letters.standing(session, number, "Jane Doe", today=by.today)
        assert standing is LetterStanding.WITHDRAWN
        query = select(Message.kind, Message.text).where(
            Message.enquiry_id == enquiry.id, Message.text.contains(number)
        )
        kinds = {kind for kind, _text in session.execute(query)}
        expected = {
            Action.POSTPONE: {MessageKind.PARTNER_VISIT_POSTPONED, MessageKind.STAFF_HOSTING},
            Action.DECLINE: {MessageKind.PARTNER_STATUS, MessageKind.STAFF_HOSTING},
            Action.WITHDRAW: {MessageKind.PARTNER_STATUS, MessageKind.LIAISON_WITHDRAWN, MessageKind.STAFF_HOSTING},
        }
        assert kinds == expected[action]

    for action in (Action.POSTPONE, Action.DECLINE, Action.WITHDRAW):
        write(lambda session, each=action: run(session, each))


def test_the_email_that_says_accepted_knows_the_date_that_was_chosen(write: Write, settings: Settings) -> None:
    def run(session: Session) -> None:
        enquiry, by = make_enquiry(session, settings), acting(settings=settings)
        actions.propose_dates(session, enquiry, [(DAY, DAY)], text="", by=by)
        visit = visiting.of(session, enquiry)
        assert visit is not None
        partner = replace(by, actor=actions.partner(enquiry))
        visits.take(session, enquiry, visit.options[0].id, None, text="", by=partner)
        actions.act(session, enquiry, Action.ACCEPT, by=by)
        query = select(Message.text).where(Message.kind == MessageKind.PARTNER_STATUS).order_by(Message.id.desc())
        text = " ".join(session.scalars(query.limit(1)).one().split())
        assert "You chose Tuesday 9 March 2027. Next, the office will confirm time and place." in text
        assert "agree the date" not in text

    write(run)
