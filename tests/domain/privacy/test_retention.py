"""What has passed its time goes, in small steps; figures stay, and so does what is on legal hold."""

import os
import signal
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.domain.privacy.dump import dump, hits
from tests.factories import (
    NOW,
    acting,
    make_enquiry,
    make_organisation,
    make_person,
    refer,
    staff_actor,
    tracking_token,
)
from webapp.config import Settings
from webapp.db import db, transaction
from webapp.domain.accounts import administration
from webapp.domain.enquiries import actions, drafts, loading
from webapp.domain.enquiries.drafts import Upload
from webapp.domain.errors import Gone, Invalid, NotAllowed
from webapp.domain.links import opening
from webapp.domain.messages import outbox
from webapp.domain.organisations import contacts
from webapp.domain.organisations.contacts import ContactFacts
from webapp.domain.privacy import holds, retention
from webapp.domain.routing import leave
from webapp.domain.routing.leave import Absence
from webapp.domain.security.acting import Acting
from webapp.mail.messages import person_code
from webapp.models import Contact, Enquiry, Event, Message, MessageLine, SavedView
from webapp.vocabulary import Action, EventKind, KeepingPeriod, Kind, Language, LinkKind, MessageState, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]
LATER = NOW + timedelta(days=3 * 366)


def admin(settings: Settings, *, later: bool = False) -> Acting:
    return acting(staff_actor(Role.ADMINISTRATOR), now=LATER if later else NOW, settings=settings)


def passed_by(session: Session, settings: Settings, *, closed: int = 3) -> None:
    """Make what has passed its time three years on, a row for each rule at least, and one open enquiry."""
    for number in range(closed):
        enquiry = make_enquiry(
            session, settings, contact_name=f"Gone Person {number}", contact_email=f"gone-{number}@example.org"
        )
        held = loading.locked(session, enquiry.reference, actor=staff_actor())
        refer(session, settings, enquiry)
        actions.act(session, held, Action.NOTE, text="Gone Person called", by=acting(settings=settings))
        actions.act(session, held, Action.DECLINE, text="Gone Person, sorry", by=acting(settings=settings))
    make_enquiry(session, settings, status=Status.SPAM, contact_name="Gone Spammer")
    make_enquiry(session, settings, contact_name="Still Here", contact_email="still@example.org")
    record = make_organisation(session, "Another Institute", domains=("another.example.org",))
    contacts.add(session, record, ContactFacts(name="Gone Contact", email="gone@another.example.org"), by=acting())
    for name in ("Gone Colleague", "Gone Dean"):
        left = make_person(session, name=name, role=Role.LIAISON)
        administration.change(session, left, name=name, language=left.language, role=left.role, active=False,
                              version=left.version, by=admin(settings))  # fmt: skip
        session.add(SavedView(owner_id=left.id, name="Gone view", query={}, created_at=NOW))
    person = make_person(session)
    absence = Absence(person_id=person.id, starts_on=NOW.date(), ends_on=NOW.date())
    leave.take(session, absence, by=acting(staff_actor(Role.ADMINISTRATOR, person_id=person.id)))
    upload = Upload("gone.txt", "text/plain", b"Gone words")
    given = {"contact_name": ["Gone Draft"]}
    drafts.save(session, "x" * 43, kind=Kind.VISIT, language=person.language, fields=given, uploads=[upload], now=NOW)


def uninterrupted(settings: Settings) -> dict[str, list[str]]:
    """Return what all would be after one run that nothing stops, and leave all as it is."""
    session = db.session()
    try:
        retention.run(lambda: nullcontext(session), by=admin(settings, later=True))
        session.flush()
        return without_numbers_of_lines(dump(session))
    finally:
        session.rollback()


def without_numbers_of_lines(dumped: dict[str, list[str]]) -> dict[str, list[str]]:
    """Sequences go on where a transaction was not committed."""
    return {**dumped, "events": sorted(row.partition(", ")[2] for row in dumped["events"])}


def run(settings: Settings) -> dict[str, int]:
    return retention.run(transaction, by=admin(settings, later=True))


def test_what_has_passed_its_time_goes_and_figures_stay(app: Flask, write: Write, settings: Settings) -> None:
    write(lambda s: passed_by(s, settings))
    with app.app_context():
        before = db.session().scalars(select(Enquiry).order_by(Enquiry.id)).all()
        counts = [(e.reference, e.kind, e.country, e.submitted_at) for e in before]
        db.session.rollback()
        done = run(settings)
        assert done == {"spam": 1, "enquiries": 3, "emails": done["emails"], "contacts": 1, "former colleagues": 2,
                        "letters": 0, "leave": 1, "trips": 0, "drafts": 2, "erasures on hold": 0, "decisions": 0,
                        "codes": 0, "saved forms": 0, "data requests": 0, "passports": 0, "passports asked for": 0,
                        "unsaved delegations": 0, "colleagues by link": 0}  # fmt: skip
        session = db.session()
        assert [row for row in hits(session, "Gone ") if not row.startswith("message")] == []
        left = session.scalars(select(Enquiry).order_by(Enquiry.id)).all()
        assert [(e.reference, e.kind, e.country, e.submitted_at) for e in left] == counts
        assert [e.emptied_at is not None for e in left] == [True, True, True, True, False]
        assert left[0].answers["leader_rank"] == "vice_president"
        assert "leader_name" not in left[0].answers
        assert left[0].status is Status.DECLINED
        assert left[-1].contact_name == "Still Here"
        declined = session.scalars(select(Event).where(Event.action == Action.DECLINE)).first()
        assert declined is not None
        assert declined.status_change is not None
        assert declined.status_change.after is Status.DECLINED
        assert declined.actor_name == "Lee Siu Ming"


