"""Workbooks before they are opened: what kind of file it is, and whether reading it stays within bounds."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from webapp.tidying.roster.sheet import MOST_ROWS, Unreadable

# What reading takes grows with the marks in the XML, at some 200 bytes for each: counted before anything is read.
MOST_XML = 16 * 1024 * 1024
MOST_MARKS, MOST_EQUALS = 250_000, 250_000
# So many bytes take as long as a mark.
_BYTES_OF_ONE = 64
# Formatted lines without anything in them are usual; these many are not, in a list of some hundred.
MOST_TABLE_LINES = 5_000
_MOST_PARTS = 2_000
_PIECE = 256 * 1024
_STARTS = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "old",
    b"MZ": "program", b"\x7fELF": "program", b"#!": "program", b"\xca\xfe\xba\xbe": "program",
    b"\xcf\xfa\xed\xfe": "program",
    b"%PDF-": "pdf", b"\x89PNG": "picture", b"\xff\xd8\xff": "picture", b"GIF8": "picture",
    b"Rar!": "archive", b"7z\xbc\xaf": "archive", b"\x1f\x8b": "archive",
    b"{\\rtf": "document",
}  # fmt: skip
_MAIN = re.compile(rb"spreadsheetml\.(sheet|template)\.main\+xml")
_TYPES = "[Content_Types].xml"


def is_workbook(content: bytes) -> bool:
    """Return whether a file is to be read as a workbook, else as text, whatever its name. Raises Unreadable."""
    if not content.strip():
        raise Unreadable("empty")
    if kind := next((kind for start, kind in _STARTS.items() if content.startswith(start)), None):
        raise Unreadable("old" if kind == "old" else "kind")
    return content.startswith(b"PK\x03\x04")


def weigh(content: bytes) -> int:
    """Return how long a workbook takes to read, in marks of XML. Raises Unreadable for what is past all bounds.

    Sizes that a package gives of its parts are its limits: no part unpacks to more.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            return _weighed(opened)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as error:
        locked = isinstance(error, RuntimeError) and "password" in str(error)
        raise Unreadable("locked" if locked else "damaged") from None


def _weighed(opened: zipfile.ZipFile) -> int:
    parts = {part.filename.lstrip("/"): part for part in opened.infolist()}
    read = [part for name, part in parts.items() if name.lower().endswith((".xml", ".rels", ".vml"))]
    if len(opened.infolist()) > _MOST_PARTS or sum(part.file_size for part in read) > MOST_XML:
        raise Unreadable("swollen")
    if _TYPES not in parts or not _MAIN.search(opened.read(parts[_TYPES])):
        raise Unreadable("kind")
    marks = equals = lines = 0
    for part in read:
        head = True
        for piece in _pieces(opened, part):
            if head and b"<!DOCTYPE" in piece.upper():
                raise Unreadable("swollen")
            head = False
            marks, equals = marks + piece.count(b"<"), equals + piece.count(b"=")
            lines += piece.count(b"<row") if "worksheets/" in part.filename else 0
        if lines > MOST_TABLE_LINES:
            raise Unreadable("rows", most=MOST_ROWS)
    if marks > MOST_MARKS or equals > MOST_EQUALS:
        raise Unreadable("swollen")
    return marks + sum(part.file_size for part in read) // _BYTES_OF_ONE


def _pieces(opened: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with opened.open(part) as stream:
        while piece := stream.read(_PIECE):
            yield piece


def formulas(content: bytes) -> bool:
    """Return whether any sheet may hold a formula: a workbook is read a second time then, to see where."""
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        sheets = [part for part in opened.infolist() if "worksheets/" in part.filename and part.file_size]
        return any(re.search(rb"<(\w+:)?f[\s/>]", opened.read(part)) for part in sheets)
