"""Passwords: set, changed, and compared in the same time whether or not the account exists."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from webapp.domain.accounts import sessions
from webapp.domain.errors import Invalid
from webapp.domain.history import audit
from webapp.domain.security.acting import Acting
from webapp.domain.security.tokens import new_token
from webapp.models import Person
from webapp.vocabulary import AuditKind

SHORTEST_PASSWORD = 12
_hasher = PasswordHasher()


def set_password(person: Person, password: str, *, temporary: bool = False) -> None:
    """Set a person's password; a temporary one is meant to be changed. Raises Invalid for one that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid({"password": "short"})
    person.password_hash, person.password_temporary = _hasher.hash(password), temporary


def hash_new_password(person: Person, *, old: str, new: str) -> str:
    """Return the hash of a person's new password. Slow on purpose: call it outside a writing transaction.

    Raises Invalid, by field, where the old one is wrong or the new one too short.
    """
    if not matches(person.password_hash, old):
        raise Invalid({"old_password": "wrong"})
    if len(new) < SHORTEST_PASSWORD:
        raise Invalid({"password": "short"})
    return _hasher.hash(new)


def change_password(session: Session, person: Person, password_hash: str, *, keep: str, by: Acting) -> None:
    """Set a new password and end the person's other sessions; `keep` is the token of the present one."""
    person.password_hash, person.password_temporary = password_hash, False
    audit.note(session, AuditKind.PASSWORD_CHANGED, by.actor, now=by.now)
    sessions.end_all(session, person, by=by, keep=keep)


def matches(password_hash: str | None, password: str) -> bool:
    """Return whether a password is the one of this hash; takes as long where there is none."""
    try:
        return _hasher.verify(password_hash or _decoy(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy() -> str:
    """Return a hash that nothing opens, so that an unknown address takes as long to refuse as a known one."""
    return _hasher.hash(new_token())
