"""The desk's queue: pages that miss and repeat nothing, counts with a bound, assignment."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.orm import Session

from tests.factories import NOW, acting, make_enquiry, make_network, make_person, staff_actor
from webapp.config import Settings
from webapp.domain.enquiries import actions, assignment, loading
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.domain.security.permissions import Actor
from webapp.domain.triage import queue, tagged
from webapp.domain.triage.orders import Order, Position
from webapp.domain.triage.queue import Filters
from webapp.models import Enquiry, Tag
from webapp.vocabulary import OPEN_STATUSES, Action, ActorKind, EventKind, Kind, Role, Status

Write = Callable[[Callable[[Session], Any]], Any]
COORDINATOR = staff_actor()


def copies(session: Session, settings: Settings, number: int) -> None:
    """Add enquiries quickly: rows without emails; several share a date."""
    first = make_enquiry(session, settings)
    columns = [column.key for column in Enquiry.__table__.columns if column.key != "id"]
    row = {name: getattr(first, name) for name in columns}
    unique = ("reference", "form_hash")
    rows = [
        row
        | dict.fromkeys(unique, f"{n}")
        | {"submitted_at": NOW + timedelta(hours=n % 3), "due_on": first.due_on + timedelta(n % 4)}
        | {"organisation": f"Organisation {n % 5}", "status": list(OPEN_STATUSES)[n % 5]}
        for n in range(number - 1)
    ]
    if rows:
        session.execute(insert(Enquiry), rows)


SORTED_BY: dict[Order, Callable[[Enquiry], tuple[Any, ...]]] = {
    Order.DUE: lambda row: (row.due_on,),
    Order.NEWEST: lambda row: (row.submitted_at,),
    Order.OLDEST: lambda row: (row.submitted_at,),
    Order.STATUS: lambda row: (row.status.value, row.due_on),
    Order.KIND: lambda row: (row.kind.value, row.due_on),
    Order.ORGANISATION: lambda row: (row.organisation,),
}


def walk(session: Session, filters: Filters, limit: int) -> list[Enquiry]:
    rows: list[Enquiry] = []
    after: Position | None = None
    while True:
        page = queue.queue(session, filters, actor=COORDINATOR, after=after, limit=limit)
        assert len(page.rows) <= limit
        rows += page.rows
        if page.next is None:
            return rows
        after = page.next


@pytest.mark.parametrize("order", Order)
def test_pages_miss_and_repeat_nothing(write: Write, settings: Settings, order: Order) -> None:
    write(lambda s: copies(s, settings, 23))

    @hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.integers(1, 30))
    def check(limit: int) -> None:
        rows = write(lambda s: walk(s, Filters(order=order), limit))
        assert len({row.id for row in rows}) == len(rows) == 23
        keys = [(*SORTED_BY[order](row), row.id) for row in rows]
        assert keys == sorted(keys, reverse=order is Order.NEWEST)

    check()


def test_pages_take_one_query_each(write: Write, settings: Settings, count_queries: Callable[[], Any]) -> None:
    write(lambda s: copies(s, settings, 30))
    with count_queries() as statements:
        write(lambda s: queue.queue(s, Filters(), actor=COORDINATOR))
    assert len(statements) == 1, "the rows; what else is seen of them, such as tags, is read for all lists of a page"
    assert "LIMIT 26" in statements[0], "in words: PostgreSQL keeps one plan for all of its pages"


def test_lists_of_which_there_may_be_nothing_are_planned_for_their_values(
    write: Write, settings: Settings, count_queries: Callable[[], Any]
) -> None:
    write(lambda s: copies(s, settings, 3))
    asked = [(COORDINATOR, Filters(kind=Kind.VISIT)), (staff_actor(role=Role.LIAISON), Filters())]
    for actor, filters in asked:
        with count_queries() as statements:
            write(lambda s, filters=filters, actor=actor: queue.queue(s, filters, actor=actor))
        assert "LIMIT 26" not in statements[-1], (actor, filters)


def test_a_tag_that_is_common_is_counted_once_and_finds_what_a_rare_one_does(
    write: Write, settings: Settings, monkeypatch: pytest.MonkeyPatch, count_queries: Callable[[], Any]
) -> None:
    def tagged_with(session: Session) -> int:
        tag, other = Tag(name="Rail", key="rail"), Tag(name="Road", key="road")
        for number, enquiry in enumerate([make_enquiry(session, settings) for _ in range(5)]):
            session.refresh(enquiry, ["tags"])
            enquiry.tags = [other] if number % 2 else [tag]
        session.flush()
        return tag.id

    filters = Filters(tag_id=write(tagged_with))

    def found() -> tuple[list[str], int]:
        with count_queries() as statements:
            rows = write(lambda s: [row.reference for row in queue.queue(s, filters, actor=COORDINATOR).rows])
        return rows, len(statements)

    rare = found()
    assert len(rare[0]) == 3
    assert found() == rare
    monkeypatch.setattr(tagged, "_RARE", 2)
    assert found() == rare, "it is counted, and then known to be common"
    assert found() == (rare[0], rare[1] - 1)


@pytest.mark.parametrize("value", ["", "yesterday", "2026-13-01", "' OR 1=1"])
@pytest.mark.parametrize("order", [Order.DUE, Order.NEWEST, Order.STATUS])
def test_position_that_is_none_is_refused(write: Write, value: str, order: Order) -> None:
    filters = Filters(order=order)
    with pytest.raises(Invalid):
        write(lambda s: queue.queue(s, filters, actor=COORDINATOR, after=Position(value, 1)))


def test_filters_narrow_the_queue(write: Write, settings: Settings) -> None:
    def make(session: Session) -> dict[str, Any]:
        person, network = make_person(session), make_network(session)
        return {
            "person": person.id,
            "network": network.id,
            "visit": make_enquiry(session, settings, network=network).reference,
            "question": make_enquiry(session, settings, kind=Kind.QUESTION, assignee=person).reference,
            "old": make_enquiry(session, settings, now=NOW - timedelta(days=30)).reference,
            "declined": make_enquiry(session, settings, status=Status.DECLINED).reference,
            "other": make_enquiry(
                session, settings, organisation="Ünïversität 100% Exämple", contact_email="x@example.org"
            ).reference,
        }

    made = write(make)

    def found(**given: Any) -> set[str]:
        page = write(lambda s: queue.queue(s, Filters(**given), actor=COORDINATOR))
        names = {reference: name for name, reference in made.items()}
        return {names[row.reference] for row in page.rows}

    assert found() == {"visit", "question", "old", "other"}
    assert found(statuses=(Status.DECLINED,)) == {"declined"}
    assert found(kind=Kind.QUESTION) == found(assignee=made["person"]) == {"question"}
    assert found(network_id=made["network"]) == {"visit"}
    assert found(assignee=0) == {"visit", "old", "other"}
    assert found(due_before=NOW.date()) == {"old"}
    assert found(text="ünïversität 100%") == found(text=" X@EXAMPLE.org ") == {"other"}
    assert found(text=made["visit"].lower()) == {"visit"}
    assert found(text="_") == found(text="%%") == set()


def test_counts_stop_at_their_limit_and_take_one_query(
    write: Write, settings: Settings, count_queries: Callable[[], Any]
) -> None:
    write(lambda s: copies(s, settings, queue.COUNT_LIMIT + 5))
    views = {
        "all": Filters(),
        "declined": Filters(statuses=(Status.DECLINED,)),
        "questions": Filters(kind=Kind.QUESTION),
    }
    with count_queries() as statements:
        found = write(lambda s: queue.counts(s, views, actor=COORDINATOR))
    assert found == {"all": queue.COUNT_LIMIT, "declined": 0, "questions": 0}
    assert len(statements) == 1


def test_no_ones_are_counted_with_those_whose_person_has_left(write: Write, settings: Settings) -> None:
    def go(session: Session) -> tuple[dict[str, int], int]:
        people = [make_person(session), make_person(session)]
        people[1].active = False
        for assignee in (None, None, people[0], people[1]):
            make_enquiry(session, settings).assignee_id = assignee.id if assignee else None
        session.flush()
        views = {"no one's": Filters(assignee=0), "all": Filters()}
        listed = queue.queue(session, Filters(assignee=0), actor=COORDINATOR).rows
        return queue.counts(session, views, actor=COORDINATOR), len(listed)

    counts, listed = write(go)
    assert counts["no one's"] == listed == 3
    assert counts["all"] == 4


def test_a_network_that_was_removed_since_its_page_knew_it_counts_nothing(write: Write) -> None:
    assert write(lambda s: queue.counts(s, {"gone": Filters(network_id=999)}, actor=COORDINATOR)) == {"gone": 0}


def test_counts_of_no_views_are_none(write: Write) -> None:
    assert write(lambda s: queue.counts(s, {}, actor=COORDINATOR)) == {}


def test_changes_since_tells_what_happened_after_a_version(write: Write, settings: Settings) -> None:
    def act(session: Session) -> list[EventKind]:
        made = make_enquiry(session, settings)
        by = acting(COORDINATOR, settings=settings)
        actions.act(session, made, Action.REVIEW, by=by)
        read = made.version
        actions.act(session, made, Action.NOTE, text="Aha", by=by)
        session.expire_all()
        found = loading.enquiry(session, made.reference, actor=COORDINATOR)
        return [event.kind for event in loading.changes_since(found, read)]

    assert write(act) == [EventKind.NOTE]


def test_assign_gives_it_to_somebody_who_works_on_enquiries(write: Write, settings: Settings) -> None:
    def make(session: Session) -> tuple[str, int, int]:
        return (
            make_enquiry(session, settings).reference,
            make_person(session, role=Role.HOST).id,
            make_person(session, role=Role.OBSERVER).id,
        )

    reference, host, observer = write(make)

    def give(person_id: int | None, *, actor: Actor = COORDINATOR, version: int | None = None) -> Any:
        def run(session: Session) -> Enquiry:
            found = loading.locked(session, reference, actor=actor)
            by = acting(actor, settings=settings)
            assignment.assign(session, found, person_id, by=by, version=version)
            return found

        return write(run)

    assert give(host).assignee_id == host
    for nobody in (observer, 999):
        with pytest.raises(Invalid):
            give(nobody)
    with pytest.raises(NotAllowed):
        give(None, actor=staff_actor(Role.OBSERVER))
    with pytest.raises(Conflict):
        give(None, version=1)
    assert give(None).assignee_id is None


@pytest.mark.parametrize("actor", [Actor(ActorKind.PARTNER, "Erika"), Actor(ActorKind.STAFF, "Nobody", 1, None)])
def test_desk_is_closed_to_those_who_may_not_read(write: Write, actor: Actor) -> None:
    for way in (
        lambda s: queue.queue(s, Filters(), actor=actor),
        lambda s: queue.counts(s, {"all": Filters()}, actor=actor),
        lambda s: loading.enquiry(s, "LD-7K3Q-9XWT", actor=actor),
    ):
        with pytest.raises(NotAllowed):
            write(way)


def test_unknown_reference_is_not_found(write: Write) -> None:
    with pytest.raises(NotFound):
        write(lambda s: loading.enquiry(s, "LD-2222-2222", actor=COORDINATOR))
