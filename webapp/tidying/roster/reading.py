"""A file or a pasted table becomes rows in its own order, with problems by row and column."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from webapp.tidying.roster import days, headers, packages, text_tables, workbooks
from webapp.tidying.roster.checking import Problem, Rules, checked
from webapp.tidying.roster.columns import EVERY, FULL_NAME, Shape
from webapp.tidying.roster.days import Order
from webapp.tidying.roster.headers import Headed
from webapp.tidying.roster.sheet import MOST_BYTES, MOST_ROWS, Cell, Kind, Line, Progress, Sheet, Source, Unreadable

# What is no more than this is read while its sender waits: half a second at most.
LIGHT_WEIGHT, LIGHT_BYTES = 90_000, 1024 * 1024


@dataclass(frozen=True)
class Choices:
    """What a person said where a file does not: an encoding, the order of days by column, what empty cells mean.

    `mended` holds what was typed in the place of a cell, by the row's number and the column.
    """

    encoding: str = ""
    orders: Mapping[str, Order] = field(default_factory=dict)
    letter: bool = False
    mended: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A delegate: the line of the file, and a value for each column."""

    number: int
    values: dict[str, str]


@dataclass(frozen=True)
class Reading:
    """What a file holds, and what is wrong with it."""

    source: Source
    # Headers as they were written, by column; headers that mean no column of ours.
    headers: dict[str, str]
    ignored: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    # Columns of days whose order no cell tells.
    undecided: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether it can be saved as it is."""
        return bool(self.rows) and not any(not each.is_warning for each in self.problems)


def is_light(content: bytes) -> bool:
    """Return whether a file is read at once; what is not belongs off the request. Raises Unreadable past all bounds."""
    if len(content) > MOST_BYTES:
        raise Unreadable("large", most=MOST_BYTES // 1024 // 1024)
    if packages.is_workbook(content):
        return packages.weigh(content) <= LIGHT_WEIGHT
    return len(content) <= LIGHT_BYTES


def read(content: bytes, *, today: date, choices: Choices | None = None, progress: Progress | None = None) -> Reading:
    """Read a file by what it is, whatever its name. Raises Unreadable."""
    chosen = choices or Choices()
    is_light(content)
    if packages.is_workbook(content):
        sheet = workbooks.read(content, progress=progress)
    else:
        sheet = text_tables.read(content, encoding=chosen.encoding, progress=progress)
    return _read(sheet, today, chosen)


def read_pasted(text: str, *, today: date, choices: Choices | None = None) -> Reading:
    """Read a table that was pasted. Raises Unreadable."""
    if not text.strip():
        raise Unreadable("empty")
    if len(text) > LIGHT_BYTES:
        raise Unreadable("rows", most=MOST_ROWS)
    return _read(text_tables.pasted(text), today, choices or Choices())


def _read(sheet: Sheet, today: date, choices: Choices) -> Reading:
    known = headers.headed(sheet)
    if len(known.lines) > MOST_ROWS:
        raise Unreadable("rows", most=MOST_ROWS)
    if not known.lines:
        raise Unreadable("no rows")
    cells = [(line.number, _cells(line, known, choices)) for line in known.lines]
    orders, undecided = _orders([each for _number, each in cells], choices)
    rules = Rules(today, orders, choices.letter)
    rows, problems = [], [Problem("undecided", column=name) for name in undecided]
    for number, each in cells:
        values, found = checked(number, each, rules)
        rows.append(Row(number, values))
        problems += [one for one in found if one.why != "day order" or one.column not in undecided]
    problems += _twice(rows)
    return Reading(sheet.source, known.written, known.ignored, tuple(rows), tuple(problems), tuple(undecided))


def _cells(line: Line, known: Headed, choices: Choices) -> dict[str, Cell]:
    found = {name: line.cells[place] for name, place in known.places.items() if place < len(line.cells)}
    if FULL_NAME in found:
        found["family_name"] = found.pop(FULL_NAME)
    typed = choices.mended.get(line.number, {})
    return found | {name: Cell(text) for name, text in typed.items() if name in EVERY}


def _orders(rows: list[dict[str, Cell]], choices: Choices) -> tuple[dict[str, Order | None], list[str]]:
    orders: dict[str, Order | None] = {}
    undecided = []
    for name in (column.name for column in EVERY.values() if column.shape is Shape.DAY):
        texts = [row[name].text for row in rows if name in row and row[name].kind is not Kind.DAY]
        found, asks = days.order(texts)
        orders[name] = choices.orders.get(name, found)
        if asks and orders[name] is None:
            undecided.append(name)
    return orders, undecided


def _twice(rows: list[Row]) -> list[Problem]:
    """Warn of people who are there twice: by their names and organisation, or by their passport."""
    seen: dict[Any, int] = {}
    found = []
    for row in rows:
        whole = tuple(row.values[name].casefold() for name in ("family_name", "given_name", "organisation"))
        passport = row.values["passport_number"].upper()
        for key, column in ((whole, "family_name"), (passport, "passport_number")):
            if not any(key):
                continue
            if key in seen:
                found.append(Problem("twice", row.number, column, {"first": seen[key]}, is_warning=True))
            else:
                seen[key] = row.number
    return found
