"""Messages claimed some at a time: by one worker alone, what someone waits for first, and given back untried."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import NOW, make_enquiry
from webapp.config import Settings
from webapp.db import transaction
from webapp.domain.links import issuing
from webapp.domain.messages import delivery, outbox
from webapp.models import Enquiry, Message
from webapp.seeds.mails import SAMPLES
from webapp.vocabulary import TO_MANY, Fault, Language, MessageKind, MessageState

Write = Callable[[Callable[[Session], Any]], Any]
LATER = NOW + timedelta(hours=1)


def stage(session: Session, settings: Settings, kind: MessageKind, number: int = 0, at: Any = NOW) -> int:
    """Stage an email of a kind that is about no enquiry."""
    key = f"{kind}:{number}"
    content = SAMPLES[kind](Language.EN)
    made = outbox.stage(session, content, enquiry=None, dedupe_key=key, now=at, settings=settings)
    assert made is not None
    return made.id


def staged(write: Write, settings: Settings, count: int) -> list[int]:
    """Stage emails that are due one second after the other; return their numbers in that order."""
    kind = MessageKind.STAFF_PASSWORD_CHANGED
    due = [NOW - timedelta(seconds=count - number) for number in range(count)]
    return [write(lambda s, n=n, at=at: stage(s, settings, kind, n, at)) for n, at in enumerate(due)]


def take(write: Write, settings: Settings, limit: int = delivery.AT_ONCE, at: Any = NOW) -> list[delivery.Claimed]:
    found: list[delivery.Claimed] = write(lambda s: delivery.claim_due(s, now=at, settings=settings, limit=limit))
    return found


def rows(write: Write) -> list[Message]:
    found: list[Message] = write(lambda s: s.scalars(select(Message).order_by(Message.id)).all())
    return found


def test_what_is_due_longest_is_claimed_first_and_for_one_worker(write: Write, settings: Settings) -> None:
    numbers = staged(write, settings, 5)
    first, second, third = (take(write, settings, 2) for _ in range(3))
    assert [[each.id for each in batch] for batch in (first, second, third)] == [
        numbers[:2], numbers[2:4], numbers[4:]]  # fmt: skip
    assert take(write, settings) == []
    assert len({each.lease for each in first}) == 1
    assert first[0].lease != second[0].lease
    assert {(row.state, row.attempts, row.unanswered) for row in rows(write)} == {(MessageState.SENDING, 1, 1)}
    assert {each.attempt for each in first} == {1}


@pytest.mark.both_databases
def test_of_what_is_due_at_the_same_moment_what_was_staged_first_leaves_first(write: Write, settings: Settings) -> None:
    kind = MessageKind.STAFF_PASSWORD_CHANGED
    numbers = [write(lambda s, n=n: stage(s, settings, kind, n)) for n in range(6)]
    for number in reversed(numbers):  # the oldest row is the last one that was written
        write(lambda s, n=number: s.execute(update(Message).where(Message.id == n).values(last_error=str(n))))
    assert write(lambda s: delivery.due(s, now=NOW)) == numbers
    assert [each.id for _ in range(2) for each in take(write, settings, 3)] == numbers


def test_what_is_not_due_is_not_claimed(write: Write, settings: Settings) -> None:
    write(lambda s: stage(s, settings, MessageKind.STAFF_RESET, at=LATER))
    assert take(write, settings) == []
    assert len(take(write, settings, at=LATER)) == 1


@pytest.mark.parametrize("kind", MessageKind)
def test_what_someone_waits_for_leaves_before_what_goes_to_many(
    write: Write, settings: Settings, kind: MessageKind
) -> None:
    for number, many in enumerate(sorted(TO_MANY) * 2):
        write(lambda s, m=many, n=number: stage(s, settings, m, n, NOW - timedelta(days=1)))
    own = write(lambda s: stage(s, settings, kind, 99))
    claimed = [each.id for each in take(write, settings)]
    assert (claimed == [own]) == (kind not in TO_MANY)
    rest = [each.id for each in take(write, settings)]
    assert len(claimed) + len(rest) == 2 * len(TO_MANY) + 1


def test_many_workers_at_once_claim_each_message_once(app: Flask, write: Write, settings: Settings) -> None:
    numbers = staged(write, settings, 24)
    start, claimed = threading.Barrier(8), []

    def work() -> None:
        with app.app_context():
            start.wait(20)
            for _ in range(3):
                with transaction() as session:
                    found = delivery.claim_due(session, now=NOW, settings=settings, limit=3)
                claimed.extend(each.id for each in found)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert Counter(claimed) == dict.fromkeys(numbers, 1)


def test_a_message_whose_worker_died_takes_no_others_with_it(write: Write, settings: Settings) -> None:
    """It is named and claimed by itself: after one kill, those that were held beside it cannot be given up as well."""
    numbers = staged(write, settings, 3)
    at = NOW
    take(write, settings)
    for _ in range(delivery.MAX_UNANSWERED - 1):
        at += delivery.LEASE
        assert take(write, settings, at=at) == []
        assert write(lambda s, at=at: delivery.due(s, now=at))[0] in numbers
        assert write(lambda s, at=at: delivery.claim(s, numbers[0], now=at, settings=settings)) is not None
    at += delivery.LEASE
    assert write(lambda s: delivery.claim(s, numbers[0], now=at, settings=settings)) is None
    assert [row.state for row in rows(write)] == [MessageState.FAILED, MessageState.SENDING, MessageState.SENDING]
    assert write(lambda s: delivery.claim(s, numbers[1], now=at, settings=settings)) is not None


def test_what_is_given_back_is_as_if_it_had_not_been_claimed(write: Write, settings: Settings) -> None:
    numbers = staged(write, settings, 4)
    held = take(write, settings)
    write(lambda s: delivery.record_sent(s.connection(), held[1], now=NOW))
    write(lambda s: delivery.give_back(s, held[1:]))
    found = rows(write)
    assert [row.state for row in found] == [
        MessageState.SENDING, MessageState.SENT, MessageState.QUEUED, MessageState.QUEUED]  # fmt: skip
    assert [(row.attempts, row.unanswered, row.lease) for row in found[2:]] == [(0, 0, None)] * 2
    assert [each.id for each in take(write, settings)] == numbers[2:]


def test_only_who_holds_a_message_gives_it_back(write: Write, settings: Settings) -> None:
    numbers = staged(write, settings, 1)
    held = take(write, settings)
    again = write(lambda s: delivery.claim(s, numbers[0], now=NOW + delivery.LEASE, settings=settings))
    write(lambda s: delivery.give_back(s, held))
    (row,) = rows(write)
    assert (row.state, row.lease, row.attempts) == (MessageState.SENDING, again.lease, 2)


@pytest.mark.parametrize("limit", [1, 50])
def test_a_link_of_another_reader_ends_its_message_and_keeps_back_no_other(
    write: Write, settings: Settings, limit: int
) -> None:
    write(lambda s: make_enquiry(s, settings, contact_email="own@example.org"))
    receipt = Message.kind == MessageKind.PARTNER_RECEIPT
    early = {"recipient_email": "other@example.org", "next_attempt_at": NOW - timedelta(hours=1)}
    write(lambda s: s.execute(update(Message).where(receipt).values(**early)))
    (claimed,) = take(write, settings, limit)
    assert claimed.kind is not MessageKind.PARTNER_RECEIPT
    mail = write(lambda s: s.scalars(select(Message).where(receipt)).one())
    assert (mail.state, mail.fault, mail.lease, mail.next_attempt_at) == (
        MessageState.FAILED, Fault.CONTENT, None, None)  # fmt: skip


def test_what_is_claimed_again_carries_the_link_of_that_day(write: Write, settings: Settings) -> None:
    """A batch is held for a moment only; what was given back is looked at anew, with the link that holds then."""
    write(lambda s: make_enquiry(s, settings))
    held = take(write, settings)
    before = {each.id: each.text for each in held}
    write(lambda s: delivery.give_back(s, held))
    write(lambda s: issuing.renew_tracking(s, s.query(Enquiry).one(), now=NOW, settings=settings))
    after = {each.id: each.text for each in take(write, settings)}
    assert [before[number] == after[number] for number in before].count(False) == 1


@pytest.mark.one_database
def test_claiming_costs_as_many_statements_for_many_as_for_one(
    write: Write, settings: Settings, count_queries: Any
) -> None:
    def statements() -> int:
        with count_queries() as found:
            take(write, settings)
        return len(found)

    write(lambda s: make_enquiry(s, settings))
    few = statements()
    for _ in range(8):
        write(lambda s: make_enquiry(s, settings))
    assert statements() == few
