"""Days in a column, which has one order of day and month for all of them: no cell is guessed by itself."""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from webapp.tidying import amounts
from webapp.tidying.characters import folded

_YEAR_LAST = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4})")
_MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?$")


class Order(StrEnum):
    """Which comes first where a day is written as 03/09/2027."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


def read(text: str, order: Order | None) -> date | None:
    """Return the day that a cell means; None where it means none, or not one of this order."""
    ways = _ways(text)
    if ways is None:
        return amounts.day(_MIDNIGHT.sub("", text))
    if len(set(ways.values())) == 1 and len(ways) == 2:
        return next(iter(ways.values()))
    return ways.get(order) if order else None


def order(texts: Iterable[str]) -> tuple[Order | None, bool]:
    """Return the one order in which all of a column's cells are days, and whether someone has to say which is meant."""
    possible, asked = set(Order), False
    for text in texts:
        ways = _ways(text)
        if ways and len(set(ways.values())) == len(ways):
            possible &= set(ways)
            asked = True
    if len(possible) == 1:
        return possible.pop(), False
    return None, asked


def _ways(text: str) -> dict[Order, date] | None:
    """Return as which days a cell may be read, by order; None where its year is not last."""
    found = _YEAR_LAST.fullmatch(_MIDNIGHT.sub("", folded(text)))
    if not found:
        return None
    one, other, year = (int(found.group(number)) for number in (1, 3, 4))
    ways = {Order.DAY_FIRST: (other, one), Order.MONTH_FIRST: (one, other)}
    return {order: day for order, (month, number) in ways.items() if (day := _day(year, month, number))}


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
