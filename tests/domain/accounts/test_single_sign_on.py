"""Single sign-on at once: two browsers of one new person, and two administrators whose groups both end."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_person
from webapp.config import Settings
from webapp.db import transaction
from webapp.domain.accounts import sessions, single_sign_on
from webapp.domain.accounts.single_sign_on import Entry
from webapp.domain.security.permissions import SYSTEM
from webapp.models import Person, WaitingWords
from webapp.oidc import Identity
from webapp.vocabulary import Role, RoleSource

Write = Callable[[Callable[[Session], Any]], Any]
ISSUER = "https://login.example.org"
CHAN = Identity(ISSUER, "chan", "chan@example.org", True, "Chan Tai Man", ("desk",))


@pytest.fixture
def ours(settings: Settings) -> Settings:
    given = {"oidc_issuer": ISSUER, "oidc_roles": (("desk", Role.COORDINATOR), ("admins", Role.ADMINISTRATOR))}
    return settings.model_copy(update=given)


def at_once(app: Flask, acts: list[Callable[[Session], Any]]) -> list[Any]:
    """Do all of them in transactions that begin together; return what came of each."""
    ready, done = threading.Barrier(len(acts)), []

    def run(act: Callable[[Session], Any]) -> None:
        with app.app_context():
            ready.wait(20)
            with transaction() as session:
                done.append(act(session))

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return done


def test_new_person_in_two_browsers_at_once_has_one_account(app: Flask, write: Write, ours: Settings) -> None:
    def enter(session: Session) -> Any:
        return single_sign_on.enter(session, CHAN, by=acting(SYSTEM, settings=ours))

    entries = at_once(app, [enter, enter])
    assert sum(isinstance(entry, Entry) for entry in entries) >= 1
    assert [person.sign_on_subject for person in write(lambda s: s.query(Person).all())] == ["chan"]
    assert isinstance(write(enter), Entry)


def test_of_two_administrators_whose_groups_end_at_once_one_stays(app: Flask, write: Write, ours: Settings) -> None:
    def linked(session: Session, subject: str) -> Identity:
        person = make_person(session, role=Role.ADMINISTRATOR)
        person.sign_on_issuer, person.sign_on_subject, person.role_set_by = ISSUER, subject, RoleSource.GROUPS
        return replace(CHAN, subject=subject, email=person.email, groups=())

    both = write(lambda s: [linked(s, name) for name in ("a", "b")])
    by = acting(SYSTEM, settings=ours)
    entries = at_once(app, [lambda s, one=one: single_sign_on.enter(s, one, by=by) for one in both])  # type: ignore[misc]
    assert len(entries) == 2
    roles = write(lambda s: [person.role for person in s.query(Person).all()])
    assert sorted(roles, key=str) == [Role.ADMINISTRATOR, None] or sorted(roles, key=str) == [None, Role.ADMINISTRATOR]


def test_words_wait_for_an_hour_and_are_taken_back_once(write: Write) -> None:
    token = write(lambda s: sessions.put_words_aside(s, "packed", now=NOW))
    write(lambda s: sessions.purge(s, now=NOW + sessions.WORDS_WAIT / 2))
    assert write(lambda s: sessions.take_words_back(s, token)) == "packed"
    assert write(lambda s: sessions.take_words_back(s, token)) == ""
    write(lambda s: sessions.put_words_aside(s, "packed", now=NOW))
    write(lambda s: sessions.purge(s, now=NOW + sessions.WORDS_WAIT))
    assert write(lambda s: s.query(WaitingWords).count()) == 0
