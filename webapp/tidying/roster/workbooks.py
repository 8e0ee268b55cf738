"""XLSX: the first sheet that is not hidden, cell by cell as text. Formulas are not worked out, whatever they say."""

import io
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import DEFUSEDXML, load_workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from webapp.tidying.roster import packages
from webapp.tidying.roster.sheet import (
    MOST_COLUMNS,
    Cell,
    Kind,
    Line,
    Progress,
    Sheet,
    Source,
    Unreadable,
    bounded,
)

# Without it, openpyxl would follow entities that grow without end.
assert DEFUSEDXML
_EMPTY = Cell("")


def read(content: bytes, *, progress: Progress | None = None) -> Sheet:
    """Return the lines of a workbook's first visible sheet. Raises Unreadable; weigh it first."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what it does not keep when it saves: nothing is saved
            return _read(content, progress)
    except Unreadable:
        raise
    except Exception:  # what the library raises for broken ones is not said
        raise Unreadable("damaged") from None


def _read(content: bytes, progress: Progress | None) -> Sheet:
    unworked = _formulas(content) if packages.formulas(content) else frozenset()
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheet, others = _first(book)
    lines, until = bounded(_lines(sheet, unworked), progress)
    return Sheet(Source("xlsx", sheet=sheet.title, other_sheets=others, until=until), lines)


def _first(book: Any) -> tuple[ReadOnlyWorksheet, tuple[str, ...]]:
    sheets = [each for each in book.worksheets if isinstance(each, ReadOnlyWorksheet)]
    shown = next((each for each in sheets if each.sheet_state == "visible"), None)
    if shown is None:
        raise Unreadable("hidden")
    # Ours explains the columns, and every list that began as our template has it.
    return shown, tuple(each.title for each in sheets if each is not shown)


def _lines(sheet: ReadOnlyWorksheet, unworked: frozenset[tuple[int, int]]) -> Iterator[Line]:
    sheet.reset_dimensions()  # they may be wrong
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), 1):
        cells = [_cell(each.value, each.number_format if each.value is not None else "") for each in row]
        for place, cell in enumerate(cells, 1):
            if not cell.text and (number, place) in unworked:
                cells[place - 1] = Cell("", Kind.FORMULA)
        yield Line(number, tuple(cells))


def _formulas(content: bytes) -> frozenset[tuple[int, int]]:
    """Return where the first visible sheet has formulas: by row and column."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    sheet, _others = _first(book)
    sheet.reset_dimensions()
    rows = enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), 1)
    found: set[tuple[int, int]] = set()
    for number, row in rows:
        if number > packages.MOST_TABLE_LINES:
            break
        found.update((number, place) for place, each in enumerate(row, 1) if getattr(each, "data_type", "") == "f")
    return frozenset(found)


def _cell(value: Any, number_format: str) -> Cell:
    if isinstance(value, str):
        return Cell(value, Kind.FAULT if value in _FAULTS else Kind.TEXT)
    if isinstance(value, datetime):
        return Cell(_moment(value), Kind.DAY)
    if isinstance(value, date | time | timedelta):
        return Cell(str(value), Kind.DAY)
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    return _EMPTY if value is None else Cell(_number(value, number_format), Kind.NUMBER)


_FAULTS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#SPILL!"))


def _moment(value: datetime) -> str:
    if not value.time().replace(microsecond=0) > time():
        return value.date().isoformat()
    return value.isoformat(sep=" ", timespec="minutes")


def _number(value: float, number_format: str) -> str:
    """Return a number as its cell shows it, as far as zeros before it are its format: `00000` makes 00123 of 123."""
    whole = f"{value:.0f}" if float(value).is_integer() else repr(value)
    zeros = number_format.strip()
    return whole.zfill(len(zeros)) if zeros and set(zeros) == {"0"} and whole.isdigit() else whole
