"""Enquiries: submitted whole or not at all, and changed by the table alone."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import RecordingBroker
from tests.event_samples import FACTS, SAMPLES
from tests.factories import NOW, acting, make_enquiry, make_network, make_person, staff_actor, submission
from webapp.config import Settings
from webapp.db import transaction
from webapp.domain.enquiries import actions, drafts, submissions, visiting
from webapp.domain.enquiries.workflow import TABLE, rule
from webapp.domain.errors import Conflict, Invalid, NotAllowed
from webapp.domain.notifications import enquiry_mails
from webapp.domain.security.permissions import TABLE as ROLES
from webapp.domain.security.permissions import Actor
from webapp.domain.security.tokens import new_token
from webapp.models import NEVER, Attachment, Draft, Enquiry, Event, Message
from webapp.models.event_data import StatusChange
from webapp.vocabulary import (
    CLOCK_STATUSES,
    Action,
    ActorKind,
    EventKind,
    Job,
    Kind,
    Language,
    MessageKind,
    Role,
    Status,
    VisitState,
)

Write = Callable[[Callable[[Session], Any]], Any]
ACTORS: dict[str, Actor] = {str(role): staff_actor(role) for role in Role}
ACTORS["partner"] = Actor(ActorKind.PARTNER, "Erika Mustermann")
ACTORS["approver"] = Actor(ActorKind.APPROVER, "Prof. Ho")
ACTORS["link"] = Actor(ActorKind.LIAISON, "Prof. Chan")
PUBLIC_INTERNAL = {
    Action.LINK,
    Action.SCREEN,
    Action.NOTE,
    Action.ASSIGN,
    Action.MARK_SPAM,
    Action.UNMARK_SPAM,
    Action.ASK_APPROVAL,
    Action.CHASE_APPROVAL,
    Action.CONSENT,
    Action.APPROVE,
    Action.REFUSE,
    Action.LINK,
    Action.PRIORITISE,
    Action.TAG,
    Action.UNTAG,
    Action.CHECK,
    Action.RELATE,
    Action.CORRECT_ADDRESS,
    Action.RENEW_LINK,
    Action.REQUEST_LINK,
    Action.REFER,
    Action.CHASE_REFERRAL,
    Action.RETURN,
    Action.RECALL,
    Action.ARRANGE,
}
EVENT_KINDS = {
    Action.NOTE: EventKind.NOTE,
    Action.REPLY: EventKind.OFFICE_MESSAGE,
    Action.WRITE: EventKind.PARTNER_MESSAGE,
    Action.ASSIGN: EventKind.ASSIGNED,
    Action.LINK: EventKind.LINKED,
    Action.SCREEN: EventKind.SCREENED,
    Action.CONVERT: EventKind.CONVERTED,
    Action.SPLIT: EventKind.SPLIT,
    **dict.fromkeys(
        (
            Action.ARRANGE,
            Action.PRIORITISE,
            Action.TAG,
            Action.UNTAG,
            Action.CHECK,
            Action.RELATE,
            Action.CORRECT_ADDRESS,
            Action.RENEW_LINK,
            Action.REQUEST_LINK,
        ),
        EventKind.CHANGED,
    ),
}
# After the others a message of the partner still waits for an answer.
ANSWERING = {
    Action.REVIEW,
    Action.ACCEPT,
    Action.DECLINE,
    Action.ASK_PARTNER,
    Action.PROPOSE_DATES,
    Action.RESUME,
    Action.SCHEDULE,
    Action.MOVE,
    Action.POSTPONE,
    Action.COMPLETE,
    Action.WITHDRAW,
    Action.REOPEN,
    Action.REPLY,
    Action.MERGE,
}
BEFORE = NOW - timedelta(days=1)


def count(session: Session, model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def send(session: Session, settings: Settings, form_id: str, **more: Any) -> tuple[Enquiry, bool]:
    drafts.save(session, form_id, kind=Kind.VISIT, language=Language.EN, fields={}, now=NOW)
    draft = drafts.locked(session, form_id)
    return submissions.submit(session, submission(**more), draft=draft, now=NOW, settings=settings)


def test_submit_makes_enquiry_event_two_mails_and_their_nudges(
    write: Write, settings: Settings, broker: RecordingBroker
) -> None:
    def make(session: Session) -> Enquiry:
        network = make_network(session, slug="usrn", liaison=make_person(session, email="chan@example.org"))
        return send(session, settings, new_token(), network=network.slug)[0]

    enquiry = write(make)
    assert (enquiry.status, enquiry.version, enquiry.submitted_at) == (Status.RECEIVED, 1, NOW)
    assert enquiry.promised_on == enquiry.due_on == date(2026, 11, 30)

    def read(session: Session) -> Any:
        events = session.scalars(select(Event)).all()
        mails = session.execute(select(Message.id, Message.kind, Message.recipient_email).order_by(Message.id)).all()
        return events, mails

    events, mails = write(read)
    assert [(event.kind, event.public, event.actor_kind) for event in events] == [
        (EventKind.SUBMITTED, True, ActorKind.PARTNER)
    ]
    assert [tuple(mail)[1:] for mail in mails] == [
        (MessageKind.LIAISON_RECEIVED, "chan@example.org"),
        (MessageKind.PARTNER_RECEIPT, "erika@example.org"),
    ]
    assert broker.jobs == [(Job.MAIL_DELIVER, mail.id) for mail in mails]


def test_submit_without_a_network_tells_the_office(write: Write, settings: Settings) -> None:
    write(lambda s: send(s, settings, new_token()))
    recipients = write(lambda s: s.scalars(select(Message.recipient_email).order_by(Message.id)).all())
    assert recipients == [settings.office_email, "erika@example.org"]


@pytest.mark.parametrize("broken", [MessageKind.LIAISON_RECEIVED, MessageKind.PARTNER_RECEIPT])
def test_submit_that_fails_on_its_way_leaves_nothing(
    write: Write, settings: Settings, broker: RecordingBroker, monkeypatch: pytest.MonkeyPatch, broken: MessageKind
) -> None:
    whole = enquiry_mails.send

    def breaking(session: Session, enquiry: Enquiry, kind: MessageKind, **given: Any) -> None:
        whole(session, enquiry, kind, **given)
        if kind is broken:
            raise ZeroDivisionError

    monkeypatch.setattr(enquiry_mails, "send", breaking)
    with pytest.raises(ZeroDivisionError):
        write(lambda s: send(s, settings, new_token()))
    for model in (Enquiry, Event, Message, Draft):
        assert write(lambda s, model=model: count(s, model)) == 0
    assert broker.jobs == []


def test_submit_of_the_same_form_is_the_same_enquiry(write: Write, settings: Settings, broker: RecordingBroker) -> None:
    form_id = new_token()
    first, new = write(lambda s: send(s, settings, form_id))
    jobs = list(broker.jobs)
    second, again = write(lambda s: send(s, settings, form_id, subject="Another subject"))
    assert (first.reference, new, again) == (second.reference, True, False)
    assert second.subject == first.subject
    assert write(lambda s: count(s, Message)) == 2
    assert broker.jobs == jobs


def test_submit_of_one_form_by_many_at_once_is_one_enquiry(app: Flask, settings: Settings, write: Write) -> None:
    form_id, start = new_token(), threading.Barrier(6)
    references, faults = [], []

    def work() -> None:
        with app.app_context():
            start.wait(60)
            try:
                with transaction() as session:
                    references.append(send(session, settings, form_id)[0].reference)
            except Exception as fault:
                faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert len(references) == 6
    assert len(set(references)) == 1
    assert write(lambda s: (count(s, Enquiry), count(s, Event), count(s, Message))) == (1, 1, 2)


def test_submit_takes_the_drafts_files_and_empties_it(write: Write, settings: Settings) -> None:
    def make(session: Session) -> Enquiry:
        form_id, upload = new_token(), drafts.Upload("plan.pdf", "application/pdf", b"%PDF")
        fields = {"subject": ["typed"]}
        drafts.save(session, form_id, kind=Kind.VISIT, language=Language.EN, fields=fields, uploads=[upload], now=NOW)
        draft = drafts.locked(session, form_id)
        return submissions.submit(session, submission(), draft=draft, now=NOW, settings=settings)[0]

    enquiry = write(make)
    assert write(lambda s: s.scalars(select(Attachment.enquiry_id)).all()) == [enquiry.id]
    assert write(lambda s: s.scalars(select(Draft.fields)).all()) == [{}]


def test_submit_counts_the_promise_in_the_institutions_day(write: Write, settings: Settings) -> None:
    late_in_the_evening = NOW.replace(hour=17)  # the next day in Hong Kong
    enquiry = write(lambda s: make_enquiry(s, settings, now=late_in_the_evening))
    assert enquiry.promised_on == date(2026, 12, 1)


STEPS = list(product(Status, Kind, ACTORS))
KINDS = {sample.action: sample.kind for sample in SAMPLES if sample.action}


@pytest.mark.parametrize("action", Action)
def test_act_follows_the_table_in_every_status_for_every_kind_and_role(
    write: Write, settings: Settings, monkeypatch: pytest.MonkeyPatch, action: Action
) -> None:
    """Every status, kind and actor for one action; emails are looked at by kind, their texts elsewhere."""
    sent: list[MessageKind] = []
    monkeypatch.setattr(enquiry_mails, "send", lambda _session, _enquiry, kind, **_given: sent.append(kind))

    def walk(session: Session) -> None:
        by_kind = {kind: make_enquiry(session, settings, kind=kind) for kind in Kind}
        for status, kind, name in STEPS:
            enquiry, actor = by_kind[kind], ACTORS[name]
            enquiry.status, enquiry.clock_stopped_on, version = status, None, enquiry.version
            enquiry.partner_wrote_at = BEFORE
            expected = rule(status, action, kind)
            held = expected is not None and expected.permission in actor.permissions
            if action is Action.SCHEDULE and status is Status.ACCEPTED:
                # By `visits.confirm`, before it acts.
                visiting.made(session, enquiry, now=NOW, settings=settings).state = VisitState.CONFIRMED
            sent.clear()
            given: dict[str, Any] = {"by": acting(actor, settings=settings), "text": "Because."}
            given["facts"] = FACTS[action]
            if not held or expected is None:
                with pytest.raises(NotAllowed):
                    actions.act(session, enquiry, action, **given)
                assert (enquiry.status, enquiry.version, sent) == (status, version, [])
                continue
            event = actions.act(session, enquiry, action, **given)
            assert enquiry.status is (expected.target or status)
            assert enquiry.version == version + 1
            assert event.public == (action not in PUBLIC_INTERNAL)
            assert event.text == ("Because." if TABLE[action].takes_text else "")
            assert (enquiry.partner_wrote_at is None) == (action in ANSWERING)
            change = StatusChange(before=status, after=enquiry.status)
            assert (event.kind, event.facts) == (
                EVENT_KINDS.get(action, EventKind.STATUS),
                replace(FACTS[action], status=change),
            )
            assert sent == list(expected.messages)
            assert (enquiry.due_on == NEVER) == (enquiry.status not in CLOCK_STATUSES) or expected.target is None

    write(walk)


@pytest.mark.parametrize("action", sorted(row.action for row in TABLE.values() if row.needs_text))
def test_act_refuses_an_empty_text_where_one_is_needed(write: Write, settings: Settings, action: Action) -> None:
    row = TABLE[action].rules[0]
    holders = [actor for actor in ACTORS.values() if row.permission in actor.permissions]

    def attempt(session: Session) -> None:
        enquiry = make_enquiry(session, settings, status=row.sources[0])
        actions.act(session, enquiry, action, text=" \n ", by=acting(holders[0], settings=settings))

    with pytest.raises(Invalid):
        write(attempt)
    assert write(lambda s: count(s, Event)) == 0


def test_act_refuses_what_was_read_before_a_change(write: Write, settings: Settings) -> None:
    def attempt(session: Session) -> None:
        enquiry = make_enquiry(session, settings)
        actions.act(session, enquiry, Action.REVIEW, version=1, by=acting(settings=settings))
        with pytest.raises(Conflict) as conflict:
            actions.act(
                session, enquiry, Action.ACCEPT, version=1, by=acting(now=NOW + timedelta(hours=1), settings=settings)
            )
        assert (conflict.value.version, conflict.value.changed_at) == (2, NOW)
        assert enquiry.status is Status.IN_REVIEW

    write(attempt)


@pytest.mark.parametrize(
    ("stop", "go_on", "actor"),
    [
        (Action.ASK_PARTNER, Action.WRITE, "partner"),
        (Action.ASK_PARTNER, Action.RESUME, "coordinator"),
        (Action.DECLINE, Action.REOPEN, "coordinator"),
    ],
)
def test_clock_that_stood_still_moves_the_promise(
    write: Write, settings: Settings, stop: Action, go_on: Action, actor: str
) -> None:
    def run(session: Session) -> tuple[Enquiry, Any, Any]:
        enquiry = make_enquiry(session, settings)
        text = "Because."
        actions.act(session, enquiry, stop, text=text, by=acting(now=NOW + timedelta(days=1), settings=settings))
        stopped = enquiry.clock_stopped_on, enquiry.due_on
        later = NOW + timedelta(days=8)  # five working days
        actions.act(session, enquiry, go_on, text=text, by=acting(ACTORS[actor], now=later, settings=settings))
        return enquiry, *stopped

    enquiry, stopped_on, due_meanwhile = write(run)
    assert (stopped_on, due_meanwhile) == (date(2026, 11, 24), NEVER)
    assert enquiry.clock_stopped_on is None
    assert enquiry.promised_on == enquiry.due_on == date(2026, 12, 7)


def test_clock_runs_on_while_approval_is_waited_for(write: Write, settings: Settings) -> None:
    def run(session: Session) -> Enquiry:
        enquiry = make_enquiry(session, settings)
        for action, days in ((Action.ASK_APPROVAL, 1), (Action.RESUME, 3)):
            now = NOW + timedelta(days=days)
            actions.act(session, enquiry, action, by=acting(now=now, settings=settings))
        return enquiry

    assert write(run).due_on == date(2026, 11, 30)


def test_clock_runs_on_where_somebody_was_taken_for_spam_by_mistake(write: Write, settings: Settings) -> None:
    def run(session: Session) -> list[date]:
        enquiry, dates = make_enquiry(session, settings), []
        for action, days in ((Action.MARK_SPAM, 1), (Action.UNMARK_SPAM, 3)):
            now = NOW + timedelta(days=days)
            actions.act(session, enquiry, action, by=acting(now=now, settings=settings))
            dates.append(enquiry.due_on)
        return dates

    assert write(run) == [NEVER, date(2026, 11, 30)]


@pytest.mark.parametrize("role", Role)
def test_no_role_without_the_permission_decides(role: Role) -> None:
    decides = {Role.ADMINISTRATOR, Role.COORDINATOR, Role.LIAISON}
    row = rule(Status.IN_REVIEW, Action.ACCEPT, Kind.VISIT)
    assert row is not None
    assert (row.permission in ROLES[role]) == (role in decides)