def test_an_email_with_a_code_is_forgotten_after_a_week(app: Flask, write: Write, settings: Settings) -> None:
    def make(session: Session) -> None:
        content, about = person_code("gone@example.org", Language.EN), {"now": NOW, "settings": settings}
        message = outbox.stage(session, content, enquiry=None, dedupe_key="code", **about)
        assert message is not None
        message.next_attempt_at = None

    write(make)
    with app.app_context():
        for days, done in ((6, 0), (8, 1)):
            by = acting(staff_actor(Role.ADMINISTRATOR), now=NOW + timedelta(days=days), settings=settings)
            assert retention.run(transaction, by=by)["codes"] == done
            assert len(hits(db.session(), "gone@example.org")) == 1 - done
            db.session.rollback()


def test_the_dry_run_lists_the_same_and_changes_nothing(app: Flask, write: Write, settings: Settings) -> None:
    write(lambda s: passed_by(s, settings))
    with app.app_context():
        before = dump(db.session())
        listed = retention.passed(db.session(), by=admin(settings, later=True))
        assert dump(db.session()) == before
        assert {each.name for each in listed if each.rule == "enquiries"} == set(
            db.session().scalars(select(Enquiry.reference).where(Enquiry.status == Status.DECLINED))
        )
        counts = {rule.name: sum(each.rule == rule.name for each in listed) for rule in retention.RULES}
        db.session.rollback()
        done = run(settings)
        # Emptied enquiries take their emails and drafts along.
        along = {"emails": 0, "drafts": 0}
        assert done | along == counts | along
        assert retention.passed(db.session(), by=admin(settings, later=True)) == []


def test_nothing_goes_before_its_time(app: Flask, write: Write, settings: Settings) -> None:
    write(lambda s: passed_by(s, settings))
    with app.app_context():
        before = dump(db.session())
        db.session.rollback()
        assert set(retention.run(transaction, by=admin(settings)).values()) == {0}
        assert dump(db.session()) == before


