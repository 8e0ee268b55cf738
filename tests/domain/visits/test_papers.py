"""Papers of a visit: from its rows to values, made once each however often a worker dies, and letters that are issued
whole or not at all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from tests.documents.reading import bare, text_of
from tests.factories import NOW, acting, make_enquiry, make_organisation, make_person, staff_actor
from webapp.config import Settings
from webapp.documents.typesetting import NotPrintable
from webapp.domain.enquiries import actions, loading, visiting
from webapp.domain.errors import NotAllowed, NotFound
from webapp.domain.papers import letters as numbered
from webapp.domain.papers import orders, versions
from webapp.domain.visits import aftermath, gifts, hosting, letters_of, making, papers_of, programme, visits
from webapp.domain.visits.gifts import GiftFacts
from webapp.domain.visits.hosting import Invitee, Reply
from webapp.domain.visits.letters_of import Missing, Wording
from webapp.domain.visits.programme import SlotPlan
from webapp.domain.visits.visits import Plan
from webapp.models import AuditEntry, Delegate, Enquiry, InvitationLetter, PaperOrder, Passport, Room, Visit
from webapp.vocabulary import (
    Action,
    AuditKind,
    GiftDirection,
    InterpreterSeat,
    Language,
    LetterPurpose,
    LetterStanding,
    NameOrder,
    OrderState,
    Paper,
    Role,
    SlotAnswer,
    VisitState,
)

Write = Callable[[Callable[[Session], Any]], Any]
DAY = date(2027, 3, 9)
OFFICE = staff_actor(Role.COORDINATOR)
WORDING = Wording(
    purpose=LetterPurpose.HK_OTHER,
    language=Language.EN,
    reason="Meeting on exchange",
    arrival=DAY,
    departure=DAY + timedelta(days=1),
    signatory_name="Lee Siu Ming",
    signatory_post="Director",
    payer="The delegation",
)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"office_phone": "+852 5550 0100"})


def planned(session: Session, settings: Settings, day: date = DAY, **more: Any) -> tuple[Enquiry, Visit]:
    """A confirmed visit, none of whose papers is asked for."""
    enquiry = make_enquiry(session, settings, **{"organisation": "University of Fjordheim", **more})
    by = acting(settings=settings)
    actions.act(session, enquiry, Action.ACCEPT, by=by)
    starts = datetime(day.year, day.month, day.day, 2, tzinfo=NOW.tzinfo)
    host = make_person(session, role=Role.HOST, name=f"Prof. Chan {day}")
    plan = Plan(day, day, starts, starts + timedelta(hours=2), venue="Council Chamber", host_id=host.id)
    visits.confirm(session, enquiry, plan, by=by)
    session.execute(delete(PaperOrder))
    found = visiting.of(session, enquiry)
    assert found is not None
    return enquiry, found


def large(session: Session, settings: Settings, **more: Any) -> tuple[Enquiry, Visit]:
    """A visit of forty with a programme of six slots, hosts who said yes and one who did not, a promise and gifts."""
    enquiry, visit = planned(session, settings, **more)
    by, named = acting(OFFICE, settings=settings), {"en": "Council Chamber", "zh-hant": "校董會會議室"}
    room = Room(name=named, building={"en": "Tower A", "zh-hant": "A座"}, seats=80, active=True, created_at=NOW)
    session.add(room)
    people = {
        name: make_person(session, role=None, name=name, email=f"{number}@example.org")
        for number, name in enumerate(("Prof. Adaeze Okonkwo", "李志強", "Dr No"))
    }
    session.flush()
    assert visit.starts_at is not None
    for number, title in enumerate(SLOTS):
        begins = visit.starts_at + timedelta(minutes=30 * number)
        plan = SlotPlan(begins, begins + timedelta(minutes=25), title, {"en": f"Purpose {number}"}, room.id,
                        "Door 3", "English, 普通話", "Lam Wai Yi")  # fmt: skip
        slot = programme.add(session, enquiry, plan, by=by)
        for name, person in people.items():
            host = hosting.invite(session, enquiry, slot.id, Invitee(person.id), by=by)
            said = SlotAnswer.NO if name == "Dr No" else SlotAnswer.YES
            hosting.answer_at_desk(session, enquiry, slot.id, host.id, Reply(said), by=by)
    for place in range(40):
        delegate(session, enquiry, place + 1, f"Person {place}")
    aftermath.promise(session, enquiry, "Send the draft agreement", None, DAY, by=by)
    given = GiftFacts(
        GiftDirection.GIVEN, NOW.date(), "Calligraphy", 2, Decimal("300.00"), "HKD", receiver="Rector Dahl"
    )
    gifts.register(session, enquiry, given, by=by)
    session.expire_all()
    session.refresh(enquiry, ["network"])
    found = visiting.of(session, enquiry)
    assert found is not None
    return enquiry, found


SLOTS = (
    {"en": "Arrival and welcome", "zh-hant": "抵達及歡迎"},
    {"en": "Meeting of the leadership", "zh-hant": "領導層會面"},
    {"en": "Gifts and photo", "zh-hant": "互贈紀念品及合照"},
    {"en": "Tour of the marine laboratory", "zh-hant": "參觀海洋實驗室"},
    {"en": "Signing", "zh-hant": "簽署協議"},
    {"en": "Banquet hosted by the President", "zh-hant": "校長宴會"},
)


def delegate(session: Session, enquiry: Enquiry, place: int, given: str, **passport: Any) -> Delegate:
    row = Delegate(enquiry_id=enquiry.id, precedence=place, given_name=given, family_name="Dahl",
                   name_order=NameOrder.GIVEN_FIRST, diet="Vegetarian", invitation_letter=True)  # fmt: skip
    session.add(row)
    session.flush()
    if passport:
        session.add(Passport(delegate_id=row.id, enquiry_id=enquiry.id, **passport))
        session.flush()
    return row


PASSPORT = {"name": "KARI DAHL", "number": "N0000001", "nationality": "NO", "expiry": date(2030, 1, 1)}


def test_values_come_from_the_rows_in_few_statements_and_show_no_passport(session: Session, settings: Settings) -> None:
    organisation = make_organisation(session)
    old, _before = planned(session, settings, date(2027, 1, 5))
    enquiry, visit = planned(session, settings)
    for each in (old, enquiry):
        each.organisation_id = organisation.id
    delegate(session, enquiry, 2, "Olav")
    delegate(session, enquiry, 1, "Kari", **PASSPORT)
    visit.with_flags = True
    session.flush()
    session.expire_all()
    enquiry = session.get_one(Enquiry, enquiry.id)
    session.refresh(enquiry, ["network"])
    visit = visiting.of(session, enquiry)
    assert visit is not None
    said: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *given: said.append(given[2]))
    values = papers_of.of(session, enquiry, visit, settings=settings)
    assert len(said) == 5
    assert [each.own.name for each in values.delegates] == ["Kari Dahl", "Olav Dahl"]
    assert [each.country for each in values.delegates] == ["NO", ""]
    assert [(each.on, each.leader) for each in values.past_visits] == [(date(2027, 1, 5), "Prof. Jan Kowalski")]
    assert values.purposes[0]["en"] == "Student exchange"
    assert (values.programme[0].starts_at, values.hosts[0].own.name) == (visit.starts_at, f"Prof. Chan {DAY}")
    assert (values.countries_shown, values.cross_strait) == (True, False)
    assert "N0000001" not in repr(values)
    assert "KARI" not in repr(values)
    basis = papers_of.basis(values, papers_of.issuer(visit, settings))
    visit.changed_at += timedelta(days=1)
    again = papers_of.of(session, enquiry, visit, settings=settings)
    assert papers_of.basis(again, papers_of.issuer(visit, settings)) == basis
    session.delete(session.scalars(select(Delegate).where(Delegate.given_name == "Olav")).one())
    again = papers_of.of(session, enquiry, visit, settings=settings)
    assert papers_of.basis(again, papers_of.issuer(visit, settings)) != basis


def test_papers_show_the_programme_as_it_is_planned_and_each_says_its_version(
    session: Session, settings: Settings
) -> None:
    enquiry, visit = large(session, settings, language=Language.ZH_HANT)
    said: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *given: said.append(given[2]))
    values = papers_of.of(session, enquiry, visit, settings=settings)
    assert len(said) == 5, "as many statements, however many slots"
    assert [each.own.name for each in values.hosts] == [f"Prof. Chan {DAY}", "Prof. Adaeze Okonkwo", "李志強"]
    turned = settings.model_copy(update={"host_faces_door": True, "interpreter_seat": InterpreterSeat.RIGHT})
    seated = papers_of.of(session, enquiry, visit, settings=turned).seating
    assert (seated.host_faces_door, seated.interpreter_seat, seated.host_interpreter) == (True, "right", "Lam Wai Yi")
    orders.ask(session, enquiry.id, list(Paper), now=NOW)

    def made_next() -> tuple[str, bytes]:
        claimed = orders.claim(session, now=NOW)
        assert claimed is not None
        made = making.make(session, claimed, settings=settings)
        orders.record_made(session, claimed, made.content, made.basis, now=NOW)
        return claimed.name, made.content

    made = {name: text_of(content) for name, content in (made_next() for _ in Paper)}
    hours = ["10:00–10:25", "10:30–10:55", "11:00–11:25", "11:30–11:55", "12:00–12:25", "12:30–12:55"]
    titles = [text for slot in SLOTS for text in slot.values()]
    told = [
        "Council Chamber, Tower A, Door 3",
        "校董會會議室、A座、Door 3",
        "Purpose 5",
        "Prof. Adaeze Okonkwo",
        "李志強",
    ]
    for expected in (*hours, *titles, *told, "English, 普通話", "Lam Wai Yi", "第1版"):
        assert bare(expected) in made[Paper.PROGRAMME], expected
    assert "DrNo" not in "".join(made.values())
    for expected in (*hours, "領導層會面", "Send the draft agreement", "2 × Calligraphy", "HKD 300", "Rector Dahl"):
        assert bare(expected) in made[Paper.DOSSIER], expected
    assert "Person39" in made[Paper.ATTENDANCE]
    # One slot has another place: what shows it is version 2 and says so, the rest stays as it was.
    slot = programme.of(session, visit)[0]
    plan = SlotPlan(slot.starts_at, slot.ends_at, slot.title, slot.purpose, slot.room_id, "Door 4")
    enquiry = loading.locked(session, enquiry.reference, actor=OFFICE)
    programme.edit(session, enquiry, slot.id, plan, version=slot.version, by=acting(OFFICE, settings=settings))
    session.expire_all()
    orders.ask(session, enquiry.id, list(Paper), now=NOW)
    again = {name: text_of(content) for name, content in (made_next() for _ in Paper)}
    newest = {each.name: each.version for each in reversed(versions.of(session, enquiry.id))}
    changed = {Paper.PROGRAMME, Paper.DOSSIER}
    assert newest == {paper: 2 if paper in changed else 1 for paper in Paper}
    assert "第2版" in again[Paper.PROGRAMME]
    assert "第1版" in again[Paper.ATTENDANCE]


def test_a_worker_that_dies_loses_nothing_and_none_is_made_twice(session: Session, settings: Settings) -> None:
    enquiry, _visit = planned(session, settings)
    orders.ask(session, enquiry.id, [Paper.ATTENDANCE, Paper.SECURITY], now=NOW)
    orders.ask(session, enquiry.id, [Paper.ATTENDANCE], now=NOW)
    first = orders.claim(session, now=NOW)
    second = orders.claim(session, now=NOW)
    assert first is not None
    assert second is not None
    assert {first.name, second.name} == {"attendance", "security"}
    assert orders.claim(session, now=NOW) is None
    # The worker dies with both; when it must be dead they are due again.
    later = NOW + orders.LEASE
    again = orders.claim(session, now=later)
    assert again == first
    made = making.make(session, again, settings=settings)
    orders.record_made(session, again, made.content, made.basis, now=later)
    assert bare("Prof. Jan Kowalski") in text_of(made.content)
    # The first one was only slow: what it made is the same paper, not another version.
    orders.record_made(session, first, made.content, made.basis, now=later)
    assert [each.version for each in versions.of(session, enquiry.id, first.name)] == [1]
    # Asked for again while it is being made: what is recorded is not the answer to that.
    orders.ask(session, enquiry.id, [second.name], now=later)
    orders.record_made(session, second, made.content, "old", now=later)
    newer = orders.claim(session, now=later)
    assert newer is not None
    assert newer.name == second.name
    orders.record_failure(session, newer, now=later)
    assert orders.claim(session, now=later) is None
    # What fails after it was asked for again is not the answer to that, either: it does not wait.
    last = orders.claim(session, now=later + orders.AGAIN)
    assert last is not None
    orders.ask(session, enquiry.id, [second.name], now=later + orders.AGAIN)
    orders.record_failure(session, last, now=later + orders.AGAIN)
    assert orders.claim(session, now=later + orders.AGAIN) is not None
    # It ends its worker again and again.
    for number in range(orders.MOST_TRIES):
        orders.claim(session, now=later + timedelta(hours=number + 1))
    assert orders.claim(session, now=later + timedelta(days=1)) is None
    states = dict(session.execute(select(PaperOrder.name, PaperOrder.state)).all())
    assert states == {first.name: OrderState.MADE, second.name: OrderState.FAILED}


def test_what_no_font_has_is_named_and_what_has_no_time_is_forgotten(session: Session, settings: Settings) -> None:
    enquiry, visit = planned(session, settings)
    delegate(session, enquiry, 1, "Kari \U0001f98a")
    orders.ask(session, enquiry.id, [Paper.NAME_CARDS], now=NOW)
    claimed = orders.claim(session, now=NOW)
    assert claimed is not None
    with pytest.raises(NotPrintable) as caught:
        making.make(session, claimed, settings=settings)
    found = [(each.where, each.text, each.character) for each in caught.value.problems]
    assert found == [("delegates[1].own.given_name", "Kari \U0001f98a", "\U0001f98a")]
    orders.record_problems(session, claimed, found)
    (order,) = orders.of(session, enquiry.id)
    assert (order.state, order.due_at, order.problems) == (OrderState.NOT_PRINTABLE, None, [list(found[0])])
    orders.ask(session, enquiry.id, [Paper.NAME_CARDS], now=NOW)
    visit.starts_at = visit.ends_at = None
    session.flush()
    again = orders.claim(session, now=NOW)
    assert again is not None
    with pytest.raises(NotFound):
        making.make(session, again, settings=settings)
    orders.drop(session, again)
    assert orders.of(session, enquiry.id) == []


def test_letters_are_issued_whole_or_not_at_all_written_and_withdrawn(session: Session, settings: Settings) -> None:
    enquiry, visit = planned(session, settings)
    whole, empty = delegate(session, enquiry, 1, "Kari", **PASSPORT), delegate(session, enquiry, 2, "Olav")
    by = acting(OFFICE, settings=settings)
    for role in (Role.LIAISON, Role.HOST, Role.OBSERVER):
        with pytest.raises(NotAllowed):
            letters_of.issue(session, enquiry, visit, WORDING, [whole.id], by=by.as_(staff_actor(role)))
    with pytest.raises(Missing) as caught:
        letters_of.issue(session, enquiry, visit, WORDING, [whole.id, empty.id], by=by)
    assert {name: set(found) for name, found in caught.value.faults.items()} == {
        "Olav Dahl": {"passport_name", "passport_expiry"}
    }
    assert numbered.of(session, enquiry.id) == []
    (number,) = letters_of.issue(session, enquiry, visit, WORDING, [whole.id], by=by)
    with pytest.raises(Missing, match="passport_name"):
        letters_of.issue(session, enquiry, visit, WORDING, [whole.id], by=by)
    claimed = orders.claim(session, now=NOW)
    assert claimed is not None
    made = making.make(session, claimed, settings=settings)
    for expected in (number, "KARI DAHL", "University of Fjordheim", "+852 5550 0100", "The delegation"):
        assert bare(expected) in text_of(made.content)
    orders.record_made(session, claimed, made.content, made.basis, now=NOW)
    assert versions.content(session, enquiry.id, number) == made.content
    assert orders.of(session, enquiry.id) == []
    letters_of.withdraw(session, enquiry, number, "A wrong day", by=by)
    row = session.scalars(select(InvitationLetter)).one()
    assert row.withdrawn_reason == "A wrong day"
    assert numbered.standing(session, number, "Kari Dahl", today=NOW.date()) is LetterStanding.WITHDRAWN
    # Another one may be issued now; withdrawn before it is made, it is not made.
    (second,) = letters_of.issue(session, enquiry, visit, replace(WORDING, places="Hong Kong"), [whole.id], by=by)
    letters_of.withdraw(session, enquiry, second, "Not needed", by=by)
    claimed = orders.claim(session, now=NOW)
    assert claimed is not None
    with pytest.raises(NotFound):
        making.make(session, claimed, settings=settings)
    visit.state = VisitState.CANCELLED
    with pytest.raises(NotAllowed):
        letters_of.issue(session, enquiry, visit, WORDING, [whole.id], by=by)
    session.commit()
    kinds = [AuditKind.LETTER_ISSUED, AuditKind.LETTER_WITHDRAWN] * 2
    query = select(AuditEntry.kind).where(AuditEntry.subject == enquiry.reference).order_by(AuditEntry.number)
    assert [each for each in session.scalars(query) if each in kinds] == kinds
