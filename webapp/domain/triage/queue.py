"""The desk's view of enquiries: the queue in pages, its filters and its counts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    ScalarSelect,
    String,
    and_,
    cast,
    false,
    func,
    inspect,
    literal_column,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, load_only
from sqlalchemy.orm.attributes import set_committed_value

from webapp.db import Base
from webapp.domain.search import text as search_text
from webapp.domain.security.permissions import SEE_ALL, Actor, answered, given, require, visible
from webapp.domain.triage import orders, tagged
from webapp.domain.triage.orders import Order, Position
from webapp.models import Enquiry, Network, Person, Referral, in_status
from webapp.vocabulary import OPEN_STATUSES, Kind, Permission, Priority, Status

PAGE = 25
# Counts stop here and are shown as "99+": a count must not grow with the table.
COUNT_LIMIT = 100
# A word that fewer than 26 of these hold is rare enough for all of its enquiries to be read from the index of terms.
_NEAR = 1000
# What rows of lists show, are sorted by and acted on by; what partners wrote is long, and none shows it.
_SHOWN = (
    *(Enquiry.reference, Enquiry.version, Enquiry.kind, Enquiry.status, Enquiry.priority, Enquiry.network_id),
    *(Enquiry.assignee_id, Enquiry.answerer_id, Enquiry.organisation, Enquiry.subject, Enquiry.submitted_at),
    *(Enquiry.promised_on, Enquiry.due_on, Enquiry.clock_stopped_on, Enquiry.partner_wrote_at, Enquiry.emptied_at),
)
_ROW = load_only(*_SHOWN, raiseload=True)


@dataclass(frozen=True)
class Filters:
    """What the queue shows. Empty fields do not filter; `assignee` is a person's id, or 0 for no one."""

    statuses: tuple[Status, ...] = OPEN_STATUSES
    kind: Kind | None = None
    network_id: int | None = None
    assignee: int | None = None
    # With someone: given to them, or theirs to answer today; `with_office` adds what is with no one.
    with_person: int | None = None
    with_office: bool = False
    due_before: date | None = None
    organisation_id: int | None = None
    priority: Priority | None = None
    tag_id: int | None = None
    # Only those whose partner wrote last, and waits.
    partner_wrote: bool = False
    # Only those that a faculty has not returned yet.
    with_faculty: bool = False
    text: str = ""
    order: Order = Order.DUE
    # A filter was asked for that cannot be applied: nothing fits, rather than everything.
    nothing: bool = False


@dataclass(frozen=True)
class QueuePage:
    """One page of the queue, and where the next one starts (None: there is none)."""

    rows: Sequence[Enquiry]
    next: Position | None


def queue(
    session: Session,
    filters: Filters,
    *,
    actor: Actor,
    after: Position | None = None,
    limit: int = PAGE,
    parties: Iterable[Base] = (),
) -> QueuePage:
    """Return the enquiries that the actor sees, in an order, in pages by keyset.

    Network and assignee come with each row: of `parties` those that are known already; `marks` has the tags.
    Without a text to look for, a row has what lists show and nothing else.
    Raises Invalid for a position that is none.
    """
    require(actor, Permission.ENQUIRY_READ)
    common = filters.tag_id is not None and tagged.is_common(session, filters.tag_id)
    conditions = [visible(actor), *_conditions(filters, common=common)]
    if after is not None:
        conditions.append(orders.beyond(filters.order, after))
    rows = _rows(session, conditions, filters, limit + 1, one_plan=_has_one_plan(filters, actor, common=common))
    known = (*session.identity_map.values(), *parties)
    _attach(session, rows, (Enquiry.network, Enquiry.network_id), Network, known)
    _attach(session, rows, (Enquiry.assignee, Enquiry.assignee_id), Person, known)
    if len(rows) <= limit:
        return QueuePage(rows, None)
    return QueuePage(rows[:limit], orders.position(filters.order, rows[limit - 1]))


