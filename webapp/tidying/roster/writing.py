"""Lists of delegates as files that read back to the same rows: CSV with a mark for Excel, and XLSX."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from webapp.tidying.roster.columns import NAMES

# What spreadsheets run, in any width; ours is read back without the sign before it.
_RUN = re.compile(r"'*[=+\-@＝＋－＠\t\r]")
# So many lines of a template are prepared: what is typed there stays text.
_PREPARED = 500


def as_csv(rows: Sequence[Mapping[str, str]], names: Sequence[str] = NAMES) -> bytes:
    """Return rows as CSV. A cell that a spreadsheet would run begins with an apostrophe there."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(names)
    writer.writerows([_guarded(row.get(name, "")) for name in names] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Sequence[Mapping[str, str]], *, title: str, notes: Sequence[tuple[str, str]], about: str) -> bytes:
    """Return rows as a workbook whose cells all are text; a second sheet, called `about`, explains the columns."""
    buffer = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(buffer, options) as book:
        head, text = book.add_format({"bold": True, "num_format": "@"}), book.add_format({"num_format": "@"})
        _list(book.add_worksheet(_sheet_name(title)), rows, head, text)
        explained = book.add_worksheet(_sheet_name(about))
        explained.set_column(0, 0, 22, text)
        explained.set_column(1, 1, 90, book.add_format({"num_format": "@", "text_wrap": True}))
        for number, (name, note) in enumerate(notes):
            explained.write_string(number, 0, name, head)
            explained.write_string(number, 1, note)
    return buffer.getvalue()


def _list(sheet: Any, rows: Sequence[Mapping[str, str]], head: Any, text: Any) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(NAMES) - 1, 20, text)
    for place, name in enumerate(NAMES):
        sheet.write_string(0, place, name, head)
    for number, row in enumerate(rows, 1):
        for place, name in enumerate(NAMES):
            sheet.write_string(number, place, row.get(name, ""), text)
    for name, words in (("name_order", ["family_first", "given_first"]), ("invitation_letter", ["yes", "no"])):
        place = NAMES.index(name)
        sheet.data_validation(
            1, place, _PREPARED, place, {"validate": "list", "source": words, "error_type": "warning"}
        )


def _guarded(cell: str) -> str:
    return f"'{cell}" if _RUN.match(cell) else cell


def _sheet_name(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", name).strip("'")[:31]
