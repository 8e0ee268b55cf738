"""Accounts as administrators keep them: opened, changed, closed, and given a new one-time password."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp.db import enqueue_after_commit
from webapp.domain.accounts import passwords, people, sessions
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.history import changes
from webapp.domain.security.permissions import Actor, require
from webapp.domain.security.tokens import new_token
from webapp.models import Person
from webapp.vocabulary import AuditAction, Job, Language, Permission, RecordType, Role

_ONE_TIME_LENGTH = 16


def person(session: Session, person_id: int, *, actor: Actor) -> Person:
    """Return a person to look at or to change. Raises NotFound."""
    require(actor, Permission.PERSON_MANAGE)
    found = session.get(Person, person_id)
    if found is None:
        raise NotFound("person")
    return found


def add(
    session: Session, *, name: str, email: str, language: Language, role: Role | None, actor: Actor, now: datetime
) -> tuple[Person, str]:
    """Add a person; with a role they have an account, and the one-time password comes along (else nothing).

    The password is kept nowhere: show it once. Raises Invalid for a known address.
    """
    require(actor, Permission.PERSON_MANAGE)
    password = _one_time() if role is not None else None
    made = people.add(
        session,
        email=email,
        name=name,
        role=role,
        now=now,
        password=password,
        temporary=password is not None,
        language=language,
    )
    after = {name: value for name, value in _standing(made).items() if value is not None}
    _note(session, made, AuditAction.MADE, {name: (None, value) for name, value in after.items()}, actor=actor, now=now)
    return made, password or ""


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
) -> str:
    """Change a person; returns a one-time password where this opened an account for them, else nothing.

    An account that is closed, by taking its role or as a whole, is signed out everywhere. Raises Invalid for closing
    or lowering the actor's own account: someone must be left who can undo it.
    """
    require(actor, Permission.PERSON_MANAGE)
    if found.id == actor.person_id and (not active or role is not found.role):
        raise Invalid({"active" if not active else "role": "own"})
    if active is not found.active:
        enqueue_after_commit(session, Job.ENQUIRIES_REROUTE, found.id)
    before = _standing(found)
    found.name, found.language, found.role, found.active = name.strip(), language, role, active
    if changed := changes.difference(before, _standing(found)):
        _note(session, found, AuditAction.CHANGED, changed, actor=actor, now=now)
    if not active or role is None:
        sessions.end_all(session, found, by=actor, now=now)
    if role is not None and found.password_hash is None:
        return reset_password(session, found, actor=actor, now=now)
    return ""


def reset_password(session: Session, found: Person, *, actor: Actor, now: datetime) -> str:
    """Reset an account's password to a one-time one, returned and stored nowhere; it is signed out everywhere.

    Raises Invalid for a person without a role, who has no account.
    """
    require(actor, Permission.PERSON_MANAGE)
    if found.role is None:
        raise Invalid({"role": "none"})
    password = _one_time()
    passwords.set_password(found, password, temporary=True)
    sessions.end_all(session, found, by=actor, now=now)
    _note(session, found, AuditAction.REINSTATED, {}, actor=actor, now=now)
    return password


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


def _one_time() -> str:
    return new_token()[:_ONE_TIME_LENGTH]
