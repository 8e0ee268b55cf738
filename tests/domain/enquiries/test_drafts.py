"""Drafts: what was typed is kept, files once, until it is sent or forgotten."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, submission
from webapp.config import Settings
from webapp.db import db, transaction
from webapp.domain.enquiries import drafts, drafts_written, submissions
from webapp.domain.enquiries.drafts import KEPT, Upload
from webapp.domain.errors import NotFound
from webapp.models import Attachment, Draft, Enquiry
from webapp.vocabulary import Kind, Language

Write = Callable[[Callable[[Session], Any]], Any]
PLAN = Upload("plan.pdf", "application/pdf", b"%PDF")


def save(session: Session, text: str = "", *, uploads: Iterable[Upload] = (), now: Any = NOW) -> Draft:
    return drafts.save(
        session, "form", kind=Kind.VISIT, language=Language.EN, fields={"subject": [text]}, uploads=uploads, now=now
    )


def test_save_keeps_the_latest_words_and_every_file_once(write: Write) -> None:
    write(lambda s: save(s, "first", uploads=[PLAN]))
    write(lambda s: save(s, "second", uploads=[PLAN, Upload("plan.pdf", "application/pdf", b"%PDF-2")]))
    draft = write(lambda s: drafts.find(s, "form"))
    assert draft.fields == {"subject": ["second"]}
    assert [(file.name, file.size) for file in draft.attachments] == [("plan.pdf", 4), ("plan.pdf", 6)]


def test_form_id_is_not_stored(write: Write) -> None:
    write(save)
    assert write(lambda s: s.scalars(select(Draft.form_hash)).one()) != "form"
    assert write(lambda s: drafts.find(s, "another")) is None
    with pytest.raises(NotFound):
        write(lambda s: drafts.locked(s, "another"))


def test_save_leaves_a_draft_that_was_sent(write: Write, settings: Settings) -> None:
    write(lambda s: save(s, "first"))
    write(lambda s: submissions.submit(s, submission(), draft=drafts.locked(s, "form"), now=NOW, settings=settings))
    draft = write(lambda s: save(s, "second", uploads=[PLAN]))
    assert (draft.fields, draft.attachments) == ({}, [])


def test_remove_attachment_drops_only_its_own_files(write: Write) -> None:
    def other(session: Session) -> int:
        draft = drafts.save(session, "other", kind=Kind.VISIT, language=Language.EN, fields={}, uploads=[PLAN], now=NOW)
        return draft.attachments[0].id

    mine = write(lambda s: save(s, uploads=[PLAN])).attachments[0].id
    theirs = write(other)
    for number in (theirs, mine, 999):
        write(lambda s, number=number: drafts.remove_attachment(s, drafts.locked(s, "form"), number))
    assert write(lambda s: s.scalars(select(Attachment.id)).all()) == [theirs]


def test_purge_forgets_what_was_left(write: Write) -> None:
    write(lambda s: save(s, uploads=[PLAN]))
    assert write(lambda s: drafts.purge(s, now=NOW + KEPT)) == 0
    assert write(lambda s: drafts.purge(s, now=NOW + KEPT + timedelta(seconds=1))) == 1
    assert write(lambda s: s.scalars(select(Attachment.id)).all()) == []


def test_many_go_by_some_at_a_time_and_one_that_is_killed_leaves_them_for_the_next(
    monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    monkeypatch.setattr(drafts, "AT_ONCE", 2)
    more: Any = {"kind": Kind.VISIT, "language": Language.EN, "fields": {}, "uploads": [PLAN], "now": NOW}
    write(lambda s: [drafts.save(s, f"form {number}", **more) for number in range(5)] and None)

    def dies(session: Session) -> None:
        assert drafts.purge(session, now=NOW + 2 * KEPT) == 2
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(dies)
    assert [write(lambda s: drafts.purge(s, now=NOW + 2 * KEPT)) for _ in range(4)] == [2, 2, 1, 0]
    assert write(lambda s: s.scalars(select(Attachment.id)).all()) == []


def test_purge_leaves_enquiries_their_files_and_their_form(write: Write, settings: Settings) -> None:
    def send(session: Session) -> str:
        draft = save(session, uploads=[PLAN])
        return submissions.submit(session, submission(), draft=draft, now=NOW, settings=settings)[0].reference

    reference = write(send)
    assert write(lambda s: drafts.purge(s, now=NOW + timedelta(days=30))) == 1
    assert len(write(lambda s: s.scalars(select(Attachment.enquiry_id)).all())) == 1
    assert write(send) == reference
    assert len(write(lambda s: s.scalars(select(Enquiry.id)).all())) == 1


def test_who_sends_a_form_holds_it(write: Write, app: Flask) -> None:
    given: dict[str, Any] = {"kind": Kind.VISIT, "language": Language.EN, "fields": {}, "now": NOW}
    write(lambda s: drafts.save(s, "form", browser="own", **given))
    with app.app_context(), transaction() as session:
        drafts.to_send(session, "form", "own", reserve={})
        with db.engine.connect() as other:
            if other.dialect.name == "postgresql":
                free = other.scalar(select(Draft.id).with_for_update(skip_locked=True))
                assert free is None
                assert other.scalar(select(Draft.id)) is not None


def test_one_statement_keeps_a_form_only_where_that_is_all(write: Write, settings: Settings) -> None:
    def keep(form: str, *, browser: str = "own", fields: Any = None, asked: str = "subject") -> Any:
        given: dict[str, Any] = {"kind": Kind.VISIT, "language": Language.EN, "suspect": False, "now": NOW}
        given |= {"fields": fields or {"subject": ["mine"]}, "asked": [asked], "checked": {"by": "this"}}
        return write(lambda s: drafts_written.write(s, form, browser=browser, **given))

    def send(session: Session, form: str) -> None:
        found = drafts.to_send(session, form, "own", reserve=submissions.BEGUN)
        submissions.submit(session, submission(), draft=found.draft, numbers=found.numbers, now=NOW, settings=settings)

    made = keep("form").draft
    assert (made.fields, made.checked, made.attachments) == ({"subject": ["mine"]}, {"by": "this"}, [])
    assert keep("form", fields={"subject": ["more"]}).draft.fields == {"subject": ["more"]}
    assert keep("form", browser="other") is None
    assert keep("form", asked="message") is None  # it would drop what was typed into another kind's form
    assert write(lambda s: drafts.to_send(s, "form", "own", reserve={})).draft.fields == {"subject": ["more"]}
    with pytest.raises(NotFound):
        write(lambda s: drafts.to_send(s, "form", "other", reserve={}))
    given: dict[str, Any] = {"kind": Kind.VISIT, "language": Language.EN, "fields": {"subject": ["with a file"]}}
    write(lambda s: drafts.save(s, "form", browser="own", uploads=[PLAN], now=NOW, **given))
    for found in (keep("form"), write(lambda s: drafts.to_send(s, "form", "own", reserve={}))):
        assert [file.name for file in found.draft.attachments] == ["plan.pdf"]
    write(lambda s: send(s, "form"))
    assert keep("form") is None
    assert write(lambda s: drafts.purge(s, now=NOW + timedelta(days=30))) == 1
    assert keep("form") is None  # its enquiry remembers it
    assert write(lambda s: s.scalars(select(Draft.id)).all()) == []
