"""Single sign-on: whose account an identity of the provider opens, with which role of its groups; linked, unlinked."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import tidying
from webapp.domain.accounts import administration, people
from webapp.domain.errors import DomainError, Invalid
from webapp.domain.history import audit
from webapp.domain.history.uniqueness import only_one
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor, staff
from webapp.identity import Identity
from webapp.models import Person
from webapp.vocabulary import ActorKind, AuditKind, Role, RoleSource, SignOnRefusal


class SignOnRefused(DomainError):
    """The provider let someone in whom nothing is opened to here; `person` is whose account it would have been."""

    def __init__(self, why: SignOnRefusal, person: Person | None = None) -> None:
        self.why = why
        self.person = person
        super().__init__(why)


@dataclass(frozen=True)
class Entry:
    """Whom an identity opens an account to; `keeps_role` where groups would have ended the last administrator's."""

    person: Person
    keeps_role: bool


def enter(session: Session, identity: Identity, *, by: Acting) -> Entry | SignOnRefusal:
    """Return whose account an identity opens, linked and with the role of its groups by now; or why none, noted.

    Commit what it did in either case: who has left all groups loses the role, and is refused. `by` is the service.
    """
    role = by.settings.role_of(identity.groups)
    left = administration.administrators_left(session)
    try:
        person = _known(session, identity) or _by_address(session, identity, role, by=by)
        _refuse_closed(person)
        follows = not by.settings.oidc_roles or administration.follow_groups(session, person, role, left=left, by=by)
        if person.role is None:
            raise SignOnRefused(SignOnRefusal.NO_ROLE, person)
    except SignOnRefused as refused:
        _note_refused(session, refused, by=by)
        return refused.why
    if person.password_temporary:  # others may have read it, and no one needs it any more
        person.password_hash = person.password_expires_at = None
    return Entry(person, keeps_role=not follows)


def link(session: Session, person: Person, identity: Identity, *, by: Acting) -> None:
    """Link a person's own account with an identity that they just proved. Raises Invalid where either has another."""
    session.refresh(person, with_for_update=True)
    if (person.sign_on_issuer, person.sign_on_subject) == (identity.issuer, identity.subject):
        return
    if person.sign_on_subject is not None:
        raise Invalid({"identity": "other"})
    with only_one(session, Invalid({"identity": "taken"})):
        person.sign_on_issuer, person.sign_on_subject = identity.issuer, identity.subject
        session.flush()
    audit.note(session, AuditKind.SIGN_ON_LINKED, by.actor, now=by.now, subject=person.name)


def unlink(session: Session, person: Person, *, by: Acting) -> None:
    """End the link of a person's own account. Raises Invalid where nothing else would let them in."""
    session.refresh(person, with_for_update=True)
    if person.sign_on_subject is None:
        return
    if person.password_hash is None:
        raise Invalid({"identity": "only"})
    person.sign_on_issuer = person.sign_on_subject = None
    audit.note(session, AuditKind.SIGN_ON_UNLINKED, by.actor, now=by.now, subject=person.name)


def _known(session: Session, identity: Identity) -> Person | None:
    query = select(Person).where(
        Person.sign_on_issuer == identity.issuer, Person.sign_on_subject == identity.subject
    )  # fmt: skip
    return session.scalars(query.with_for_update()).one_or_none()


def _by_address(session: Session, identity: Identity, role: Role | None, *, by: Acting) -> Person:
    """Link the account of a verified address; one is made only where groups give a role.

    Who has another identity keeps that: an address that went to someone else opens nothing.
    """
    if not identity.email_verified:
        raise SignOnRefused(SignOnRefusal.UNVERIFIED)
    person = people.find(session, identity.email)
    if person is None:
        person = _made(session, identity, role, by=by)
    session.refresh(person, with_for_update=True)
    if person.sign_on_subject is not None:
        raise SignOnRefused(SignOnRefusal.OTHER, person)
    _refuse_closed(person)
    if person.role is None and role is None:
        raise SignOnRefused(SignOnRefusal.UNKNOWN, person)
    link(session, person, identity, by=by.as_(staff(person, by.actor.origin)))
    return person


def _refuse_closed(person: Person) -> None:
    """An account that an administrator closed stays closed, whatever groups say."""
    if not person.active or (person.role is None and person.role_set_by is RoleSource.DESK):
        raise SignOnRefused(SignOnRefusal.CLOSED, person)


def _made(session: Session, identity: Identity, role: Role | None, *, by: Acting) -> Person:
    if role is None:
        raise SignOnRefused(SignOnRefusal.UNKNOWN)
    name = tidying.line(identity.name) or identity.email.partition("@")[0]
    try:
        return people.add(
            session, email=identity.email, name=name, role=None, now=by.now, language=by.settings.language
        )  # fmt: skip
    except Invalid as error:
        raise SignOnRefused(SignOnRefusal.UNKNOWN) from error


def _note_refused(session: Session, refused: SignOnRefused, *, by: Acting) -> None:
    """As a refused password is noted: by someone who is not signed in, at the account that it is about."""
    person, origin = refused.person, by.actor.origin
    someone = Actor(ActorKind.VISITOR, person.name if person else "", person.id if person else None, origin=origin)
    audit.note(session, AuditKind.SIGN_IN_REFUSED, someone, now=by.now, by="provider", why=refused.why)
