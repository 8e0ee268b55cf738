"""Unique-constraint violations become domain errors when two people do the same at once, and nothing is lost."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_organisation, staff_actor
from tests.queues import wait_for
from webapp.config import Settings
from webapp.db import db, transaction
from webapp.domain import settings as office_settings
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.history.uniqueness import only_one
from webapp.domain.letters import letters
from webapp.domain.organisations import contacts, records
from webapp.domain.organisations.contacts import ContactFacts
from webapp.models import Contact, LetterText, OfficeSettings, Organisation
from webapp.vocabulary import Language, Letter, Role

Write = Callable[[Callable[[Session], Any]], Any]
Deed = Callable[[Session, str, Settings], Any]
ADMINISTRATOR = staff_actor(Role.ADMINISTRATOR)
WHO = acting(ADMINISTRATOR)


def choose(session: Session, words: str, settings: Settings) -> None:
    office_settings.change(session, {"institution": words}, version=0, settings=settings, by=acting(ADMINISTRATOR))


def reword(session: Session, words: str, _settings: Settings) -> None:
    letters.change(session, Letter.ACCEPT, Language.EN, words, version=0, by=WHO)


def add_contact(session: Session, words: str, _settings: Settings) -> None:
    record = records.locked(session, 1 if words == "first" else 2, actor=ADMINISTRATOR)
    contacts.add(session, record, ContactFacts(words, email="erika@example.org"), by=WHO)


def edit_contact(session: Session, words: str, _settings: Settings) -> None:
    row = contacts.contact(session, 1 if words == "first" else 2, actor=ADMINISTRATOR, lock=True)
    contacts.edit(session, row, ContactFacts(words, email="erika@example.org"), version=1, by=WHO)


def prepare(session: Session) -> None:
    for name in ("One", "Two"):
        record = make_organisation(session, name, domains=())
        contacts.add(session, record, ContactFacts(name), by=WHO)


def written(session: Session) -> dict[str, int]:
    tables = {"office": OfficeSettings, "letters": LetterText, "contacts": Contact, "organisations": Organisation}
    return {name: session.query(table).count() for name, table in tables.items()}


@pytest.mark.parametrize(
    ("deed", "refusal"),
    [(choose, Conflict), (reword, Conflict), (add_contact, Invalid), (edit_contact, Invalid)],
)
def test_second_of_two_is_refused_as_if_the_first_had_been_there_before(
    app: Flask, write: Write, settings: Settings, deed: Deed, refusal: type[Exception]
) -> None:
    write(prepare)
    started, reached, met = threading.Event(), threading.Event(), []

    def second() -> None:
        started.wait(60)
        reached.set()
        try:
            with app.app_context(), transaction() as session:
                deed(session, "second", settings)
        except Exception as error:
            met.append(error)

    def waits() -> bool:
        """On PostgreSQL for the first one's row; SQLite lets no one else begin to write."""
        if db.engine.dialect.name == "sqlite":
            return reached.is_set()
        with db.engine.connect() as other:
            return bool(other.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))

    thread = threading.Thread(target=second)
    thread.start()
    with app.app_context(), transaction() as session:
        deed(session, "first", settings)
        session.flush()
        started.set()
        wait_for(waits, "the second one waits", 20)
        before = written(session)
    thread.join(60)
    assert [type(error) for error in met] == [refusal]
    assert write(written) == before


def test_transaction_is_good_after_the_refusal(write: Write) -> None:
    def twice(session: Session) -> None:
        for _ in range(2):
            row = LetterText(letter=Letter.ACCEPT, language=Language.EN, text="x", changed_at=NOW, changed_by="")
            try:
                with only_one(session, Conflict(version=1, changed_at=NOW)):
                    session.add(row)
            except Conflict:
                refused.append(row)

    refused: list[LetterText] = []
    write(twice)
    assert len(refused) == 1
    assert write(lambda s: letters.wording(s, Letter.ACCEPT, Language.EN).text) == "x"
