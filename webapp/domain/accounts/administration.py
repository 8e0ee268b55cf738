"""Accounts as administrators keep them: opened, changed, closed, and reset; one active administrator is always left."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.db import enqueue_after_commit
from webapp.domain.accounts import own_links, passwords, people, sessions
from webapp.domain.errors import Invalid, NotAllowed, NotFound
from webapp.domain.history import changes
from webapp.domain.security.permissions import COMMAND_LINE, Actor, require
from webapp.models import Person
from webapp.vocabulary import AuditAction, Job, Language, Permission, RecordType, Role


def person(session: Session, person_id: int, *, actor: Actor) -> Person:
    """Return a person to look at or to change. Raises NotFound."""
    require(actor, Permission.PERSON_MANAGE)
    found = session.get(Person, person_id)
    if found is None:
        raise NotFound("person")
    return found


def add(
    session: Session,
    *,
    name: str,
    email: str,
    language: Language,
    role: Role | None,
    actor: Actor,
    now: datetime,
    settings: Settings | None,
) -> Person:
    """Add a person; with a role they have an account, and an email with the link to set its password.

    Without `settings` no email leaves: the command line gives a one-time password. Raises Invalid for a known address.
    """
    require(actor, Permission.PERSON_MANAGE)
    made = people.add(session, email=email, name=name, role=role, now=now, language=language)
    after = {name: value for name, value in _standing(made).items() if value is not None}
    _note(session, made, AuditAction.MADE, {name: (None, value) for name, value in after.items()}, actor=actor, now=now)
    if role is not None and settings is not None:
        own_links.invite(session, made, actor=actor, now=now, settings=settings)
    return made


def change(
    session: Session,
    found: Person,
    *,
    name: str,
    language: Language,
    role: Role | None,
    active: bool,
    actor: Actor,
    now: datetime,
    settings: Settings,
) -> bool:
    """Change a person; returns whether this opened an account for them, and invited them to set its password.

    An account that is closed, by taking its role or as a whole, is signed out everywhere. Raises Invalid for closing
    or lowering the actor's own account or the last administrator's.
    """
    require(actor, Permission.PERSON_MANAGE)
    if found.id == actor.person_id and (not active or role is not found.role):
        raise Invalid({"active" if not active else "role": "own"})
    left = _administrators(session, actor=actor)
    session.refresh(found)
    if left == {found.id} and (not active or role is not Role.ADMINISTRATOR):
        raise Invalid({"active" if not active else "role": "last"})
    if active is not found.active:
        enqueue_after_commit(session, Job.ENQUIRIES_REROUTE, found.id)
    before = _standing(found)
    found.name, found.language, found.role, found.active = name.strip(), language, role, active
    if changed := changes.difference(before, _standing(found)):
        _note(session, found, AuditAction.CHANGED, changed, actor=actor, now=now)
    if not active or role is None:
        sessions.end_all(session, found)
        own_links.end(session, found, now=now)
        return False
    if found.password_hash is not None or (before["role"] is not None and before["active"]):
        return False
    own_links.invite(session, found, actor=actor, now=now, settings=settings)
    return True


def reset_password(session: Session, found: Person, *, actor: Actor, now: datetime, settings: Settings) -> None:
    """End an account's password and sign-ins, and send its owner the link to a new one: no one else can read it.

    Raises Invalid for the actor's own account, for those who have none, and for the last administrator.
    """
    require(actor, Permission.PERSON_MANAGE)
    if found.id == actor.person_id:
        raise Invalid({"person": "own"})
    left = _administrators(session, actor=actor)
    session.refresh(found)
    if found.role is None or not found.active:
        raise Invalid({"person": "none"})
    if left == {found.id}:
        raise Invalid({"person": "last"})
    found.password_hash = found.password_expires_at = None
    sessions.end_all(session, found)
    own_links.send_reset(session, found, actor=actor, now=now, settings=settings)
    _note(session, found, AuditAction.REINSTATED, {}, actor=actor, now=now)


def give_one_time(session: Session, found: Person, *, actor: Actor, now: datetime) -> str:
    """Give an account a one-time password, and return it to show once: for the command line, that can always rescue.

    Raises Invalid for who has no account, NotAllowed for anyone at the desk: no administrator sees another's secret.
    """
    if actor is not COMMAND_LINE:
        raise NotAllowed("no one sees the secret of another")
    if found.role is None or not found.active:
        raise Invalid({"person": "none"})
    sessions.end_all(session, found)
    own_links.end(session, found, now=now)
    return passwords.set_one_time(found, now=now)


def rescue(session: Session, found: Person, *, now: datetime, settings: Settings) -> str:
    """Reset an account from the command line: as `give_one_time`, and its owner gets an email that it was."""
    password = give_one_time(session, found, actor=COMMAND_LINE, now=now)
    own_links.tell_changed(session, found, now=now, settings=settings)
    _note(session, found, AuditAction.REINSTATED, {}, actor=COMMAND_LINE, now=now)
    return password


def end_sign_ins(session: Session, found: Person, *, actor: Actor, now: datetime) -> None:
    """End all sign-ins of a person, whose password stays."""
    require(actor, Permission.PERSON_MANAGE)
    sessions.end_all(session, found)
    _note(session, found, AuditAction.SIGNED_OUT, {}, actor=actor, now=now)


def _administrators(session: Session, *, actor: Actor) -> set[int]:
    """Lock the administrators who can sign in, and return their ids: two who close each other come one after the other.

    Raises NotAllowed where the actor is none of them by now.
    """
    query = select(Person.id).where(Person.role == Role.ADMINISTRATOR, Person.active, Person.password_hash.is_not(None))
    found = set(session.scalars(query.order_by(Person.id).with_for_update()))
    if actor.person_id is not None and actor.person_id not in found:
        raise NotAllowed("the actor is no administrator any more")
    return found


def _standing(found: Person) -> dict[str, Any]:
    return {"name": found.name, "language": found.language, "role": found.role, "active": found.active}


def _note(
    session: Session,
    found: Person,
    action: AuditAction,
    fields: dict[str, tuple[Any, Any]],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    changes.record(session, RecordType.PERSON, found.id, action, name=found.name, actor=actor, now=now, fields=fields)
