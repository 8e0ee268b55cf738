"""Links that were asked for: nothing is lost, nothing is sent twice, and what fails holds up no other."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, make_person
from webapp.config import Settings
from webapp.db import db, transaction
from webapp.domain.accounts import own_links
from webapp.domain.link_requests import answering, asking
from webapp.domain.link_requests.answering import KEPT, TRY_AGAIN
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import SYSTEM
from webapp.models import AccountLink, LinkRequest, Message
from webapp.vocabulary import Language, LinkWanted, MessageKind, Status

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def by(settings: Settings) -> Acting:
    return acting(SYSTEM, settings=settings)


def ask(write: Write, email: str, wanted: LinkWanted = LinkWanted.PASSWORD, **more: Any) -> int:
    def made(session: Session) -> int:
        asking.ask(session, wanted, email, language=Language.EN, now=NOW, **more)
        return int(session.query(LinkRequest).order_by(LinkRequest.id.desc()).first().id)  # type: ignore[union-attr]

    return int(write(made))


def waiting(write: Write) -> list[int]:
    return [row.id for row in write(lambda s: s.query(LinkRequest).order_by(LinkRequest.id).all())]


def emails(write: Write, kind: MessageKind) -> list[str]:
    return [row.recipient_email for row in write(lambda s: s.query(Message).filter(Message.kind == kind).all())]


def test_what_is_typed_is_bounded(write: Write) -> None:
    ask(write, "x" * 5000, reference="y" * 5000)
    (row,) = write(lambda s: s.query(LinkRequest).all())
    assert (len(row.email), row.reference) == (asking.LONGEST_ADDRESS, "")


def test_link_to_an_enquiry_goes_in_the_language_of_its_partner(write: Write, settings: Settings, by: Acting) -> None:
    found = write(lambda s: make_enquiry(s, settings, language=Language.ZH_HANT))
    number = ask(write, found.contact_email, LinkWanted.TRACKING, reference=found.reference)
    write(lambda s: answering.answer(s, number, by=by))
    (row,) = write(lambda s: s.query(Message).filter(Message.kind == MessageKind.PARTNER_LINK).all())
    assert (row.recipient_email, row.language) == (found.contact_email, Language.ZH_HANT)


def test_address_alone_gets_the_links_of_its_open_enquiries(write: Write, settings: Settings, by: Acting) -> None:
    def made(session: Session) -> list[int]:
        ours = [make_enquiry(session, settings, contact_email="Erika@example.org") for _ in range(4)]
        ours[2].status, ours[3].status = Status.DECLINED, Status.SUSPECT
        make_enquiry(session, settings, contact_email="jan@example.org")
        return [enquiry.id for enquiry in ours]

    numbers = write(made)
    for _ in range(2):  # the second within five minutes
        number = ask(write, "erika@example.org", LinkWanted.TRACKING)
        write(lambda s, number=number: answering.answer(s, number, by=by))
    found = write(lambda s: s.query(Message).filter(Message.kind == MessageKind.PARTNER_LINK).all())
    assert {row.recipient_email for row in found} == {"Erika@example.org"}
    assert sorted(row.enquiry_id for row in found) == numbers[:2]


def test_worker_that_dies_meanwhile_leaves_the_request(
    write: Write, by: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = write(make_person).email
    number = ask(write, email)
    with monkeypatch.context() as patched:
        patched.setattr(own_links.audit, "note", lambda *_a, **_k: 1 / 0)  # its last step
        with pytest.raises(ZeroDivisionError):
            write(lambda s: answering.answer(s, number, by=by))
    assert waiting(write) == [number]
    assert emails(write, MessageKind.STAFF_RESET) == []
    write(lambda s: answering.answer(s, number, by=by))
    assert waiting(write) == []
    assert emails(write, MessageKind.STAFF_RESET) == [email]


def test_request_that_is_gone_is_nothing_to_do(write: Write, by: Acting) -> None:
    write(lambda s: answering.answer(s, 4711, by=by))
    assert write(lambda s: answering.record_failure(s, 4711, now=NOW)) is False
    assert waiting(write) == []


def test_what_failed_waits_behind_what_is_new_and_is_given_up_after_a_day(write: Write) -> None:
    first, second = ask(write, "a@example.org"), ask(write, "b@example.org")
    assert write(lambda s: answering.record_failure(s, first, now=NOW)) is False

    def due(later: timedelta) -> list[int]:
        return list(write(lambda s: answering.due(s, now=NOW + later)))

    assert due(timedelta()) == [second]
    assert due(TRY_AGAIN) == [second, first]
    assert write(lambda s: answering.record_failure(s, first, now=NOW + KEPT - timedelta(seconds=1))) is False
    assert write(lambda s: answering.record_failure(s, first, now=NOW + KEPT)) is True
    assert waiting(write) == [second]


def test_request_of_days_ago_that_no_worker_saw_is_answered(write: Write, settings: Settings) -> None:
    email = write(make_person).email
    number = ask(write, email)
    later = NOW + timedelta(days=3)
    assert write(lambda s: list(answering.due(s, now=later))) == [number]
    write(lambda s: answering.answer(s, number, by=acting(SYSTEM, now=later, settings=settings)))
    assert emails(write, MessageKind.STAFF_RESET) == [email]


def test_two_workers_at_one_request_send_one_link(app: Flask, write: Write, by: Acting) -> None:
    number = ask(write, write(make_person).email)
    together, failed = Barrier(2), list[BaseException]()

    def work() -> None:
        with app.app_context():
            try:
                together.wait(10)
                with transaction() as session:
                    answering.answer(session, number, by=by)
            except BaseException as error:
                failed.append(error)
            finally:
                db.session.remove()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert failed == []
    assert waiting(write) == []
    assert write(lambda s: s.query(AccountLink).count()) == 1
