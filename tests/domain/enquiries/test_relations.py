"""Enquiries about one matter: found within three weeks, linked, merged without a loss, and taken apart again."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, make_network, make_person, staff_actor
from tests.standalone.processes import eventually
from webapp.config import Settings
from webapp.db import db, transaction
from webapp.domain.enquiries import actions, loading, relations
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.domain.notifications import gathering
from webapp.domain.security.permissions import staff
from webapp.models import Attachment, Enquiry, Event, Message, Relation
from webapp.vocabulary import Action, EventKind, MessageKind, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]
OFFICE = staff_actor()


def found_for(write: Write, settings: Settings, **given: Any) -> bool:
    """Make an enquiry and a second one that differs as given; say whether the first one's page warns of it."""

    def run(session: Session) -> bool:
        one = make_enquiry(session, settings, organisation="Technische Universität Muster",
                           contact_email="erika@uni-muster.example")  # fmt: skip
        base = {"organisation": "Other University", "contact_email": "x@other.example"}
        two = make_enquiry(session, settings, **{**base, **given})
        return [row.id for row in relations.similar(session, one, actor=OFFICE)] == [two.id]

    return bool(write(run))


@pytest.mark.parametrize(
    ("given", "warns"),
    [
        ({}, False),
        ({"organisation": "TECHNISCHE UNIVERSITÄT MUSTER"}, True),
        ({"organisation": "Technische Universitat\u200b Muster"}, True),
        ({"organisation": "Technische Universität Muster, Physik"}, False),
        # What the search finds alike: an address with a dash or an accent is another one.
        ({"contact_email": "x@unimuster.example"}, False),
        ({"contact_email": "erika@üni-muster.example"}, False),
        ({"contact_email": "Erika@Uni-Muster.example"}, True),
        ({"contact_email": "jan@uni-muster.example"}, True),
        ({"contact_email": "jan@not-uni-muster.example"}, False),
        ({"contact_email": "erika@uni-muster.example", "now": NOW - timedelta(days=21)}, True),
        ({"contact_email": "erika@uni-muster.example", "now": NOW - timedelta(days=22)}, False),
        ({"contact_email": "erika@uni-muster.example", "status": Status.SPAM}, False),
        ({"organisation": "%", "contact_email": "_@other.example"}, False),
    ],
)
def test_same_sender_within_three_weeks_is_warned_of(
    write: Write, settings: Settings, given: dict[str, Any], warns: bool
) -> None:
    assert found_for(write, settings, **given) is warns


def test_shared_mail_domains_say_nothing(write: Write, settings: Settings) -> None:
    def run(session: Session) -> list[Any]:
        one = make_enquiry(session, settings, organisation="One", contact_email="one@gmail.com")
        make_enquiry(session, settings, organisation="Two", contact_email="two@gmail.com")
        return list(relations.similar(session, one, actor=OFFICE))

    assert write(run) == []


@pytest.mark.parametrize("domain", ["yahoo.com.hk", "netvigator.com", "vip.163.com", "t-online.de", "gmx.net"])
def test_public_mail_domains_are_one_list(write: Write, settings: Settings, domain: str) -> None:
    def run(session: Session) -> list[Any]:
        one = make_enquiry(session, settings, organisation="One", contact_email=f"one@{domain}")
        make_enquiry(session, settings, organisation="Two", contact_email=f"two@{domain}")
        return list(relations.similar(session, one, actor=OFFICE))

    assert write(run) == []


def two(session: Session, settings: Settings, **second: Any) -> tuple[str, str]:
    return make_enquiry(session, settings).reference, make_enquiry(session, settings, **second).reference


def link(write: Write, settings: Settings, one: str, other: str, *, off: bool = False, actor: Any = OFFICE) -> None:
    by = acting(actor, settings=settings)
    write(lambda session: relations.relate(session, one, other, by=by, off=off))


def merge(write: Write, settings: Settings, one: str, into: str, *, version: int = 1, actor: Any = OFFICE) -> None:
    by = acting(actor, settings=settings)
    write(lambda session: relations.merge(session, one, into, by=by, version=version))


def row(write: Write, reference: str) -> Enquiry:
    return write(lambda s: s.scalars(select(Enquiry).where(Enquiry.reference == reference)).one())  # type: ignore[no-any-return]


