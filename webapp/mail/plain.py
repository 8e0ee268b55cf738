"""Plain text: fields of one line, and paragraphs broken at 72 columns, Chinese too."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

COLUMNS = 72
_WIDE = "FW"
# Marks that may not begin a line, and those that may not end one.
_CLOSING = frozenset("，。、；：？！）」』》〉】”’…")
_OPENING = frozenset("（「『《〈【“‘")
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}
_PLAIN = re.compile("[\t\n -~\u00a0-\u02ff\u2010-\u2027]*")
# Text in which every character takes one column: most of what is written in Latin letters, with its quotes and dashes.
_NARROW = re.compile("[\u0000-\u02ff\u2010-\u2027]*")
_NARROW_UNIT = re.compile(rf"(?:\S+\s*|\s+)(?:[{''.join(sorted(_CLOSING))}]\S*\s*)*")
# A line that does not begin with a space.
_LINE = re.compile(r"(?!\s).*")
# Narrow words with one space between them: each may begin a line.
_EVEN = re.compile(rf"\S+(?: [^\s{''.join(sorted(_CLOSING))}]\S*)*")


def one_line(text: str, limit: int = 200) -> str:
    """Return text fit for a header or a cell: one line, no control, direction or surrogate characters.

    "=?" is broken up, so that no reader takes it for an encoded word. At most `limit` characters, the rest as "…".
    """
    spaced = text
    if not _PLAIN.fullmatch(text):
        spaced = "".join(" " if unicodedata.category(c) in _UNPRINTABLE else c for c in text if c not in _BIDI)
    line = " ".join(spaced.split()).replace("=?", "= ?")
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def body_text(text: str) -> str:
    """Return text fit for a body: ends of line are \\n, no other control, direction or surrogate characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    if _PLAIN.fullmatch(text):
        return text.strip()
    kept = (c for c in text if c in "\n\t" or (unicodedata.category(c) not in _UNPRINTABLE and c not in _BIDI))
    return "".join(kept).strip()


def width(text: str) -> int:
    """Return how many columns a text takes where a Chinese character takes two."""
    return len(text) if _is_narrow(text) else sum(map(_columns, text))


def _is_narrow(text: str) -> bool:
    return text.isascii() or _NARROW.fullmatch(text) is not None


def wrap(text: str, *, indent: str = "", first: str | None = None) -> str:
    """Return text with every line begun by `indent` (the very first by `first`) and broken at 72 columns.

    A word that is longer than a line, such as an address, is left whole.
    """
    begin = indent if first is None else first
    if len(begin) + len(text) <= COLUMNS and text.isascii() and begin.isascii() and _LINE.fullmatch(text):
        return (begin + text).rstrip()
    lines: list[str] = []
    for paragraph in text.split("\n"):
        head = first if first is not None and not lines else indent
        lines.extend(_lines(paragraph, head, indent))
    return "\n".join(lines)


def _lines(paragraph: str, head: str, indent: str) -> Iterator[str]:
    if _is_narrow(paragraph) and _is_narrow(head):
        if len(head) + len(paragraph) <= COLUMNS and not paragraph[:1].isspace():
            yield (head + paragraph).rstrip()
            return
        if _EVEN.fullmatch(paragraph):
            yield from _even_lines(paragraph, head, indent)
            return
    line, used = head, width(head)
    begun = False
    for unit in _units(paragraph):
        size = width(unit.rstrip())
        if begun and used + size > COLUMNS:
            yield line.rstrip()
            line, used, begun = indent, width(indent), False
        if unit.strip() or begun:
            line, used, begun = line + unit, used + width(unit), True
    yield line.rstrip()


def _even_lines(paragraph: str, head: str, indent: str) -> Iterator[str]:
    """Yield the same lines of an even text: found by their ends, not word by word."""
    room, rest = COLUMNS - len(head), paragraph
    while len(rest) > room:
        end = rest.rfind(" ", 0, max(room, 0) + 1)
        if end < 0:
            end = rest.find(" ")
        if end < 0:
            break
        yield head + rest[:end]
        head, rest, room = indent, rest[end + 1 :], COLUMNS - width(indent)
    yield head + rest


def _units(paragraph: str) -> Iterator[str]:
    """Yield what a line may not be broken within: a word and its space, a Chinese character and its marks."""
    if _is_narrow(paragraph):
        yield from _NARROW_UNIT.findall(paragraph)
        return
    unit = ""
    for character in paragraph:
        if unit and _may_break(unit[-1], character):
            yield unit
            unit = ""
        unit += character
    if unit:
        yield unit


def _may_break(before: str, after: str) -> bool:
    if after.isspace() or after in _CLOSING or before in _OPENING:
        return False
    return before.isspace() or _columns(before) == 2 or _columns(after) == 2


@lru_cache(8192)
def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1
