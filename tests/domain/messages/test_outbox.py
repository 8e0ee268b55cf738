"""The outbox: staged once, claimed by one, retried with patience, ended in sight."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from tests.conftest import RecordingBroker
from tests.factories import NOW, acting, make_enquiry, make_network, make_person, staff_actor
from tests.mail.reading import received
from webapp.config import Settings
from webapp.db import db, transaction
from webapp.domain.errors import NotAllowed
from webapp.domain.messages import delivery, outbox
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing.answerer import Answerer
from webapp.models import Enquiry, Event, Link, Message
from webapp.vocabulary import EventKind, Fault, Job, Language, LinkKind, MessageKind, MessageState, Role

OFFICE = Answerer("", "office@example.org", Language.EN)
Write = Callable[[Callable[[Session], Any]], Any]
TINY = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def mail(write: Write, settings: Settings) -> int:
    """The receipt of an enquiry."""

    def make(session: Session) -> int:
        make_enquiry(session, settings)
        return session.scalars(select(Message.id).where(Message.kind == MessageKind.PARTNER_RECEIPT)).one()

    number: int = write(make)
    return number


@pytest.fixture
def claim(write: Write, settings: Settings, mail: int) -> Callable[..., delivery.Claimed | None]:
    def run(at: Any = NOW) -> delivery.Claimed | None:
        found: delivery.Claimed | None = write(lambda s: delivery.claim(s, mail, now=at, settings=settings))
        return found

    return run


def state(write: Write, mail: int) -> Message:
    found: Message = write(lambda s: s.get(Message, mail, populate_existing=True))
    return found


def failures(write: Write) -> list[Event]:
    found: list[Event] = write(lambda s: s.scalars(select(Event).where(Event.kind == EventKind.MAIL_FAILED)).all())
    return found


def refuse(write: Write, letter: Any, *, permanent: bool = False, at: Any = NOW, **more: Any) -> None:
    given = {"error": "refused", "permanent": permanent, "now": at, **more}
    write(lambda s: delivery.record_failure(s, letter, **given))


def test_stage_takes_an_occasion_once(write: Write, settings: Settings, broker: RecordingBroker) -> None:
    def send(session: Session, occasion: str) -> None:
        enquiry = session.scalars(select(Enquiry)).unique().one()
        enquiry.network, enquiry.assignee = None, None
        kind = MessageKind.PARTNER_LINK
        enquiry_mails.send(session, enquiry, kind, who=OFFICE, now=NOW, settings=settings, occasion=occasion)

    write(lambda s: make_enquiry(s, settings))
    before = len(broker.jobs)
    for occasion in ("a", "a", "b"):
        write(lambda s, occasion=occasion: send(s, occasion))
    kinds = write(lambda s: s.scalars(select(Message.kind)).all())
    assert kinds.count(MessageKind.PARTNER_LINK) == 2
    assert len(broker.jobs) - before == 2


def test_mails_of_one_reader_form_a_thread(write: Write, settings: Settings) -> None:
    def make(session: Session) -> list[Message]:
        enquiry = make_enquiry(session, settings, network=make_network(session, liaison=make_person(session)))
        kind = MessageKind.PARTNER_LINK
        for n in range(15):
            enquiry_mails.send(session, enquiry, kind, who=OFFICE, now=NOW, settings=settings, occasion=str(n))
        query = select(Message).where(Message.recipient_email == "erika@example.org").order_by(Message.id)
        return list(session.scalars(query))

    thread = write(make)
    first, second, last = thread[0], thread[1], thread[-1]
    assert (first.in_reply_to, first.references) == (None, "")
    assert (second.in_reply_to, second.references) == (first.message_id, first.message_id)
    assert last.in_reply_to == thread[-2].message_id
    assert last.references.split()[0] == first.message_id
    assert len(last.references.split()) == 10


def test_claim_gives_the_secret_link_that_is_not_stored(
    write: Write, claim: Callable[..., Any], mail: int, settings: Settings
) -> None:
    letter = claim()
    token = letter.text.partition(f"{settings.public_url}/track/")[2].split()[0]
    assert len(token) == 43
    assert token in letter.html
    stored = state(write, mail)
    assert token not in stored.text + stored.html


def test_claim_is_exclusive_until_its_lease_runs_out(write: Write, claim: Callable[..., Any], mail: int) -> None:
    first = claim()
    assert claim() is None
    assert claim(NOW + delivery.LEASE - TINY) is None
    second = claim(NOW + delivery.LEASE)
    assert second.message_id == first.message_id
    assert (first.attempt, second.attempt) == (1, 2)
    assert first.lease != second.lease
    assert state(write, mail).state is MessageState.SENDING


def test_claim_waits_until_a_mail_is_due(claim: Callable[..., Any]) -> None:
    assert claim(NOW - TINY) is None
    assert claim(NOW) is not None


def test_claim_by_many_at_once_is_one(app: Flask, settings: Settings, mail: int) -> None:
    start, claimed = threading.Barrier(8), []

    def work() -> None:
        with app.app_context():
            start.wait(60)
            with transaction() as session:
                claimed.append(delivery.claim(session, mail, now=NOW, settings=settings))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(claimed) == 8
    assert sum(letter is not None for letter in claimed) == 1


def test_sent_mail_is_never_claimed_again(write: Write, claim: Callable[..., Any], mail: int) -> None:
    letter = claim()
    write(lambda s: delivery.record_sent(s.connection(), letter, now=NOW))
    sent = state(write, mail)
    assert (sent.state, sent.sent_at, sent.next_attempt_at, sent.lease) == (MessageState.SENT, NOW, None, None)
    assert claim(NOW + timedelta(days=400)) is None
    assert state(write, mail).state is MessageState.SENT


def refused_until_the_end(write: Write, claim: Callable[..., Any], mail: int, fault: Fault) -> list[timedelta]:
    """Let every try fail; return after how long since its staging each was made."""
    at, tries, identifiers = NOW, [], set()
    while (row := state(write, mail)).state is MessageState.QUEUED:
        at = row.next_attempt_at or at
        letter = claim(at)
        tries.append(at - NOW)
        identifiers.add(letter.message_id)
        refuse(write, letter, at=at, fault=fault)
    assert len(identifiers) == 1
    assert (row.state, row.next_attempt_at, row.last_error) == (MessageState.FAILED, None, "refused")
    assert claim(at + timedelta(days=1)) is None
    (event,) = failures(write)
    assert (event.public, event.facts.message_id) == (False, mail)
    return tries


@pytest.mark.parametrize(
    ("fault", "longest", "fewest"), [(Fault.REFUSED, timedelta(minutes=15), 170), (Fault.RECIPIENT, HOUR, 45)]
)
def test_failures_are_retried_for_two_days_then_end_in_sight(
    write: Write, claim: Callable[..., Any], mail: int, fault: Fault, longest: timedelta, fewest: int
) -> None:
    tries = refused_until_the_end(write, claim, mail, fault)
    waits = [later - earlier for earlier, later in pairwise(tries)]
    assert tries[-1] == timedelta(hours=48)
    assert timedelta(seconds=50) < waits[0] < timedelta(seconds=70)
    assert max(waits) <= longest * 1.1
    assert len(tries) >= fewest


def test_patience_begins_anew_when_staff_send_again(write: Write, claim: Callable[..., Any], mail: int) -> None:
    refused_until_the_end(write, claim, mail, Fault.RECIPIENT)
    later = NOW + timedelta(days=9)
    write(lambda s: outbox.retry(s, s.get_one(Message, mail), by=acting(now=later)))
    refuse(write, claim(later), at=later)
    row = state(write, mail)
    assert (row.state, row.queued_at, row.created_at) == (MessageState.QUEUED, later, NOW)


def test_each_failed_try_is_a_line_in_the_log_that_names_nobody(
    write: Write, claim: Callable[..., Any], mail: int
) -> None:
    with structlog.testing.capture_logs() as lines:
        refuse(write, claim(), fault=Fault.RECIPIENT, code=450, error="450 erika@example.org is busy")
        row = state(write, mail)
        refuse(write, claim(row.next_attempt_at), permanent=True, at=row.next_attempt_at, code=550)
    said = {"event": "message.not_sent", "log_level": "warning", "message_id": mail}
    following = row.next_attempt_at.isoformat(timespec="seconds") if row.next_attempt_at else ""
    assert lines == [
        {**said, "attempt": 1, "fault": "recipient", "code": 450, "state": "queued", "next_attempt_at": following},
        {**said, "attempt": 2, "fault": "other", "code": 550, "state": "failed", "next_attempt_at": None},
    ]


def test_permanent_failure_ends_at_once(write: Write, claim: Callable[..., Any], mail: int) -> None:
    refuse(write, claim(), permanent=True)
    assert state(write, mail).state is MessageState.FAILED
    assert len(failures(write)) == 1


def test_mail_whose_workers_died_each_time_ends_as_failed(write: Write, claim: Callable[..., Any], mail: int) -> None:
    at = NOW
    for _ in range(delivery.MAX_UNANSWERED):
        assert claim(at) is not None
        at += delivery.LEASE
    assert claim(at - TINY) is None
    assert state(write, mail).state is MessageState.SENDING
    assert claim(at) is None
    assert state(write, mail).state is MessageState.FAILED
    assert len(failures(write)) == 1


def test_failure_of_a_lost_lease_changes_nothing(write: Write, claim: Callable[..., Any], mail: int) -> None:
    late = claim()
    claim(NOW + delivery.LEASE)
    refuse(write, late, permanent=True)
    assert state(write, mail).state is MessageState.SENDING


def test_failure_after_another_worker_sent_it_changes_nothing(
    write: Write, claim: Callable[..., Any], mail: int
) -> None:
    first = claim()
    second = claim(NOW + delivery.LEASE)
    write(lambda s: delivery.record_sent(s.connection(), first, now=NOW))
    refuse(write, second)
    assert state(write, mail).state is MessageState.SENT


def test_long_errors_are_cut(write: Write, claim: Callable[..., Any], mail: int) -> None:
    letter = claim()
    write(lambda s: delivery.record_failure(s, letter, error="x" * 10_000, permanent=False, now=NOW))
    assert len(state(write, mail).last_error) == 500


def test_due_finds_what_waits_and_whose_lease_ran_out(write: Write, claim: Callable[..., Any], mail: int) -> None:
    def due(at: Any) -> list[int]:
        found: list[int] = write(lambda s: delivery.due(s, now=at))
        return found

    assert mail in due(NOW)
    assert due(NOW - TINY) == []
    claim()
    assert mail not in due(NOW)
    assert mail in due(NOW + delivery.LEASE)
    letter = claim(NOW + delivery.LEASE)
    write(lambda s: delivery.record_sent(s.connection(), letter, now=NOW))
    assert mail not in due(NOW + timedelta(days=1))


def test_due_is_bounded_and_longest_waiting_first(write: Write, settings: Settings) -> None:
    def make(session: Session) -> list[int]:
        for hours in (2, 0, 1):
            make_enquiry(session, settings, now=NOW + timedelta(hours=hours))
        query = select(Message.id).order_by(Message.next_attempt_at)
        return list(session.scalars(query))

    expected = write(make)
    found = write(lambda s: delivery.due(s, now=NOW + timedelta(days=1), limit=4))
    assert len(found) == 4
    assert set(found[:2]) == set(expected[:2])


def test_retry_queues_an_ended_mail_with_its_identifier(
    write: Write, claim: Callable[..., Any], mail: int, broker: RecordingBroker
) -> None:
    first = claim()
    refuse(write, first, permanent=True)
    broker.jobs.clear()

    def again(session: Session) -> None:
        message = session.get_one(Message, mail)
        outbox.retry(session, message, by=acting())

    write(again)
    assert broker.jobs == [(Job.MAIL_DELIVER, mail)]
    second = claim()
    assert (second.message_id, second.recipient_email, second.attempt) == (first.message_id, first.recipient_email, 1)
    events = write(lambda s: s.scalars(select(Event.kind)).all())
    assert events[-1] is EventKind.MAIL_RESENT


def test_retry_of_a_mail_on_its_way_is_refused(write: Write, claim: Callable[..., Any], mail: int) -> None:
    def again(session: Session) -> None:
        outbox.retry(session, session.get_one(Message, mail), by=acting())

    with pytest.raises(NotAllowed):
        write(again)
    claim()
    with pytest.raises(NotAllowed):
        write(again)


def test_worker_that_answers_in_between_is_no_poison(write: Write, claim: Callable[..., Any], mail: int) -> None:
    at = NOW
    for _ in range(3 * delivery.MAX_UNANSWERED):
        at += delivery.LEASE
        assert claim(at) is not None
        at += delivery.LEASE
        refuse(write, claim(at), at=at)
        at = state(write, mail).next_attempt_at or at
    assert state(write, mail).state is MessageState.QUEUED


def test_standing_counts_from_staging_however_often_it_was_tried(
    write: Write, claim: Callable[..., Any], mail: int, settings: Settings
) -> None:
    assert write(delivery.standing) == delivery.Standing(NOW, None, 0)
    other = write(lambda s: s.scalars(select(Message.id).where(Message.id != mail)).one())
    write(lambda s: deliver_at(s, other, NOW, settings))
    at = NOW
    for _ in range(4):
        refuse(write, claim(at), at=at, fault=Fault.CERTIFICATE)
        at = state(write, mail).next_attempt_at or at
    found = write(delivery.standing)
    assert (found.waiting_since, found.fault) == (NOW, Fault.CERTIFICATE)
    assert not found.late(now=NOW + timedelta(minutes=5), settings=settings)
    assert found.late(now=NOW + timedelta(minutes=5, seconds=1), settings=settings)
    write(lambda s: deliver_at(s, mail, at, settings))
    assert write(delivery.standing) == delivery.Standing(None, None, 0)


def deliver_at(session: Session, number: int, at: Any, settings: Settings) -> None:
    letter = delivery.claim(session, number, now=at, settings=settings)
    assert letter is not None
    delivery.record_sent(session.connection(), letter, now=at)


def test_standing_is_one_statement(write: Write, settings: Settings, session: Session, count_queries: Any) -> None:
    write(lambda s: make_enquiry(s, settings))
    with count_queries() as statements:
        delivery.standing(session)
    assert len(statements) == 1


def test_all_failed_are_sent_again_and_what_was_set_aside_is_not(
    write: Write, settings: Settings, broker: RecordingBroker
) -> None:
    def fail(session: Session) -> list[int]:
        for name in ("a", "b", "B"):
            make_enquiry(session, settings, contact_email=f"{name}@example.org")
        rows = session.scalars(select(Message).order_by(Message.id)).all()
        for row in rows:
            row.state, row.next_attempt_at = MessageState.FAILED, None
        outbox.set_aside(session, rows[0], by=acting())
        return [row.id for row in rows]

    numbers = write(fail)
    # The office, and the two ways to write one partner's address.
    assert write(lambda s: outbox.failed_count(s, actor=staff_actor())) == (5, 3)
    broker.jobs.clear()
    assert write(lambda s: outbox.retry_failed(s, by=acting())) == 5
    assert [number for _job, number in broker.jobs] == numbers[1:]
    assert write(lambda s: outbox.retry_failed(s, by=acting())) == 0
    kinds = write(lambda s: s.scalars(select(Event.kind)).all())
    assert (kinds.count(EventKind.MAIL_RESENT), kinds.count(EventKind.MAIL_SET_ASIDE)) == (5, 1)
    write(lambda s: outbox.retry(s, s.get_one(Message, numbers[0]), by=acting()))
    assert state(write, numbers[0]).set_aside_at is None


def test_only_what_ended_undelivered_is_set_aside(write: Write, claim: Callable[..., Any], mail: int) -> None:
    def aside(session: Session) -> None:
        outbox.set_aside(session, session.get_one(Message, mail), by=acting())

    with pytest.raises(NotAllowed):
        write(aside)
    letter = claim()
    write(lambda s: delivery.record_sent(s.connection(), letter, now=NOW))
    with pytest.raises(NotAllowed):
        write(aside)


@pytest.mark.parametrize("deed", [outbox.retry_failed, outbox.failed_count])
def test_observers_send_nothing_again(write: Write, deed: Any) -> None:
    observer = staff_actor(Role.OBSERVER)
    who = {"by": acting(observer)} if deed is outbox.retry_failed else {"actor": observer}
    with pytest.raises(NotAllowed):
        write(lambda s: deed(s, **who))


@pytest.mark.parametrize(("form", "expected"), [("plain", "office@example.org"), ("plus", "office+ld-")])
def test_replies_go_to_the_plain_address_unless_the_setting_says_otherwise(
    write: Write, settings: Settings, form: str, expected: str
) -> None:
    write(lambda s: make_enquiry(s, settings.model_copy(update={"reply_address": form})))
    rows = write(lambda s: s.execute(select(Message.reply_to, Message.subject)).all())
    assert len(rows) == 2
    for reply_to, subject in rows:
        assert reply_to.startswith(expected)
        # Readers of the office's mailbox find the enquiry by it.
        assert "[LD-" in subject


def test_link_survives_a_new_key_in_mails_staged_before(write: Write, settings: Settings, mail: int) -> None:
    rotated = settings.model_copy(update={"secret_key": "another key", "secret_key_fallbacks": (settings.secret_key,)})
    before = write(lambda s: s.scalars(select(Link.token_hash).where(Link.kind == LinkKind.TRACKING)).one())
    letter = write(lambda s: delivery.claim(s, mail, now=NOW, settings=rotated))
    assert "/track/" in letter.text
    assert write(lambda s: s.scalars(select(Link.token_hash).where(Link.kind == LinkKind.TRACKING)).one()) == before


def test_wire_carries_the_stored_identifier_and_the_reference(
    write: Write, claim: Callable[..., Any], mail: int, settings: Settings
) -> None:
    letter = claim()
    message = received(delivery.wire(letter, settings=settings))
    row = state(write, mail)
    assert message["Message-ID"] == row.message_id
    assert message["X-Liaison-Reference"] == letter.reference
    assert letter.reference in message["Subject"]


@pytest.mark.parametrize("kind", MessageKind)
def test_only_an_email_that_a_person_wrote_is_not_marked_automatic(
    claim: Callable[..., Any], settings: Settings, kind: MessageKind
) -> None:
    message = received(delivery.wire(replace(claim(), kind=kind), settings=settings))
    expected = None if kind is MessageKind.PARTNER_MESSAGE else "auto-generated"
    assert message["Auto-Submitted"] == expected


@pytest.mark.parametrize(("language", "name"), [("en", "EXU"), ("zh-hant", "範大"), ("zh-hans", "EXU")])
def test_sender_has_the_institutions_name_in_the_language_of_the_mail(
    write: Write, settings: Settings, language: str, name: str
) -> None:
    names = {"institution_short": "EXU", "institution_short_zh_hant": "範大", "institution_short_zh_hans": ""}
    chosen = settings.model_copy(update=names)
    write(lambda s: make_enquiry(s, settings, language=language))
    receipt = select(Message.id).where(Message.kind == MessageKind.PARTNER_RECEIPT)
    letter = write(lambda s: delivery.claim(s, s.scalars(receipt).one(), now=NOW, settings=chosen))
    sender = received(delivery.wire(letter, settings=chosen))["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == (name, settings.mail_from)


def test_no_table_holds_a_token(write: Write, settings: Settings, app: Flask) -> None:
    def make(session: Session) -> str:
        network = make_network(session, liaison=make_person(session))
        enquiry = make_enquiry(session, settings, network=network)
        enquiry_mails.send(session, enquiry, MessageKind.PARTNER_LINK, who=OFFICE, now=NOW, settings=settings)
        letter = None
        for number in session.scalars(select(Message.id).order_by(Message.id)).all():
            letter = delivery.claim(session, number, now=NOW, settings=settings)
            assert letter is not None
            delivery.record_failure(session, letter, error="no", permanent=False, now=NOW)
        assert letter is not None
        return letter.text.partition("/track/")[2].split()[0]

    token = write(make)
    assert len(token) == 43

    def everything(session: Session) -> str:
        cells = []
        for mapper in db.Model.registry.mappers:
            for row in session.scalars(select(mapper).options(undefer("*"))):
                cells += [str(getattr(row, column.key)) for column in mapper.column_attrs]
        return "\n".join(cells)

    text = write(everything)
    assert "erika@example.org" in text
    assert token not in text