def test_link_stands_in_both_histories_and_goes_away(write: Write, settings: Settings) -> None:
    one, other = write(lambda session: two(session, settings))
    for _ in range(2):
        link(write, settings, one, other)
    assert [row(write, reference).version for reference in (one, other)] == [2, 2]
    link(write, settings, other, one, off=True)
    assert write(lambda session: session.scalars(select(Relation)).all()) == []
    told = write(lambda s: s.scalars(select(Event).where(Event.action == Action.RELATE).order_by(Event.id)).all())
    assert [(event.facts.reference, event.facts.removed) for event in told] == [
        (other, False), (one, False), (one, True), (other, True),
    ]  # fmt: skip


def test_merged_one_is_closed_with_a_pointer_and_nothing_is_lost(write: Write, settings: Settings) -> None:
    one, into = write(lambda session: two(session, settings))

    def write_and_send(session: Session) -> None:
        found = loading.locked(session, one, actor=OFFICE)
        actions.act(
            session, found, Action.WRITE, text="Our dates moved.", by=acting(actions.partner(found), settings=settings)
        )
        session.add(Attachment(enquiry_id=found.id, name="plan.pdf", media_type="application/pdf", size=1, sha256="0",
                               content=b"x", added_at=NOW))  # fmt: skip

    write(write_and_send)
    merge(write, settings, one, into, version=2)
    assert row(write, one).status is Status.WITHDRAWN
    assert row(write, into).status is Status.RECEIVED

    def related(session: Session, reference: str) -> list[tuple[str, str, list[str], list[str]]]:
        found = loading.enquiry(session, reference, actor=OFFICE)
        return [
            (item.enquiry.reference, item.merged, [event.text for event in item.written],
             [file.name for file in item.enquiry.attachments])
            for item in relations.related(session, found, actor=OFFICE)
        ]  # fmt: skip

    assert write(lambda session: related(session, into)) == [(one, "in", ["Our dates moved."], ["plan.pdf"])]
    assert write(lambda session: related(session, one))[0][:2] == (into, "out")
    mails = write(lambda s: s.scalars(select(Message).where(Message.kind == MessageKind.PARTNER_MERGED)).all())
    assert [into in mail.text for mail in mails] == [True]


def test_reopening_takes_them_apart_with_a_line_on_both_sides(write: Write, settings: Settings) -> None:
    one, into = write(lambda session: two(session, settings))
    merge(write, settings, one, into)

    def reopen(session: Session) -> None:
        found = loading.locked(session, one, actor=OFFICE)
        actions.act(session, found, Action.REOPEN, by=acting(OFFICE, settings=settings))

    write(reopen)
    assert row(write, one).status is Status.IN_REVIEW
    assert write(lambda session: session.scalars(select(Relation.merged)).all()) == [False]
    told = select(Event.stored["separated"].as_boolean()).where(Event.kind == EventKind.MERGED).order_by(Event.id)
    assert write(lambda session: session.scalars(told).all()) == [False, True]
    assert row(write, into).version == 3


@pytest.mark.parametrize("status", [Status.DECLINED, Status.WITHDRAWN, Status.SPAM, Status.COMPLETED])
def test_nothing_is_merged_into_what_is_closed(write: Write, settings: Settings, status: Status) -> None:
    one, into = write(lambda session: two(session, settings, status=status))
    with pytest.raises(Invalid):
        merge(write, settings, one, into)
    assert row(write, one).status is Status.RECEIVED


def test_merging_is_checked_like_any_other_action(write: Write, settings: Settings) -> None:
    one, into = write(lambda session: two(session, settings))
    with pytest.raises(Conflict):
        merge(write, settings, one, into, version=7)
    with pytest.raises(Invalid):
        merge(write, settings, one, one)
    with pytest.raises(NotFound):
        merge(write, settings, one, "LD-2222-2222")
    with pytest.raises(NotAllowed):
        merge(write, settings, one, into, actor=staff_actor(Role.OBSERVER))
    merge(write, settings, one, into)
    for again in (lambda: merge(write, settings, into, one), lambda: link(write, settings, one, into, off=True)):
        with pytest.raises(Invalid):
            again()