def _rows(
    session: Session, conditions: list[ColumnElement[bool]], filters: Filters, limit: int, *, one_plan: bool
) -> Sequence[Enquiry]:
    """Return the first rows; a text is looked for in the nearest ones first, where a common word is found at once."""
    order, text = orders.by(filters.order), filters.text
    query = select(Enquiry).order_by(*order)
    if not text.strip():
        query = query.limit(literal_column(str(limit)) if one_plan else limit)
        return session.scalars(query.where(*conditions).options(_ROW)).all()
    query = query.limit(limit)
    near = select(Enquiry.id).where(*conditions).order_by(*order).limit(_NEAR).subquery()
    rows = session.scalars(query.where(Enquiry.id.in_(select(near.c.id)), search_text.meets(text))).all()
    if len(rows) == limit:
        return rows
    return session.scalars(query.where(*conditions, Enquiry.id.in_(search_text.ids(text)))).all()


def _has_one_plan(filters: Filters, actor: Actor, *, common: bool) -> bool:
    """Return whether PostgreSQL reads a list well by one plan, whatever the values: it keeps one where a limit is
    written out, and with one that is bound it plans for the values of each page.

    Statuses, and a common tag, are read from an index in every order. Of what else is asked for, or of what an actor
    sees who does not see all, there may be much or nothing.
    """
    plain = Filters(statuses=filters.statuses, order=filters.order, tag_id=filters.tag_id if common else None)
    return filters == plain and actor.role in SEE_ALL


def _attach(
    session: Session,
    rows: Sequence[Enquiry],
    attributes: tuple[InstrumentedAttribute[Any], InstrumentedAttribute[int | None]],
    model: type[Any],
    parties: Iterable[Any],
) -> None:
    """Put to each row what it belongs to: many rows share few, and most of those a page has read already.

    A join would read the texts of a network in four languages with each row.
    """
    to, by = attributes
    wanted = {number for row in rows if (number := getattr(row, by.key)) is not None}
    there: list[Any] = [row for row in parties if isinstance(row, model)]
    known = {row.id: row for row in there if not inspect(row).expired}
    missing = wanted - known.keys()
    if missing:
        known |= {row.id: row for row in session.scalars(select(model).where(model.id.in_(missing)))}
    for row in rows:
        set_committed_value(row, to.key, known.get(getattr(row, by.key)))


def _conditions(filters: Filters, *, common: bool | None = None) -> list[ColumnElement[bool]]:
    if filters.nothing:
        return [false()]
    conditions = [in_status(filters.statuses)]
    if filters.kind is not None:
        conditions.append(Enquiry.kind == filters.kind)
    if filters.network_id is not None:
        conditions.append(Enquiry.network_id == filters.network_id)
    conditions += _whose(filters)
    if filters.due_before is not None:
        conditions.append(Enquiry.due_on < filters.due_before)
    if filters.organisation_id is not None:
        conditions.append(Enquiry.organisation_id == filters.organisation_id)
    if filters.priority is not None:
        conditions.append(Enquiry.priority == filters.priority)
    if filters.tag_id is not None:
        conditions.append(tagged.condition(filters.tag_id, common=common))
    if filters.partner_wrote:
        conditions.append(Enquiry.partner_wrote_at.is_not(None))
    if filters.with_faculty:
        conditions.append(Enquiry.id.in_(select(Referral.enquiry_id).where(Referral.is_open)))
    return conditions


