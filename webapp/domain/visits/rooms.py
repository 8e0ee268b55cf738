"""Rooms and people that visits can be received in and by."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Person, Room


def open_rooms(session: Session) -> Sequence[Room]:
    """Return the rooms that visits are put into, in the order in which they were added."""
    return session.scalars(select(Room).where(Room.active).order_by(Room.id)).all()


def hosts(session: Session) -> Sequence[Person]:
    """Return who can be the host of a visit, by name."""
    return session.scalars(select(Person).where(Person.active).order_by(Person.name, Person.id)).all()
