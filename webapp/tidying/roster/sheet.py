"""What is read of a file before anyone asks what it means: lines of cells, and why a file cannot be read at all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

# As many people as a delegation may have here, and as many columns as a list may.
MOST_ROWS, MOST_COLUMNS = 500, 60
MOST_BYTES = 10 * 1024 * 1024
# A list's title may be above its headers; no more lines than this.
HEADERS_WITHIN = 10
MOST_LINES = MOST_ROWS + HEADERS_WITHIN
# So many empty lines in a row, and nothing is expected to follow.
MOST_EMPTY = 1000

Progress = Callable[[int], None]


class Kind(StrEnum):
    """How a cell held its value: a number may have lost zeros, a formula has none of its own."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    FORMULA = "formula"
    FAULT = "fault"


@dataclass(frozen=True)
class Cell:
    """A cell as it came."""

    text: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Line:
    """A line of a file: its number there, from 1, and its cells."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def is_empty(self) -> bool:
        return not any(cell.text.strip() or cell.kind is Kind.FORMULA for cell in self.cells)


@dataclass(frozen=True)
class Source:
    """What was read, for the reader to check: a table's encoding and delimiter, or a workbook's sheet."""

    kind: str
    encoding: str = ""
    # Nothing in the bytes says it: another encoding may be meant.
    guessed: bool = False
    delimiter: str = ""
    sheet: str = ""
    # Names of sheets that were not read.
    other_sheets: tuple[str, ...] = ()
    # The last line that was looked at, where a thousand empty ones came before the end; 0: all were.
    until: int = 0


@dataclass(frozen=True)
class Sheet:
    """The lines of a file that are not empty, and where they are from."""

    source: Source
    lines: tuple[Line, ...] = field(repr=False)


class Unreadable(ValueError):
    """A file from which no list can be read: why, as a word, and what shows it."""

    def __init__(self, why: str, **data: Any) -> None:
        self.why, self.data = why, data
        super().__init__(f"{why}: {data}")


def bounded(lines: Iterator[Line], progress: Progress | None = None) -> tuple[tuple[Line, ...], int]:
    """Return the lines that are not empty, and the last one looked at where a thousand empty ones came (else 0).

    Raises Unreadable where they are more, or wider, than a list may be.
    """
    kept: list[Line] = []
    last = 0
    for line in lines:
        if line.is_empty:
            if line.number - last > MOST_EMPTY:
                return tuple(kept), line.number
            continue
        last = line.number
        if len(line.cells) > MOST_COLUMNS and any(cell.text.strip() for cell in line.cells[MOST_COLUMNS:]):
            raise Unreadable("columns", most=MOST_COLUMNS)
        kept.append(Line(line.number, line.cells[:MOST_COLUMNS]))
        if len(kept) > MOST_LINES:
            raise Unreadable("rows", most=MOST_ROWS)
        if progress and len(kept) % 50 == 0:
            progress(len(kept))
    return tuple(kept), 0
