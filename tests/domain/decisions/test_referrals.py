"""Referrals: the clock runs on, who answers stays, each reminder once, and every way out ends what is open."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import (
    NOW,
    acting,
    make_enquiry,
    make_faculty,
    make_network,
    make_person,
    opened,
    refer,
    staff_actor,
    tracking_token,
)
from webapp.config import Settings
from webapp.domain.calendar import closures, office_calendar
from webapp.domain.decisions import referrals
from webapp.domain.decisions.referrals import ReferralRequest
from webapp.domain.directory import faculties
from webapp.domain.enquiries import actions, loading
from webapp.domain.enquiries.workflow import TABLE, ActionRow
from webapp.domain.errors import Conflict, Gone, Invalid, NotAllowed, NotFound
from webapp.domain.messages import delivery
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import TABLE as ROLES
from webapp.domain.security.permissions import Actor
from webapp.domain.security.tokens import link_token
from webapp.domain.triage import marks, queue
from webapp.domain.triage.queue import Filters
from webapp.mail.messages import DECISION_TOKEN_SLOT
from webapp.models import Enquiry, Event, Link, Message, Referral
from webapp.models.event_data import Merged, Returned
from webapp.vocabulary import (
    IN_HAND,
    Action,
    ActorKind,
    Finding,
    Kind,
    Language,
    LinkKind,
    MessageKind,
    Permission,
    Role,
    Status,
)

Write = Callable[[Callable[[Session], Any]], Any]
WAYS_OUT = [
    (row, status, kind)
    for row in TABLE.values()
    for rule in row.rules
    for status, kind in product(rule.sources, Kind)
    if kind in rule.kinds and status in IN_HAND and rule.target is not None and rule.target not in IN_HAND
]


def at_time(settings: Settings, now: datetime = NOW, actor: Actor | None = None) -> Acting:
    return acting(actor, now=now, settings=settings)


def token(row: Referral, settings: Settings) -> str:
    return link_token(row.link, secret_keys=settings.secret_keys)


def answer(
    session: Session, settings: Settings, link: Link | str, finding: Finding, *, note: str = "", now: datetime = NOW
) -> None:
    """Open a link and answer by it."""
    found = opened(session, settings, link, now=now)
    referrals.answer(session, found, finding, note=note, now=now, settings=settings)


def make(session: Session, settings: Settings, status: Status = Status.IN_REVIEW, **more: Any) -> Enquiry:
    """An enquiry whose liaison is Prof. Chan."""
    liaison = make_person(session, role=None, name="Prof. Chan", email="chan@example.org")
    return make_enquiry(session, settings, status=status, network=make_network(session, liaison=liaison), **more)


def clock(row: Enquiry) -> tuple[Any, ...]:
    return row.promised_on, row.due_on, row.clock_stopped_on, list(row.pauses), row.promised_days


def mails(session: Session, kind: MessageKind) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


@pytest.mark.parametrize("status", IN_HAND)
def test_promise_and_clock_and_who_answers_stay_before_during_and_after(
    write: Write, settings: Settings, status: Status
) -> None:
    later = NOW + timedelta(days=2)

    def go(session: Session) -> None:
        row = make(session, settings, status)
        before, answerer = clock(row), row.answerer_id
        first, second = (refer(session, settings, row) for _ in range(2))
        assert (clock(row), row.answerer_id) == (before, answerer)
        answer(session, settings, first.link, Finding.CAN_HELP, now=later)
        assert (clock(row), row.answerer_id) == (before, answerer)
        referrals.chase(session, row, second.id, by=at_time(settings, later))
        referrals.recall(session, row, second.id, by=at_time(settings, later))
        assert (clock(row), row.answerer_id) == (before, answerer)
        assert row.status is status

    write(go)


def test_partner_has_no_email_of_a_referral_and_reads_nothing_of_the_faculty(write: Write, settings: Settings) -> None:
    def go(session: Session) -> list[Event]:
        row = make(session, settings, Status.RECEIVED)
        found = refer(session, settings, row, question="A secret of the house")
        answer(session, settings, found.link, Finding.IN_PART, note="Ours too")
        assert mails(session, MessageKind.PARTNER_STATUS) == []
        assert row.status is Status.RECEIVED
        session.refresh(row, ["events"])
        return row.events

    events = write(go)
    assert [event.action for event in events if event.public] == [None]
    own = [event for event in events if event.action in (Action.REFER, Action.RETURN)]
    assert [(event.action, event.text) for event in own] == [
        (Action.REFER, "A secret of the house"),
        (Action.RETURN, "Ours too"),
    ]
    assert [event.facts.status.before is event.facts.status.after for event in own] == [True, True]


def test_partner_never_reads_a_word_of_a_referral(write: Write, settings: Settings) -> None:
    def read(session: Session) -> str:
        row = make(session, settings)
        found = refer(session, settings, row, question="A secret of the house")
        answer(session, settings, found.link, Finding.CANNOT_HELP, note="Ours")
        session.expire_all()
        seen = opened(session, settings, tracking_token(session, settings, row), shown=True).enquiry
        return " ".join(f"{event.action} {event.text} {event.stored}" for event in seen.events)

    seen = write(read)
    assert all(word not in seen for word in ("refer", "return", "secret", "Ours", "Faculty"))


def test_whoever_answers_has_the_finding_and_the_words_with_a_link_of_their_own(
    write: Write, settings: Settings
) -> None:
    def go(session: Session) -> Message:
        row = make(session, settings, status=Status.RECEIVED)
        found = refer(session, settings, row)
        answer(session, settings, found.link, Finding.IN_PART, note="On Monday")
        (mail,) = mails(session, MessageKind.LIAISON_RETURNED)
        return mail

    mail = write(go)
    assert mail.recipient_email == "chan@example.org"
    assert "can help in part" in mail.text
    assert "On Monday" in mail.text
    assert mail.link_id is not None
    assert write(lambda session: session.get_one(Link, mail.link_id).kind) is LinkKind.DECISION


class Undone(Exception):
    """What was done is taken back: the next case begins with the same world."""


def test_status_and_role_decide_who_may_refer_remind_and_take_back(write: Write, settings: Settings) -> None:
    def prepare(session: Session) -> tuple[str, int, int]:
        row = make(session, settings)
        return row.reference, refer(session, settings, row).id, make_faculty(session, "Another").id

    reference, referral, faculty = write(prepare)
    asking = ReferralRequest(faculty, "And you?", date(2026, 11, 27))
    verbs: list[Callable[[Session, Enquiry, Acting], Any]] = [
        lambda session, row, by: referrals.refer(session, row, asking, by=by),
        lambda session, row, by: referrals.chase(session, row, referral, by=by),
        lambda session, row, by: referrals.recall(session, row, referral, by=by),
    ]
    tried = []
    for status, role, verb in product(Status, Role, verbs):

        def run(session: Session, status: Status = status, role: Role = role, verb: Any = verb) -> None:
            loading.locked(session, reference, actor=staff_actor()).status = status
            session.flush()
            try:
                row = loading.locked(session, reference, actor=staff_actor())
                verb(session, row, at_time(settings, NOW + timedelta(days=1), staff_actor(role)))
                session.flush()
                tried.append(True)
            except NotAllowed:
                tried.append(False)
            raise Undone

        with pytest.raises(Undone):
            write(run)
    assert tried == [
        status in IN_HAND and Permission.ENQUIRY_TRIAGE in ROLES[role]
        for status, role, _ in product(Status, Role, verbs)
    ]


@pytest.mark.parametrize("kind", ActorKind)
def test_only_a_facultys_link_may_return(write: Write, settings: Settings, kind: ActorKind) -> None:
    def go(session: Session) -> None:
        row = make(session, settings)
        facts = Returned(faculty={"en": "Example"}, finding=Finding.CAN_HELP)
        role = Role.ADMINISTRATOR if kind is ActorKind.STAFF else None
        actor = Actor(kind, "Somebody", None, role)
        actions.act(session, row, Action.RETURN, facts=facts, by=at_time(settings, actor=actor))

    if kind is ActorKind.FACULTY:
        write(go)
    else:
        with pytest.raises(NotAllowed):
            write(go)


@pytest.mark.parametrize(("row", "status", "kind"), WAYS_OUT)
def test_every_way_out_of_the_offices_hands_ends_what_is_open(
    write: Write, settings: Settings, row: ActionRow, status: Status, kind: Kind
) -> None:
    def go(session: Session) -> tuple[str, str]:
        enquiry = make(session, settings, status, kind=kind)
        left, came = (refer(session, settings, enquiry) for _ in range(2))
        answer(session, settings, came.link, Finding.CAN_HELP, note="Yes")
        enquiry.status = status
        actor = actions.partner(enquiry) if row.by_partner else staff_actor()
        facts = Merged(into="LD-4M2P-8HKV") if row.action is Action.MERGE else None
        actions.act(session, enquiry, row.action, text="So be it", facts=facts, by=at_time(settings, actor=actor))
        secrets = token(left, settings), token(came, settings)
        session.refresh(left)
        session.refresh(came)
        assert (left.ended_at, left.recalled_by, came.ended_at) == (NOW, "", None)
        return secrets

    left, came = write(go)
    with pytest.raises(Gone) as gone:
        write(lambda s: answer(s, settings, left, Finding.CAN_HELP))
    assert gone.value.why == "decided"
    with pytest.raises(NotAllowed):
        write(lambda s: answer(s, settings, came, Finding.CANNOT_HELP, note="No"))


def test_every_way_out_is_walked() -> None:
    assert {row.action for row, _, _ in WAYS_OUT} == {
        Action.ACCEPT,
        Action.DECLINE,
        Action.MARK_SPAM,
        Action.WITHDRAW,
        Action.MERGE,
    }


def test_reopening_does_not_open_an_ended_referral_again(write: Write, settings: Settings) -> None:
    def go(session: Session) -> str:
        row = make(session, settings)
        found = refer(session, settings, row)
        for action in (Action.DECLINE, Action.REOPEN):
            actions.act(session, row, action, text="So be it", by=at_time(settings))
        assert queue.counts(session, {"x": Filters(with_faculty=True)}, actor=staff_actor()) == {"x": 0}
        return token(found, settings)

    with pytest.raises(Gone):
        write(lambda s: answer(s, settings, go(s), Finding.CAN_HELP))


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"question": " "}, {"text": "needed"}),
        ({"return_by": None}, {"return_by": "needed"}),
        ({"return_by": date(2026, 11, 22)}, {"return_by": "past"}),
        ({"return_by": date(2028, 1, 1)}, {"return_by": "long"}),
        ({"faculty_id": None}, {"faculty": "needed"}),
        ({"faculty_id": 4711}, {"faculty": "needed"}),
    ],
)
def test_what_cannot_be_asked_is_refused_by_field(
    write: Write, settings: Settings, more: dict[str, Any], fault: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as error:
        write(lambda session: refer(session, settings, make(session, settings, Status.RECEIVED), **more))
    assert error.value.faults == fault
    assert write(lambda session: session.scalars(select(Enquiry)).all()) == []


def test_today_may_be_the_day_and_a_retired_faculty_or_one_that_has_it_is_not_asked(
    write: Write, settings: Settings
) -> None:
    def go(session: Session) -> None:
        row = make(session, settings)
        faculty = make_faculty(session)
        refer(session, settings, row, faculty_id=faculty.id, return_by=NOW.date())
        with pytest.raises(Invalid) as error:
            refer(session, settings, row, faculty_id=faculty.id)
        assert error.value.faults == {"faculty": "asked"}
        retired = make_faculty(session, "Retired", active=False)
        with pytest.raises(Invalid) as error:
            refer(session, settings, row, faculty_id=retired.id)
        assert error.value.faults == {"faculty": "needed"}

    write(go)


def test_contact_stays_as_it_was_when_the_question_was_sent(write: Write, settings: Settings) -> None:
    def go(session: Session) -> tuple[str, str]:
        row = make(session, settings)
        faculty = make_faculty(session, email="first@example.org", language=Language.ZH_HANT)
        found = refer(session, settings, row, faculty_id=faculty.id)
        facts = faculties.FacultyFacts({"en": "Renamed"}, "Dr Next", "next@example.org")
        faculties.edit(session, faculty, facts, version=1, by=acting())
        referrals.chase(session, row, found.id, by=at_time(settings, NOW + timedelta(days=1)))
        mail = mails(session, MessageKind.FACULTY_ASKED)[-1]
        return mail.recipient_email, mail.language

    assert write(go) == ("first@example.org", Language.ZH_HANT)


@pytest.mark.parametrize(
    ("status", "promised", "day"),
    [
        (Status.IN_REVIEW, date(2026, 11, 30), date(2026, 11, 26)),
        (Status.IN_REVIEW, date(2026, 11, 25), date(2026, 11, 25)),
        (Status.IN_REVIEW, date(2026, 11, 23), date(2026, 11, 24)),
        (Status.IN_REVIEW, date(2026, 11, 2), date(2026, 11, 24)),
        (Status.AWAITING_PARTNER, date(2026, 11, 24), date(2026, 11, 26)),
    ],
)
def test_day_that_is_offered(write: Write, settings: Settings, status: Status, promised: date, day: date) -> None:
    def offered(session: Session) -> date:
        row = make(session, settings, status)
        row.promised_on = promised
        today = NOW.astimezone(settings.zone).date()
        days = office_calendar.around(session, today, settings=settings)
        return referrals.usual_return(row, today=today, days=days)

    assert write(offered) == day


def test_nobody_is_reminded_twice_a_day_or_after_they_answered(write: Write, settings: Settings) -> None:
    def go(session: Session) -> None:
        row = make(session, settings)
        found = refer(session, settings, row)
        for hours, fault in ((1, "today"), (21, None), (22, "today"), (45, None)):
            later = at_time(settings, NOW + timedelta(hours=hours))
            if fault is None:
                referrals.chase(session, row, found.id, by=later)
                continue
            with pytest.raises(Invalid) as error:
                referrals.chase(session, row, found.id, by=later)
            assert error.value.faults == {"referral": fault}
        assert len(mails(session, MessageKind.FACULTY_ASKED)) == 3
        answer(session, settings, found.link, Finding.CAN_HELP)
        for verb in (referrals.chase, referrals.recall):
            with pytest.raises(Invalid):
                verb(session, row, found.id, by=at_time(settings, NOW + timedelta(days=9)))
        other = make_enquiry(session, settings)
        with pytest.raises(NotFound):
            referrals.recall(session, other, found.id, by=at_time(settings))

    write(go)


def test_somebody_who_read_an_older_version_is_refused(write: Write, settings: Settings) -> None:
    def go(session: Session) -> None:
        row = make(session, settings)
        asking = ReferralRequest(make_faculty(session).id, "Could you?", date(2026, 11, 27))
        referrals.refer(session, row, asking, version=1, by=at_time(settings))
        found = session.scalars(select(Referral)).one()
        for verb in (referrals.chase, referrals.recall):
            with pytest.raises(Conflict):
                verb(session, row, found.id, version=1, by=at_time(settings, NOW + timedelta(days=1)))

    write(go)


def at(day: date, hour: int) -> datetime:
    """An hour of the institution's day: Hong Kong is eight hours ahead."""
    return datetime(day.year, day.month, day.day, hour, 5, tzinfo=UTC) - timedelta(hours=8)