def test_other_networks_are_neither_shown_nor_touched(write: Write, settings: Settings) -> None:
    def rows(session: Session) -> tuple[Any, str, str]:
        liaison = make_person(session, role=Role.LIAISON)
        mine, other = make_network(session, liaison=liaison), make_network(session)
        made = [make_enquiry(session, settings, network=network).reference for network in (mine, other)]
        return staff(liaison), *made

    actor, mine, other = write(rows)

    def similar(session: Session) -> list[Any]:
        return list(relations.similar(session, loading.enquiry(session, mine, actor=actor), actor=actor))

    assert write(similar) == []
    with pytest.raises(NotFound):
        link(write, settings, mine, other, actor=actor)
    with pytest.raises(NotFound):
        merge(write, settings, mine, other, actor=actor)


def test_reopening_waits_without_holding_what_others_lock_first(app: Flask, write: Write, settings: Settings) -> None:
    """Someone links the two meanwhile: they hold the first one and then want the other, which must be free."""
    target = write(lambda session: make_enquiry(session, settings).reference)
    merged = write(lambda session: make_enquiry(session, settings).reference)
    by = acting(OFFICE, settings=settings)
    write(lambda session: relations.merge(session, merged, target, version=1, by=by))
    reached, failures = threading.Event(), []

    def reopens() -> None:
        try:
            reached.set()
            with app.app_context(), transaction() as session:
                held = relations.locked_to_reopen(session, merged, actor=OFFICE)
                actions.act(session, held, Action.REOPEN, by=by)
        except BaseException as error:
            failures.append(error)

    def waits() -> bool:
        """On PostgreSQL for the row; SQLite lets no one else begin to write."""
        if db.engine.dialect.name == "sqlite":
            return reached.is_set()
        with db.engine.connect() as other:
            return bool(other.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))

    thread = threading.Thread(target=reopens)
    with app.app_context(), transaction() as session:
        session.execute(select(Enquiry.id).where(Enquiry.reference == target).with_for_update())
        thread.start()
        eventually(waits)
        free = select(Enquiry.id).where(Enquiry.reference == merged).with_for_update(nowait=True)
        assert session.scalar(free) is not None
    thread.join(60)
    assert failures == []
    query = select(Enquiry.status).order_by(Enquiry.id)
    assert write(lambda session: session.scalars(query).all()) == [Status.RECEIVED, Status.IN_REVIEW]


def chain(write: Write, settings: Settings) -> tuple[str, str, str]:
    """Merge a first enquiry into a second one, and that into a third."""
    a, b = write(lambda session: two(session, settings))
    c = write(lambda session: make_enquiry(session, settings).reference)

    def say(session: Session) -> None:
        for reference in (a, b):
            found = loading.locked(session, reference, actor=OFFICE)
            actions.act(
                session,
                found,
                Action.WRITE,
                text=f"From {reference}",
                by=acting(actions.partner(found), settings=settings),
            )
            session.add(Attachment(enquiry_id=found.id, name=f"{reference}.pdf", media_type="application/pdf", size=1,
                                   sha256="0", content=b"x", added_at=NOW))  # fmt: skip

    write(say)
    merge(write, settings, a, b, version=2)
    merge(write, settings, b, c, version=3)
    return a, b, c


def belongs(write: Write, reference: str) -> list[tuple[str, str, list[str], list[str]]]:
    """Return what an enquiry's page shows of others: reference, how, the partner's words, the files."""

    def run(session: Session) -> list[Any]:
        found = loading.enquiry(session, reference, actor=OFFICE)
        return [
            (item.enquiry.reference, item.merged, [event.text for event in item.written],
             [file.name for file in item.enquiry.attachments] if item.merged == "in" else [])
            for item in relations.related(session, found, actor=OFFICE)
        ]  # fmt: skip

    return write(run)  # type: ignore[no-any-return]


def reopen(write: Write, settings: Settings, reference: str) -> None:
    def run(session: Session) -> None:
        found = relations.locked_to_reopen(session, reference, actor=OFFICE)
        actions.act(session, found, Action.REOPEN, by=acting(OFFICE, settings=settings))

    write(run)


def all_of(reference: str) -> tuple[str, str, list[str], list[str]]:
    return (reference, "in", [f"From {reference}"], [f"{reference}.pdf"])


def test_last_of_a_chain_has_all_of_the_first(write: Write, settings: Settings) -> None:
    a, b, c = chain(write, settings)
    assert belongs(write, c) == [all_of(b), all_of(a)]
    assert belongs(write, b) == [(c, "out", [], []), all_of(a)]
    assert belongs(write, a) == [(c, "out", [], []), (b, "through", [], [])]