def _whose(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.assignee is not None:
        conditions.append(Enquiry.assignee_id == filters.assignee if filters.assignee else or_(*_no_ones()))
    if filters.with_person is not None:
        whose = [Enquiry.assignee_id == filters.with_person, Enquiry.answerer_id == filters.with_person]
        if filters.with_office:
            whose.append(and_(or_(*_no_ones()), Enquiry.answerer_id.is_(None)))
        conditions.append(or_(*whose))
    return conditions


def _no_ones() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions: given to no one; given to someone whose account is closed, whom routing passes over."""
    closed = select(Person.id).where(Person.active.is_(False))
    return Enquiry.assignee_id.is_(None), Enquiry.assignee_id.in_(closed)


def counts(session: Session, views: Mapping[str, Filters], *, actor: Actor) -> dict[str, int]:
    """Return how many enquiries each view holds, up to COUNT_LIMIT, in one query whose cost has a bound."""
    require(actor, Permission.ENQUIRY_READ)
    if not views:
        return {}
    counting = _counting(frozenset(views.values()), actor)
    # A network that was removed since its page knew of it has no row.
    counted = defaultdict(int, {row[0]: row[1] for row in session.execute(counting.statement)})
    return {
        name: min(COUNT_LIMIT, sum(counted[key] for key in counting.keys[filters])) for name, filters in views.items()
    }


@dataclass(frozen=True)
class _Counting:
    """A statement that counts, and under which keys the enquiries of each view are counted."""

    statement: CompoundSelect[Any]
    keys: Mapping[Filters, Sequence[str]]


# Built once for each set of views and each reader: to build and to compile it takes longer than to run it.
@lru_cache(128)
def _counting(views: frozenset[Filters], actor: Actor) -> _Counting:
    """Most views are a few statuses, or a network; the others are counted by themselves."""
    statuses: set[Status] = set()
    networks: set[int] = set()
    keys: dict[Filters, list[str]] = {}
    parts: list[Any] = []
    for filters in views:
        if filters == Filters(statuses=filters.statuses):
            statuses |= set(filters.statuses)
            keys[filters] = [f"status {status}" for status in filters.statuses]
        elif filters.network_id is not None and filters == Filters(network_id=filters.network_id):
            networks.add(filters.network_id)
            keys[filters] = [f"network {filters.network_id}"]
        else:
            each = _apart(filters, actor)
            keys[filters] = [f"view {number}" for number in range(len(parts), len(parts) + len(each))]
            numbers = [_number(visible(actor), *conditions) for conditions in each]
            parts += [select(_text(key), number) for key, number in zip(keys[filters], numbers, strict=True)]
    return _Counting(union_all(*_of_statuses(statuses, actor), *_of_networks(networks, actor), *parts), keys)


def _of_statuses(statuses: set[Status], actor: Actor) -> list[Any]:
    if not statuses:
        return []
    if actor.role not in SEE_ALL:
        # For any word PostgreSQL would look for what they see among all enquiries.
        return [
            select(_text(f"status {status.value}"), _number(visible(actor), in_status((status,))))
            for status in sorted(statuses)
        ]
    every = union_all(*(select(_text(status.value).label("word")) for status in sorted(statuses))).subquery()
    is_of = type_coerce(Enquiry.status, String) == every.c.word
    return [select(_text("status ") + every.c.word, _number(visible(actor), is_of))]


def _of_networks(networks: set[int], actor: Actor) -> list[Any]:
    if not networks:
        return []
    is_of = (in_status(OPEN_STATUSES), Enquiry.network_id == Network.id)
    query = select(_text("network ") + cast(Network.id, String), _number(*is_of))
    query = query.where(Network.id.in_([literal_column(str(number)) for number in sorted(networks)]))
    if actor.role in SEE_ALL:
        return [query]
    # Of those that are not theirs they see what was given to them: it is read once, not looked for in each.
    own = answered(actor)
    rest = select(_text("network ") + cast(Enquiry.network_id, String), func.count()).group_by(Enquiry.network_id)
    rest = rest.where(visible(actor), given(actor), in_status(OPEN_STATUSES), Enquiry.network_id.not_in(own))
    return [query.where(Network.id.in_(own)), rest]


def _apart(filters: Filters, actor: Actor) -> list[list[ColumnElement[bool]]]:
    """Return the conditions of a view, in parts that have no enquiry in common and an index each.

    What is given to no one would be looked for behind all that is given to someone.
    """
    if filters.assignee != 0 or filters.nothing:
        return [_conditions(filters)]
    others, (nones, left) = _conditions(replace(filters, assignee=None)), _no_ones()
    if actor.role not in SEE_ALL:
        # Read by itself: else PostgreSQL reads all that was ever given to who left, to lay it beside what is seen.
        left = Enquiry.id.in_(select(Enquiry.id).where(*others, left).offset(literal_column("0")).correlate(None))
    return [[*others, nones], [*others, left]]


def _text(word: str) -> ColumnElement[str]:
    """Return a word of ours as it is written in a statement: to bind dozens of them takes longer than to count."""
    return literal_column(f"'{word}'", String)


def _number(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    most: ColumnElement[int] = literal_column(str(COUNT_LIMIT))
    some = select(Enquiry.id).where(*conditions).limit(most).correlate_except(Enquiry).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