def remind(write: Write, settings: Settings, moment: datetime) -> int:
    return int(write(lambda session: referrals.remind(session, now=moment, settings=settings)))


def test_faculty_that_is_late_is_reminded_once_on_the_next_working_day_in_its_hours(
    write: Write, settings: Settings
) -> None:
    """Back by a Friday; the Monday is a closure that no one had planned."""
    friday, monday, tuesday = date(2026, 11, 27), date(2026, 11, 30), date(2026, 12, 1)

    def prepare(session: Session) -> None:
        row = make(session, settings)
        refer(session, settings, row, return_by=friday)
        came = refer(session, settings, row, return_by=friday)
        answer(session, settings, came.link, Finding.CAN_HELP)
        closures.declare(session, monday, monday, {"en": "Typhoon"}, by=at_time(settings))

    write(prepare)
    hours = [at(friday, 17), at(date(2026, 11, 28), 9), at(monday, 9), at(tuesday, 7), at(tuesday, 19)]
    assert [remind(write, settings, hour) for hour in hours] == [0] * 5
    assert [remind(write, settings, at(tuesday, hour)) for hour in range(8, 18)] == [1] + [0] * 9
    assert remind(write, settings, at(date(2026, 12, 2), 9)) == 0
    asked = write(lambda session: mails(session, MessageKind.FACULTY_ASKED))
    assert len(asked) == 3
    assert "still waits for your answer" in asked[-1].text
    assert asked[-1].recipient_email == asked[0].recipient_email


