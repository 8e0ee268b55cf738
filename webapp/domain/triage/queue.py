"""The desk's view of enquiries: the queue in pages, its filters and its counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.domain.errors import Invalid
from webapp.domain.search import text as search_text
from webapp.domain.security.permissions import Actor, require, visible
from webapp.models import Enquiry, Person, Referral, enquiry_tags
from webapp.vocabulary import OPEN_STATUSES, Kind, Permission, Priority, Status

PAGE = 25
# Counts stop here and are shown as "99+": a count must not grow with the table.
COUNT_LIMIT = 100
# A word that fewer than 26 of these hold is rare enough for all of its enquiries to be read from the index of terms.
_NEAR = 1000
_NEWEST = (Enquiry.submitted_at, Enquiry.id)
_DUE = (Enquiry.priority, Enquiry.due_on, Enquiry.id)


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
    newest_first: bool = False
    # A filter was asked for that cannot be applied: nothing fits, rather than everything.
    nothing: bool = False


@dataclass(frozen=True)
class Position:
    """Where a page ends: the sort value and id of its last row, as text that goes into an address.

    The value is a time, or the place of a priority and a date: `2.2026-11-30`.
    """

    value: str
    id: int


@dataclass(frozen=True)
class QueuePage:
    """One page of the queue, and where the next one starts (None: there is none)."""

    rows: Sequence[Enquiry]
    next: Position | None


def queue(
    session: Session, filters: Filters, *, actor: Actor, after: Position | None = None, limit: int = PAGE
) -> QueuePage:
    """Return the enquiries that the actor sees, newest first, or by priority and then first due, in pages by keyset.

    Network, assignee and tags come with each row. Raises Invalid for a position that is none.
    """
    require(actor, Permission.ENQUIRY_READ)
    keys = _NEWEST if filters.newest_first else _DUE
    order = [key.desc() for key in keys] if filters.newest_first else keys
    conditions = [visible(actor), *_conditions(filters)]
    if after is not None:
        values = (*_sort_values(after, newest_first=filters.newest_first), after.id)
        there = tuple_(*(literal(value, key.type) for key, value in zip(keys, values, strict=True)))
        conditions.append(tuple_(*keys) < there if filters.newest_first else tuple_(*keys) > there)
    rows = _rows(session, conditions, order, filters.text, limit + 1)
    if len(rows) <= limit:
        return QueuePage(rows, None)
    last = rows[limit - 1]
    place = f"{list(Priority).index(last.priority)}.{last.due_on.isoformat()}"
    return QueuePage(rows[:limit], Position(last.submitted_at.isoformat() if filters.newest_first else place, last.id))


def _rows(
    session: Session, conditions: list[ColumnElement[bool]], order: Sequence[Any], text: str, limit: int
) -> Sequence[Enquiry]:
    """Return the first rows; a text is looked for in the nearest ones first, where a common word is found at once."""
    loads = (joinedload(Enquiry.network), joinedload(Enquiry.assignee), selectinload(Enquiry.tags))
    query = select(Enquiry).order_by(*order).limit(limit).options(*loads)
    if not text.strip():
        return session.scalars(query.where(*conditions)).all()
    near = select(Enquiry.id).where(*conditions).order_by(*order).limit(_NEAR).subquery()
    rows = session.scalars(query.where(Enquiry.id.in_(select(near.c.id)), search_text.meets(text))).all()
    if len(rows) == limit:
        return rows
    return session.scalars(query.where(*conditions, Enquiry.id.in_(search_text.ids(text)))).all()


def _sort_values(after: Position, *, newest_first: bool) -> tuple[datetime] | tuple[Priority, date]:
    try:
        if newest_first:
            value = datetime.fromisoformat(after.value)
            return (value if value.tzinfo else value.replace(tzinfo=UTC),)
        place, _, day = after.value.partition(".")
        return list(Priority)[int(place)], date.fromisoformat(day)
    except (ValueError, IndexError) as error:
        raise Invalid({"after": "unknown position"}) from error


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    if filters.nothing:
        return [false()]
    conditions: list[ColumnElement[bool]] = [Enquiry.status.in_(filters.statuses)]
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
        tagged = select(enquiry_tags.c.enquiry_id).where(enquiry_tags.c.tag_id == filters.tag_id)
        conditions.append(Enquiry.id.in_(tagged))
    if filters.partner_wrote:
        conditions.append(Enquiry.partner_wrote_at.is_not(None))
    if filters.with_faculty:
        conditions.append(Enquiry.id.in_(select(Referral.enquiry_id).where(Referral.is_open)))
    return conditions


def _whose(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.assignee is not None:
        conditions.append(Enquiry.assignee_id == filters.assignee if filters.assignee else _no_ones())
    if filters.with_person is not None:
        whose = [Enquiry.assignee_id == filters.with_person, Enquiry.answerer_id == filters.with_person]
        if filters.with_office:
            whose.append(and_(_no_ones(), Enquiry.answerer_id.is_(None)))
        conditions.append(or_(*whose))
    return conditions


def _no_ones() -> ColumnElement[bool]:
    """Return the condition: given to no one, or to someone whose account is closed: routing passes them over too."""
    closed = select(Person.id).where(Person.active.is_(False))
    return or_(Enquiry.assignee_id.is_(None), Enquiry.assignee_id.in_(closed))


def counts(session: Session, views: dict[str, Filters], *, actor: Actor) -> dict[str, int]:
    """Return how many enquiries each view holds, up to COUNT_LIMIT, in one query whose cost has a bound."""
    require(actor, Permission.ENQUIRY_READ)
    columns = [
        select(func.count())
        .select_from(select(Enquiry.id).where(visible(actor), *_conditions(filters)).limit(COUNT_LIMIT).subquery())
        .scalar_subquery()
        .label(name)
        for name, filters in views.items()
    ]
    return dict(session.execute(select(*columns)).one()._mapping) if columns else {}
