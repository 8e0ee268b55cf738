"""Many messages of a partner: one email at once, one about what follows, each message told exactly once."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, make_network, make_person, staff_actor
from webapp.config import Settings
from webapp.db import db, transaction
from webapp.domain.enquiries import actions, assignment, loading
from webapp.domain.notifications import gathering
from webapp.domain.notifications.gathering import APART
from webapp.domain.privacy import emptying
from webapp.domain.security.permissions import SYSTEM
from webapp.models import Enquiry, Event, Message, Untold
from webapp.models.event_data import File, PartnerWrote
from webapp.vocabulary import Action, MessageKind

Write = Callable[[Callable[[Session], Any]], Any]
ONE, SEVERAL = MessageKind.LIAISON_PARTNER_WROTE, MessageKind.LIAISON_PARTNER_WROTE_AGAIN
MINUTE = timedelta(minutes=1)


class Conversation:
    """One enquiry whose partner writes."""

    def __init__(self, write: Write, settings: Settings, reference: str) -> None:
        self.write, self.settings, self.reference = write, settings, reference

    def says(self, text: str, after: timedelta = timedelta(), *files: str) -> None:
        """Write as the partner does, so long after the first time."""
        facts = PartnerWrote(files=tuple(File(id=1, name=name, size=1) for name in files))
        now = NOW + after

        def change(session: Session) -> None:
            found = loading.locked_where(session, Enquiry.reference == self.reference)
            assert found is not None
            by = acting(actions.partner(found), now=now, settings=self.settings)
            actions.act(session, found, Action.WRITE, text=text, facts=facts, by=by)

        self.write(change)

    def sweep(self, after: timedelta) -> None:
        """Do what the worker does every minute."""
        now = NOW + after
        for number in self.write(lambda s: gathering.due(s, now=now)):
            self.write(lambda s, number=number: gathering.tell_due(s, number, now=now, settings=self.settings))

    def emails(self) -> list[Message]:
        query = select(Message).where(Message.kind.in_([ONE, SEVERAL])).order_by(Message.id)
        return list(self.write(lambda s: s.scalars(query).all()))

    def waiting(self) -> int:
        return int(self.write(lambda s: s.query(Untold).count()))


@pytest.fixture
def talk(write: Write, settings: Settings) -> Conversation:
    def make(session: Session) -> str:
        liaison = make_person(session, name="Prof. Chan Tai Man", email="chan@example.org", role=None)
        return str(make_enquiry(session, settings, network=make_network(session, liaison=liaison)).reference)

    return Conversation(write, settings, write(make))


def test_first_is_told_at_once_and_those_that_follow_together(talk: Conversation) -> None:
    talk.says("We are six.")
    talk.says("No, seven.\nSorry.", MINUTE, "list.pdf")
    talk.says("And one\nuses a wheelchair.", 3 * MINUTE, "plan.pdf")
    assert [email.kind for email in talk.emails()] == [ONE]
    talk.sweep(APART - MINUTE)
    assert [email.kind for email in talk.emails()] == [ONE]
    talk.sweep(APART)
    first, second = talk.emails()
    assert second.kind is SEVERAL
    assert second.recipient_email == first.recipient_email == "chan@example.org"
    assert second.subject == first.subject
    assert second.in_reply_to == first.message_id
    assert "2 more messages" in second.text
    assert second.text.index("> No, seven. Sorry.") < second.text.index("> And one uses a wheelchair.")
    assert "We are six." not in second.text
    assert "list.pdf" in second.text
    assert "plan.pdf" in second.text
    assert len(re.findall(r"https://\S+/decisions/", second.text)) == 1
    assert second.link_id == first.link_id
    assert talk.waiting() == 0


def test_one_alone_that_waited_is_told_as_any_other(talk: Conversation) -> None:
    talk.says("We are six.")
    talk.says("No, seven.", MINUTE)
    talk.sweep(APART)
    assert [(email.kind, "No, seven." in email.text) for email in talk.emails()] == [(ONE, False), (ONE, True)]


def test_emails_stay_apart_however_long_it_goes_on(talk: Conversation) -> None:
    # As often as a partner may write in a day.
    for minute in range(40):
        talk.says(f"Word {minute}", minute * MINUTE)
        talk.sweep(minute * MINUTE)
    talk.sweep(40 * MINUTE)
    talk.sweep(50 * MINUTE)
    emails = talk.emails()
    times = [email.created_at for email in emails]
    assert len(emails) == 5
    assert all(later - earlier >= APART for earlier, later in pairwise(times))
    told = [int(number) for email in emails for number in re.findall(r"> Word (\d+)", email.text)]
    assert told == list(range(40))


def test_what_comes_later_is_told_at_once_again(talk: Conversation) -> None:
    for after in (timedelta(), APART, 3 * APART):
        talk.says(f"After {after}", after)
    assert [email.kind for email in talk.emails()] == [ONE] * 3
    assert talk.waiting() == 0


def test_what_waits_is_told_before_what_comes_later(talk: Conversation) -> None:
    """The worker was away: what comes then waits for it too, so that nothing overtakes."""
    talk.says("First")
    talk.says("Second", MINUTE)
    talk.says("Third", 5 * APART)
    assert len(talk.emails()) == 1
    talk.sweep(5 * APART)
    assert re.findall(r"> (\w+)", talk.emails()[1].text) == ["Second", "Third"]


def test_worker_that_dies_meanwhile_loses_nothing(talk: Conversation, monkeypatch: pytest.MonkeyPatch) -> None:
    for minute in range(3):
        talk.says(f"Word {minute}", minute * MINUTE)
    with monkeypatch.context() as patched:
        patched.setattr(gathering.outbox, "enqueue_after_commit", lambda *_a: 1 / 0)  # the last step
        with pytest.raises(ZeroDivisionError):
            talk.sweep(APART)
    assert (len(talk.emails()), talk.waiting()) == (1, 2)
    for _ in range(2):
        talk.sweep(APART)
    assert (len(talk.emails()), talk.waiting()) == (2, 0)


def hand_over(talk: Conversation, after: timedelta) -> None:
    def give(session: Session) -> None:
        person = make_person(session, name="Lee Siu Ming", email="lee@example.org")
        found = loading.locked(session, talk.reference, actor=staff_actor())
        assignment.assign(session, found, person.id, by=acting(now=NOW + after, settings=talk.settings))

    talk.write(give)


def test_who_answers_by_then_is_told(talk: Conversation) -> None:
    talk.says("First")
    talk.says("Second", MINUTE)
    hand_over(talk, 2 * MINUTE)
    talk.says("Third", 3 * MINUTE)
    talk.sweep(APART)
    emails = talk.emails()
    assert [email.recipient_email for email in emails] == ["chan@example.org", "lee@example.org"]
    assert re.findall(r"> (\w+)", emails[1].text) == ["Second", "Third"]


def test_who_was_not_told_yet_is_told_at_once(talk: Conversation) -> None:
    talk.says("First")
    hand_over(talk, MINUTE)
    talk.says("Second", 2 * MINUTE)
    assert [email.recipient_email for email in talk.emails()] == ["chan@example.org", "lee@example.org"]


def test_other_enquiries_do_not_wait(talk: Conversation, write: Write, settings: Settings) -> None:
    talk.says("First")
    other = Conversation(write, settings, write(lambda s: make_enquiry(s, settings).reference))
    other.says("Hello", MINUTE)
    assert len(talk.emails()) == 2


def test_what_was_erased_meanwhile_is_not_told(talk: Conversation, write: Write, settings: Settings) -> None:
    talk.says("First")
    talk.says("Second", MINUTE)
    write(lambda s: emptying.enquiries(s, s.scalars(select(Enquiry.id)).all(), by=acting(SYSTEM, settings=settings)))
    talk.sweep(APART)
    assert (len(talk.emails()), talk.waiting()) == (1, 0)


def test_spam_that_is_none_is_told_together_and_once(talk: Conversation, write: Write, settings: Settings) -> None:
    def take(action: Action, after: timedelta) -> None:
        def change(session: Session) -> None:
            found = loading.locked(session, talk.reference, actor=staff_actor())
            actions.act(session, found, action, by=acting(now=NOW + after, settings=settings))

        write(change)

    take(Action.MARK_SPAM, timedelta())
    for word in ("First", "Second"):
        talk.says(word, MINUTE)
    talk.sweep(2 * APART)
    assert talk.emails() == []
    take(Action.UNMARK_SPAM, 2 * APART)
    take(Action.MARK_SPAM, 2 * APART)
    talk.says("Third", 2 * APART)
    take(Action.UNMARK_SPAM, 3 * APART)
    told = [re.findall(r"> (\w+)", email.text) for email in talk.emails()]
    assert told == [["First", "Second"], ["Third"]]
    assert talk.waiting() == 0


def test_partner_who_writes_while_workers_tell_is_told_whole_and_once(app: Flask, talk: Conversation) -> None:
    number, failed = 12, list[BaseException]()

    def beside(work: Callable[[], None]) -> Thread:
        def run() -> None:
            with app.app_context():
                try:
                    work()
                except BaseException as error:
                    failed.append(error)
                finally:
                    db.session.remove()

        return Thread(target=run)

    def writes() -> None:
        for step in range(number):
            talk.says(f"Word {step}", step * APART / 3)

    def tells() -> None:
        for step in range(2 * number):
            now = NOW + step * APART / 6
            for found in gathering.due(db.session(), now=now):
                with transaction() as session:
                    gathering.tell_due(session, found, now=now, settings=talk.settings)
            db.session.rollback()

    threads = [beside(work) for work in (writes, tells, tells)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    talk.sweep(number * APART)
    assert failed == []
    told = [int(found) for email in talk.emails() for found in re.findall(r"> Word (\d+)", email.text)]
    assert sorted(told) == list(range(number))
    assert told == sorted(told)


def test_first_is_no_longer_the_first_once_it_was_told(talk: Conversation, write: Write) -> None:
    talk.says("First")
    talk.says("Second", MINUTE)
    row = write(lambda s: s.query(Untold).one())
    second = write(lambda s: s.scalars(select(Event).order_by(Event.id.desc())).first())
    assert (row.event_id, row.due_at) == (second.id, NOW + APART)
    assert isinstance(row.due_at, datetime)