def test_faculty_that_staff_reminded_since_is_left_alone(write: Write, settings: Settings) -> None:
    thursday, friday = date(2026, 11, 26), date(2026, 11, 27)

    def prepare(session: Session) -> None:
        row = make(session, settings)
        found = refer(session, settings, row, return_by=thursday)
        referrals.chase(session, row, found.id, by=at_time(settings, at(friday, 8)))

    write(prepare)
    assert [remind(write, settings, at(friday, hour)) for hour in (9, 12)] == [0, 0]
    assert remind(write, settings, at(date(2026, 11, 30), 9)) == 0


def test_link_lasts_a_month_beyond_the_day_and_beyond_each_reminder(write: Write, settings: Settings) -> None:
    def go(session: Session) -> str:
        row = make(session, settings)
        found = refer(session, settings, row, return_by=date(2026, 12, 15))
        assert found.link.expires_at == datetime(2027, 1, 14, tzinfo=UTC)
        return token(found, settings)

    secret = write(go)
    late = datetime(2027, 1, 15, tzinfo=UTC)
    with pytest.raises(Gone):
        write(lambda s: answer(s, settings, secret, Finding.CAN_HELP, now=late))


def test_a_link_never_leaves_in_another_persons_mail(write: Write, settings: Settings) -> None:
    """Everyone who can write words writes the mark that stands for a link."""

    def go(session: Session) -> tuple[dict[str, str], list[tuple[str, str]]]:
        mark = f"Look: /decisions/{DECISION_TOKEN_SLOT}"
        row = make(session, settings, Status.RECEIVED, message=mark, subject=DECISION_TOKEN_SLOT)
        first, second, third = (refer(session, settings, row, question=mark) for _ in range(3))
        answer(session, settings, first.link, Finding.IN_PART, note=mark)
        referrals.recall(session, row, second.id, by=at_time(settings))
        referrals.chase(session, row, third.id, by=at_time(settings, NOW + timedelta(days=1)))
        actions.act(session, row, Action.REPLY, text=mark, by=at_time(settings))
        later = NOW + timedelta(days=2)
        owners = {token(each, settings): each.email for each in (first, second, third)}
        owners |= {
            link_token(each, secret_keys=settings.secret_keys): "chan@example.org"
            for each in session.scalars(select(Link).where(Link.kind == LinkKind.DECISION))
        }
        left = [
            delivery.claim(session, number, now=later, settings=settings) for number in delivery.due(session, now=later)
        ]
        return owners, [(letter.recipient_email, letter.text + letter.html) for letter in left if letter]

    owners, letters = write(go)
    carried = {(secret, email) for email, text in letters for secret in owners if secret in text}
    assert carried == set(owners.items())
    assert len(letters) >= 8


