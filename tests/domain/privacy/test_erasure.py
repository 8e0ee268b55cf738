"""One person's data: given out whole, erased whole, and no one else's with them."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.domain.privacy.dump import dump, hits
from tests.factories import (
    NOW,
    acting,
    make_enquiry,
    make_faculty,
    make_organisation,
    make_person,
    refer,
    staff_actor,
    submission,
)
from webapp import cli_privacy, questions
from webapp.config import Settings
from webapp.db import db
from webapp.domain.decisions import approvals
from webapp.domain.enquiries import actions, addresses, drafts, loading, submissions, tracking
from webapp.domain.enquiries.drafts import Upload
from webapp.domain.errors import NotAllowed
from webapp.domain.notifications import reminders
from webapp.domain.organisations import contacts
from webapp.domain.organisations.contacts import ContactFacts
from webapp.domain.privacy import erasure, export, holds
from webapp.domain.security.acting import Acting
from webapp.domain.triage import checklist, tags
from webapp.models import Enquiry, Message, Organisation, SavedView, StaffSession
from webapp.questions import Shape
from webapp.vocabulary import Action, Kind, Language, Role

Write = Callable[[Callable[[Session], Any]], Any]
MARK = "Zyxwv"
EMAIL = "zyxwv.marker@partner.example"
OTHER = "other@example.org"


def admin(settings: Settings) -> Acting:
    return acting(staff_actor(Role.ADMINISTRATOR), settings=settings)


def marked_answers(kind: Kind) -> dict[str, Any]:
    """Return an answer to each question of a kind, with the mark where people write their own words."""
    return {
        each.name: f"{MARK} {each.name}" if each.shape in (Shape.LINE, Shape.TEXT) else each.sample
        for each in questions.own(kind)
    }


def fill(session: Session, settings: Settings) -> None:
    """Put the mark wherever the service keeps something about one person, and others beside them."""
    by = acting(settings=settings)
    person = make_person(session, name="Colleague One", role=Role.COORDINATOR)
    record = make_organisation(session, "Some Institute", domains=("partner.example",), notes=f"Ask {EMAIL} first")
    contacts.add(
        session, record, ContactFacts(f"{MARK} Contact", f"{MARK} Dean", EMAIL, "+852 2766 5100"), by=by
    )  # fmt: skip
    for kind in Kind:
        asked = submission(
            kind,
            answers=marked_answers(kind),
            contact_name=f"{MARK} Name",
            contact_position=f"{MARK} Position",
            contact_email=EMAIL.upper() if kind is Kind.QUESTION else EMAIL,
            phone=f"+852 2766 5100 {MARK}",
            organisation=f"{MARK} Organisation",
            subject=f"{MARK} subject",
            message=f"{MARK} message",
            on_behalf_of=f"{MARK} behalf",
            existing_link=f"{MARK} tie",
        )
        upload = Upload(f"{MARK}-{kind}.txt", "text/plain", f"{MARK} content".encode())
        draft = drafts.save(session, kind * 12, kind=kind, language=Language.EN, fields={}, uploads=[upload], now=NOW)
        enquiry, _ = submissions.submit(session, asked, draft=draft, now=NOW, settings=settings)
        _work_on(session, enquiry, settings, by)
    typed = {"contact_email": [EMAIL], "message": [f"{MARK} typed"]}
    drafts.save(session, "draft" * 9, kind=Kind.VISIT, language=Language.EN, fields=typed, now=NOW)
    session.flush()
    _of_others(session, settings, person.id)
    reminders.send(session, now=NOW.replace(month=12, day=15), settings=settings)


def _work_on(session: Session, enquiry: Enquiry, settings: Settings, by: Acting) -> None:
    held = loading.locked(session, enquiry.reference, actor=staff_actor())
    upload = Upload(f"{MARK}-later.txt", "text/plain", f"{MARK} later".encode())
    tracking.write(session, held, f"{MARK} wrote", uploads=[upload], now=NOW, settings=settings)
    actions.act(session, held, Action.NOTE, text=f"{MARK} noted", by=by)
    tags.tag(session, held, f"{MARK} tag", by=by)
    checklist.add(session, held, f"{MARK} item", by=by)
    refer(session, settings, enquiry, question=f"{MARK} question")
    held = loading.locked(session, enquiry.reference, actor=staff_actor())
    addresses.correct(session, held, f"old-{EMAIL}", known=held.contact_email, by=by)
    addresses.correct(session, held, EMAIL, known=f"old-{EMAIL}", by=by)
    actions.act(session, held, Action.REPLY, text=f"Dear {MARK}", by=by)


def _of_others(session: Session, settings: Settings, person_id: int) -> None:
    """Someone else's enquiry, which mentions the person's address in places, and everything that stays theirs."""
    other = make_enquiry(session, settings, contact_name="Other Person", contact_email=OTHER,
                         message=f"Please ask {EMAIL} as well. {OTHER}")  # fmt: skip
    held = loading.locked(session, other.reference, actor=staff_actor())
    actions.act(session, held, Action.NOTE, text=f"Called {EMAIL}; not ana.{EMAIL}", by=acting(settings=settings))
    make_faculty(session, "Faculty of Other", email="other-faculty@example.org")
    view = SavedView(owner_id=person_id, name=f"of {EMAIL}", query={"q": EMAIL}, created_at=NOW)
    session.add(view)
    signer = URLSafeTimedSerializer("any key")
    long = f"{MARK} wrote " * 200  # such a word is compressed
    for name, kept in {"mine": EMAIL, "long": f"{long} {EMAIL}", "others": OTHER}.items():
        given = {"token_hash": name, "person_id": person_id, "created_at": NOW, "expires_at": NOW, "seen_at": NOW}
        session.add(StaffSession(**given, kept=signer.dumps(["/desk", 1, [["text", f"Dear {kept}"]]])))


def erase(settings: Settings) -> Callable[[Session], erasure.Erased]:
    return lambda session: erasure.erase(session, EMAIL, by=admin(settings))


def test_nothing_of_a_person_is_left_and_all_of_the_others(app: Flask, write: Write, settings: Settings) -> None:
    write(lambda s: fill(s, settings))
    with app.app_context():
        assert len({row.partition(":")[0] for row in hits(db.session(), MARK)}) >= 12
        others = _those_of_others(dump(db.session()))
        db.session.rollback()
    done = write(erase(settings))
    assert done.counts["enquiries"] == len(Kind)
    assert done.kept == []
    assert done.mentions == []
    with app.app_context():
        left = [row for row in hits(db.session(), MARK) if f"ana.{EMAIL}" not in row]
        assert left == []
        after = {row for rows in dump(db.session()).values() for row in rows}
        kept = dict(db.session().execute(select(StaffSession.token_hash, StaffSession.kept)).all())
        assert [name for name, words in kept.items() if words] == ["others"]
        # Only the address is gone from what others wrote, and one that merely ends like it stays.
        assert any(f"Called (erased); not ana.{EMAIL}" in row for row in after)
        assert [row for row in others if _without_address(row) not in after] == []


def _without_address(row: str) -> str:
    return row.replace(f"ana.{EMAIL}", "ANA").replace(EMAIL, erasure.MARK).replace("ANA", f"ana.{EMAIL}")


def _those_of_others(dumped: dict[str, list[str]]) -> list[str]:
    return [row for rows in dumped.values() for row in rows if OTHER in row and MARK not in row]


def test_the_file_has_every_mark_that_is_kept(app: Flask, write: Write, settings: Settings) -> None:
    write(lambda s: fill(s, settings))
    with app.app_context():
        content = export.export(db.session(), EMAIL, language=Language.ZH_HANT, by=admin(settings))
    archive = zipfile.ZipFile(io.BytesIO(content))
    text = archive.read("data.json").decode()
    data = json.loads(text)
    wanted = ["Name", "Position", "Organisation", "subject", "message", "behalf", "tie", "wrote", "noted", "item",
              "question", "Contact", "Dean", "typed"]  # fmt: skip
    names = {each.name for kind in Kind for each in questions.own(kind) if each.shape in (Shape.LINE, Shape.TEXT)}
    assert [word for word in [*wanted, *names] if f"{MARK} {word}" not in text] == []
    files = [name for name in archive.namelist() if name.startswith("files/")]
    assert len(files) == 2 * len(Kind)
    assert all(MARK.encode() in archive.read(name) for name in files)
    assert EMAIL in archive.read("README.txt").decode()
    assert set(data["tables"]) >= {"enquiries", "events", "messages", "attachments", "contacts", "drafts"}
    # No one else's name, no secret.
    for foreign in ("Colleague One", "Other Person", OTHER, '"actor_name": "Lee', "faculty-", "token_hash", "nonce"):
        assert foreign not in text, foreign


def test_what_is_on_legal_hold_stays_whole(app: Flask, write: Write, settings: Settings) -> None:
    def prepare(session: Session) -> tuple[str, int]:
        fill(session, settings)
        held = session.scalars(select(Enquiry).where(Enquiry.kind == Kind.VISIT).order_by(Enquiry.id)).first()
        assert held is not None
        holds.put(session, held, "A claim", version=held.version, by=admin(settings))
        return held.reference, held.id

    reference, number = write(prepare)
    with app.app_context():
        query = select(Message.text).where(Message.enquiry_id == number).order_by(Message.id)
        before = list(db.session().scalars(query))
    done = write(erase(settings))
    assert done.kept == [reference]
    with app.app_context():
        held = db.session().scalars(select(Enquiry).where(Enquiry.id == number)).one()
        assert held.contact_email == EMAIL
        assert list(db.session().scalars(query)) == before


def test_erasing_again_finds_nothing(write: Write, settings: Settings) -> None:
    write(lambda s: fill(s, settings))
    write(erase(settings))
    assert set(write(erase(settings)).counts.values()) == {0}


def test_a_name_in_words_of_others_is_shown_and_not_guessed_away(write: Write, settings: Settings) -> None:
    def prepare(session: Session) -> None:
        fill(session, settings)
        record = session.scalars(select(Organisation)).first()
        assert record is not None
        session.execute(update(Organisation).values(notes=f"{MARK} Name is the dean"))

    write(prepare)
    assert write(erase(settings)).mentions == [erasure.Mention("organisations", 1, [])]


def test_colleagues_are_not_erased_by_their_address(write: Write, settings: Settings) -> None:
    write(lambda s: make_person(s, email="colleague@example.org"))
    for email in ("colleague@example.org", settings.office_email):
        with pytest.raises(NotAllowed):
            write(lambda s, email=email: erasure.erase(s, email, by=admin(settings)))
    with pytest.raises(NotAllowed):
        write(lambda s: erasure.erase(s, EMAIL, by=acting(settings=settings)))


def test_an_approver_outside_is_forgotten_and_asked_no_more(app: Flask, write: Write, settings: Settings) -> None:
    def prepare(session: Session) -> None:
        enquiry = make_enquiry(session, settings)
        held = loading.locked(session, enquiry.reference, actor=staff_actor())
        asked = approvals.Approver(f"{MARK} Approver", EMAIL)
        approvals.ask(
            session,
            held,
            [asked],
            in_order=False,
            text="May we?",
            by=acting(staff_actor(Role.ADMINISTRATOR), settings=settings),
        )

    write(prepare)
    write(erase(settings))
    with app.app_context():
        assert hits(db.session(), EMAIL) == []


def test_from_the_command_line(app: Flask, write: Write, settings: Settings, tmp_path: Path) -> None:
    write(lambda s: fill(s, settings))
    runner, target = app.test_cli_runner(), tmp_path / "person.zip"

    def call(*words: str) -> Any:
        with app.app_context():
            return runner.invoke(cli_privacy.privacy, words, obj=lambda: admin(settings))

    assert call("export", "--email", "no-one@example.org", "--output", str(target)).exit_code == 1
    assert not target.exists()
    assert call("export", "--email", EMAIL, "--output", str(target)).exit_code == 0
    assert "data.json" in zipfile.ZipFile(target).namelist()
    refused = call("erase", "--email", EMAIL)
    assert refused.exit_code == 2
    assert "3 enquiries" in refused.output
    assert "enquiries\t3" in call("erase", "--email", EMAIL, "--yes").output
    with app.app_context():
        assert [row for row in hits(db.session(), MARK) if "ana." not in row] == []
