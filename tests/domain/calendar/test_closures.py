"""Closures: each running clock moves by exactly the days lost, everyone has one email, and undoing is exact."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import LANGUAGES, NOW, acting, make_enquiry, make_network, make_person, staff_actor
from tests.mail.reading import received
from webapp.config import Settings
from webapp.domain.calendar import closures, office_calendar
from webapp.domain.calendar.working_days import WHOLE, halves_between, promise
from webapp.domain.enquiries import actions, loading
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.domain.messages import delivery, outbox
from webapp.domain.notifications import closure_notices
from webapp.domain.security.permissions import Actor
from webapp.models import NEVER, Closure, ClosureMove, Enquiry, Event, Message
from webapp.vocabulary import CLOCK_STATUSES, Action, EventKind, Kind, Language, MessageKind, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]
ACTOR = staff_actor()
TODAY = date(2026, 11, 25)
LATER = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
REASON = {"en": "Typhoon signal no. 8", "zh-hant": "八號颱風信號"}
WORDS = {"en": "We had to close.", "zh-hant": "本處須關閉。", "zh-hans": "本处须关闭。"}


def declare(
    session: Session, settings: Settings, first: date = TODAY, last: date = TODAY, *, actor: Actor = ACTOR
) -> Closure:
    return closures.declare(session, first, last, REASON, by=acting(actor, now=LATER, settings=settings))


def revoke(session: Session, settings: Settings, closure_id: int, version: int = 1) -> None:
    now = LATER + timedelta(hours=1)
    held = closures.locked(session, closure_id)
    closures.revoke(session, held, version=version, by=acting(ACTOR, now=now, settings=settings))


def promises(session: Session) -> dict[int, date]:
    return dict(session.execute(select(Enquiry.id, Enquiry.promised_on)).all())


def act(session: Session, settings: Settings, reference: str, action: Action, now: datetime) -> Enquiry:
    found = loading.locked(session, reference, actor=ACTOR)
    actions.act(session, found, action, text="Words", by=acting(ACTOR, now=now, settings=settings))
    return found


@pytest.fixture
def two_hundred(build: Write, settings: Settings) -> None:
    """Open enquiries of forty partners through four networks, received over the last ten days."""

    def make(session: Session) -> None:
        people = [make_person(session, role=None, email=f"liaison-{n}@example.org") for n in range(3)]
        networks = [make_network(session, liaison=person) for person in (*people, None)]
        for number in range(200):
            make_enquiry(
                session,
                settings,
                kind=list(Kind)[number % 3],
                status=CLOCK_STATUSES[number % 3],
                now=NOW - timedelta(days=number % 10),
                network=networks[number % 4],
                language=LANGUAGES[number % 3],
                contact_email=f"Partner-{number % 40}@example.org",
            )

    build(make)


@pytest.mark.usefixtures("two_hundred")
def test_typhoon_moves_every_running_clock_tells_everybody_once_and_is_undone(
    write: Write, settings: Settings, count_queries: Any
) -> None:
    before = write(promises)
    starts = write(lambda s: dict(s.execute(select(Enquiry.id, Enquiry.submitted_at)).all()))
    with count_queries() as statements:
        seen = write(lambda s: closures.preview(s, TODAY, TODAY, actor=ACTOR, settings=settings, most=999)).moves
    assert len(statements) <= 4
    assert write(promises) == before
    number = write(lambda s: declare(s, settings).id)
    after = write(promises)

    plain = write(lambda s: office_calendar.around(s, TODAY, settings=settings)).marked({TODAY: None})
    open_then = plain.marked({TODAY: closures.Mark(closures.DayKind.CLOSED, "")})
    for key, due in before.items():
        spans = due >= TODAY
        assert after[key] == promise(starts[key].astimezone(settings.zone).date(), 5, open_then).due
        assert halves_between(due, after[key], open_then) == (WHOLE if spans else 0)
    moved = {key for key in before if before[key] != after[key]}
    assert 100 < len(moved) < 200
    assert {move.enquiry.id for move in seen} == moved

    def told(session: Session) -> None:
        listed = session.scalars(select(ClosureMove)).all()
        assert {(move.enquiry_id, move.before, move.after) for move in listed} == {
            (key, before[key], after[key]) for key in moved
        }
        events = session.scalars(select(Event).where(Event.kind == EventKind.PROMISE_MOVED)).all()
        assert {(event.enquiry_id, event.facts.before, event.facts.after) for event in events} == {
            (key, before[key], after[key]) for key in moved
        }
        rows = session.scalars(select(Enquiry)).all()
        assert all(row.due_on == row.promised_on for row in rows)
        assert all(row.version == (2 if row.id in moved else 1) for row in rows)

    write(told)

    def notice(session: Session) -> list[str]:
        found = closures.closure(session, number, actor=ACTOR)
        closure_notices.send(session, found, WORDS, by=acting(ACTOR, now=LATER, settings=settings))
        kinds = (MessageKind.PARTNER_CLOSURE, MessageKind.LIAISON_CLOSURE)
        return list(session.scalars(select(Message.recipient_email).where(Message.kind.in_(kinds))))

    partners = write(lambda s: s.scalars(select(Enquiry.contact_email).where(Enquiry.id.in_(moved))).all())
    people = {email.lower() for email in partners} | {f"liaison-{n}@example.org" for n in range(3)}
    assert sorted(email.lower() for email in write(notice)) == sorted({*people, settings.office_email})
    with pytest.raises(NotAllowed):
        write(notice)

    write(lambda s: revoke(s, settings, number))
    assert write(promises) == before
    with pytest.raises(Conflict):
        write(lambda s: revoke(s, settings, number))
    with pytest.raises(NotAllowed):
        write(lambda s: revoke(s, settings, number, version=2))
    back = write(lambda s: s.scalar(select(func.count()).select_from(ClosureMove).where(ClosureMove.undoing)))
    assert back == len(moved)
    again = [email.lower() for email in write(notice)]
    assert sorted(again) == sorted([*people, settings.office_email] * 2)


def test_a_closure_of_days_that_nobody_works_moves_nothing(write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings))
    write(lambda s: declare(s, settings, date(2026, 11, 28), date(2026, 11, 29)))
    assert set(write(promises).values()) == {date(2026, 11, 30)}
    assert write(lambda s: s.scalar(select(func.count()).select_from(ClosureMove))) == 0


@pytest.mark.parametrize(
    ("first", "last", "due"),
    [
        (date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 30)),  # ends on the day it was sent
        (date(2026, 11, 23), date(2026, 11, 24), date(2026, 12, 1)),
        (date(2026, 11, 30), date(2026, 11, 30), date(2026, 12, 1)),  # the last day itself
        (date(2026, 12, 1), date(2026, 12, 1), date(2026, 11, 30)),  # after it
        (date(2026, 11, 27), date(2026, 12, 2), date(2026, 12, 4)),  # what it moves into is closed too
    ],
)
def test_only_days_that_were_counted_move_a_promise(
    write: Write, settings: Settings, first: date, last: date, due: date
) -> None:
    write(lambda s: make_enquiry(s, settings))
    number = write(lambda s: declare(s, settings, first, last).id)
    assert set(write(promises).values()) == {due}
    write(lambda s: revoke(s, settings, number))
    assert set(write(promises).values()) == {date(2026, 11, 30)}


def test_the_day_is_the_institutions_day_wherever_the_partner_wrote(write: Write, settings: Settings) -> None:
    """Half past four in the afternoon of the 24th in London is the 25th in Hong Kong."""
    late = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
    first, second = write(lambda s: [make_enquiry(s, settings, now=at).id for at in (late, late - timedelta(hours=1))])
    write(lambda s: declare(s, settings))
    assert write(promises) == {first: date(2026, 12, 2), second: date(2026, 12, 2)}


@pytest.mark.parametrize("status", [Status.AWAITING_PARTNER, Status.ACCEPTED, Status.DECLINED])
def test_a_clock_that_stands_still_is_left_alone(write: Write, settings: Settings, status: Status) -> None:
    write(lambda s: make_enquiry(s, settings, status=status))
    write(lambda s: declare(s, settings))
    assert write(lambda s: s.scalars(select(Enquiry.due_on)).one()) == NEVER
    assert set(write(promises).values()) == {date(2026, 11, 30)}


def test_who_was_taken_for_spam_keeps_a_promise_that_is_right(write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings, status=Status.SPAM))
    write(lambda s: s.execute(Enquiry.__table__.update().values(clock_stopped_on=None)))
    write(lambda s: declare(s, settings))
    assert write(lambda s: s.execute(select(Enquiry.promised_on, Enquiry.due_on)).one()) == (date(2026, 12, 1), NEVER)


def test_undoing_is_right_for_what_was_paused_answered_and_moved_meanwhile(write: Write, settings: Settings) -> None:
    paused, answered, moved = write(lambda s: [make_enquiry(s, settings).reference for _ in range(3)])
    first = write(lambda s: declare(s, settings).id)
    thursday, friday = LATER + timedelta(days=1), LATER + timedelta(days=2)
    write(lambda s: act(s, settings, paused, Action.ASK_PARTNER, thursday))
    write(lambda s: act(s, settings, answered, Action.DECLINE, thursday))
    second = write(lambda s: declare(s, settings, date(2026, 11, 30), date(2026, 11, 30)).id)
    write(lambda s: revoke(s, settings, first))
    found = write(lambda s: {row.reference: row for row in s.scalars(select(Enquiry))})
    assert found[moved].promised_on == date(2026, 12, 1)
    assert found[answered].promised_on == date(2026, 12, 1), "what was told when it was answered stays told"
    assert write(lambda s: act(s, settings, paused, Action.RESUME, friday)).promised_on == date(2026, 12, 2)
    assert write(lambda s: act(s, settings, answered, Action.REOPEN, friday)).promised_on == date(2026, 12, 2)
    write(lambda s: revoke(s, settings, second))
    due = write(lambda s: {row.reference: row.promised_on for row in s.scalars(select(Enquiry))})
    assert due == {paused: date(2026, 12, 1), answered: date(2026, 12, 1), moved: date(2026, 11, 30)}


def test_the_same_closure_twice_is_one(write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings))
    assert write(lambda s: declare(s, settings).id) == write(lambda s: declare(s, settings).id)
    assert write(lambda s: s.scalars(select(Enquiry.version)).one()) == 2


def test_overlapping_closures_count_each_day_once(write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings))
    write(lambda s: declare(s, settings, TODAY, TODAY + timedelta(1)))
    number = write(lambda s: declare(s, settings, TODAY, TODAY).id)
    assert set(write(promises).values()) == {date(2026, 12, 2)}
    write(lambda s: revoke(s, settings, number))
    assert set(write(promises).values()) == {date(2026, 12, 2)}


def test_a_new_enquiry_is_counted_without_the_closed_days(write: Write, settings: Settings) -> None:
    write(lambda s: declare(s, settings))
    assert write(lambda s: make_enquiry(s, settings)).promised_on == date(2026, 12, 1)


@pytest.mark.parametrize("days", [-1, 30])
def test_days_that_make_no_closure_are_refused(write: Write, settings: Settings, days: int) -> None:
    with pytest.raises(Invalid):
        write(lambda s: declare(s, settings, TODAY, TODAY + timedelta(days)))


@pytest.mark.parametrize("role", [Role.LIAISON, Role.HOST, Role.OBSERVER])
def test_only_the_office_declares_and_undoes(write: Write, settings: Settings, role: Role) -> None:
    with pytest.raises(NotAllowed):
        write(lambda s: declare(s, settings, actor=staff_actor(role)))
    number = write(lambda s: declare(s, settings).id)
    with pytest.raises(NotAllowed):
        write(
            lambda s: closures.revoke(
                s, closures.locked(s, number), version=1, by=acting(staff_actor(role), now=LATER, settings=settings)
            )
        )


def test_notice_to_one_enquiry_stays_in_its_thread_and_opens_it(write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings, language=Language.ZH_HANT))
    number = write(lambda s: declare(s, settings).id)
    write(
        lambda s: closure_notices.send(
            s, closures.closure(s, number, actor=ACTOR), WORDS, by=acting(ACTOR, now=LATER, settings=settings)
        )
    )
    found = write(lambda s: s.scalars(select(Message).where(Message.kind == MessageKind.PARTNER_CLOSURE)).one())
    assert found.enquiry_id is not None
    assert found.in_reply_to is not None
    assert WORDS["zh-hant"] in found.text
    letter = write(lambda s: delivery.claim(s, found.id, now=LATER, settings=settings))
    assert "/track/" in letter.text
    assert "tracking-token-goes-here" not in letter.text


def test_notice_about_several_enquiries_carries_no_secret_and_is_seen_by_those_who_see_all(
    write: Write, settings: Settings
) -> None:
    references = write(lambda s: [make_enquiry(s, settings).reference for _ in range(2)])
    number = write(lambda s: declare(s, settings).id)
    write(
        lambda s: closure_notices.send(
            s, closures.closure(s, number, actor=ACTOR), WORDS, by=acting(ACTOR, now=LATER, settings=settings)
        )
    )
    found = write(lambda s: s.scalars(select(Message).where(Message.kind == MessageKind.PARTNER_CLOSURE)).one())
    assert found.enquiry_id is None
    assert all(reference in found.text and f"[{reference}]" in found.subject for reference in references)
    letter = write(lambda s: delivery.claim(s, found.id, now=LATER, settings=settings))
    assert letter.text == found.text
    assert (
        received(delivery.wire(letter, settings=settings))["Reply-To"].addresses[0].addr_spec == settings.office_email
    )
    write(lambda s: delivery.record_failure(s, letter, error="550", permanent=True, now=LATER))
    for role in Role:
        actor = staff_actor(role, person_id=1)
        seen = role in (Role.ADMINISTRATOR, Role.COORDINATOR, Role.OBSERVER)
        if role is not Role.HOST:
            assert len(write(lambda s, a=actor: outbox.troubled(s, actor=a))) == seen
            assert write(lambda s, a=actor: outbox.trouble_count(s, actor=a)) == seen
        if seen:
            assert write(lambda s, a=actor: outbox.message(s, found.id, actor=a)).id == found.id
        else:
            with pytest.raises((NotFound, NotAllowed)):
                write(lambda s, a=actor: outbox.message(s, found.id, actor=a))


def test_notice_leaves_out_what_was_answered_meanwhile_and_needs_every_language(
    write: Write, settings: Settings
) -> None:
    reference = write(lambda s: make_enquiry(s, settings).reference)
    number = write(lambda s: declare(s, settings).id)
    write(lambda s: act(s, settings, reference, Action.ACCEPT, LATER))
    assert write(lambda s: closure_notices.wanted(closures.closure(s, number, actor=ACTOR))) == []
    with pytest.raises(Invalid, match="zh-hans"):
        write(
            lambda s: closure_notices.send(
                s,
                closures.closure(s, number, actor=ACTOR),
                {**WORDS, "zh-hans": " "},
                by=acting(ACTOR, now=LATER, settings=settings),
            )
        )


def test_nobody_hears_that_something_was_undone_of_which_they_never_heard(write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings))
    number = write(lambda s: declare(s, settings).id)
    write(lambda s: revoke(s, settings, number))
    assert write(lambda s: closure_notices.wanted(closures.closure(s, number, actor=ACTOR))) == ()


def test_who_sees_some_enquiries_sees_those_of_a_closure(write: Write, settings: Settings) -> None:
    def make(session: Session) -> tuple[int, list[str]]:
        liaison = make_person(session, role=Role.LIAISON)
        network = make_network(session, liaison=liaison)
        first, second = make_enquiry(session, settings), make_enquiry(session, settings, network=network)
        return liaison.id, [first.reference, second.reference]

    person, everything = write(make)
    number = write(lambda s: declare(s, settings).id)
    write(
        lambda s: closure_notices.send(
            s, closures.closure(s, number, actor=ACTOR), WORDS, by=acting(ACTOR, now=LATER, settings=settings)
        )
    )
    for role, seen, mails in ((Role.LIAISON, everything[1:], 0), (Role.HOST, [], 0), (Role.OBSERVER, everything, 3)):
        actor = staff_actor(role, person_id=0 if role is Role.HOST else person)
        found = write(lambda s, a=actor: closures.closure(s, number, actor=a))
        listed = [move.enquiry.reference for move in found.moves]
        assert listed == seen, role
        assert len(write(lambda s, a=actor, f=found: closure_notices.messages_of(s, f, actor=a))) == mails
