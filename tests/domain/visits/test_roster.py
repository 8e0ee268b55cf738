"""A visit's list of delegates: saved in its own order, changed by differences once confirmed, its passports for few."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, make_person, staff_actor
from tests.tidying.roster import samples
from webapp.config import Settings
from webapp.db import transaction
from webapp.domain.enquiries import actions, loading
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.domain.privacy import emptying, retention
from webapp.domain.security.acting import Acting
from webapp.domain.visits import roster, roster_changes, roster_drafts, roster_entries, roster_passports
from webapp.models import AuditEntry, Delegate, Enquiry, Event, Message, Passport, RosterChange, RosterDraft, Visit
from webapp.tidying.roster import writing
from webapp.tidying.roster.columns import NAMES
from webapp.tidying.roster.days import Order
from webapp.tidying.roster.reading import Choices
from webapp.vocabulary import (
    AuditKind,
    EventKind,
    Job,
    Kind,
    MessageKind,
    Role,
    RosterChangeState,
    RosterDraftState,
    Status,
    VisitMode,
    VisitState,
)

Write = Callable[[Callable[[Session], Any]], Any]
LIST = samples.people(6)


class World:
    """One accepted visit, its partner, and a coordinator."""

    def __init__(self, write: Write, settings: Settings) -> None:
        self.write, self.settings = write, settings
        self.reference = write(self._make)
        self.person = write(lambda s: make_person(s).id)

    def _make(self, session: Session) -> str:
        enquiry = make_enquiry(session, self.settings, status=Status.ACCEPTED)
        session.add(
            Visit(
                enquiry_id=enquiry.id, mode=VisitMode.IN_PERSON, timezone="Asia/Hong_Kong", uid=enquiry.reference,
                created_at=NOW, changed_at=NOW,
            )
        )  # fmt: skip
        return enquiry.reference

    def do(self, change: Callable[[Session, Enquiry, Acting], Any], *, desk: bool = False, later: int = 0) -> Any:
        """Do something as the partner, or at the desk, some days later."""

        def run(session: Session) -> Any:
            enquiry = loading.locked_where(session, Enquiry.reference == self.reference)
            assert enquiry is not None
            actor = staff_actor(person_id=self.person) if desk else actions.partner(enquiry)
            return change(session, enquiry, acting(actor, now=NOW + timedelta(days=later), settings=self.settings))

        return self.write(run)

    def send(self, rows: list[dict[str, str]], *, desk: bool = False) -> int:
        """Send a file and save it."""

        def send(session: Session, enquiry: Enquiry, by: Acting) -> int:
            mark = roster.read(session, enquiry, by=by).mark
            draft = roster_drafts.send(session, enquiry, writing.as_csv(rows), name="list.csv", mark=mark, by=by)
            return roster_drafts.save(session, enquiry, draft, by=by)

        return int(self.do(send, desk=desk))

    def confirm(self, *, last: date = date(2027, 3, 9)) -> None:
        def run(session: Session) -> None:
            number = select(Enquiry.id).where(Enquiry.reference == self.reference).scalar_subquery()
            values = {"state": VisitState.CONFIRMED, "first_day": last, "last_day": last, "confirmed_at": NOW}
            session.execute(update(Visit).where(Visit.enquiry_id == number).values(**values))

        self.write(run)

    def held(self, *, passports: bool = False) -> list[dict[str, str]]:
        """Return the list that holds, by the columns of a file."""
        names = NAMES if passports else [name for name in NAMES if name in roster_entries.OF_DELEGATE]
        entries = self.do(lambda s, e, by: roster_entries.official(s, e.id, passports=passports))
        return [{name: entry.values[name] for name in names} for entry in entries]

    def wanted(self) -> list[str]:
        entries = self.do(lambda s, e, by: roster.of_partner(s, e, passports=True)).entries
        return [entry.values["family_name"] for entry in entries]


@pytest.fixture
def world(write: Write, settings: Settings) -> World:
    return World(write, settings)


def families(rows: list[dict[str, str]]) -> list[str]:
    return [row["family_name"] for row in rows]


def edit(place: int, desk: bool = False, **values: str) -> Callable[[Session, Enquiry, Acting], int]:
    def run(session: Session, enquiry: Enquiry, by: Acting) -> int:
        return roster.edit(session, enquiry, place, values, mark=roster.read(session, enquiry, by=by).mark, by=by)

    return run


def move(place: int, *, up: bool) -> Callable[[Session, Enquiry, Acting], int]:
    def run(session: Session, enquiry: Enquiry, by: Acting) -> int:
        return roster.move(session, enquiry, place, up=up, mark=roster.read(session, enquiry, by=by).mark, by=by)

    return run


def remove(place: int) -> Callable[[Session, Enquiry, Acting], int]:
    def run(session: Session, enquiry: Enquiry, by: Acting) -> int:
        return roster.remove(session, enquiry, place, mark=roster.read(session, enquiry, by=by).mark, by=by)

    return run


def test_a_list_is_saved_as_it_was_sent_and_in_its_order(world: World) -> None:
    world.send(LIST)
    assert world.held(passports=True) == LIST
    backwards = LIST[::-1]
    ids = world.write(lambda s: {row.family_name: row.id for row in s.scalars(select(Delegate))})
    world.send(backwards)
    assert world.held(passports=True) == backwards
    assert world.write(lambda s: {row.family_name: row.id for row in s.scalars(select(Delegate))}) == ids
    assert world.write(lambda s: s.scalars(select(RosterDraft)).all()) == []
    kinds = world.write(lambda s: s.scalars(select(Event.kind).where(Event.kind == EventKind.ROSTER)).all())
    assert kinds == [EventKind.ROSTER]  # what is typed within half an hour is one line


def test_columns_that_a_file_has_not_stay_and_passports_go_with_their_letter(world: World) -> None:
    world.send(LIST)
    world.do(edit(2, vehicle="AB 1234", photo_consent="yes"))
    assert world.write(lambda s: len(s.scalars(select(Passport)).all())) == 3
    short = [{"family_name": row["family_name"], "given_name": row["given_name"], "position": "Rector"} for row in LIST]

    def send(session: Session, enquiry: Enquiry, by: Acting) -> None:
        text = "family name,given name,position\n" + "".join(",".join(row.values()) + "\n" for row in short)
        mark = roster.read(session, enquiry, by=by).mark
        draft = roster_drafts.send(session, enquiry, text.encode(), name="", mark=mark, by=by)
        roster_drafts.save(session, enquiry, draft, by=by)

    world.do(send)
    held = world.held(passports=True)
    assert {row["position"] for row in held} == {"Rector"}
    assert [row["passport_number"] for row in held] == [row["passport_number"] for row in LIST]
    second = world.write(lambda s: s.scalars(select(Delegate).where(Delegate.precedence == 2)).one())
    assert (second.vehicle, second.photo_consent) == ("AB 1234", True)
    world.do(edit(2, invitation_letter="no"))
    assert world.write(lambda s: len(s.scalars(select(Passport)).all())) == 2


def test_one_by_one(world: World) -> None:
    world.send(LIST[:3])
    world.do(move(3, up=True))
    world.do(move(1, up=True))
    first, second, third = families(LIST[:3])
    assert families(world.held()) == [first, third, second]

    def add(session: Session, enquiry: Enquiry, by: Acting) -> int:
        mark = roster.read(session, enquiry, by=by).mark
        return roster.add(session, enquiry, {**LIST[4], "vehicle": "", "photo_consent": ""}, mark=mark, by=by)

    world.do(add)
    world.do(remove(1))
    assert families(world.held()) == [third, second, LIST[4]["family_name"]]
    with pytest.raises(NotFound):
        world.do(remove(9))
    with pytest.raises(Conflict):
        world.do(lambda s, e, by: roster.remove(s, e, 1, mark="another", by=by))
    with pytest.raises(Invalid):
        world.do(
            lambda s, e, by: roster.put(
                s, e, [roster_entries.Entry(LIST[0])] * 501, mark=roster.read(s, e, by=by).mark, by=by
            )
        )


def test_a_list_is_bound_to_the_one_that_it_replaces(world: World) -> None:
    world.send(LIST[:2])

    def send(session: Session, enquiry: Enquiry, by: Acting) -> None:
        mark = roster.read(session, enquiry, by=by).mark
        roster_drafts.send(session, enquiry, writing.as_csv(LIST), name="list.csv", mark=mark, by=by)

    world.do(send)
    world.do(edit(1, diet="no fish"), desk=True)
    with pytest.raises(Conflict):
        world.do(lambda s, e, by: roster_drafts.save(s, e, roster_drafts.last(s, e, by=by), by=by))
    assert len(world.held()) == 2
    with pytest.raises(NotFound):  # a colleague's is their own
        world.do(lambda s, e, by: roster_drafts.last(s, e, by=by), desk=True)
    with pytest.raises(NotFound):
        world.do(lambda s, e, by: roster_drafts.last(s, e, by=by), later=2)


def test_what_is_wrong_is_mended_and_then_saved(world: World) -> None:
    text = "Name,Email,Date of birth,Letter\nChan,chan(at)\nLee,lee@example.org,03/04/1980,yes\n"

    def send(session: Session, enquiry: Enquiry, by: Acting) -> None:
        draft = roster_drafts.send(
            session, enquiry, text.encode(), name="", mark=roster.read(session, enquiry, by=by).mark, by=by
        )
        with pytest.raises(Invalid):
            roster_drafts.save(session, enquiry, draft, by=by)
        chosen = Choices(
            orders={"birth_date": Order.DAY_FIRST}, mended={2: {"email": "chan@example.org"}, 3: {"nationality": "PRC"}}
        )
        roster_drafts.choose(session, draft, chosen, by=by)
        assert roster_drafts.choices(draft).mended[2] == {"email": "chan@example.org"}
        roster_drafts.save(session, enquiry, draft, by=by)

    world.do(send)
    held = world.held(passports=True)
    assert [row["email"] for row in held] == ["chan@example.org", "lee@example.org"]
    assert (held[1]["birth_date"], held[1]["nationality"]) == ("1980-04-03", "PRC")


def test_after_confirmation_a_partner_asks_and_the_office_decides_row_by_row(world: World) -> None:
    world.send(LIST[:4])
    world.confirm()
    first, second, third, fourth = families(LIST[:4])
    world.send([LIST[0], *samples.people(9)[6:], *LIST[1:4]])
    for change in reversed(world.do(lambda s, e, by: roster_changes.waiting(s, e.id))[1:]):
        world.do(lambda s, e, by, change=change: roster_changes.take(s, e, change.id, by=by), desk=True)
    assert families(world.held()) == families([LIST[0], *samples.people(9)[7:], *LIST[1:4]])
    world.send(LIST[:4])
    for change in world.do(lambda s, e, by: roster_changes.waiting(s, e.id)):
        world.do(lambda s, e, by, change=change: roster_changes.take(s, e, change.id, by=by), desk=True)
    asked = world.send([LIST[3], {**LIST[0], "position": "President", "passport_number": "K77"}, LIST[1], LIST[5]])
    assert asked == 4
    assert world.held(passports=True) == LIST[:4]
    assert world.wanted() == [fourth, first, second, LIST[5]["family_name"]]
    world.do(edit(4, diet="no eggs"))  # of who is asked for only
    changes = world.do(lambda s, e, by: roster_changes.waiting(s, e.id))
    by_kind = {change.kind.value: change for change in changes}
    assert set(by_kind) == {"order", "change", "remove", "add"}
    assert by_kind["change"].after == {"position": "President"}
    assert by_kind["change"].passport == {}  # no letter is asked for
    assert by_kind["add"].passport["passport_number"] == LIST[5]["passport_number"]
    world.do(lambda s, e, by: roster_changes.take(s, e, by_kind["order"].id, by=by), desk=True)
    assert families(world.held()) == [fourth, first, third, second]
    world.do(lambda s, e, by: roster_changes.take(s, e, by_kind["add"].id, by=by), desk=True)
    world.do(lambda s, e, by: roster_changes.take(s, e, by_kind["remove"].id, by=by), desk=True)
    world.do(lambda s, e, by: roster_changes.refuse(s, e, by_kind["change"].id, by=by), desk=True)
    held = world.held(passports=True)
    assert families(held) == [fourth, first, second, LIST[5]["family_name"]]
    assert held[1]["position"] == LIST[0]["position"]
    assert held[3] == {**LIST[5], "diet": "no eggs"}
    with pytest.raises(NotFound):
        world.do(lambda s, e, by: roster_changes.take(s, e, by_kind["change"].id, by=by), desk=True)
    with pytest.raises(NotAllowed):
        world.do(lambda s, e, by: roster_changes.take(s, e, by_kind["add"].id, by=by))
    rows = world.write(lambda s: s.scalars(select(RosterChange)).all())
    assert {(row.kind.value, row.state) for row in rows} == {
        (kind, RosterChangeState.REFUSED if kind == "change" else RosterChangeState.TAKEN) for kind in by_kind
    }
    assert all(row.passport == {} for row in rows)
    decided = world.write(lambda s: s.scalars(select(Event.kind).where(Event.kind == EventKind.ROSTER_DECIDED)).all())
    assert len(decided) == 8
    assert len(world.do(lambda s, e, by: roster_changes.refused(s, e.id))) == 1


def test_who_answers_hears_that_a_list_came_and_that_changes_wait(world: World) -> None:
    def told() -> list[str]:
        query = select(Message.text).where(Message.kind == MessageKind.LIAISON_ROSTER).order_by(Message.id)
        return [" ".join(text.split()) for text in world.write(lambda s: s.scalars(query).all())]

    world.send(LIST[:4])
    world.do(edit(4, diet="no eggs"))
    [first] = told()
    assert "has 4 persons now." in first
    assert f"/desk/visits/{world.reference}/roster" in first
    world.do(lambda s, e, by: roster.move(s, e, 2, up=True, mark=roster.of_office(s, e).mark, by=by), desk=True)
    assert len(told()) == 1, "no one gets an email about their own work"
    world.confirm()
    world.send(LIST[:3])
    assert "asks for 2 changes of the list." in told()[1], "one is gone, and the order is another"
    assert LIST[0]["family_name"] not in told()[1]


def test_delegates_are_named_between_acceptance_and_the_visit_alone(write: Write, settings: Settings) -> None:
    for kind, status in (
        (Kind.VISIT, Status.RECEIVED),
        (Kind.VISIT, Status.DECLINED),
        (Kind.QUESTION, Status.ACCEPTED),
    ):
        world = World(write, settings)
        values = update(Enquiry).values(status=status, kind=kind)
        write(lambda s, values=values: s.execute(values))
        with pytest.raises(NotAllowed):
            world.send(LIST[:1])


def test_what_takes_long_is_read_by_the_worker(world: World, broker: Any) -> None:
    cells = b'<row r="9">' + b"<c/>" * 120_000 + b"</row></sheetData>"
    content = samples.patched(
        samples.table(["name"], ["Chan"]), "sheet1.xml", lambda data: data.replace(b"</sheetData>", cells)
    )

    def send(session: Session, enquiry: Enquiry, by: Acting) -> int:
        return roster_drafts.send(session, enquiry, content, name="list.xlsx", mark="", by=by).id

    number = world.do(send)
    assert (Job.ROSTER_READ, number) in broker.jobs
    assert world.write(roster_drafts.due) == [number]
    by = acting(staff_actor(), now=NOW, settings=world.settings)
    with _app(world) as _session:
        roster_drafts.work(transaction, number, by=by)
        roster_drafts.work(transaction, number, by=by)
    draft = world.write(lambda s: s.get(RosterDraft, number))
    found = roster_drafts.found_in(draft)
    assert draft.state is RosterDraftState.READ
    assert found is not None
    assert [row.values["family_name"] for row in found.rows] == ["Chan"]
    assert world.write(roster_drafts.due) == []


def _app(world: World) -> Any:
    return world.write.__closure__[0].cell_contents.app_context()  # type: ignore[index, attr-defined]


def test_each_look_at_passports_is_noted(world: World, settings: Settings) -> None:
    world.send(LIST)
    rows = world.do(lambda s, e, by: roster_passports.look(s, e, by=by), desk=True)
    assert [row.passport.number for row in rows] == [row["passport_number"] for row in LIST if row["passport_number"]]
    entry = world.write(
        lambda s: s.scalars(select(AuditEntry).where(AuditEntry.kind == AuditKind.PASSPORTS_SEEN)).one()
    )
    assert (entry.subject, len(entry.data["delegates"])) == (world.reference, 3)
    for role in (Role.LIAISON, Role.HOST, Role.OBSERVER):

        def run(session: Session, role: Role = role) -> None:
            enquiry = session.scalars(select(Enquiry)).one()
            roster_passports.look(session, enquiry, by=acting(staff_actor(role), now=NOW, settings=settings))

        with pytest.raises(NotAllowed):
            world.write(run)


def test_passports_go_seven_days_after_departure_and_unsaved_lists_after_one(world: World, settings: Settings) -> None:
    world.send(LIST)
    world.confirm(last=date(2027, 3, 9))
    world.send([*LIST, samples.people(8)[7]])
    world.do(lambda s, e, by: roster_drafts.send(s, e, writing.as_csv(LIST), name="list.csv", mark="", by=by))

    def found(day: date) -> dict[str, int]:
        now = NOW.replace(year=day.year, month=day.month, day=day.day)
        by = acting(staff_actor(Role.ADMINISTRATOR), now=now, settings=settings)
        names = world.write(lambda s: [each.rule for each in retention.passed(s, by=by)])
        return {name: names.count(name) for name in set(names) if "passport" in name or "delegations" in name}

    assert found(date(2026, 11, 23)) == {}
    assert found(date(2027, 3, 15)) == {"unsaved delegations": 1}
    assert found(date(2027, 3, 16)) == {"unsaved delegations": 1, "passports": 3, "passports asked for": 1}
    admin = acting(staff_actor(Role.ADMINISTRATOR), now=NOW, settings=settings)
    world.write(lambda s: s.execute(update(Enquiry).values(hold_since=NOW)))
    assert found(date(2027, 3, 16)) == {"unsaved delegations": 1}
    world.write(lambda s: s.execute(update(Enquiry).values(hold_since=None)))
    by = acting(staff_actor(Role.ADMINISTRATOR), now=NOW.replace(year=2027, month=3, day=16), settings=settings)
    with _app(world):
        counts = retention.run(transaction, by=by)
    assert (counts["passports"], counts["passports asked for"], counts["unsaved delegations"]) == (3, 1, 1)
    assert world.write(lambda s: s.scalars(select(Passport)).all()) == []
    assert len(world.held()) == 6
    assert {row["passport_number"] for row in world.held(passports=True)} == {""}
    assert found(date(2027, 3, 17)) == {}
    world.do(lambda s, e, _by: emptying.enquiries(s, [e.id], by=admin))
    for table in (Delegate, RosterChange, RosterDraft):
        assert world.write(lambda s, table=table: s.scalars(select(table)).all()) == []
