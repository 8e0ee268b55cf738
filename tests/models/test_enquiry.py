"""Rows that keep their promises by themselves: history that only grows, words of closed sets, unique secrets."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.orm import Session

from tests.factories import make_enquiry, make_network
from webapp.config import Settings
from webapp.models import NEVER, Enquiry, Event, Network, Person
from webapp.vocabulary import Role, Status

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def enquiry(write: Write, settings: Settings) -> Enquiry:
    made: Enquiry = write(lambda s: make_enquiry(s, settings, network=make_network(s)))
    return made


def test_event_cannot_be_changed(write: Write, enquiry: Enquiry) -> None:
    def change(session: Session) -> None:
        session.scalars(select(Event)).one().text = "rewritten"

    with pytest.raises(RuntimeError, match="append-only"):
        write(change)
    assert write(lambda s: s.scalars(select(Event.text)).all()) == [""]


def test_event_cannot_be_taken_away(write: Write, enquiry: Enquiry) -> None:
    with pytest.raises(RuntimeError, match="append-only"):
        write(lambda s: s.delete(s.scalars(select(Event)).one()))
    assert len(write(lambda s: s.scalars(select(Event.id)).all())) == 1


@pytest.mark.parametrize("column", ["reference", "form_hash"])
def test_what_names_an_enquiry_names_only_one(write: Write, settings: Settings, enquiry: Enquiry, column: str) -> None:
    def twin(session: Session) -> None:
        other = make_enquiry(session, settings)
        setattr(other, column, getattr(enquiry, column))

    with pytest.raises(IntegrityError):
        write(twin)


def test_words_are_stored_as_their_values(write: Write, enquiry: Enquiry) -> None:
    assert write(lambda s: s.scalar(text("SELECT status FROM enquiries"))) == "received"


def test_never_can_be_stored_and_compared(write: Write, enquiry: Enquiry) -> None:
    def set_it(session: Session) -> None:
        session.get_one(Enquiry, enquiry.id).due_on = NEVER

    write(set_it)
    assert write(lambda s: s.scalars(select(Enquiry.due_on)).one()) == NEVER == date(9999, 12, 31)
    assert write(lambda s: s.scalars(select(Enquiry.id).where(Enquiry.due_on < NEVER)).all()) == []


def test_relationships_are_never_loaded_by_accident(write: Write, enquiry: Enquiry) -> None:
    with pytest.raises(InvalidRequestError):
        write(lambda s: s.get_one(Enquiry, enquiry.id).events)


def test_word_outside_the_set_is_refused(write: Write, settings: Settings) -> None:
    def odd(session: Session) -> None:
        make_enquiry(session, settings).status = "lost"  # type: ignore[assignment]

    with pytest.raises(Exception, match="lost"):
        write(odd)
    assert "lost" not in list(Status)


@pytest.mark.parametrize(
    ("role", "password", "active", "may"),
    [
        (Role.HOST, "x", True, True),
        (None, "x", True, False),
        (Role.HOST, None, True, False),
        (Role.HOST, "x", False, False),
    ],
)
def test_account_needs_a_role_a_password_and_to_be_open(role: Any, password: Any, active: bool, may: bool) -> None:
    assert Person(role=role, password_hash=password, active=active).may_sign_in is may


def test_network_without_an_acronym_is_called_by_its_name() -> None:
    assert Network(acronym=None, name={"en": "Example Network"}).short_name == "Example Network"
    assert Network(acronym="EN", name={"en": "Example Network"}).short_name == "EN"
