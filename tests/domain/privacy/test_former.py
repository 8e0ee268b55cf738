"""Who left long ago is a number everywhere, but where something open, a hold or the audit log names them still."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from tests.domain.privacy.dump import dump, hits
from tests.factories import NOW, acting, make_enquiry, make_faculty, make_network, make_person, refer, staff_actor
from webapp.config import Settings
from webapp.db import db, transaction
from webapp.domain.accounts import administration, own_links, people, sessions
from webapp.domain.directory import people as answering
from webapp.domain.directory import reviews
from webapp.domain.enquiries import actions, assignment, loading
from webapp.domain.errors import NotFound
from webapp.domain.history import audit, audit_chain
from webapp.domain.privacy import holds, retention
from webapp.domain.routing import leave
from webapp.domain.routing.leave import Absence
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor
from webapp.domain.triage import checklist, notes, saved_views
from webapp.models import (
    Approval,
    Change,
    ChecklistItem,
    Enquiry,
    Event,
    Leave,
    Mention,
    Message,
    Network,
    Person,
    SavedView,
    event_codec,
)
from webapp.models.event_data import ApproversAsked, Assigned
from webapp.vocabulary import Action, ActorKind, AuditKind, EventKind, Language, MessageState, RecordType, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]
PAST = NOW - timedelta(days=4 * 366)
NAME, EARLIER, EMAIL = "Ying 王 Former", "Ying Maiden", "ying@example.org"
SENT = {"state": MessageState.SENT, "next_attempt_at": None}


@pytest.fixture
def kept(settings: Settings) -> Settings:
    """Settings by which enquiries outlive who worked on them."""
    return settings.model_copy(update={"keep_enquiries": 120})


def admin(settings: Settings, *, past: bool = False) -> Acting:
    return acting(staff_actor(Role.ADMINISTRATOR), now=PAST if past else NOW, settings=settings)


def close(session: Session, person: Person, settings: Settings, *, name: str = "", active: bool = False) -> None:
    administration.change(session, person, name=name or person.name, language=person.language, role=person.role,
                          active=active, version=person.version, by=admin(settings, past=True))  # fmt: skip


def left(session: Session, settings: Settings, name: str = NAME, email: str = EMAIL) -> Person:
    """Make someone whose account was closed four years ago."""
    person = make_person(session, role=Role.COORDINATOR, name=name, email=email)
    close(session, person, settings)
    return person


def load(session: Session, network: Network) -> None:
    """Load a network's people as they are by now."""
    people_of = (Network.owner, Network.liaison, Network.deputy, Network.escalation)
    session.flush()
    query = select(Network).where(Network.id == network.id).options(*map(joinedload, people_of))
    session.scalars(query.execution_options(populate_existing=True)).one()


def worked(session: Session, settings: Settings) -> tuple[int, str]:
    """Make someone who did all that a colleague does before they left; return their id and an enquiry's reference."""
    person = make_person(session, role=Role.COORDINATOR, name=EARLIER, email=EMAIL)
    other = make_person(session, role=Role.COORDINATOR, name="Someone Else")
    person.sign_on_issuer, person.sign_on_subject = "https://sign-on.example.org", "ying"
    enquiry = make_enquiry(session, settings, now=PAST)
    held = loading.locked(session, enquiry.reference, actor=staff_actor())
    maiden = acting(Actor(ActorKind.STAFF, EARLIER, person.id, Role.COORDINATOR), now=PAST, settings=settings)
    item = checklist.add(session, held, "Call them", by=maiden)
    checklist.tick(session, held, item.id, done=True, by=maiden)
    close(session, person, settings, name=NAME, active=True)
    own = acting(Actor(ActorKind.STAFF, NAME, person.id, Role.COORDINATOR), now=PAST, settings=settings)
    assignment.assign(session, held, person.id, by=own)
    notes.add(session, held, "Please look", named=[person.id], by=acting(now=PAST, settings=settings))
    session.add(Mention(event_id=session.scalars(select(Event.id)).all()[-1], person_id=other.id, seen_at=None))
    network = make_network(session)
    boss = admin(settings, past=True)
    load(session, network)
    reviews.set_owner(session, network, person.id, version=network.version, by=boss)
    for number in (person.id, None):
        load(session, network)
        answering.set_people(session, network, liaison_id=number, deputy_id=None, escalation_id=None,
                             version=network.version, by=boss)  # fmt: skip
    load(session, network)
    reviews.verify(session, network, version=network.version, by=own)
    reviews.set_owner(session, network, None, version=network.version, by=boss)
    absence = Absence(person_id=person.id, starts_on=PAST.date(), ends_on=PAST.date())
    leave.take(session, absence, by=own)
    absence = Absence(person_id=other.id, starts_on=PAST.date(), ends_on=PAST.date(), cover_id=person.id)
    leave.take(session, absence, by=boss)
    saved_views.save(session, "Only mine", {"status": "received"}, shared=False, by=own)
    saved_views.save(session, "For all", {"status": "received"}, shared=True, by=own)
    own_links.send_reset(session, person, by=boss)
    actions.act(session, held, Action.DECLINE, text="We cannot.", by=own)
    assignment.assign(session, held, None, by=boss)
    close(session, person, settings)
    sessions.open_session(session, person, now=PAST)
    session.flush()
    session.execute(update(Message).values(**SENT))
    return person.id, enquiry.reference