def test_reopening_the_first_of_a_chain_leaves_the_second_where_it_is(write: Write, settings: Settings) -> None:
    a, b, c = chain(write, settings)
    reopen(write, settings, a)
    assert belongs(write, c) == [all_of(b)]
    assert belongs(write, a) == [(b, "", [], [])]
    told = select(Event.stored["reference"].as_string()).join(Enquiry).where(Event.stored["separated"].as_boolean())
    assert write(lambda s: s.scalars(told.where(Enquiry.reference == c)).all()) == [a]


def test_reopening_the_second_of_a_chain_takes_the_first_along(write: Write, settings: Settings) -> None:
    a, b, c = chain(write, settings)
    reopen(write, settings, b)
    assert belongs(write, b) == [all_of(a), (c, "", [], [])]
    assert belongs(write, c) == [(b, "", [], [])]
    assert belongs(write, a) == [(b, "out", [], [])]


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("has_account", [True, False])
def test_partner_of_a_merged_one_reaches_who_answers_it_now(
    write: Write, settings: Settings, *, has_account: bool, several: bool
) -> None:
    def prepare(session: Session) -> tuple[str, str, str]:
        before, after = make_person(session), make_person(session, role=Role.LIAISON if has_account else None)
        one = make_enquiry(
            session, settings, network=make_network(session, liaison=before), contact_name="Jan Kowalski"
        )
        into = make_enquiry(session, settings, network=make_network(session, liaison=after))
        return one.reference, into.reference, str(after.email)

    one, into, email = write(prepare)
    merge(write, settings, one, into)

    def say(session: Session) -> None:
        found = loading.locked_where(session, Enquiry.reference == one)
        actions.act(
            session, found, Action.WRITE, text="Our dates moved.", by=acting(actions.partner(found), settings=settings)
        )

    kind = MessageKind.LIAISON_PARTNER_WROTE
    write(say)
    if several:
        kind = MessageKind.LIAISON_PARTNER_WROTE_AGAIN
        for _ in range(2):
            write(say)
        late, number = NOW + gathering.APART, row(write, into).id
        assert write(lambda s: list(gathering.due(s, now=late))) == [number]
        write(lambda s: gathering.tell_due(s, number, now=late, settings=settings))
    mail = write(lambda s: s.scalars(select(Message).where(Message.kind == kind)).one())
    assert mail.recipient_email == email
    assert mail.enquiry_id == row(write, into).id
    assert into in mail.subject + mail.text
    assert "Jan Kowalski" in mail.text
    assert "Erika Mustermann" not in mail.text
    assert "Our dates moved." in mail.text
    assert (f"/desk/enquiries/{into}" in mail.text) == has_account
    assert "/decisions/" in mail.text


def test_what_waits_for_an_answer_waits_where_it_goes_on(write: Write, settings: Settings) -> None:
    a, b, c = chain(write, settings)
    assert [row(write, reference).partner_wrote_at for reference in (a, b, c)] == [None, None, NOW]

    def answer_and_write(session: Session) -> None:
        found = loading.locked(session, c, actor=OFFICE)
        actions.act(
            session,
            found,
            Action.REPLY,
            text="Thank you.",
            by=acting(OFFICE, now=NOW + timedelta(hours=1), settings=settings),
        )
        assert found.partner_wrote_at is None
        first = loading.locked(session, a, actor=OFFICE)
        actions.act(
            session,
            first,
            Action.WRITE,
            text="One thing more.",
            by=acting(actions.partner(first), now=NOW + timedelta(hours=1), settings=settings),
        )

    write(answer_and_write)
    marks = [row(write, reference).partner_wrote_at for reference in (a, b, c)]
    assert marks == [None, None, NOW + timedelta(hours=1)]


def test_four_in_a_row_are_one(write: Write, settings: Settings) -> None:
    a, b, c = chain(write, settings)
    d = write(lambda session: make_enquiry(session, settings).reference)
    merge(write, settings, c, d, version=2)
    assert [item[0] for item in belongs(write, d)] == [c, b, a]
    reopen(write, settings, c)
    assert [item[:2] for item in belongs(write, d)] == [(c, "")]
    assert belongs(write, c)[:2] == [all_of(b), all_of(a)]
