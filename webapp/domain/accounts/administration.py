"""Accounts as administrators keep them: opened, changed, closed, and reset; one active administrator is always left."""

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.db import enqueue_after_commit
from webapp.domain.accounts import own_links, passwords, people, second_step, sessions
from webapp.domain.errors import Invalid, NotAllowed, NotFound
from webapp.domain.history import audit, changes, versions
from webapp.domain.security import colleagues
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import COMMAND_LINE, Actor, require
from webapp.models import Person
from webapp.vocabulary import AuditAction, AuditKind, Job, Language, Permission, RecordType, Role, RoleSource


def person(session: Session, person_id: int, *, actor: Actor) -> Person:
    """Return a person to look at or to change. Raises NotFound, also for a former colleague who is a number by now."""
    require(actor, Permission.PERSON_MANAGE)
    found = session.get(Person, person_id)
    if found is None or found.erased_at is not None:
        raise NotFound("person")
    return found


def add(
    session: Session,
    *,
    name: str,
    email: str,
    language: Language,
    role: Role | None,
    by: Acting,
    invites: bool = True,
) -> Person:
    """Add a person; with a role they have an account, and an email with the link to set its password.

    The command line gives a one-time password instead (`invites` is false). Raises Invalid for a known address, or one
    that is no colleague's.
    """
    require(by.actor, Permission.PERSON_MANAGE)
    if faults := colleagues.faults({"email": email}, by=by):
        raise Invalid(faults)
    made = people.add(session, email=email, name=name, role=role, now=by.now, language=language)
    made.role_set_by = RoleSource.DESK if role is not None else None
    after = {name: value for name, value in facts_of(made).items() if value is not None}
    _note(session, made, AuditAction.MADE, {name: (None, value) for name, value in after.items()}, by=by)
    if role is not None and invites:
        own_links.invite(session, made, by=by)
    return made


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
) -> bool:
    """Change a person; returns whether this opened an account for them, and invited them to set its password.

    An account that is closed, by taking its role or as a whole, is signed out everywhere. Raises Conflict where
    someone changed them since `version`, Invalid for closing or lowering the actor's own account or the last
    administrator's.
    """
    require(by.actor, Permission.PERSON_MANAGE)
    left = _hold(session, found, by=by)
    versions.expect(found, version)
    if found.id == by.actor.person_id and (not active or role is not found.role):
        raise Invalid({"active" if not active else "role": "own"})
    if left == {found.id} and (not active or role is not Role.ADMINISTRATOR):
        raise Invalid({"active" if not active else "role": "last"})
    if active is not found.active:
        enqueue_after_commit(session, Job.ENQUIRIES_REROUTE, found.id)
        found.closed_at = None if active else by.now
    before = facts_of(found)
    if role is not found.role:
        found.role_set_by = RoleSource.DESK
    found.name, found.language, found.role, found.active = name.strip(), language, role, active
    if changed := changes.difference(before, facts_of(found)):
        versions.raise_version(found)
        _note(session, found, AuditAction.CHANGED, changed, by=by)
    if not active or role is None:
        sessions.end_all(session, found, by=by)
        own_links.end(session, found, now=by.now)
        return False
    if found.may_sign_in or (before["role"] is not None and before["active"]):
        return False
    own_links.invite(session, found, by=by)
    return True


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


def reset_password(session: Session, found: Person, *, version: int, by: Acting) -> None:
    """End an account's password and sign-ins, and send its owner the link to a new one: no one else can read it.

    Raises Conflict where someone changed the person since `version`: the link that they sent would end. Raises Invalid
    for the actor's own account, for those who have none, and for the last administrator.
    """
    require(by.actor, Permission.PERSON_MANAGE)
    if found.id == by.actor.person_id:
        raise Invalid({"person": "own"})
    left = _hold(session, found, by=by)
    versions.expect(found, version)
    if found.role is None or not found.active:
        raise Invalid({"person": "none"})
    if left == {found.id}:
        raise Invalid({"person": "last"})
    found.password_hash = found.password_expires_at = None
    sessions.end_all(session, found, by=by)
    own_links.send_reset(session, found, by=by)
    _note_reset(session, found, by=by)


