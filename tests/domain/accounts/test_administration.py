"""Accounts: someone who can undo it is always left, and no administrator ever has the secret of another."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_person, staff_actor
from webapp.config import Settings
from webapp.db import transaction
from webapp.domain.accounts import administration, passwords, people, sessions
from webapp.domain.errors import Invalid, NotAllowed
from webapp.domain.security.permissions import COMMAND_LINE, Actor, staff
from webapp.models import AccountLink, Message, Person, StaffSession
from webapp.vocabulary import MessageKind, Role

Write = Callable[[Callable[[Session], Any]], Any]
Act = Callable[[Session, Person, Actor], Any]
KEPT = ("name", "language", "role", "active", "version")
SIGNS_IN = (Person.role == Role.ADMINISTRATOR, Person.active, Person.password_hash.is_not(None))


@pytest.fixture
def acts(settings: Settings) -> dict[str, Act]:
    def change(session: Session, found: Person, actor: Actor, **new: Any) -> None:
        values = {name: getattr(found, name) for name in KEPT}
        administration.change(session, found, **{**values, **new}, by=acting(actor, settings=settings))

    return {
        "close": lambda s, found, actor: change(s, found, actor, active=False),
        "lower": lambda s, found, actor: change(s, found, actor, role=Role.OBSERVER),
        "no role": lambda s, found, actor: change(s, found, actor, role=None),
        "reset": lambda s, found, actor: administration.reset_password(
            s, found, version=found.version, by=acting(actor, settings=settings)
        ),
    }


@pytest.mark.parametrize("first", ["close", "lower", "no role", "reset"])
@pytest.mark.parametrize("second", ["close", "lower", "no role", "reset"])
def test_of_two_administrators_who_shut_each_other_out_at_once_one_is_left(
    app: Flask, write: Write, acts: dict[str, Act], first: str, second: str
) -> None:
    a, b = (write(lambda s: make_person(s, role=Role.ADMINISTRATOR)) for _ in range(2))
    both, errors = threading.Barrier(2), []

    def act(name: str, found: Person, actor: Actor) -> None:
        with app.app_context():
            both.wait(60)
            try:
                with transaction() as session:
                    acts[name](session, session.get_one(Person, found.id), actor)
            except (Invalid, NotAllowed) as error:
                errors.append(error)

    threads = [
        threading.Thread(target=act, args=(first, b, staff(a))),
        threading.Thread(target=act, args=(second, a, staff(b))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert write(lambda s: s.scalar(select(func.count()).where(*SIGNS_IN))) == 1
    assert len(errors) == 1


@pytest.mark.parametrize("act", ["close", "lower", "no role", "reset"])
def test_last_administrator_stays_also_for_the_command_line(write: Write, acts: dict[str, Act], act: str) -> None:
    person = write(lambda s: make_person(s, role=Role.ADMINISTRATOR))
    write(lambda s: setattr(make_person(s, role=Role.ADMINISTRATOR), "password_hash", None))  # invited, not yet there
    write(lambda s: setattr(make_person(s, role=Role.ADMINISTRATOR), "active", False))
    with pytest.raises(Invalid, match="last"):
        write(lambda s: acts[act](s, s.get_one(Person, person.id), COMMAND_LINE))
    assert write(lambda s: s.scalar(select(func.count()).where(*SIGNS_IN))) == 1


@pytest.mark.parametrize("act", ["close", "lower", "no role", "reset"])
def test_no_one_does_it_to_their_own_account(write: Write, acts: dict[str, Act], act: str) -> None:
    me = write(lambda s: make_person(s, role=Role.ADMINISTRATOR))
    write(lambda s: make_person(s, role=Role.ADMINISTRATOR))
    with pytest.raises(Invalid, match="own"):
        write(lambda s: acts[act](s, s.get_one(Person, me.id), staff(me)))


def test_someone_who_is_no_administrator_any_more_changes_nothing(write: Write, acts: dict[str, Act]) -> None:
    me, other, third = (write(lambda s: make_person(s, role=Role.ADMINISTRATOR)) for _ in range(3))
    write(lambda s: acts["lower"](s, s.get_one(Person, me.id), staff(other)))
    with pytest.raises(NotAllowed):
        write(lambda s: acts["close"](s, s.get_one(Person, third.id), staff(me)))


def test_reset_ends_password_and_sign_ins_and_only_the_owner_gets_the_link(
    write: Write, settings: Settings, acts: dict[str, Act]
) -> None:
    person = write(lambda s: make_person(s, email="lee@example.org"))
    token = write(lambda s: sessions.open_session(s, s.get_one(Person, person.id), now=NOW))
    assert write(lambda s: acts["reset"](s, s.get_one(Person, person.id), staff_actor(Role.ADMINISTRATOR))) is None
    assert token
    assert write(lambda s: s.scalars(select(StaffSession)).all()) == []
    assert write(lambda s: s.get_one(Person, person.id)).password_hash is None
    message = write(lambda s: s.scalars(select(Message)).one())
    assert (message.kind, message.recipient_email) == (MessageKind.STAFF_RESET, "lee@example.org")
    assert "Lee Siu Ming has reset the password" in message.text


@pytest.mark.parametrize("role", list(Role))
def test_one_time_passwords_are_for_the_command_line_alone(write: Write, role: Role) -> None:
    person = write(make_person)
    with pytest.raises(NotAllowed):
        write(lambda s: administration.give_one_time(s, s.get_one(Person, person.id), by=acting(staff_actor(role))))
    given = write(lambda s: administration.give_one_time(s, s.get_one(Person, person.id), by=acting(COMMAND_LINE)))
    found = write(lambda s: people.verify(s, email=person.email, password=given))
    assert found.password_expires_at == NOW + passwords.ONE_TIME_LASTS


def test_account_is_invited_when_it_opens_and_not_again_when_its_name_changes(write: Write, settings: Settings) -> None:
    by = acting(staff_actor(Role.ADMINISTRATOR), settings=settings)
    person = write(lambda s: make_person(s, role=None))

    def change(session: Session, **new: Any) -> bool:
        found = session.get_one(Person, person.id)
        values = {name: getattr(found, name) for name in KEPT}
        return administration.change(session, found, **{**values, **new}, by=by)

    steps: list[tuple[dict[str, Any], bool]] = [
        ({"name": "Another Name"}, False),
        ({"role": Role.HOST}, True),
        ({"name": "One More"}, False),
        ({"active": False}, False),
        ({"active": True}, True),
    ]
    assert [write(lambda s, new=new: change(s, **new)) for new, _ in steps] == [invited for _, invited in steps]
    kinds = write(lambda s: s.scalars(select(Message.kind)).all())
    assert kinds == [MessageKind.STAFF_INVITED] * 2
    assert write(lambda s: s.scalar(select(func.count()).where(AccountLink.ended_at.is_(None)))) == 1
