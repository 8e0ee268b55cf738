"""Who works in the sample's office and answers for its networks, whom it asks, and where it receives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.accounts import people
from webapp.domain.directory import faculties
from webapp.domain.directory.faculties import FacultyFacts
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, staff
from webapp.models import Network, Person, Room
from webapp.seeds.texts import COLLEAGUES, FACULTIES, LIAISONS, ROOMS
from webapp.vocabulary import Language, Role


@dataclass(frozen=True)
class Office:
    """The people of the sample: who decides, in turn; who answers for all; who receives visits."""

    team: Sequence[Actor]
    head: Actor
    hosts: Sequence[int]


def prepare(session: Session, *, by: Acting) -> Office:
    """Add the sample's people, faculties and rooms where they are missing; the accounts open with no password."""
    head = session.scalars(
        select(Person).where(Person.role == Role.ADMINISTRATOR, Person.active).order_by(Person.id)
    ).first()
    colleagues = [_colleague(session, *row, now=by.now) for row in COLLEAGUES]
    _add_liaisons(session, by.now)
    _add_rooms(session, by.now)
    team = [staff(person) for person in (*([head] if head else []), *colleagues) if _decides(person)]
    office = Office(team, team[0], [person.id for person in colleagues if person.role is not Role.OBSERVER])
    if not faculties.active(session):
        for facts in FACULTIES:
            faculties.add(session, FacultyFacts(*facts), by=Acting(office.head, by.now, by.settings))
    return office


def _decides(person: Person) -> bool:
    return person.role in (Role.ADMINISTRATOR, Role.COORDINATOR)


def _colleague(session: Session, name: str, email: str, language: Language, role: Role, *, now: datetime) -> Person:
    found = people.find(session, email)
    found = found or people.add(session, email=email, name=name, role=role, language=language, now=now)
    session.flush()
    return found


def _add_liaisons(session: Session, now: datetime) -> None:
    free = Network.liaison_id.is_(None) & Network.active
    networks = session.scalars(select(Network).where(free).order_by(Network.position).limit(2 * len(LIAISONS))).all()
    for (name, email, language), network in zip(LIAISONS, networks[::2], strict=False):
        person = people.find(session, email)
        network.liaison = person or people.add(session, email=email, name=name, role=None, language=language, now=now)
    session.flush()


def _add_rooms(session: Session, now: datetime) -> None:
    if session.scalar(select(Room.id).limit(1)) is None:
        session.add_all(
            Room(name=name, building=building, seats=seats, created_at=now) for name, building, seats in ROOMS
        )
        session.flush()
