"""Who holds a link may answer only while they are asked: authority is computed when the link is used."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tests.factories import acting, make_enquiry, make_network, make_person, staff_actor
from tests.web.test_decisions import NOW, SOON, found, link, send, state
from webapp.config import Settings
from webapp.domain import settings as office_settings
from webapp.domain.directory import networks, people
from webapp.domain.enquiries import assignment, loading
from webapp.domain.routing.answerer import Absences, absences, answerer, may_answer
from webapp.domain.security.tokens import link_token
from webapp.models import Enquiry, Leave, Link, Message, Network, Person
from webapp.vocabulary import DecisionChoice, LinkKind, MessageKind, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def reference(build: Write, settings: Settings) -> str:
    """A visit whose liaison, Prof. Chan, has no account."""

    def make(session: Session) -> str:
        liaison = make_person(session, role=None, name="Prof. Chan", email="chan@example.org")
        network = make_network(session, slug="example", liaison=liaison)
        return make_enquiry(session, settings, network=network, now=NOW).reference

    return str(build(make))


def away(session: Session, person: Person, cover: Person | None = None) -> None:
    today = NOW.date()
    session.add(Leave(person=person, cover=cover, starts_on=today - timedelta(2), ends_on=SOON,
                      entered_by="", entered_at=NOW))  # fmt: skip


def person(session: Session, email: str) -> Person:
    return session.scalars(select(Person).where(Person.email == email)).one()


def set_people(session: Session, **ids: int | None) -> None:
    held = networks.locked(session, "example", actor=staff_actor(Role.ADMINISTRATOR))
    by = acting(staff_actor(Role.ADMINISTRATOR), now=NOW)
    given = {"liaison_id": None, "deputy_id": None, "escalation_id": None, **ids}
    people.set_people(session, held, **given, version=held.version, by=by)


def follow(session: Session, settings: Settings) -> None:
    for reference in session.scalars(select(Enquiry.reference)).all():
        assignment.move(session, reference, by=acting(now=NOW, settings=settings))


@pytest.mark.parametrize("moved", [False, True])
def test_replaced_liaison_decides_nothing_though_their_successor_is_away(
    client: FlaskClient, write: Write, settings: Settings, reference: str, moved: bool
) -> None:
    path = link(write, settings)
    assert client.get(path).status_code == 200

    def replace(session: Session) -> None:
        after = make_person(session, role=None, name="Dr After", email="after@example.org")
        deputy = make_person(session, role=None, name="Dr Deputy", email="deputy@example.org")
        away(session, after)
        set_people(session, liaison_id=after.id, deputy_id=deputy.id)

    write(replace)
    if moved:
        write(lambda session: follow(session, settings))
    assert client.get(path).status_code == 410
    assert send(client, path, DecisionChoice.ACCEPT, version=found(write, reference).version).status_code == 410
    assert found(write, reference).status is Status.RECEIVED
    query = select(Link.ended_at).join(Person, Person.id == Link.person_id).where(Person.email == "chan@example.org")
    assert (write(lambda session: session.scalar(query)) is not None) is moved


def test_files_of_an_enquiry_close_with_the_link(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    path = link(write, settings)
    write(set_people)
    assert client.get(f"{path}/files/1").status_code == 410


def test_cover_decides_while_they_cover_and_no_longer(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    own = link(write, settings)

    def leave(session: Session) -> None:
        cover = make_person(session, role=None, name="Dr Cover", email="cover@example.org")
        away(session, person(session, "chan@example.org"), cover)
        session.flush()
        follow(session, settings)

    write(leave)
    path = link(write, settings, MessageKind.LIAISON_HANDED_OVER)
    assert client.get(path).status_code == 200
    assert client.get(own).status_code == 200

    def back(session: Session) -> None:
        session.delete(session.scalars(select(Leave)).one())

    write(back)
    assert client.get(path).status_code == 410
    assert client.get(own).status_code == 200
    assert send(client, own, DecisionChoice.ACCEPT, version=found(write, reference).version).status_code == 303


def test_who_may_answer_are_the_posts_and_the_covers_that_lead_on_from_them() -> None:
    assignee, liaison, deputy, cover, second, stranger = (
        Person(id=number, name=f"Person {number}", email=f"{number}@example.org", active=True) for number in range(1, 7)
    )
    network = Network(id=1, liaison=liaison, deputy=deputy)
    leaves = [
        Leave(id=1, person_id=liaison.id, cover=cover, cover_id=cover.id, ends_on=SOON),
        Leave(id=2, person_id=cover.id, cover=second, cover_id=second.id, ends_on=SOON),
        Leave(id=3, person_id=second.id, cover=liaison, cover_id=liaison.id, ends_on=SOON),
    ]
    assert may_answer(network, Absences(()), assignee=assignee) == {assignee.id, liaison.id, deputy.id}
    everyone = {assignee.id, liaison.id, deputy.id, cover.id, second.id}
    assert may_answer(network, Absences(leaves), assignee=assignee) == everyone
    assert stranger.id not in everyone
    assert may_answer(None, Absences(leaves)) == frozenset()


def test_withdrawn_assignment_ends_the_link_of_who_had_it(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    def give(session: Session) -> None:
        colleague = make_person(session, role=Role.LIAISON, name="Dr Given", email="given@example.org")
        held = loading.locked(session, reference, actor=staff_actor())
        assignment.assign(session, held, colleague.id, by=acting(now=NOW, settings=settings))

    write(give)
    path = link(write, settings, MessageKind.LIAISON_HANDED_OVER)
    assert client.get(path).status_code == 200

    def clear(session: Session) -> None:
        loading.locked(session, reference, actor=staff_actor()).assignee = None

    write(clear)
    assert client.get(path).status_code == 410


def test_away_by_link_holds_for_its_network_alone_and_its_person_reads_of_it(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    def second(session: Session) -> None:
        liaison = person(session, "chan@example.org")
        make_enquiry(session, settings, network=make_network(session, slug="other", liaison=liaison), now=NOW)

    path = link(write, settings)
    write(second)
    until = (NOW + timedelta(10)).date()
    assert send(client, path, DecisionChoice.AWAY, until=until.isoformat()).status_code == 303

    def answering(session: Session) -> set[str | None]:
        # The page went by the clock, which may have passed midnight since this module was read.
        away_today = absences(session, day=datetime.now(settings.zone).date())
        rows = session.scalars(select(Network).options(joinedload(Network.liaison), joinedload(Network.deputy)))
        return {row.slug for row in rows if answerer(row, away_today, settings=settings).name == "Prof. Chan"}

    assert write(answering) == {"other"}
    query = select(Message).where(Message.kind == MessageKind.LIAISON_AWAY)
    mail = write(lambda session: session.scalars(query).one())
    assert mail.recipient_email == "chan@example.org"
    assert reference in mail.subject
    assert "“I am back” opens a page where you can end it." in " ".join(mail.text.split())
    # The way back is by a link of the one who is away.
    assert write(lambda session: session.get_one(Link, mail.link_id).email) == "chan@example.org"


def test_away_is_not_offered_where_no_network_is_named(client: FlaskClient, write: Write, settings: Settings) -> None:
    def make(session: Session) -> None:
        colleague = make_person(session, role=Role.LIAISON, name="Dr Given", email="given@example.org")
        row = make_enquiry(session, settings, now=NOW)
        held = loading.locked(session, row.reference, actor=staff_actor())
        assignment.assign(session, held, colleague.id, by=acting(now=NOW, settings=settings))

    write(make)
    path = link(write, settings, MessageKind.LIAISON_HANDED_OVER)
    assert 'value="away"' not in client.get(path).text
    until = (NOW + timedelta(10)).date().isoformat()
    version = write(lambda session: session.scalars(select(Enquiry.version)).one())
    assert send(client, path, DecisionChoice.AWAY, version=version, until=until).status_code == 422
    assert write(lambda session: session.scalars(select(Leave)).all()) == []


def test_holder_of_a_link_learns_nothing_of_whom_the_service_knows(
    client: FlaskClient, write: Write, settings: Settings, reference: str
) -> None:
    def make(session: Session) -> None:
        make_person(session, role=None, name="Dr Gone", email="gone@example.org").active = False
        for number in range(2):
            make_person(session, role=None, name="Dr Twice", email=f"twice-{number}@example.org")

    write(make)
    path = link(write, settings)
    before = state(write)
    said = set()
    for name in ("gone@example.org", "Dr Gone", "Dr Twice", "Dr Never", "x@elsewhere.example", "x@below.example.org"):
        response = send(client, path, DecisionChoice.PASS_ON, colleague=name)
        assert response.status_code == 422
        said.add(response.text.replace(name, "…").partition("<main")[2].replace(name.lower(), "…"))
        assert "could not be passed on to this person" in response.text
    pages = {re.sub(r'name="csrf_token"[^>]*', "", text) for text in said}
    assert len(pages) == 1
    assert state(write) == before


def test_passing_on_makes_a_bounded_number_of_people(client: FlaskClient, write: Write, settings: Settings) -> None:
    few = {"asked_per_enquiry": 15, "asked_per_day": 2}
    by = acting(staff_actor(Role.ADMINISTRATOR), now=NOW)
    write(lambda session: office_settings.change(session, few, version=0, by=by, settings=settings))

    def make(session: Session) -> list[str]:
        liaison = make_person(session, role=None, name="Prof. Chan", email="chan@example.org")
        network = make_network(session, slug="example", liaison=liaison)
        return [make_enquiry(session, settings, network=network, now=NOW).reference for _ in range(3)]

    write(make)
    query = select(Link).where(Link.kind == LinkKind.DECISION)
    paths = write(
        lambda session: [
            f"/decisions/{link_token(row, secret_keys=settings.secret_keys)}" for row in session.scalars(query)
        ]
    )
    codes = [
        send(client, path, DecisionChoice.PASS_ON, colleague=f"new-{number}@example.org").status_code
        for number, path in enumerate(paths)
    ]
    assert codes == [303, 303, 422]
    people_now = write(lambda session: set(session.scalars(select(Person.email))))
    assert people_now == {"chan@example.org", "new-0@example.org", "new-1@example.org"}