def test_a_longer_time_holds_for_what_a_run_has_not_reached_yet(
    app: Flask, write: Write, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(lambda s: [make_enquiry(s, settings, status=Status.SPAM) for _ in range(3)])
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    asked: list[int] = []

    def present() -> Settings:
        asked.append(settings.keep_spam if len(asked) < 1 else 120)
        return settings.model_copy(update={"keep_spam": asked[-1]})

    spam = next(rule for rule in retention.RULES if rule.name == "spam")
    monkeypatch.setattr(retention, "RULES", (spam,))
    by = acting(staff_actor(Role.ADMINISTRATOR), now=NOW + timedelta(days=200), settings=settings)
    with app.app_context():
        assert retention.run(transaction, by=by, present=present) == {"spam": 1}


def test_each_row_is_taken_up_once_a_run(
    app: Flask, write: Write, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each transaction begins after the last row of the one before, and reads nothing before it again."""
    ids = write(lambda s: [make_enquiry(s, settings).id for _ in range(5)])
    taken: list[int] = []

    def due(_by: Acting) -> Any:
        return select(Enquiry.id, Enquiry.reference, Enquiry.changed_at).order_by(Enquiry.id)

    def leave_it(_session: Session, numbers: Sequence[int], _by: Acting) -> None:
        taken.extend(numbers)
        assert len(taken) <= len(ids)

    monkeypatch.setattr(retention, "RULES", (retention.Rule("all", KeepingPeriod.ENQUIRY, due, leave_it),))
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    with app.app_context():
        assert retention.run(transaction, by=admin(settings)) == {"all": 5}
    assert taken == ids


def test_a_legal_hold_keeps_everything_of_an_enquiry(app: Flask, write: Write, settings: Settings) -> None:
    def prepare(session: Session) -> str:
        passed_by(session, settings)
        held = session.scalars(select(Enquiry).where(Enquiry.status == Status.DECLINED)).first()
        assert held is not None
        sent = {"state": MessageState.SENT, "next_attempt_at": None}
        session.execute(update(Message).values(**sent))
        holds.put(session, held, "A claim is pending.", version=held.version, by=admin(settings))
        return held.reference

    reference = write(prepare)
    with app.app_context():

        def of_it() -> list[Any]:
            found = db.session().scalars(select(Enquiry).where(Enquiry.reference == reference)).one()
            about = (select(Message.text).where(Message.enquiry_id == found.id),
                     select(Event.text).where(Event.enquiry_id == found.id))  # fmt: skip
            return [found.contact_name, found.hold_reason, *(list(db.session().scalars(query)) for query in about)]

        before = of_it()
        db.session.rollback()
        assert run(settings)["enquiries"] == 2
        db.session.expire_all()
        assert of_it() == before
        db.session.rollback()
        with transaction() as session:
            found = session.scalars(select(Enquiry).where(Enquiry.reference == reference)).one()
            holds.end(session, found, version=found.version, by=admin(settings, later=True))
        assert run(settings)["enquiries"] == 1


def test_a_hold_keeps_the_emails_that_name_its_enquiry_and_no_others(
    app: Flask, write: Write, settings: Settings
) -> None:
    def prepare(session: Session) -> tuple[int, int]:
        passed_by(session, settings)
        held, other = session.scalars(select(Enquiry).where(Enquiry.status == Status.DECLINED).limit(2))
        session.execute(update(Message).values(state=MessageState.SENT, next_attempt_at=None))
        of_several = session.scalars(select(Message).where(Message.enquiry_id == other.id)).all()[-1]
        of_several.enquiry_id = None
        session.add(MessageLine(message_id=of_several.id, enquiry_id=held.id))
        holds.put(session, held, "A claim is pending.", version=held.version, by=admin(settings))
        return held.id, of_several.id

    held, naming = write(prepare)
    with app.app_context():
        run(settings)
        left = db.session().execute(select(Message.id, Message.enquiry_id).where(Message.text != "")).all()
        assert naming in {row.id for row in left}
        assert {row.enquiry_id for row in left if row.id != naming} == {held}


def test_a_hold_needs_a_reason_and_an_administrator(write: Write, settings: Settings) -> None:
    number = write(lambda s: make_enquiry(s, settings).id)
    with pytest.raises(Invalid):
        write(lambda s: holds.put(s, s.get_one(Enquiry, number), " ", version=1, by=admin(settings)))
    with pytest.raises(NotAllowed):
        write(lambda s: holds.put(s, s.get_one(Enquiry, number), "Why", version=1, by=acting(settings=settings)))
    write(lambda s: holds.put(s, s.get_one(Enquiry, number), "Why", version=1, by=admin(settings)))
    line = write(lambda s: s.scalars(select(Event).where(Event.kind == EventKind.LEGAL_HOLD)).one())
    assert line.text == "Why"


def test_an_emptied_enquiry_is_over_for_everyone(app: Flask, write: Write, settings: Settings) -> None:
    def prepare(session: Session) -> str:
        enquiry = make_enquiry(session, settings, status=Status.COMPLETED)
        return tracking_token(session, settings, enquiry)

    token = write(prepare)
    with app.app_context():
        run(settings)
        with pytest.raises(Gone):
            opening.opened(db.session(), token, LinkKind.TRACKING, now=LATER)
        db.session.rollback()
        with transaction() as session:
            found = session.scalars(select(Enquiry)).one()
            with pytest.raises(NotAllowed):
                actions.act(session, found, Action.REOPEN, by=admin(settings, later=True))
        waiting = db.session().scalars(select(Message.id).where(Message.next_attempt_at.is_not(None))).all()
        assert waiting == []
        assert set(db.session().scalars(select(Message.state))) == {MessageState.FAILED}


def killed_after(statements: int, settings: Settings) -> bool:
    """Run it in a process that is killed before its nth statement; return whether it came to its end before."""
    child = os.fork()
    if child == 0:
        db.engine.dispose(close=False)
        left = [statements]

        def die(*_: Any) -> None:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "before_cursor_execute", die)
        try:
            run(settings)
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return os.WIFEXITED(status)


def test_killed_twenty_times_it_comes_to_the_same_end(
    app: Flask, write: Write, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time it comes further, or begins the same transaction again; none leaves half of one behind."""
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    write(lambda s: passed_by(s, settings, closed=12))
    with app.app_context():
        expected = uninterrupted(settings)
        db.session.remove()
        db.engine.dispose()
        finished = [killed_after(5 + 2 * number, settings) for number in range(20)]
        assert finished == [False] * 20
        run(settings)
        ended = dump(db.session())
        assert without_numbers_of_lines(ended) == expected
        db.session.rollback()
        assert retention.passed(db.session(), by=admin(settings, later=True)) == []
        assert db.session().scalars(select(Contact)).all() == []
        # One that was never stopped leaves each enquiry with the same: one line about it, and none of its words.
        lines = db.session().scalars(select(Event.enquiry_id).where(Event.kind == EventKind.EMPTIED)).all()
        assert len(lines) == len(set(lines)) == 13
        assert [row for row in ended["enquiries"] if "Gone" in row] == []
