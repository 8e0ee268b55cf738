"""People with accounts: made once, signed in, and signed out on the server."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from argon2 import Type
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import HASHER
from tests.factories import NOW, PASSWORD, acting, make_person, staff_actor
from webapp.config import Settings
from webapp.domain.accounts import passwords, people, sessions
from webapp.domain.accounts.sessions import SESSION_LENGTH
from webapp.domain.errors import Invalid, NotAllowed, NotFound
from webapp.domain.security.permissions import staff
from webapp.models import Person, StaffSession
from webapp.vocabulary import Role

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def person(write: Write) -> Person:
    made: Person = write(lambda s: make_person(s, email="Lee@Example.org"))
    return made


def test_add_refuses_a_known_address_whatever_its_case(write: Write, person: Person) -> None:
    with pytest.raises(Invalid):
        write(lambda s: make_person(s, email=" LEE@example.ORG "))
    assert write(lambda s: people.find(s, "LEE@EXAMPLE.ORG")).id == person.id


def test_password_is_only_stored_hashed(person: Person) -> None:
    assert person.password_hash is not None
    assert person.password_hash.startswith("$argon2id$")


def test_a_guess_costs_what_rfc_9106_recommends() -> None:
    assert HASHER.type is Type.ID
    assert HASHER.memory_cost >= 65536
    assert HASHER.time_cost >= 3


def test_verify_takes_the_right_password_only(write: Write, person: Person) -> None:
    assert write(lambda s: people.verify(s, email="lee@example.org", password=PASSWORD)).id == person.id
    for email, password in (("lee@example.org", "wrong"), ("lee@example.org", ""), ("nobody@example.org", PASSWORD)):
        with pytest.raises(people.SignInRefused):
            write(lambda s, email=email, password=password: people.verify(s, email=email, password=password))


@pytest.mark.parametrize("change", [{"active": False}, {"role": None}])
def test_closed_account_cannot_sign_in_or_stay(
    write: Write, person: Person, settings: Settings, change: dict[str, Any]
) -> None:
    token = write(lambda s: sessions.open_session(s, s.get_one(Person, person.id), now=NOW))

    def close(session: Session) -> None:
        for name, value in change.items():
            setattr(session.get_one(Person, person.id), name, value)

    write(close)
    with pytest.raises(people.SignInRefused):
        write(lambda s: people.verify(s, email="lee@example.org", password=PASSWORD))
    with pytest.raises(NotFound):
        write(lambda s: sessions.present(s, token, now=NOW, settings=settings))


def test_session_ends_on_the_server(write: Write, person: Person, settings: Settings) -> None:
    token = write(lambda s: sessions.open_session(s, s.get_one(Person, person.id), now=NOW))

    def present(at: datetime) -> int:
        return int(write(lambda s: sessions.present(s, token, now=at, settings=settings)).person_id)

    assert present(NOW) == person.id
    assert token not in write(lambda s: s.scalars(select(StaffSession.token_hash)).all())
    with pytest.raises(NotFound):
        present(NOW + SESSION_LENGTH)
    write(lambda s: sessions.close_session(s, token, now=NOW))
    with pytest.raises(NotFound):
        present(NOW)


def test_new_password_ends_all_sign_ins(write: Write, person: Person, settings: Settings) -> None:
    tokens = [write(lambda s: sessions.open_session(s, s.get_one(Person, person.id), now=NOW)) for _ in range(2)]

    def change(session: Session, old: str) -> None:
        found = session.get_one(Person, person.id)
        made = passwords.hash_new_password(found, old=old, new="another long password", settings=settings)
        passwords.change_password(session, found, made, by=acting(staff(found)))

    with pytest.raises(Invalid):
        write(lambda s: change(s, "wrong"))
    write(lambda s: change(s, PASSWORD))
    for token in tokens:
        with pytest.raises(NotFound):
            write(lambda s, token=token: sessions.present(s, token, now=NOW, settings=settings))
    assert write(lambda s: people.verify(s, email="lee@example.org", password="another long password"))


@pytest.mark.parametrize("change", ["password", "active", "role"])
def test_new_password_does_not_outlive_what_happened_while_it_was_hashed(
    write: Write, person: Person, settings: Settings, change: str
) -> None:
    found = write(lambda s: s.get_one(Person, person.id))
    made = passwords.hash_new_password(found, old=PASSWORD, new="another long password", settings=settings)

    def meanwhile(session: Session) -> None:
        row = session.get_one(Person, person.id)
        if change == "password":
            passwords.set_one_time(row, now=NOW)
        else:
            setattr(row, change, {"active": False, "role": None}[change])

    write(meanwhile)
    with pytest.raises(NotAllowed):
        write(lambda s: passwords.change_password(s, s.get_one(Person, person.id), made, by=acting(staff(person))))


def test_purge_forgets_what_no_longer_counts(write: Write, person: Person) -> None:
    write(lambda s: sessions.open_session(s, make_person(s), now=NOW))
    write(lambda s: sessions.purge(s, now=NOW + SESSION_LENGTH))
    assert write(lambda s: s.scalars(select(StaffSession.id)).all()) == []


def test_everyone_is_for_those_who_manage_people(write: Write, person: Person) -> None:
    assert write(lambda s: people.everyone(s, actor=staff_actor(Role.ADMINISTRATOR)))
    for role in set(Role) - {Role.ADMINISTRATOR}:
        with pytest.raises(NotAllowed):
            write(lambda s, role=role: people.everyone(s, actor=staff_actor(role)))


def test_has_accounts_only_once_somebody_can_sign_in(write: Write) -> None:
    write(lambda s: make_person(s, role=None))
    assert not write(people.has_accounts)
    write(make_person)
    assert write(people.has_accounts)


@pytest.mark.parametrize(
    "typed", ["ADA＠example.org", "<ada@example.org>", "\u200bada@example.org.", "Ada <mailto:ada@example.org>"]
)
def test_address_is_the_same_however_it_is_typed(session: Session, typed: str) -> None:
    made = people.add(session, email=typed, name="\u202aAda\u200b Example", role=None, now=NOW)
    assert (made.email, made.name) == ("ada@example.org", "Ada Example")
    assert people.find(session, typed) is made
    with pytest.raises(Invalid, match="known"):
        people.add(session, email="ada@example.org", name="Ada", role=None, now=NOW)


@pytest.mark.parametrize(
    ("email", "name", "fault"),
    [
        ("ada", "Ada", {"email": "unreadable"}),
        ("", "Ada", {"email": "unreadable"}),
        ("ada@example.org", "\u200b", {"name": "empty"}),
    ],
)
def test_person_without_address_or_name_is_refused(
    session: Session, email: str, name: str, fault: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        people.add(session, email=email, name=name, role=None, now=NOW)
    assert refused.value.faults == fault
