"""People with accounts: made, signed in with a throttle, signed out on the server."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp import tidying
from webapp.domain.errors import DomainError, Invalid, NotFound
from webapp.domain.history.uniqueness import insert_once, only_one
from webapp.domain.security.permissions import Actor, require
from webapp.domain.security.tokens import hash_token, new_token
from webapp.models import Person, SignInFailure, StaffSession
from webapp.tidying import emails
from webapp.vocabulary import Language, Permission, Role

SESSION_LENGTH = timedelta(hours=12)
FAILURE_WINDOW = timedelta(minutes=15)
FAILURES_PER_EMAIL = 5
FAILURES_PER_ADDRESS = 30
SHORTEST_PASSWORD = 12
_hasher = PasswordHasher()


class SignInRefused(DomainError):
    """Address and password do not open an account; which of them was wrong is not said."""


class TooManySignIns(DomainError):
    """Too many refused sign-ins; no password is looked at before `retry_at`."""

    def __init__(self, retry_at: datetime) -> None:
        self.retry_at = retry_at
        super().__init__(f"too many refused sign-ins, again at {retry_at}")


def add(
    session: Session,
    *,
    email: str,
    name: str,
    role: Role | None,
    now: datetime,
    password: str | None = None,
    temporary: bool = False,
    language: Language = Language.EN,
) -> Person:
    """Make a person; with a role and a password they have an account.

    Raises Invalid for a known address, for what is no address, and for a name of nothing that can be seen.
    """
    try:
        email, name = emails.read(email).lower(), tidying.line(name)
    except emails.NoAddress as error:
        raise Invalid({"email": "unreadable"}) from error
    if not name:
        raise Invalid({"name": "empty"})
    person = Person(
        email=email,
        name=name,
        role=role,
        language=language,
        active=True,
        password_hash=None,
        password_temporary=temporary,
        created_at=now,
    )
    if password is not None:
        set_password(person, password, temporary=temporary)
    with only_one(session, Invalid({"email": "known"})):
        session.add(person)
    return person


def ensure(session: Session, *, email: str, name: str, now: datetime) -> Person:
    """Return the person with an address, made without an account where there is none; two at once get the same one."""
    email = email.strip().lower()
    values = {"email": email, "name": name.strip(), "created_at": now}
    made = insert_once(session, Person, unique=[Person.email], **values)
    return made or session.scalars(select(Person).where(Person.email == email)).one()


def find(session: Session, email: str) -> Person | None:
    """Return the person with an address, whatever its case, or None."""
    return session.scalars(select(Person).where(Person.email == emails.known_as(email))).one_or_none()


def everyone(session: Session, *, actor: Actor) -> Sequence[Person]:
    """Return all people by name."""
    require(actor, Permission.PERSON_MANAGE)
    return session.scalars(select(Person).order_by(Person.name, Person.id)).all()


def has_accounts(session: Session) -> bool:
    """Return whether anybody can sign in yet."""
    return session.scalar(select(Person.id).where(Person.password_hash.is_not(None)).limit(1)) is not None


def set_password(person: Person, password: str, *, temporary: bool = False) -> None:
    """Give a person a password; a temporary one is meant to be changed. Raises Invalid for one that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid({"password": "short"})
    person.password_hash, person.password_temporary = _hasher.hash(password), temporary


def hash_new_password(person: Person, *, old: str, new: str) -> str:
    """Return the hash of a person's new password. Slow on purpose: call it outside a writing transaction.

    Raises Invalid, by field, where the old one is wrong or the new one too short.
    """
    if not _verify(person.password_hash, old):
        raise Invalid({"old_password": "wrong"})
    if len(new) < SHORTEST_PASSWORD:
        raise Invalid({"password": "short"})
    return _hasher.hash(new)


def change_password(session: Session, person: Person, password_hash: str, *, keep: str) -> None:
    """Set a new password and end the person's other sessions; `keep` is the token of the present one."""
    person.password_hash, person.password_temporary = password_hash, False
    others = (StaffSession.person_id == person.id, StaffSession.token_hash != hash_token(keep))
    session.execute(delete(StaffSession).where(*others))


def check_sign_in_throttle(session: Session, *, email: str, address: str, now: datetime) -> None:
    """Raise TooManySignIns while an account or an address has too many refused sign-ins behind it."""
    for column, value, most in (
        (SignInFailure.email, emails.known_as(email), FAILURES_PER_EMAIL),
        (SignInFailure.address, address, FAILURES_PER_ADDRESS),
    ):
        recent = select(SignInFailure.at).where(column == value, SignInFailure.at > now - FAILURE_WINDOW)
        times = session.scalars(recent.order_by(SignInFailure.at.desc()).limit(most)).all()
        if len(times) >= most:
            raise TooManySignIns(times[-1] + FAILURE_WINDOW)


def verify(session: Session, *, email: str, password: str) -> Person:
    """Return the person whom address and password name. Slow on purpose, and as slow for an unknown address.

    Raises SignInRefused. Call it outside a writing transaction.
    """
    person = find(session, email)
    known = person is not None and person.may_sign_in
    if not _verify(person.password_hash if known and person else None, password) or person is None or not known:
        raise SignInRefused
    return person


def record_refusal(session: Session, *, email: str, address: str, now: datetime) -> None:
    """Remember a refused sign-in for the throttle."""
    session.add(SignInFailure(email=emails.known_as(email)[:320], address=address, at=now))


def open_session(session: Session, person: Person, *, now: datetime) -> str:
    """Start a sign-in and return its token, which is nowhere stored; earlier refusals are forgotten."""
    token = new_token()
    session.execute(delete(SignInFailure).where(SignInFailure.email == person.email))
    session.add(
        StaffSession(token_hash=hash_token(token), person=person, created_at=now, expires_at=now + SESSION_LENGTH)
    )
    return token


def signed_in(session: Session, token: str, *, now: datetime) -> Person:
    """Return who a session's token belongs to. Raises NotFound once it was ended, ran out, or the account closed."""
    query = select(StaffSession).where(StaffSession.token_hash == hash_token(token), StaffSession.expires_at > now)
    found = session.scalars(query).one_or_none()
    if found is None or not found.person.may_sign_in:
        raise NotFound("session")
    return found.person


def close_session(session: Session, token: str) -> None:
    """End a sign-in on the server: its cookie opens nothing from now on."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == hash_token(token)))


def purge(session: Session, *, now: datetime) -> None:
    """Forget sign-ins that ran out and refusals that no longer count."""
    session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
    session.execute(delete(SignInFailure).where(SignInFailure.at <= now - FAILURE_WINDOW))


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        return _hasher.verify(password_hash or _decoy(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy() -> str:
    """A hash that nothing opens, so that an unknown address takes as long to refuse as a known one."""
    return _hasher.hash(new_token())
