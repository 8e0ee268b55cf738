"""One enquiry becomes two: once, with the partner's promise, in sight of those who may see them; and one again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from tests.factories import (
    NOW,
    VISIT_ANSWERS,
    acting,
    make_enquiry,
    make_network,
    make_person,
    opened,
    staff_actor,
    tracking_token,
)
from webapp.config import Settings
from webapp.db import transaction
from webapp.domain.enquiries import actions, loading, relations, splitting
from webapp.domain.enquiries.splitting import SplitRequest
from webapp.domain.errors import Conflict, NotAllowed, NotFound
from webapp.domain.security.permissions import TABLE, Actor, staff
from webapp.models import NEVER, Attachment, Enquiry, Event, Message, Relation
from webapp.vocabulary import (
    OPEN_STATUSES,
    Action,
    EventKind,
    Kind,
    Language,
    MessageKind,
    Permission,
    Role,
    Status,
)

Write = Callable[[Callable[[Session], Any]], Any]
OFFICE = staff_actor()
LATER = NOW + timedelta(days=1)
PART = SplitRequest(Kind.COLLABORATION, "", "Exchange agreement", "We would also like to renew our agreement.")


def split(
    write: Write,
    settings: Settings,
    reference: str,
    part: SplitRequest = PART,
    *,
    actor: Actor = OFFICE,
    now: datetime = LATER,
    **more: Any,
) -> str:
    def run(session: Session) -> str:
        given = {"form_id": "one form", "version": 1, **more}
        by = acting(actor, now=now, settings=settings)
        return splitting.split(session, reference, part, by=by, **given).reference

    return str(write(run))


def row(write: Write, reference: str) -> Enquiry:
    return write(lambda s: s.scalars(select(Enquiry).where(Enquiry.reference == reference)).one())  # type: ignore[no-any-return]


@pytest.fixture
def original(write: Write, settings: Settings) -> str:
    answers = {**VISIT_ANSWERS, "outcome": "A plan for three years"}
    return str(write(lambda s: make_enquiry(s, settings, answers=answers, language=Language.ZH_HANT).reference))


def test_second_one_is_the_same_partners_with_a_reference_and_a_link_of_its_own(
    write: Write, settings: Settings, original: str
) -> None:
    second = split(write, settings, original)
    one, two = row(write, original), row(write, second)
    same = (*splitting._SENDER, *splitting._KEPT, "promised_on", "due_on")
    assert [getattr(two, name) for name in same] == [getattr(one, name) for name in same]
    for name in ("reference", "form_hash"):
        assert getattr(one, name) != getattr(two, name)
    assert (two.kind, two.subject, two.message) == (Kind.COLLABORATION, PART.subject, PART.message)
    assert (two.status, two.version, two.assignee_id) == (Status.RECEIVED, 1, None)
    assert (one.message, one.kind, one.version) == ("We would like to agree on a three-year plan.", Kind.VISIT, 2)
    assert "renew our agreement" in two.search_text


@pytest.mark.parametrize(
    ("kind", "carried"),
    [
        (Kind.VISIT, {*VISIT_ANSWERS, "outcome"}),
        (Kind.COLLABORATION, {"outcome"}),
        (Kind.QUESTION, set()),
    ],
)
def test_answers_go_along_where_the_kind_asks_them_too(
    write: Write, settings: Settings, original: str, kind: Kind, carried: set[str]
) -> None:
    second = split(write, settings, original, SplitRequest(kind, "", "Subject", "Message"))
    one, two = row(write, original), row(write, second)
    assert two.answers == {name: one.answers[name] for name in carried}
    assert set(one.answers) == {*VISIT_ANSWERS, "outcome"}


def test_chosen_files_are_copied_and_the_originals_stay(write: Write, settings: Settings, original: str) -> None:
    def files(session: Session) -> list[int]:
        found = session.scalars(select(Enquiry)).one()
        rows = [
            Attachment(enquiry_id=owner, name=name, media_type="application/pdf", size=1, sha256="0",
                       content=name.encode(), added_at=NOW)
            for name, owner in (("a.pdf", found.id), ("b.pdf", found.id))
        ]  # fmt: skip
        other = make_enquiry(session, settings)
        rows.append(Attachment(enquiry_id=other.id, name="theirs.pdf", media_type="application/pdf", size=1, sha256="0",
                               content=b"theirs", added_at=NOW))  # fmt: skip
        session.add_all(rows)
        session.flush()
        return [rows[1].id, rows[2].id]

    chosen = write(files)
    part = SplitRequest(Kind.COLLABORATION, "", "Subject", "Message", chosen)
    second = split(write, settings, original, part)

    def kept(session: Session, reference: str) -> list[tuple[str, bytes]]:
        query = select(Attachment).join(Enquiry, Enquiry.id == Attachment.enquiry_id)
        query = query.where(Enquiry.reference == reference).options(undefer(Attachment.content)).order_by(Attachment.id)
        return [(file.name, file.content) for file in session.scalars(query)]

    assert write(lambda s: kept(s, second)) == [("b.pdf", b"b.pdf")]
    assert write(lambda s: kept(s, original)) == [("a.pdf", b"a.pdf"), ("b.pdf", b"b.pdf")]


def test_both_sides_are_told_in_history_and_by_mail(write: Write, settings: Settings) -> None:
    def rows(session: Session) -> tuple[str, str]:
        liaison = make_person(session, name="Prof. Chan Tai Man", email="chan@example.org")
        network = make_network(session, liaison=liaison)
        return make_enquiry(session, settings).reference, network.slug

    original, slug = write(rows)
    second = split(write, settings, original, SplitRequest(Kind.COLLABORATION, slug, "Subject", "Only the agreement"))

    def told(session: Session, reference: str) -> list[Any]:
        query = select(Event).join(Enquiry, Enquiry.id == Event.enquiry_id).where(Enquiry.reference == reference)
        return [(event.kind, event.public) for event in session.scalars(query.order_by(Event.id))]

    assert write(lambda s: told(s, original)) == [(EventKind.SUBMITTED, True), (EventKind.SPLIT, True)]
    assert write(lambda s: told(s, second)) == [(EventKind.SUBMITTED, True), (EventKind.SPLIT, True)]
    query = select(Message).join(Message.enquiry).where(Enquiry.reference == second).order_by(Message.id)
    to_liaison, to_partner = write(lambda s: s.scalars(query).all())
    assert (to_liaison.kind, to_liaison.recipient_email) == (MessageKind.LIAISON_RECEIVED, "chan@example.org")
    assert to_liaison.link_id is not None
    assert (to_partner.kind, to_partner.recipient_email) == (MessageKind.PARTNER_SPLIT, "erika@example.org")
    for words in (original, second, "Only the agreement", "/track/"):
        assert words in to_partner.text


def test_form_that_is_sent_twice_makes_one(write: Write, settings: Settings, original: str) -> None:
    first = split(write, settings, original)
    assert split(write, settings, original) == first
    assert len(write(lambda s: s.scalars(select(Enquiry)).all())) == 2
    assert row(write, original).version == 2
    assert split(write, settings, original, form_id="another form", version=2) != first


def test_two_clicks_at_the_same_time_make_one(app: Flask, write: Write, settings: Settings, original: str) -> None:
    def click(_number: int) -> str:
        with app.app_context(), transaction() as session:
            by = acting(OFFICE, now=LATER)
            return splitting.split(session, original, PART, by=by, form_id="one form", version=1).reference

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(click, range(4)))) == 1
    assert len(write(lambda s: s.scalars(select(Enquiry)).all())) == 2


def test_form_of_one_enquiry_makes_nothing_of_another(write: Write, settings: Settings, original: str) -> None:
    split(write, settings, original)
    other = write(lambda s: make_enquiry(s, settings).reference)
    with pytest.raises(Conflict):
        split(write, settings, other)


def test_promise_of_the_second_one_is_the_first_ones(write: Write, settings: Settings, original: str) -> None:
    def pause(session: Session) -> None:
        found = session.scalars(select(Enquiry)).one()
        found.pauses, found.promised_on = [["2026-11-24", "2026-11-25"]], date(2026, 12, 3)

    write(pause)
    second = row(write, split(write, settings, original))
    assert (second.promised_on, second.due_on, second.pauses) == (
        date(2026, 12, 3), date(2026, 12, 3), [["2026-11-24", "2026-11-25"]],
    )  # fmt: skip
    assert (second.promised_days, second.submitted_at) == (settings.promise_working_days, NOW)


@pytest.mark.parametrize(
    ("stopped_after", "split_after", "due_after"),
    # Monday is the first day, five working days are promised: what was left when the clock stopped is left now.
    [(0, 0, 7), (1, 1, 7), (1, 4, 10), (4, 4, 7), (4, 7, 8), (7, 9, 9), (9, 9, 7)],
)
@pytest.mark.parametrize("action", [Action.ASK_PARTNER, Action.ACCEPT])
def test_where_the_first_ones_clock_stopped_the_second_goes_on_as_that_one_would(
    write: Write,
    settings: Settings,
    original: str,
    action: Action,
    stopped_after: int,
    split_after: int,
    due_after: int,
) -> None:
    def stop(session: Session) -> None:
        found = loading.locked(session, original, actor=OFFICE)
        at = NOW + timedelta(days=stopped_after)
        actions.act(session, found, action, text="Words", by=acting(OFFICE, now=at, settings=settings))

    write(stop)
    at = NOW + timedelta(days=split_after)
    second = row(write, split(write, settings, original, version=2, now=at))
    assert (second.promised_on - NOW.date()).days == due_after
    assert (second.due_on, second.clock_stopped_on) == (second.promised_on, None)
    first = row(write, original)
    assert (first.due_on, first.clock_stopped_on) == (NEVER, (NOW + timedelta(days=stopped_after)).date())

    def resume(session: Session) -> date:
        found = loading.locked(session, original, actor=OFFICE)
        by = acting(OFFICE, now=at, settings=settings)
        if action is Action.ACCEPT:
            actions.act(session, found, Action.DECLINE, by=by, text="Words")
            actions.act(session, found, Action.REOPEN, by=by, text="Words")
        else:
            actions.act(session, found, Action.RESUME, by=by, text="Words")
        return found.promised_on

    assert write(resume) == second.promised_on


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("role", Role)
def test_every_status_and_role_does_what_the_table_says(
    write: Write, settings: Settings, status: Status, role: Role
) -> None:
    def rows(session: Session) -> tuple[str, Actor]:
        person = make_person(session, role=role)
        return make_enquiry(session, settings, status=status, assignee=person).reference, staff(person)

    reference, actor = write(rows)
    if status in OPEN_STATUSES and Permission.ENQUIRY_TRIAGE in TABLE[role]:
        second = row(write, split(write, settings, reference, actor=actor))
        assert second.status is Status.RECEIVED
        assert row(write, reference).status is status
    else:
        with pytest.raises(NotAllowed):
            split(write, settings, reference, actor=actor)
        assert len(write(lambda s: s.scalars(select(Enquiry)).all())) == 1


def test_whoever_does_not_see_one_of_them_neither_splits_nor_finds_it(write: Write, settings: Settings) -> None:
    def rows(session: Session) -> tuple[Actor, Actor, str, str]:
        mine, theirs = (make_person(session, role=Role.LIAISON) for _ in range(2))
        network, other = make_network(session, liaison=mine), make_network(session, liaison=theirs)
        found = make_enquiry(session, settings, network=network)
        return staff(mine), staff(theirs), found.reference, other.slug

    mine, theirs, original, slug = write(rows)
    with pytest.raises(NotFound):
        split(write, settings, original, actor=theirs)
    second = split(write, settings, original, SplitRequest(Kind.QUESTION, slug, "Subject", "Message"), actor=mine)
    for actor, seen, hidden in ((mine, original, second), (theirs, second, original)):

        def look(session: Session, actor: Actor = actor, seen: str = seen) -> list[Any]:
            return relations.related(session, loading.enquiry(session, seen, actor=actor), actor=actor)

        assert write(look) == []
        with pytest.raises(NotFound):
            write(lambda s, actor=actor, hidden=hidden: loading.enquiry(s, hidden, actor=actor))


def test_conflict_leaves_everything_as_it_was(write: Write, settings: Settings, original: str) -> None:
    with pytest.raises(Conflict):
        split(write, settings, original, version=7)
    assert len(write(lambda s: s.scalars(select(Enquiry)).all())) == 1


def test_merging_puts_the_two_together_again(write: Write, settings: Settings, original: str) -> None:
    second = split(write, settings, original)
    by = acting(OFFICE, now=LATER, settings=settings)
    write(lambda s: relations.merge(s, second, original, version=1, by=by))
    assert row(write, second).status is Status.WITHDRAWN
    assert row(write, original).status is Status.RECEIVED
    relation = write(lambda s: s.scalars(select(Relation)).one())
    assert (relation.enquiry_id, relation.merged) == (row(write, second).id, True)

    def shown(session: Session) -> list[tuple[str, str]]:
        found = loading.enquiry(session, original, actor=OFFICE)
        return [(item.enquiry.reference, item.merged) for item in relations.related(session, found, actor=OFFICE)]

    assert write(shown) == [(second, "in")]


def test_partner_opens_each_of_them_by_its_own_link(write: Write, settings: Settings, original: str) -> None:
    second = split(write, settings, original)

    def opens(session: Session) -> list[str]:
        rows = session.scalars(select(Enquiry).order_by(Enquiry.id)).all()
        tokens = [tracking_token(session, settings, row) for row in rows]
        return [opened(session, settings, token).enquiry.reference for token in tokens]

    assert write(opens) == [original, second]
