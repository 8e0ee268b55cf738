"""Tables as text: which encoding their bytes are in, which sign divides their cells, and their lines."""

import codecs
import csv
import io
import re
from collections.abc import Iterator

from webapp.tidying.roster.columns import named
from webapp.tidying.roster.sheet import HEADERS_WITHIN, Cell, Line, Progress, Sheet, Source, Unreadable, bounded

# Those that may be chosen where nothing in the bytes says which it is.
ENCODINGS = ("utf-8", "utf-16", "gb18030", "big5hkscs", "cp1252")
DELIMITERS = (",", ";", "\t")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HIGH = re.compile(rb"[\x80-\xff]+")
_START = 4000
# A cell or a line longer than this is none: a quotation mark was never closed, or it is another kind of file.
_LONGEST_CELL, _LONGEST_LINE = 20_000, 200_000
_SEP = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
# Written before what a spreadsheet would run as a formula, by us and by others.
_GUARDED = re.compile(r"'+[=+\-@＝＋－＠\t\r]")


def read(content: bytes, *, encoding: str = "", progress: Progress | None = None) -> Sheet:
    """Return the lines of a CSV file; `encoding` is what a person chose. Raises Unreadable."""
    text, taken, guessed = decoded(content, encoding)
    return _sheet(text, "csv", taken, guessed=guessed, progress=progress)


def pasted(text: str) -> Sheet:
    """Return the lines of a table that was pasted. Raises Unreadable."""
    return _sheet(text, "pasted", "", guessed=False)


def decoded(content: bytes, chosen: str = "") -> tuple[str, str, bool]:
    """Return a file's text, its encoding, and whether that was guessed.

    A mark at the beginning says it; else what is UTF-8 throughout is that; else UTF-16 has zeros in every other place;
    else whichever of GB18030, Big5 and CP1252 makes headers that we know, and where that tells nothing GB18030 if most
    letters beyond ASCII come in pairs, as Han do, or CP1252. Raises Unreadable.
    """
    if chosen:
        return _as(content, chosen), chosen, True
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _as(content, encoding), encoding.removesuffix("-sig"), False
    if zeros := _utf_16(content):
        return _as(content, zeros), "utf-16", False
    if b"\0" in content:
        raise Unreadable("kind")
    try:
        return content.decode(), "utf-8", False
    except UnicodeDecodeError:
        encoding = _guessed(content)
        return _as(content, encoding), encoding, True


def _as(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise Unreadable("encoding", encoding=encoding.removesuffix("-sig")) from None


def _utf_16(content: bytes) -> str:
    start = content[:_START]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if len(content) % 2 or max(even, odd) * 8 < len(start):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _guessed(content: bytes) -> str:
    known = {each: _headers(content, each) for each in ("gb18030", "big5hkscs", "cp1252")}
    if known["big5hkscs"] > known["gb18030"]:
        return "big5hkscs"
    if known["gb18030"] > known["cp1252"]:
        return "gb18030"
    runs = [len(run) for run in _HIGH.findall(content)]
    paired = sum(length for length in runs if length % 2 == 0)
    return "gb18030" if known["gb18030"] >= 0 and paired * 2 >= sum(runs) else "cp1252"


def _headers(content: bytes, encoding: str) -> int:
    """Return how many headers are known where a file is read so; -1 where it cannot be."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return -1
    return max((_known(text, delimiter) for delimiter in DELIMITERS), default=0)


def _known(text: str, delimiter: str) -> int:
    lines = text[:_START].splitlines()[:HEADERS_WITHIN]
    return max((sum(bool(named(cell.strip(' "'))) for cell in line.split(delimiter)) for line in lines), default=0)


def _sheet(text: str, kind: str, encoding: str, *, guessed: bool, progress: Progress | None = None) -> Sheet:
    if hint := _SEP.match(text):
        text, delimiter = text[hint.end() :], hint[1]
    else:
        counted = {each: (_known(text, each), text[:_START].count(each)) for each in DELIMITERS}
        delimiter = max(DELIMITERS, key=lambda each: counted[each])
    first = 2 if hint else 1
    lines, until = bounded(_lines(text, delimiter, first), progress)
    return Sheet(Source(kind, encoding, guessed, delimiter, until=until), lines)


def _lines(text: str, delimiter: str, first: int) -> Iterator[Line]:
    """Yield each line under the number that it begins at: cells may have breaks in them."""
    reader = csv.reader(_physical(text, first), delimiter=delimiter)
    begins = first
    try:
        for cells in reader:
            if long := next((cell for cell in cells if len(cell) > _LONGEST_CELL), ""):
                # Only a cell in quotation marks has more than one line.
                raise Unreadable("quotation" if "\n" in long or "\r" in long else "line", line=begins)
            yield Line(begins, tuple(Cell(_unguarded(cell)) for cell in cells))
            begins = first + reader.line_num
    except csv.Error:
        raise Unreadable("quotation", line=begins) from None
    if _is_open(text, delimiter):
        raise Unreadable("quotation", line=begins)


def _physical(text: str, first: int) -> Iterator[str]:
    for number, line in enumerate(io.StringIO(text, newline=""), first):
        if len(line) > _LONGEST_LINE:
            raise Unreadable("line", line=number)
        yield line


def _is_open(text: str, delimiter: str) -> bool:
    """Return whether the last quotation mark that opens a cell is never closed."""
    if text.count('"') % 2 == 0:
        return False
    try:
        for _cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _unguarded(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell
