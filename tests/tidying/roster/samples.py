"""Lists of delegates as files: plainly fictional, in many scripts, and files that mean harm."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import xlsxwriter

from webapp.tidying.roster.columns import NAMES

# Rare Han, a Han character with a twin, Arabic, Persian with its joiner, Vietnamese, Icelandic, one name, 100 letters.
PEOPLE = [
    ("𠮷田", "太郎"),
    ("神", "﨑子"),
    ("الخوارزمي", "محمد"),
    ("می‌خواهم", "علی"),
    ("Nguyễn", "Thị Ánh"),
    ("Þórarinsdóttir", "Æsa Ýr"),
    ("Sukarno", ""),
    ("É" * 50 + "a" * 50, "Q"),
    ("歐陽", "娜娜"),
    ("O’Brien-Łukasz", "Seán"),
]


def people(count: int) -> list[dict[str, str]]:
    """Return rows as they are once read, each with a value for each column."""
    rows = []
    for number in range(count):
        family, given = PEOPLE[number % len(PEOPLE)]
        letter = number % 2 == 1
        row = dict.fromkeys(NAMES, "") | {
            "family_name": f"{family}{number}" if number >= len(PEOPLE) else family,
            "given_name": given,
            "name_order": ("family_first", "given_first")[number % 3 == 0],
            "position": ("=cmd|' /C calc'!A0", "Dean", "+Dean", "-Dean", "@Dean", "'=Dean")[number % 6],
            "academic_title": "教授",
            "organisation": "Example University",
            "email": f"delegate{number}@example.org",
            "diet": "no nuts, no “pork”;\tno milk".replace("\t", " "),
            "arrival": "CX881, 14:20",
            "invitation_letter": "yes" if letter else "no",
        }
        if letter:
            row |= {
                "nationality": "PRC",
                "birth_date": "1980-05-01",
                "passport_number": f"00{number:06}",
                "passport_expiry": "2031-01-31",
            }
        rows.append(row)
    return rows


def workbook(fill: Callable[[Any], object]) -> bytes:
    """Return a workbook that `fill` has written into."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False}) as book:
        fill(book)
    return buffer.getvalue()


def table(*rows: list[Any]) -> bytes:
    """Return a workbook of one sheet with these rows."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    return workbook(fill)


def patched(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook with one of its parts changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after:
        for info in before.infolist():
            data = before.read(info)
            after.writestr(info.filename, change(data) if info.filename.endswith(part) else data)
    return buffer.getvalue()


def bomb(unpacked: int) -> bytes:
    """Return a workbook whose sheet unpacks to so many bytes of nothing."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(table(["family_name"], ["Chan"]))) as good,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for info in good.infolist():
            if not info.filename.endswith("sheet1.xml"):
                bad.writestr(info.filename, good.read(info))
        with bad.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as stream:
            piece = b" " * 1024 * 1024
            for _ in range(unpacked // len(piece)):
                stream.write(piece)
    return buffer.getvalue()


def packed(content: bytes, part: str) -> bytes:
    """Return one part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return next(opened.read(info) for info in opened.infolist() if info.filename.endswith(part))