def forget_log(write: Write) -> None:
    """Cut the log as the night does, with a line of today in it: the last one always stays."""
    write(lambda s: audit.note(s, AuditKind.SIGNED_OUT, staff_actor(), now=NOW))
    write(lambda session: audit.forget(session, now=NOW))


def run(settings: Settings) -> int:
    return retention.run(transaction, by=admin(settings))["former colleagues"]


def due(session: Session, settings: Settings) -> list[str]:
    return [each.name for each in retention.passed(session, by=admin(settings)) if each.rule == "former colleagues"]


def test_a_number_takes_the_place_of_who_left(app: Flask, write: Write, kept: Settings) -> None:
    number, _reference = write(lambda s: worked(s, kept))
    forget_log(write)
    with app.app_context():
        before = dump(db.session())
        assert due(db.session(), kept) == [NAME]
        assert dump(db.session()) == before
        db.session.rollback()
        assert run(kept) == 1
        session = db.session()
        shown = f"Former colleague {number}"
        assert [row for word in ("Ying", "王", EMAIL, "sign-on.example.org") for row in hits(session, word)] == []
        found = session.get_one(Person, number)
        assert (found.name, found.email, found.active, found.role) == (
            shown,
            f"former-{number}@former.invalid",
            False,
            None,
        )
        assert found.password_hash is None
        assert set(session.scalars(select(Event.actor_name).where(Event.actor_id == number))) == {shown}
        assigned = [
            e.facts for e in session.scalars(select(Event).where(Event.action == Action.ASSIGN).order_by(Event.id))
        ]
        assert [each.assignee for each in assigned if isinstance(each, Assigned)] == [shown, ""]
        assert session.scalars(select(ChecklistItem.done_by)).all() == [shown]
        assert session.scalars(select(Network.verified_by).where(Network.verified_by.is_not(None))).all() == [shown]
        liaisons = [
            row["liaison"] for row in session.scalars(select(Change.fields).order_by(Change.id)) if "liaison" in row
        ]
        assert liaisons == [["", shown], [shown, ""]]
        assert session.scalars(select(SavedView.name)).all() == ["For all"]
        assert session.scalars(select(Leave)).all() == []
        mentioned = set(session.scalars(select(Mention.person_id)))
        assert number not in mentioned
        assert len(mentioned) == 1
        for table in ("staff_sessions", "account_links"):
            assert dump(session)[table] == []
        assert audit_chain.verify(session).broken is None
        after = dump(session)
        session.rollback()
        assert run(kept) == 0
        assert dump(db.session()) == after


def test_the_desk_lists_and_changes_no_former_colleague(app: Flask, write: Write, settings: Settings) -> None:
    number = write(lambda s: left(s, settings).id)
    with app.app_context():
        assert run(settings) == 1
        actor = staff_actor(Role.ADMINISTRATOR)
        assert people.everyone(db.session(), actor=actor).people == []
        with pytest.raises(NotFound):
            administration.person(db.session(), number, actor=actor)
        db.session.rollback()
        # Who comes back is someone new.
        with transaction() as session:
            assert people.add(session, email=EMAIL, name=NAME, role=None, now=NOW).id != number


def test_a_name_that_another_colleague_has_stays_where_only_the_name_is_known(
    app: Flask, write: Write, kept: Settings
) -> None:
    def prepare(session: Session) -> None:
        worked(session, kept)
        make_person(session, name=EARLIER)

    write(prepare)
    forget_log(write)
    with app.app_context():
        assert run(kept) == 1
        assert db.session().scalars(select(ChecklistItem.done_by)).all() == [EARLIER]
        assert EARLIER not in db.session().scalars(select(Event.actor_name)).all()


