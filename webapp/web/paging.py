"""Long lists in parts: the newest of what happened, or so many rows from a place on, as the address says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

from webapp.web import guards

Item = TypeVar("Item")


@dataclass(frozen=True)
class Part(Generic[Item]):
    """What is shown of a list; `earlier` is where the part before it ends (None: it is the first)."""

    items: Sequence[Item]
    earlier: int | None
    is_newest: bool


def place(name: str) -> int | None:
    """Return the number that the address gives for a place, or None where it gives none."""
    return guards.number(request.args.get(name, ""))


def newest(items: Sequence[Item], name: str, number: Callable[[Item], int], size: int) -> Part[Item]:
    """Return the last `size` of items in order, or of those before the number that the address gives as `name`."""
    before = place(name)
    older = [item for item in items if before is None or number(item) < before]
    shown = older[-size:]
    return Part(shown, number(shown[0]) if len(older) > size else None, is_newest=before is None)


@dataclass(frozen=True)
class Rows(Generic[Item]):
    """Some rows of a list; `after` is behind which the next ones begin (None: there are none)."""

    items: Sequence[Item]
    after: int | None
    is_first: bool


def rows(items: Sequence[Item], number: Callable[[Item], int], size: int) -> Rows[Item]:
    """Return the first `size` items, or those behind the one that the address gives as `after`."""
    after = place("after")
    start = next((at + 1 for at, item in enumerate(items) if number(item) == after), 0)
    shown = items[start : start + size]
    return Rows(shown, number(shown[-1]) if len(items) > start + size else None, is_first=start == 0)
