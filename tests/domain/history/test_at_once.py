"""Each unique key, and each rule that works like one, when two people meet at it: one row, no crash, nothing lost."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests.factories import (
    NOW,
    acting,
    make_enquiry,
    make_faculty,
    make_network,
    make_organisation,
    make_person,
    staff_actor,
)
from tests.factories import submission as submission_of
from tests.queues import wait_for
from webapp.config import Settings
from webapp.db import db, transaction
from webapp.domain.accounts import people
from webapp.domain.calendar import closures, marked_days
from webapp.domain.calendar.marked_days import MarkedDay
from webapp.domain.directory import editing, importing
from webapp.domain.directory.facts import columns, flat
from webapp.domain.directory.source import load
from webapp.domain.enquiries import drafts, loading, origin, relations, splitting, submissions
from webapp.domain.enquiries.splitting import SplitRequest
from webapp.domain.errors import Conflict, Invalid, NotAllowed
from webapp.domain.letters import canned_replies
from webapp.domain.messages import outbox, watch
from webapp.domain.notifications import closure_notices, reminders
from webapp.domain.organisations import records
from webapp.domain.routing import leave
from webapp.domain.routing.leave import Absence
from webapp.domain.triage import saved_views, tags
from webapp.domain.visits import rooms
from webapp.domain.visits.rooms import RoomFacts
from webapp.mail.messages import Institution
from webapp.models import (
    CalendarChange,
    CalendarDay,
    CannedReply,
    Closure,
    ClosureNotice,
    Contact,
    Draft,
    Enquiry,
    Faculty,
    Leave,
    Link,
    Message,
    Network,
    Person,
    Relation,
    Reminder,
    Room,
    SavedView,
    Tag,
    Term,
    batch,
)
from webapp.paths import DATA
from webapp.seeds.mails import SAMPLES
from webapp.vocabulary import DayKind, Kind, Language, MessageKind, MessageState, Role

Write = Callable[[Callable[[Session], Any]], Any]
Deed = Callable[[Session, Settings, str], Any]
SOURCE = load(DATA / "networks.yaml")
WHO = acting(staff_actor(Role.ADMINISTRATOR))
DAY = date(2026, 12, 8)
NAMES = {"en": "Closed"}
PART = SplitRequest(Kind.QUESTION, "", "Another matter", "And something else.")
BUSY = datetime(2026, 12, 15, 2, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Outcome:
    """What the second one came to."""

    result: Any = None
    error: Exception | None = None


@pytest.fixture
def meet(app: Flask, settings: Settings) -> Callable[[Deed], Outcome]:
    """Let a second one do the same while the first has written and not yet committed; return what the second met."""

    def run(deed: Deed) -> Outcome:
        go, reached, outcomes = threading.Event(), threading.Event(), []

        def second() -> None:
            go.wait(60)
            reached.set()
            try:
                with app.app_context(), transaction() as session:
                    outcomes.append(Outcome(deed(session, settings, "second")))
            except Exception as error:
                outcomes.append(Outcome(error=error))

        def met() -> bool:
            if outcomes or db.engine.dialect.name == "sqlite":
                return reached.is_set()
            with db.engine.connect() as other:
                return bool(other.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))

        thread = threading.Thread(target=second)
        thread.start()
        with app.app_context(), transaction() as session:
            deed(session, settings, "first")
            session.flush()
            go.set()
            wait_for(met, "the second one meets the first", 20)
        thread.join(60)
        return outcomes[0]

    return run


def nothing(_session: Session, _settings: Settings) -> None:
    """Needs nothing beforehand."""


def two_enquiries(session: Session, settings: Settings) -> None:
    for name in ("One", "Two"):
        make_organisation(session, name, domains=())
        make_enquiry(session, settings, organisation="Somebody else")


def number(who: str) -> int:
    return 1 if who == "first" else 2


def reference(session: Session, number: int = 1) -> str:
    return str(session.scalars(select(Enquiry.reference).order_by(Enquiry.id).offset(number - 1).limit(1)).one())


def held(session: Session, number: int = 1) -> Enquiry:
    return loading.locked(session, reference(session, number), actor=WHO.actor)


def stage(session: Session, settings: Settings, _who: str) -> Any:
    institution = Institution.from_settings(settings)
    mail = SAMPLES[MessageKind.PARTNER_LINK](Language.EN, institution)
    return outbox.stage(session, mail, enquiry=None, dedupe_key="once", now=NOW, settings=settings)


def add_person(session: Session, _settings: Settings, who: str) -> None:
    people.add(session, email="lee@example.org", name=who, role=None, now=NOW)


def ensure_person(session: Session, _settings: Settings, who: str) -> int:
    return people.ensure(session, email="Lee@example.org", name=who, now=NOW).id


def link_contact(session: Session, settings: Settings, who: str) -> None:
    found = held(session, number(who))
    organisation = records.record(session, number(who), actor=WHO.actor)
    origin.link_organisation(
        session, found, organisation, by=acting(staff_actor(Role.ADMINISTRATOR), settings=settings)
    )


def add_network(session: Session, _settings: Settings, who: str) -> None:
    given = flat(columns(make_network(session))) | {"summary_en": who}
    editing.add(session, "at-once", given, by=WHO)


def import_all(session: Session, _settings: Settings, _who: str) -> int:
    return len(importing.import_networks(session, SOURCE, by=acting()).added)


def import_and_add(session: Session, settings: Settings, who: str) -> None:
    if who == "first":
        given = flat(columns(make_network(session)))
        editing.add(session, SOURCE.networks[0].slug, given, by=WHO)
    else:
        import_all(session, settings, who)


def mark_day(session: Session, settings: Settings, who: str) -> None:
    marking = MarkedDay(DAY, DayKind.CLOSED if who == "first" else DayKind.HALF, {"en": who})
    marked_days.mark(session, marking, version=0, by=acting(staff_actor(Role.ADMINISTRATOR), settings=settings))


def close_days(session: Session, settings: Settings, _who: str) -> int:
    return closures.declare(session, DAY, DAY, NAMES, by=acting(staff_actor(Role.ADMINISTRATOR), settings=settings)).id


def send_notice(session: Session, settings: Settings, _who: str) -> None:
    closures.locked(session, 1)
    found = closures.closure(session, 1, actor=WHO.actor)
    closure_notices.send(
        session,
        found,
        dict.fromkeys(Language, "We closed."),
        by=acting(staff_actor(Role.ADMINISTRATOR), settings=settings),
    )


def closed_before(session: Session, settings: Settings) -> None:
    make_enquiry(session, settings)
    close_days(session, settings, "")


def add_faculty(session: Session, _settings: Settings, who: str) -> None:
    make_faculty(session, "Example Faculty" if who == "first" else "EXAMPLE Faculty")


def save_view(session: Session, _settings: Settings, _who: str) -> None:
    actor = staff_actor(Role.COORDINATOR, person_id=1)
    saved_views.save(session, "Mine", {"kind": "visit"}, shared=False, by=acting(actor))


def somebody(session: Session, _settings: Settings) -> None:
    make_person(session)


def remind(session: Session, settings: Settings, _who: str) -> int:
    return reminders.send(session, now=BUSY, settings=settings)


def remind_urgently(session: Session, settings: Settings, _who: str) -> int:
    return reminders.send(session, now=BUSY + timedelta(hours=1), settings=settings)


def told_once(session: Session, settings: Settings) -> None:
    two_enquiries(session, settings)
    remind(session, settings, "")
    session.execute(Reminder.__table__.delete())


def relate(session: Session, settings: Settings, who: str) -> None:
    one, other = reference(session, number(who)), reference(session, 3 - number(who))
    relations.relate(session, one, other, off=False, by=acting(staff_actor(Role.ADMINISTRATOR), settings=settings))


def tag(session: Session, settings: Settings, who: str) -> None:
    tags.tag(
        session,
        held(session, number(who)),
        "Rector" if who == "first" else "RECTOR",
        by=acting(staff_actor(Role.ADMINISTRATOR), settings=settings),
    )


def tag_same(session: Session, settings: Settings, _who: str) -> None:
    tags.tag(session, held(session), "Rector", by=acting(staff_actor(Role.ADMINISTRATOR), settings=settings))


def save_draft(session: Session, _settings: Settings, _who: str) -> int:
    return drafts.save(session, "form", kind=Kind.VISIT, language=Language.EN, fields={}, now=NOW).id


def submit(session: Session, settings: Settings, _who: str) -> int:
    draft = drafts.locked(session, "form")
    return submissions.submit(session, submission_of(), draft=draft, now=NOW, settings=settings)[0].id


def draft_before(session: Session, settings: Settings) -> None:
    save_draft(session, settings, "")


def split(session: Session, settings: Settings, who: str) -> None:
    one = reference(session, number(who))
    splitting.split(
        session, one, PART, form_id="form", version=1, by=acting(staff_actor(Role.ADMINISTRATOR), settings=settings)
    )


def add_reply(session: Session, _settings: Settings, who: str) -> None:
    canned_replies.add(session, canned_replies.ReplyWording("Thanks", Language.EN, who), by=WHO)


def take_leave(session: Session, _settings: Settings, _who: str) -> None:
    leave.take(session, Absence(1, DAY, DAY), by=WHO)


def failed_messages(session: Session, settings: Settings) -> None:
    make_enquiry(session, settings)
    for row in session.scalars(select(Message)):
        row.state, row.next_attempt_at = MessageState.FAILED, None


def add_room(session: Session, _settings: Settings, _who: str) -> None:
    rooms.add(session, RoomFacts({"en": "Senate Room"}), by=WHO)


def send_failed_again(session: Session, _settings: Settings, _who: str) -> int:
    return outbox.retry_failed(session, by=WHO)


def watch_delivery(session: Session, settings: Settings, _who: str) -> int:
    return len(watch.due(session, now=NOW + timedelta(hours=1), settings=settings))


CASES: dict[str, tuple[Callable[[Session, Settings], None], Deed, type[Exception] | None, type[Any], int]] = {
    "messages.dedupe_key": (nothing, stage, None, Message, 1),
    "people.email": (nothing, add_person, Invalid, Person, 1),
    "people.email of a colleague": (nothing, ensure_person, None, Person, 1),
    "contacts.email of an enquiry": (two_enquiries, link_contact, None, Contact, 1),
    "networks.slug": (nothing, add_network, Invalid, Network, 2),
    "networks.slug and terms of an import": (nothing, import_all, None, Network, 15),
    "networks.slug of an import": (nothing, import_and_add, None, Network, 16),
    "calendar_days.day": (nothing, mark_day, Conflict, CalendarDay, 1),
    "closures of the same days": (nothing, close_days, None, Closure, 1),
    "closure_notices": (closed_before, send_notice, NotAllowed, ClosureNotice, 1),
    "faculties by name": (nothing, add_faculty, Invalid, Faculty, 1),
    "rooms by name": (nothing, add_room, Invalid, Room, 1),
    "saved_views by name": (somebody, save_view, Invalid, SavedView, 1),
    "reminders": (two_enquiries, remind, None, Reminder, 2),
    "reminders after the digest": (told_once, remind_urgently, None, Reminder, 2),
    "relations": (two_enquiries, relate, None, Relation, 1),
    "tags.key": (two_enquiries, tag, None, Tag, 1),
    "enquiry_tags": (two_enquiries, tag_same, None, Tag, 1),
    "drafts.form_hash": (nothing, save_draft, None, Draft, 1),
    "enquiries.form_hash": (draft_before, submit, None, Enquiry, 1),
    "enquiries.form_hash of two": (two_enquiries, split, Conflict, Enquiry, 3),
    "canned_replies": (nothing, add_reply, Invalid, CannedReply, 1),
    "leave": (somebody, take_leave, Invalid, Leave, 1),
}


@pytest.mark.parametrize("name", CASES)
def test_two_at_once_are_one_row_and_no_crash(
    meet: Callable[[Deed], Outcome], write: Write, settings: Settings, name: str
) -> None:
    prepare, deed, refusal, model, rows = CASES[name]
    write(lambda s: prepare(s, settings))
    outcome = meet(deed)
    assert type(outcome.error) is (refusal or type(None)), outcome.error
    assert write(lambda s: s.scalar(select(func.count()).select_from(model))) == rows


def test_second_who_stages_an_occasion_is_told_that_it_was_staged(meet: Callable[[Deed], Outcome]) -> None:
    assert meet(stage) == Outcome(None)


def test_second_enquiry_of_a_new_contact_has_the_first_ones(
    meet: Callable[[Deed], Outcome], write: Write, settings: Settings
) -> None:
    write(lambda s: two_enquiries(s, settings))
    meet(link_contact)
    assert write(lambda s: s.scalars(select(Enquiry.contact_id)).all()) == [1, 1]


def test_second_mark_of_a_day_overwrites_nothing(meet: Callable[[Deed], Outcome], write: Write) -> None:
    meet(mark_day)
    assert write(lambda s: s.scalars(select(CalendarDay.kind)).one()) is DayKind.CLOSED
    changes = write(lambda s: s.execute(select(CalendarChange.before, CalendarChange.after)).all())
    assert [tuple(change) for change in changes] == [(None, {"kind": "closed", "name": {"en": "first"}})]


def test_failed_messages_are_sent_again_by_one_of_two(
    meet: Callable[[Deed], Outcome], write: Write, settings: Settings
) -> None:
    write(lambda s: failed_messages(s, settings))
    assert meet(send_failed_again) == Outcome(0)


def test_operators_are_told_by_one_of_two(meet: Callable[[Deed], Outcome], write: Write, settings: Settings) -> None:
    write(lambda s: make_enquiry(s, settings))
    assert meet(watch_delivery) == Outcome(0)


def test_second_import_finds_everything_there(meet: Callable[[Deed], Outcome], write: Write) -> None:
    assert meet(import_all) == Outcome(0)
    assert write(lambda s: s.scalar(select(func.count()).select_from(Term))) > 0


@pytest.mark.parametrize("deed", [remind, remind_urgently])
def test_second_run_of_reminders_mails_nobody(
    meet: Callable[[Deed], Outcome], write: Write, settings: Settings, deed: Deed
) -> None:
    write(lambda s: told_once(s, settings) if deed is remind_urgently else two_enquiries(s, settings))
    assert meet(deed) == Outcome(0)


def test_reference_that_is_somebodys_is_drawn_again(
    meet: Callable[[Deed], Outcome], write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["LD-2222-2222", "LD-2222-2222", "LD-3333-3333"])
    monkeypatch.setattr(submissions, "new_reference", lambda: next(drawn))

    def send(session: Session, settings: Settings, who: str) -> None:
        draft = drafts.save(session, who, kind=Kind.VISIT, language=Language.EN, fields={}, now=NOW)
        submissions.submit(session, submission_of(), draft=draft, now=NOW, settings=settings)

    assert meet(send).error is None
    query = select(Enquiry.reference).order_by(Enquiry.reference)
    assert write(lambda s: s.scalars(query).all()) == ["LD-2222-2222", "LD-3333-3333"]


def test_number_that_is_an_enquirys_is_drawn_again(write: Write, settings: Settings) -> None:
    def send(session: Session, who: str, taken: Any = None) -> int:
        draft = drafts.save(session, who, kind=Kind.VISIT, language=Language.EN, fields={}, now=NOW)
        given = {"draft": draft, "numbers": taken, "now": NOW, "settings": settings}
        return submissions.submit(session, submission_of(), **given)[0].id

    first = write(lambda s: send(s, "one"))
    taken = write(lambda s: batch.reserve(s, submissions.BEGUN)) | {Enquiry: [first]}
    second = write(lambda s: send(s, "two", taken))
    assert first != second
    assert write(lambda s: s.scalars(select(Draft.enquiry_id).order_by(Draft.id)).all()) == [first, second]
    assert write(lambda s: s.scalars(select(Link.enquiry_id).order_by(Link.id)).all()) == [first, second]
    assert write(lambda s: s.scalar(select(func.count()).select_from(Message))) == 4


def test_lost_link_form_answers_alike_while_two_ask_at_once(
    app: Flask, client: FlaskClient, write: Write, settings: Settings, look: Callable[..., None]
) -> None:
    known = write(lambda s: make_enquiry(s, settings)).reference
    before = write(lambda s: s.scalar(select(func.count()).select_from(Message)))
    started, pages = threading.Barrier(8), []

    def ask(reference: str) -> None:
        visitor = app.test_client()
        started.wait(60)
        answer = visitor.post("/track", data={"reference": reference, "email": "erika@example.org"})
        pages.append((answer.status_code, answer.text))

    threads = [threading.Thread(target=ask, args=(known if n % 2 else "LD-9999-9999",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(pages) == 8
    assert {code for code, _page in pages} == {200}
    assert len({page for _code, page in pages}) == 1
    workers = [threading.Thread(target=look) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    # Two, where the eight fell on both sides of the end of five minutes.
    assert write(lambda s: s.scalar(select(func.count()).select_from(Message))) - before in (1, 2)
