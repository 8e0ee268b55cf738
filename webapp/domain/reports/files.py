"""Figures as files: comma-separated values, and a workbook in which nothing that someone typed is a formula."""

import csv
import io
from collections.abc import Sequence

import xlsxwriter

Table = Sequence[Sequence[str | int | float | None]]
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(rows: Table) -> bytes:
    """Return rows as CSV in UTF-8 with a mark that spreadsheets read it by; what looks like a formula is text there."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    for row in rows:
        writer.writerow(["" if value is None else _text(value) for value in row])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _text(value: str | float) -> str | float:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def as_xlsx(rows: Table, *, title: str) -> bytes:
    """Return rows as a workbook of one sheet, the first row as its head; texts stay texts, numbers are numbers."""
    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(written, options)
    sheet = book.add_worksheet(_sheet_name(title))
    head = book.add_format({"bold": True, "bottom": 1})
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(number, column, value, head if number == 0 else None)
    if rows:
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, len(rows[0]) - 1, 14)
        sheet.freeze_panes(1, 1)
    book.close()
    return written.getvalue()


def _sheet_name(title: str) -> str:
    """Return a title as a sheet may be called."""
    return "".join(" " if character in "[]:*?/\\'" else character for character in title)[:31].strip() or "1"