def reset_second_step(session: Session, found: Person, *, version: int, by: Acting) -> None:
    """Remove all that another person has for the second step and end their sign-ins; the owner gets an email.

    Their password stays: with it they get in, to set up another. Raises Conflict where someone changed the person since
    `version`, Invalid for the actor's own account and where there is nothing to remove.
    """
    require(by.actor, Permission.PERSON_MANAGE)
    if found.id == by.actor.person_id:
        raise Invalid({"person": "own"})
    _hold(session, found, by=by)
    versions.expect(found, version)
    second_step.reset(session, found, by=by)
    versions.raise_version(found)
    _note(session, found, AuditAction.SECOND_STEP_RESET, {}, by=by)


def give_one_time(session: Session, found: Person, *, by: Acting) -> str:
    """Give an account a one-time password, and return it to show once: for the command line, that can always rescue.

    Raises Invalid for who has no account, NotAllowed for anyone at the desk: no administrator sees another's secret.
    """
    if by.actor != COMMAND_LINE:
        raise NotAllowed("no one sees the secret of another")
    if found.role is None or not found.active:
        raise Invalid({"person": "none"})
    sessions.end_all(session, found, by=by)
    own_links.end(session, found, now=by.now)
    audit.note(session, AuditKind.ONE_TIME_GIVEN, by.actor, now=by.now, subject=found.name)
    return passwords.set_one_time(found, now=by.now)


def rescue(session: Session, found: Person, *, by: Acting) -> str:
    """Reset an account from the command line: as `give_one_time`, and its owner gets an email that it was."""
    _hold(session, found, by=by)
    password = give_one_time(session, found, by=by)
    own_links.tell_changed(session, found, now=by.now, settings=by.settings)
    _note_reset(session, found, by=by)
    return password


def end_sign_ins(session: Session, found: Person, *, by: Acting) -> None:
    """End all sign-ins of a person, whose password stays."""
    require(by.actor, Permission.PERSON_MANAGE)
    sessions.end_all(session, found, by=by)
    _note(session, found, AuditAction.SIGNED_OUT, {}, by=by)


def facts_of(found: Person) -> dict[str, Any]:
    """Return what is said of a person, as their changes say it."""
    return {"name": found.name, "language": found.language, "role": found.role, "active": found.active}


def administrators_left(session: Session) -> set[int]:
    """Lock the administrators who can sign in, and return their ids; take it before any single person is locked."""
    has_way = or_(Person.password_hash.is_not(None), Person.sign_on_subject.is_not(None))
    query = select(Person.id).where(Person.role == Role.ADMINISTRATOR, Person.active, has_way)
    return set(session.scalars(query.order_by(Person.id).with_for_update()))


def follow_groups(session: Session, found: Person, role: Role | None, *, left: set[int], by: Acting) -> bool:
    """Give a locked person the role of their groups; return whether they follow it, as the last administrator does not.

    Without a role of groups, one that was given at the desk stays, and one that groups gave ends with all sign-ins.
    `left` is who `administrators_left` found before the person was locked.
    """
    if role is None and found.role_set_by is not RoleSource.GROUPS:
        return True
    if role is found.role:
        found.role_set_by = RoleSource.GROUPS  # who leaves the group loses it, no matter who gave it first
        return True
    if found.role is Role.ADMINISTRATOR and not left - {found.id}:
        return False
    before = facts_of(found)
    found.role, found.role_set_by = role, RoleSource.GROUPS
    versions.raise_version(found)
    _note(session, found, AuditAction.CHANGED, changes.difference(before, facts_of(found)), by=by)
    if role is None:
        sessions.end_all(session, found, by=by)
        own_links.end(session, found, now=by.now)
    return True


def _hold(session: Session, found: Person, *, by: Acting) -> set[int]:
    """Lock the administrators who can sign in, then the person, as they are by now; return the administrators' ids.

    Always in this order: two who close each other come one after the other. Raises NotAllowed where the actor is no
    administrator by now.
    """
    left = administrators_left(session)
    if by.actor.person_id is not None and by.actor.person_id not in left:
        raise NotAllowed("the actor is no administrator any more")
    session.refresh(found, with_for_update=True)
    return left


def _note_reset(session: Session, found: Person, *, by: Acting) -> None:
    versions.raise_version(found)
    _note(session, found, AuditAction.REINSTATED, {}, by=by)


def _note(
    session: Session, found: Person, action: AuditAction, fields: dict[str, tuple[Any, Any]], *, by: Acting
) -> None:
    changes.record(
        session, RecordType.PERSON, found.id, action, name=found.name, version=found.version, fields=fields, by=by
    )
