"""The orders of a list of enquiries: each is read from an index of open enquiries, or of all of them by time."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, literal, tuple_

from webapp.domain.errors import Invalid
from webapp.models import Enquiry
from webapp.vocabulary import Kind, Priority, Status

_RANK = re.compile(r"\d\.(20\d\d|9999)-\d\d-\d\d")
_TIMES = re.compile(r"20\d\d-\d\d-\d\dT[\d:.]+\+00:00")


class Order(StrEnum):
    """How a list is sorted; all but the times hold among open enquiries alone."""

    DUE = "due"
    NEWEST = "newest"
    OLDEST = "oldest"
    STATUS = "status"
    KIND = "kind"
    ORGANISATION = "organisation"


OF_OPEN = tuple(Order)
OF_ALL = (Order.NEWEST, Order.OLDEST)


@dataclass(frozen=True)
class Position:
    """Where a page ends: the sort value and id of its last row, as text that goes into an address.

    The value is a time, a name, or a word with the place of a priority and a date: `received.2.2026-11-30`.
    """

    value: str
    id: int


@dataclass(frozen=True)
class _Row:
    """What an order sorts by (the id comes last), how that is written into an address, and read again."""

    keys: tuple[Any, ...]
    write: Callable[[Enquiry], str]
    read: Callable[[str], tuple[Any, ...]]
    descending: bool = False


def _write_rank(row: Enquiry) -> str:
    return f"{list(Priority).index(row.priority)}.{row.due_on.isoformat()}"


def _read_rank(text: str) -> tuple[Any, ...]:
    if not _RANK.fullmatch(text):
        raise ValueError(text)
    place, _dot, day = text.partition(".")
    return list(Priority)[int(place)], date.fromisoformat(day)


def _read_time(text: str) -> tuple[Any, ...]:
    if not _TIMES.fullmatch(text):
        raise ValueError(text)
    return (datetime.fromisoformat(text),)


def _read_name(text: str) -> tuple[Any, ...]:
    if "\0" in text:
        raise ValueError(text)
    return (text,)


def _ranked(column: Any, words: type[StrEnum]) -> _Row:
    """Return the order by a word, and within each as by what is due."""

    def read(text: str) -> tuple[Any, ...]:
        word, _dot, rank = text.partition(".")
        return words(word), *_read_rank(rank)

    return _Row(
        (column, Enquiry.priority, Enquiry.due_on), lambda row: f"{getattr(row, column.key)}.{_write_rank(row)}", read
    )


_TIME = (Enquiry.submitted_at,)
_ROWS: dict[Order, _Row] = {
    Order.DUE: _Row((Enquiry.priority, Enquiry.due_on), _write_rank, _read_rank),
    Order.NEWEST: _Row(_TIME, lambda row: row.submitted_at.isoformat(), _read_time, descending=True),
    Order.OLDEST: _Row(_TIME, lambda row: row.submitted_at.isoformat(), _read_time),
    Order.STATUS: _ranked(Enquiry.status, Status),
    Order.KIND: _ranked(Enquiry.kind, Kind),
    Order.ORGANISATION: _Row((Enquiry.organisation,), lambda row: row.organisation, _read_name),
}


def by(order: Order) -> Sequence[Any]:
    """Return what a query is sorted by."""
    row = _ROWS[order]
    keys = (*row.keys, Enquiry.id)
    return [key.desc() for key in keys] if row.descending else keys


def beyond(order: Order, after: Position) -> ColumnElement[bool]:
    """Return the condition that a row follows a position. Raises Invalid for a position that is none."""
    row = _ROWS[order]
    try:
        values = (*row.read(after.value), after.id)
    except (ValueError, IndexError) as error:
        raise Invalid({"after": "unknown position"}) from error
    keys = (*row.keys, Enquiry.id)
    there = tuple_(*(literal(value, key.type) for key, value in zip(keys, values, strict=True)))
    return tuple_(*keys) < there if row.descending else tuple_(*keys) > there


def position(order: Order, last: Enquiry) -> Position:
    """Return the position after a row."""
    return Position(_ROWS[order].write(last), last.id)
