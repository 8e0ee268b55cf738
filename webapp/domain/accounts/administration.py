"""Accounts as administrators keep them: opened, changed, closed, and given a new one-time password."""

from typing import Any

from sqlalchemy.orm import Session

from webapp.db import enqueue_after_commit
from webapp.domain.accounts import passwords, people, sessions
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.history import changes, versions
from webapp.domain.security import colleagues
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, require
from webapp.domain.security.tokens import new_token
from webapp.models import Person
from webapp.vocabulary import AuditAction, Job, Language, Permission, RecordType, Role

_ONE_TIME_LENGTH = 16


def person(session: Session, person_id: int, *, actor: Actor, lock: bool = False) -> Person:
    """Return a person, held for this transaction where they are to be changed. Raises NotFound."""
    require(actor, Permission.PERSON_MANAGE)
    found = session.get(Person, person_id, with_for_update=lock)
    if found is None:
        raise NotFound("person")
    return found


def add(
    session: Session, *, name: str, email: str, language: Language, role: Role | None, by: Acting
) -> tuple[Person, str]:
    """Add a person; with a role they have an account, and the one-time password comes along (else nothing).

    The password is kept nowhere: show it once. Raises Invalid for a known address, or one that is no colleague's.
    """
    require(by.actor, Permission.PERSON_MANAGE)
    if faults := colleagues.faults({"email": email}, by=by):
        raise Invalid(faults)
    password = _one_time() if role is not None else None
    made = people.add(
        session,
        email=email,
        name=name,
        role=role,
        now=by.now,
        password=password,
        temporary=password is not None,
        language=language,
    )
    after = {name: value for name, value in facts_of(made).items() if value is not None}
    _note(session, made, AuditAction.MADE, {name: (None, value) for name, value in after.items()}, by=by)
    return made, password or ""


def change(
    session: Session,
    found: Person,
    *,
    name: str,
    language: Language,
    role: Role | None,
    active: bool,
    version: int,
    by: Acting,
) -> str:
    """Change a locked person; returns a one-time password where this opened an account for them, else nothing.

    An account that is closed, by taking its role or as a whole, is signed out everywhere. Raises Conflict where
    someone changed them since `version`, Invalid for closing or lowering the actor's own account: someone must be
    left who can undo it.
    """
    require(by.actor, Permission.PERSON_MANAGE)
    versions.expect(found, version)
    if found.id == by.actor.person_id and (not active or role is not found.role):
        raise Invalid({"active" if not active else "role": "own"})
    if active is not found.active:
        enqueue_after_commit(session, Job.ENQUIRIES_REROUTE, found.id)
    before = facts_of(found)
    found.name, found.language, found.role, found.active = name.strip(), language, role, active
    if changed := changes.difference(before, facts_of(found)):
        versions.raise_version(found)
        _note(session, found, AuditAction.CHANGED, changed, by=by)
    if not active or role is None:
        sessions.end_all(session, found, by=by)
    if role is not None and found.password_hash is None:
        return _reset(session, found, by=by)
    return ""


def choose_language(session: Session, found: Person, language: Language, *, version: int, by: Acting) -> None:
    """Set the language of a locked person, as they choose it themselves.

    Raises Conflict where someone set it since `version`.
    """
    versions.expect(found, version, fields={"language"})
    before = facts_of(found)
    found.language = language
    if changed := changes.difference(before, facts_of(found)):
        versions.raise_version(found)
        _note(session, found, AuditAction.CHANGED, changed, by=by)


def reset_password(session: Session, found: Person, *, version: int, by: Acting) -> str:
    """Reset a locked account's password to a one-time one, returned and stored nowhere; it is signed out everywhere.

    Raises Conflict where someone changed the person since `version`: the password that they handed out would end.
    Raises Invalid for a person without a role, who has no account.
    """
    require(by.actor, Permission.PERSON_MANAGE)
    versions.expect(found, version)
    if found.role is None:
        raise Invalid({"role": "none"})
    return _reset(session, found, by=by)


def _reset(session: Session, found: Person, *, by: Acting) -> str:
    password = _one_time()
    passwords.set_password(found, password, temporary=True)
    sessions.end_all(session, found, by=by)
    versions.raise_version(found)
    _note(session, found, AuditAction.REINSTATED, {}, by=by)
    return password


def facts_of(found: Person) -> dict[str, Any]:
    """Return what is said of a person, as their changes say it."""
    return {"name": found.name, "language": found.language, "role": found.role, "active": found.active}


def _note(
    session: Session, found: Person, action: AuditAction, fields: dict[str, tuple[Any, Any]], *, by: Acting
) -> None:
    changes.record(
        session, RecordType.PERSON, found.id, action, name=found.name, version=found.version, fields=fields, by=by
    )


def _one_time() -> str:
    return new_token()[:_ONE_TIME_LENGTH]