def named(session: Session, settings: Settings, person: Person, way: str) -> None:
    match way:
        case "owner":
            make_network(session, owner_id=person.id)
        case "liaison":
            make_network(session, liaison=person)
        case "deputy" | "escalation":
            make_network(session, **{f"{way}_id": person.id})
        case "mailbox":
            make_network(session, mailbox=EMAIL.upper())
        case "faculty":
            make_faculty(session, email=EMAIL)
        case "assignee":
            make_enquiry(session, settings, assignee=person)
        case "suspect":
            make_enquiry(session, settings, assignee=person, status=Status.SUSPECT)
        case "answerer":
            make_enquiry(session, settings).answerer_id = person.id
        case "leave" | "cover":
            other = make_person(session)
            whose = {"person_id": person.id} if way == "leave" else {"person_id": other.id, "cover_id": person.id}
            day = NOW.date() + timedelta(days=9)
            session.add(Leave(**whose, starts_on=NOW.date(), ends_on=day, entered_by="Someone", entered_at=NOW))
        case "referral":
            refer(session, settings, make_enquiry(session, settings)).email = EMAIL
        case "held question":
            enquiry = make_enquiry(session, settings)
            asked = refer(session, settings, enquiry)
            asked.email, asked.ended_at, enquiry.hold_since = EMAIL, NOW, NOW
        case "approval" | "held approval":
            enquiry = make_enquiry(session, settings)
            link = refer(session, settings, enquiry).link_id
            over = NOW if way == "held approval" else None
            enquiry.hold_since = over
            own = {"name": NAME, "email": EMAIL, "language": Language.EN, "question": "May we?", "withdrawn_at": over}
            session.add(
                Approval(link_id=link, enquiry_id=enquiry.id, created_at=NOW, position=1, asked_by="Boss", **own)
            )
        case "log":
            audit.note(session, AuditKind.SIGNED_OUT, Actor(ActorKind.STAFF, NAME, person.id, None), now=NOW)
        case "change":
            fields = {"liaison": [NAME, "Someone Else"]}
            session.add(Change(at=NOW, actor_name="Boss", subject=RecordType.NETWORK, subject_key="n", subject_name="N",
                               deed="changed", fields=fields, version=2))  # fmt: skip


WAYS = ["owner", "liaison", "deputy", "escalation", "mailbox", "faculty", "assignee", "suspect", "answerer", "leave",
        "cover", "referral", "held question", "approval", "held approval", "log", "change"]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_whom_something_names_still_is_kept(app: Flask, write: Write, settings: Settings, way: str) -> None:
    def prepare(session: Session) -> None:
        person = left(session, settings)
        left(session, settings, "No One Needed", "unneeded@example.org")
        named(session, settings, person, way)

    write(prepare)
    with app.app_context():
        assert due(db.session(), settings) == ["No One Needed"]


def test_a_hold_keeps_who_worked_on_the_enquiry_until_it_ends(app: Flask, write: Write, kept: Settings) -> None:
    def hold(session: Session) -> str:
        _number, reference = worked(session, kept)
        found = loading.locked(session, reference, actor=staff_actor(Role.ADMINISTRATOR))
        holds.put(session, found, "A claim is pending.", version=found.version, by=admin(kept))
        return reference

    reference = write(hold)
    forget_log(write)
    with app.app_context():
        before = dump(db.session())
        db.session.rollback()
        assert run(kept) == 0
        assert dump(db.session())["people"] == before["people"]
        assert dump(db.session())["events"] == before["events"]
        db.session.rollback()
        with transaction() as session:
            found = session.scalars(select(Enquiry).where(Enquiry.reference == reference)).one()
            holds.end(session, found, version=found.version, by=admin(kept))
        assert run(kept) == 1


def test_a_hold_keeps_names_of_which_only_the_text_is_known(app: Flask, write: Write, settings: Settings) -> None:
    def prepare(session: Session) -> None:
        left(session, settings)
        facts = ApproversAsked(approvers=(NAME, "Someone Else"))
        for since in (None, NOW):
            enquiry = make_enquiry(session, settings)
            enquiry.hold_since = since
            session.add(ChecklistItem(enquiry_id=enquiry.id, text="Call", done_at=NOW, done_by=NAME))
            stored = event_codec.encode(EventKind.STATUS, Action.ASK_APPROVAL, facts)
            session.add(Event(enquiry_id=enquiry.id, at=NOW, kind=EventKind.STATUS, action=Action.ASK_APPROVAL,
                              actor_kind=ActorKind.STAFF, actor_name="Boss", stored=stored))  # fmt: skip

    write(prepare)
    with app.app_context():
        assert run(settings) == 1
        session = db.session()
        shown = session.scalars(select(Person.name)).one()
        assert session.scalars(select(ChecklistItem.done_by).order_by(ChecklistItem.id)).all() == [shown, NAME]
        query = select(Event).where(Event.action == Action.ASK_APPROVAL).order_by(Event.id)
        assert [row.stored["approvers"][0] for row in session.scalars(query)] == [shown, NAME]


def test_the_log_keeps_who_is_in_it_for_its_year(app: Flask, write: Write, kept: Settings) -> None:
    write(lambda s: worked(s, kept))
    with app.app_context():
        assert due(db.session(), kept) == []
        db.session.rollback()
    forget_log(write)
    with app.app_context():
        assert due(db.session(), kept) == [NAME]


def test_the_time_runs_from_the_closing_and_ends_with_a_reopening(app: Flask, write: Write, settings: Settings) -> None:
    number = write(lambda s: left(s, settings).id)
    with app.app_context():
        longer = settings.model_copy(update={"keep_colleagues": 49})
        assert due(db.session(), longer) == []
        assert due(db.session(), settings) == [NAME]
        db.session.rollback()
    write(lambda s: close(s, s.get_one(Person, number), settings, active=True))
    with app.app_context():
        found = db.session().get_one(Person, number)
        assert (found.closed_at, due(db.session(), settings)) == (None, [])
