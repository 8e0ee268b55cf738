"""How a request for erasure ends: whole, but for a legal hold, or refused; each with an email, and by night."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.domain.privacy.dump import hits
from tests.domain.privacy.test_retention import killed_after
from tests.factories import NOW, acting, make_enquiry, make_organisation, make_person, staff_actor
from webapp.config import Settings
from webapp.db import db, transaction
from webapp.domain.decisions import approvals
from webapp.domain.enquiries import loading
from webapp.domain.organisations import contacts
from webapp.domain.organisations.contacts import ContactFacts
from webapp.domain.privacy import erasure, holds, person, requests, retention
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import SYSTEM
from webapp.models import Contact, DataRequest, Enquiry, Message
from webapp.vocabulary import DataRequestOutcome, Language, MessageKind, Role

Write = Callable[[Callable[[Session], Any]], Any]
EMAIL = "erika@example.com"
NAME = "Erika Sample"


def admin(settings: Settings) -> Acting:
    return acting(staff_actor(Role.ADMINISTRATOR), settings=settings)


def night(settings: Settings, *, days: int = 1) -> dict[str, int]:
    """Run what the worker runs, some nights later."""
    return retention.run(transaction, by=Acting(SYSTEM, NOW + timedelta(days=days), settings))


def ask(session: Session, settings: Settings, language: Language = Language.EN, *, at: timedelta = timedelta(0)) -> int:
    requests.send_link(session, EMAIL, language=language, by=Acting(SYSTEM, NOW + at, settings))
    made = session.scalars(select(DataRequest).order_by(DataRequest.id.desc())).first()
    assert made is not None
    requests.ask_erasure(made, now=NOW + at)
    return made.id


def grant(session: Session, number: int, settings: Settings) -> erasure.Erased | None:
    by = admin(settings)
    return requests.grant(session, requests.waiting(session, number, actor=by.actor, lock=True), by=by)


def hold(session: Session, reference: str, settings: Settings, *, ends: bool = False) -> None:
    enquiry = loading.locked(session, reference, actor=staff_actor(Role.ADMINISTRATOR))
    if ends:
        holds.end(session, enquiry, version=enquiry.version, by=admin(settings))
    else:
        holds.put(session, enquiry, "A claim", version=enquiry.version, by=admin(settings))


def told(session: Session) -> list[tuple[str, Language]]:
    query = select(Message).where(Message.kind == MessageKind.PERSON_DECIDED).order_by(Message.id)
    return [(message.subject, message.language) for message in session.scalars(query)]


def state(session: Session) -> list[tuple[DataRequestOutcome | None, str]]:
    return [(each.outcome, each.email) for each in session.scalars(select(DataRequest).order_by(DataRequest.id))]


@pytest.fixture
def partly(build: Write, settings: Settings) -> tuple[str, int]:
    """A request granted while one of two enquiries is on hold; returns the reference of that one."""

    def make(session: Session) -> tuple[str, int]:
        given = {"contact_email": EMAIL, "contact_name": NAME}
        make_enquiry(session, settings, **given, message="One")
        held = make_enquiry(session, settings, **given, message="Two")
        hold(session, held.reference, settings)
        number = ask(session, settings, Language.ZH_HANT)
        done = grant(session, number, settings)
        assert done is not None
        assert (done.is_partial, list(done.kept), done.counts["enquiries"]) == (True, [held.reference], 1)
        return held.reference, number

    made: tuple[str, int] = build(make)
    return made


def test_what_is_on_hold_is_remembered_and_said(write: Write, partly: tuple[str, int]) -> None:
    assert write(state) == [(DataRequestOutcome.PARTLY, EMAIL)]
    assert write(told) == [("您的資料已清除，受法律保留的除外", Language.ZH_HANT)]


def test_the_night_after_the_hold_ends_finishes_it(
    app: Flask, write: Write, settings: Settings, partly: tuple[str, int]
) -> None:
    with app.app_context():
        assert night(settings)["erasures on hold"] == 0
        assert night(settings, days=400)["data requests"] == 0
    assert write(lambda s: len(s.scalars(select(Enquiry).where(Enquiry.contact_email == EMAIL)).all())) == 1
    write(lambda s: hold(s, partly[0], settings, ends=True))
    with app.app_context():
        assert night(settings)["erasures on hold"] == 1
        assert hits(db.session(), NAME) == []
        assert night(settings)["erasures on hold"] == 0
    assert write(state) == [(DataRequestOutcome.ERASED, "")]
    assert [subject for subject, _ in write(told)][-1:] == ["您的資料已清除"]
    with app.app_context():
        found = db.session().get_one(DataRequest, partly[1])
        assert found.decided_by == staff_actor(Role.ADMINISTRATOR).name


def test_one_of_two_holds_that_ends_frees_its_own(app: Flask, write: Write, settings: Settings) -> None:
    def make(session: Session) -> list[str]:
        held = [make_enquiry(session, settings, contact_email=EMAIL, message=f"{n}").reference for n in range(2)]
        for reference in held:
            hold(session, reference, settings)
        grant(session, ask(session, settings), settings)
        return held

    first, second = write(make)
    for reference, outcome in ((first, DataRequestOutcome.PARTLY), (second, DataRequestOutcome.ERASED)):
        write(lambda s, reference=reference: hold(s, reference, settings, ends=True))
        with app.app_context():
            assert night(settings)["erasures on hold"] == 1
            assert night(settings)["erasures on hold"] == 0
        assert write(state)[0][0] is outcome
    assert len(write(told)) == 2


def test_it_ends_where_another_rule_had_emptied_it_before(
    app: Flask, write: Write, settings: Settings, partly: tuple[str, int]
) -> None:
    def end(session: Session) -> None:
        hold(session, partly[0], settings, ends=True)
        erasure.erase(session, EMAIL, by=admin(settings))
        session.get_one(DataRequest, partly[1]).email = EMAIL

    write(end)
    with app.app_context():
        assert night(settings)["erasures on hold"] == 1
    assert write(state) == [(DataRequestOutcome.ERASED, "")]


def test_who_is_asked_about_a_held_enquiry_of_others_is_forgotten_when_its_hold_ends(
    app: Flask, write: Write, settings: Settings
) -> None:
    def make(session: Session) -> str:
        enquiry = make_enquiry(session, settings)
        held = loading.locked(session, enquiry.reference, actor=staff_actor())
        approvals.ask(
            session, held, [approvals.Approver(NAME, EMAIL)], in_order=False, text="May we?", by=admin(settings)
        )
        hold(session, enquiry.reference, settings)
        requests.erase(session, EMAIL, by=admin(settings))
        return enquiry.reference

    reference = write(make)
    assert write(state) == [(DataRequestOutcome.PARTLY, EMAIL)]
    write(lambda s: hold(s, reference, settings, ends=True))
    with app.app_context():
        assert night(settings)["erasures on hold"] == 1
        assert hits(db.session(), EMAIL) == []
    assert write(told) == []  # the command line asked, no one else


def test_every_request_of_the_address_is_decided_at_once_and_told_once(write: Write, settings: Settings) -> None:
    def make(session: Session) -> None:
        make_enquiry(session, settings, contact_email=EMAIL)
        first, second = ask(session, settings), ask(session, settings, at=timedelta(hours=1))
        assert first != second
        grant(session, first, settings)
        assert grant(session, second, settings) is None

    write(make)
    assert write(state) == [(DataRequestOutcome.ERASED, "")] * 2
    assert write(told) == [("Your data have been erased", Language.EN)]


def test_no_address_is_no_one(write: Write, settings: Settings) -> None:
    """Contacts without an address, and what was emptied, are not of one person."""

    def make(session: Session) -> person.Holdings:
        make_enquiry(session, settings, contact_email=EMAIL)
        record = make_organisation(session)
        contacts.add(session, record, ContactFacts("No Address", "Dean", "", ""), by=acting(settings=settings))
        requests.erase(session, " ", by=admin(settings))
        number = ask(session, settings)
        session.get_one(DataRequest, number).email = ""
        grant(session, number, settings)
        assert state(session) == [(DataRequestOutcome.ERASED, "")]
        assert session.scalars(select(Contact.name)).all() == ["No Address"]
        return person.find(session, "")

    assert write(make).is_empty


def test_a_refusal_is_emailed_with_its_reason(write: Write, settings: Settings) -> None:
    def make(session: Session) -> str:
        make_enquiry(session, settings, contact_email=EMAIL)
        found = session.get_one(DataRequest, ask(session, settings, Language.ZH_HANS))
        requests.refuse(session, found, "A claim is open.", by=admin(settings))
        requests.refuse(session, found, "Again", by=admin(settings))
        (message,) = session.scalars(select(Message).where(Message.kind == MessageKind.PERSON_DECIDED))
        assert (message.language, message.recipient_email) == (Language.ZH_HANS, EMAIL)
        return message.text

    assert "> A claim is open." in write(make)


def test_the_email_about_an_erasure_is_forgotten_after_a_week(app: Flask, write: Write, settings: Settings) -> None:
    def make(session: Session) -> None:
        make_enquiry(session, settings, contact_email=EMAIL)
        grant(session, ask(session, settings), settings)
        message = session.scalars(select(Message).where(Message.kind == MessageKind.PERSON_DECIDED)).one()
        message.next_attempt_at = None

    write(make)
    with app.app_context():
        night(settings, days=6)
        assert len(hits(db.session(), EMAIL)) == 1
        db.session.rollback()
        assert night(settings, days=8)["decisions"] == 1
        assert hits(db.session(), EMAIL) == []


def test_an_address_that_became_a_colleagues_is_left_to_the_desk(
    app: Flask, write: Write, settings: Settings, partly: tuple[str, int]
) -> None:
    write(lambda s: (make_person(s, email=EMAIL), hold(s, partly[0], settings, ends=True)))
    with app.app_context():
        assert night(settings)["erasures on hold"] == 0


def test_killed_on_the_way_it_is_done_whole_or_not_at_all(
    app: Flask, write: Write, settings: Settings, partly: tuple[str, int]
) -> None:
    write(lambda s: hold(s, partly[0], settings, ends=True))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
        for statements in range(4, 120, 6):
            finished = killed_after(statements, settings)
            ended = (state(db.session()), len(told(db.session())), bool(hits(db.session(), NAME)))
            done = ([(DataRequestOutcome.ERASED, "")], 2, False)
            assert ended in ([([(DataRequestOutcome.PARTLY, EMAIL)], 1, True), done] if not finished else [done])
            db.session.remove()
            db.engine.dispose()
        night(settings, days=2)
        assert (state(db.session()), len(told(db.session()))) == ([(DataRequestOutcome.ERASED, "")], 2)
