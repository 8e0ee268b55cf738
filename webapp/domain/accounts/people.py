"""People with accounts: made, found, and let in by address and password."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session

from webapp import tidying
from webapp.domain.accounts import passwords
from webapp.domain.errors import DomainError, Invalid
from webapp.domain.history.uniqueness import insert_once, only_one
from webapp.domain.security.permissions import Actor, require
from webapp.models import Person
from webapp.tidying import emails
from webapp.vocabulary import Language, Permission, Role

PAGE = 100


class SignInRefused(DomainError):
    """Address and password do not open an account; which of them was wrong is not said."""


def add(
    session: Session,
    *,
    email: str,
    name: str,
    role: Role | None,
    now: datetime,
    language: Language = Language.EN,
) -> Person:
    """Add a person; with a role they can have an account, which a password opens.

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
        created_at=now,
    )
    with only_one(session, Invalid({"email": "known"})):
        session.add(person)
    return person


def ensure(session: Session, *, email: str, name: str, now: datetime) -> Person:
    """Return the person with an address, made without an account where there is none; two at once get the same one."""
    email = emails.known_as(email)
    values = {"email": email, "name": tidying.line(name), "created_at": now}
    made = insert_once(session, Person, unique=[Person.email], **values)
    return made or session.scalars(select(Person).where(Person.email == email)).one()


def find(session: Session, email: str) -> Person | None:
    """Return the person with an address, whatever its case, or None."""
    return session.scalars(select(Person).where(Person.email == emails.known_as(email))).one_or_none()


@dataclass(frozen=True)
class PeoplePage:
    """One page of the people, and the id after which the next one starts (None: there is none)."""

    people: Sequence[Person]
    after: int | None


def everyone(session: Session, *, actor: Actor, after: int | None = None, limit: int = PAGE) -> PeoplePage:
    """Return people by name, in pages by keyset; former colleagues who are numbers by now are not among them."""
    require(actor, Permission.PERSON_MANAGE)
    query = select(Person).where(Person.erased_at.is_(None)).order_by(Person.name, Person.id)
    if after is not None:
        here = select(Person.name, Person.id).where(Person.id == after)
        query = query.where(tuple_(Person.name, Person.id) > here.scalar_subquery())
    rows = session.scalars(query.limit(limit + 1)).all()
    return PeoplePage(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


def each(session: Session, *, actor: Actor) -> Iterator[Person]:
    """Yield everyone by name; it asks again for each page."""
    page = everyone(session, actor=actor)
    yield from page.people
    while page.after is not None:
        page = everyone(session, actor=actor, after=page.after)
        yield from page.people


def with_a_role(session: Session, *, actor: Actor) -> Sequence[Person]:
    """Return the people of the office by name: all of them, to choose from."""
    require(actor, Permission.PERSON_MANAGE)
    return session.scalars(select(Person).where(Person.role.is_not(None)).order_by(Person.name, Person.id)).all()


def has_accounts(session: Session) -> bool:
    """Return whether anyone can sign in yet."""
    known = or_(Person.password_hash.is_not(None), Person.sign_on_subject.is_not(None))
    return session.scalar(select(Person.id).where(known).limit(1)) is not None


def verify(session: Session, *, email: str, password: str) -> Person:
    """Return the person whom address and password name. Slow on purpose, and as slow for an unknown address.

    Raises SignInRefused. Call it outside a writing transaction.
    """
    person = find(session, email)
    known = person is not None and person.may_sign_in
    if (
        not passwords.matches(person.password_hash if known and person else None, password)
        or person is None
        or not known
    ):
        raise SignInRefused
    return person
