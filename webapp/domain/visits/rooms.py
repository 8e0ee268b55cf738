"""Rooms that visits are received in: added, edited without losing anyone's words, hidden instead of deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.history import changes, versions
from webapp.domain.history.uniqueness import alone
from webapp.domain.search.folding import folded
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require
from webapp.models import Person, Room
from webapp.vocabulary import AuditAction, Language, Permission, RecordType


@dataclass(frozen=True)
class RoomFacts:
    """What staff say of a room; `name` and `building` are by language, an English name among them."""

    name: Mapping[str, str]
    building: Mapping[str, str] = field(default_factory=dict)
    seats: int | None = None
    active: bool = True

    @property
    def fields(self) -> dict[str, Any]:
        """What its form holds, and its history writes down."""
        texts = {
            f"{what}_{language.suffix}": getattr(self, what).get(language, "")
            for what in ("name", "building")
            for language in Language
        }
        return {**texts, "seats": self.seats, "active": self.active}


def listed(session: Session, *, actor: Actor) -> Sequence[Room]:
    """Return every room, those in use first, by building and English name."""
    require(actor, Permission.CALENDAR_EDIT)
    found = session.scalars(select(Room)).all()
    return sorted(found, key=lambda row: (not row.active, _english(row.building), _english(row.name), row.id))


def open_rooms(session: Session) -> Sequence[Room]:
    """Return the rooms that a visit can be put into, by building and English name."""
    found = session.scalars(select(Room).where(Room.active)).all()
    return sorted(found, key=lambda row: (_english(row.building), _english(row.name), row.id))


def hosts(session: Session) -> Sequence[Person]:
    """Return who can be the host of a visit, by name."""
    return session.scalars(select(Person).where(Person.active).order_by(Person.name, Person.id)).all()


def _english(texts: Mapping[str, Any]) -> str:
    return str(texts.get(Language.EN, "")).casefold()


def room(session: Session, room_id: int, *, actor: Actor, lock: bool = False) -> Room:
    """Return a room, held for this transaction where it is to be changed. Raises NotFound."""
    require(actor, Permission.CALENDAR_EDIT)
    query = select(Room).where(Room.id == room_id)
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound("room")
    return found


def facts_of(found: Room) -> RoomFacts:
    """Return what is said of a room."""
    return RoomFacts(found.name, found.building, found.seats, found.active)


def add(session: Session, facts: RoomFacts, *, by: Acting) -> Room:
    """Add a room. Raises Invalid by field, also for an English name that another one of the building has."""
    require(by.actor, Permission.CALENDAR_EDIT)
    _check(session, facts, None)
    found = Room(created_at=by.now, version=1)
    _write(found, facts)
    session.add(found)
    session.flush()
    _note(session, found, AuditAction.MADE, {}, by=by)
    return found


def edit(session: Session, found: Room, facts: RoomFacts, *, version: int, by: Acting) -> None:
    """Change a locked room; visits that are in one which is hidden stay there.

    Raises Conflict where someone changed it since `version`, Invalid by field.
    """
    require(by.actor, Permission.CALENDAR_EDIT)
    versions.expect(found, version)
    changed = changes.difference(facts_of(found).fields, facts.fields)
    if not changed:
        return
    _check(session, facts, found.id)
    _write(found, facts)
    versions.raise_version(found)
    _note(session, found, AuditAction.CHANGED, changed, by=by)


def _check(session: Session, facts: RoomFacts, own: int | None) -> None:
    if not facts.name.get(Language.EN, "").strip():
        raise Invalid({"name_en": "needed"})
    alone(session, "rooms")
    others = session.scalars(select(Room).where(Room.id.is_distinct_from(own)))
    if _key(facts.name, facts.building) in {_key(other.name, other.building) for other in others}:
        raise Invalid({"name_en": "known"})


def _key(name: Mapping[str, Any], building: Mapping[str, Any]) -> tuple[str, str]:
    return folded(str(name.get(Language.EN, ""))), folded(str(building.get(Language.EN, "")))


def _write(found: Room, facts: RoomFacts) -> None:
    found.name = {str(language): text for language, text in facts.name.items() if text}
    found.building = {str(language): text for language, text in facts.building.items() if text}
    found.seats, found.active = facts.seats, facts.active


def _note(session: Session, found: Room, action: AuditAction, fields: dict[str, Any], *, by: Acting) -> None:
    name = str(found.name[Language.EN])
    changes.record(session, RecordType.ROOM, found.id, action, name=name, version=found.version, fields=fields, by=by)
