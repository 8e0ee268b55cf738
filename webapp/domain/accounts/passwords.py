"""Passwords: set, changed, and compared in the same time whether or not the account exists."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.accounts import sessions, strength
from webapp.domain.accounts.hashing import BoundedHasher
from webapp.domain.errors import Invalid, NotAllowed
from webapp.domain.history import audit
from webapp.domain.security.acting import Acting
from webapp.domain.security.tokens import new_token
from webapp.models import Person
from webapp.vocabulary import AuditKind

ONE_TIME_LASTS = timedelta(hours=72)
_ONE_TIME_LENGTH = 16
_hasher = BoundedHasher(PasswordHasher())


@dataclass(frozen=True)
class NewPassword:
    """The hash of a new password, and of the one that was there when it was asked for."""

    before: str | None
    after: str


def set_one_time(person: Person, *, now: datetime) -> str:
    """Give a person a one-time password, and return it: it is stored nowhere, and good until it is changed or ends."""
    password = new_token()[:_ONE_TIME_LENGTH]
    person.password_hash, person.password_expires_at = hashed(password), now + ONE_TIME_LASTS
    return password


def hash_new_password(person: Person, *, old: str, new: str, settings: Settings) -> NewPassword:
    """Return the hash of a person's new password. Slow on purpose: call it outside a writing transaction.

    Raises Invalid, by field, where the old one is wrong or the new one cannot be taken.
    """
    if not matches(person.password_hash, old):
        raise Invalid({"old_password": "wrong"})
    if new == old:
        raise Invalid({"new_password": "same"})
    return choose(person, new, settings=settings)


def choose(person: Person, new: str, *, settings: Settings) -> NewPassword:
    """Return the hash of a password that a person chose, by whichever right. Slow on purpose, as above.

    Raises Invalid for one that cannot be taken.
    """
    strength.refuse_guessable(new, own=strength.own_words(person, settings))
    if matches(person.password_hash, new):
        raise Invalid({"new_password": "same"})
    return NewPassword(person.password_hash, hashed(new))


def change_password(
    session: Session, person: Person, made: NewPassword, *, by: Acting, kind: AuditKind = AuditKind.PASSWORD_CHANGED
) -> None:
    """Set a new password and end all of the person's sign-ins, also the one that asked: a copy of its cookie is dead.

    `kind` is how the audit log calls it.
    Raises NotAllowed where the old password was ended, or the account closed, since the new one was hashed.
    """
    session.refresh(person, with_for_update=True)
    if person.password_hash != made.before or not person.active or person.role is None:
        raise NotAllowed("the account changed meanwhile")
    person.password_hash, person.password_expires_at = made.after, None
    audit.note(session, kind, by.actor, now=by.now, subject=person.name)
    sessions.end_all(session, person, by=by)


def hashed(password: str) -> str:
    """Return what is stored of a password. Slow on purpose."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Return whether a password is the one of this hash; takes as long where there is none."""
    try:
        return _hasher.verify(password_hash or _decoy(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy() -> str:
    """Return a hash that nothing opens, so that an unknown address takes as long to refuse as a known one."""
    return hashed(new_token())