def test_view_holds_what_is_with_a_faculty_and_its_count_has_a_bound(
    write: Write, settings: Settings, count_queries: Any
) -> None:
    def go(session: Session) -> tuple[list[int], list[int]]:
        rows = [make_enquiry(session, settings, status=Status.IN_REVIEW) for _ in range(5)]
        kept, back, taken = (refer(session, settings, row) for row in rows[:3])
        second = refer(session, settings, rows[0])
        kept.return_by += timedelta(1)
        session.flush()
        answer(session, settings, back.link, Finding.CAN_HELP)
        referrals.recall(
            session, loading.locked(session, rows[2].reference, actor=staff_actor()), taken.id, by=at_time(settings)
        )
        filters = Filters(statuses=IN_HAND, with_faculty=True)
        page = queue.queue(session, filters, actor=staff_actor())
        assert queue.counts(session, {"x": filters}, actor=staff_actor()) == {"x": 1}
        with count_queries() as statements:
            found = marks.marks(session, rows)
        assert len(statements) == 1
        assert {number: each.tags for number, each in found.items()} == {rows[0].id: ()}
        assert found[rows[0].id].return_by == min(kept.return_by, second.return_by)
        return [row.id for row in page.rows], [kept.enquiry_id]

    shown, expected = write(go)
    assert shown == expected


def test_no_other_kind_of_token_returns_a_referral(write: Write, settings: Settings) -> None:
    def go(session: Session) -> list[str]:
        row = make(session, settings, Status.RECEIVED)
        refer(session, settings, row)
        others = session.scalars(select(Link).where(Link.kind != LinkKind.REFERRAL)).all()
        assert len(others) == 2
        return [link_token(each, secret_keys=settings.secret_keys) for each in others]

    for secret in [*write(go), "", "x"]:
        with pytest.raises(NotFound):
            write(lambda s, t=secret: answer(s, settings, t, Finding.CAN_HELP))
