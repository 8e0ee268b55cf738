"""Which line of a sheet names its columns, and which column is which."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from webapp.tidying.characters import folded, line
from webapp.tidying.roster.columns import FULL_NAME, TITLE, named
from webapp.tidying.roster.sheet import HEADERS_WITHIN, Line, Sheet, Unreadable

_NAMES = {"family_name", "given_name", FULL_NAME}
_ADDRESSED = re.compile(
    r"(mr|mrs|ms|miss|mx|dr|prof|professor|sir|dame|lord|lady|rev|hon|he|him|amb)[. ]*|先生|女士|小姐|太太|博士|教授",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Headed:
    """A sheet whose headers are known: the place of each column, its header as written, and headers not known."""

    places: dict[str, int]
    written: dict[str, str]
    ignored: tuple[str, ...]
    lines: tuple[Line, ...]


def headed(sheet: Sheet) -> Headed:
    """Return which column of a sheet is which. Raises Unreadable where no line names any column of names."""
    known = [(_columns(line), place) for place, line in enumerate(sheet.lines[:HEADERS_WITHIN])]
    best, place = max(known, key=lambda found: (len(set(found[0].values())), -found[1]), default=({}, 0))
    if not _NAMES & set(best.values()):
        first = [line(cell.text) for cell in sheet.lines[0].cells if cell.text.strip()] if sheet.lines else []
        raise Unreadable("headers", seen=first[:8])
    head, rest = sheet.lines[place], tuple(each for each in sheet.lines[place + 1 :])
    places: dict[str, int] = {}
    ignored = []
    for number, cell in enumerate(head.cells):
        name = best.get(number)
        if name == TITLE:
            name = _meant(number, rest)
        if name == FULL_NAME and {"family_name", "given_name"} & set(best.values()):
            name = None
        if name and name not in places:
            places[name] = number
        elif cell.text.strip() or any(_text(each, number) for each in rest):
            ignored.append(line(cell.text) or _letter(number))
    written = {name: line(head.cells[number].text) for name, number in places.items()}
    lines = tuple(each for each in rest if not _repeats(each, head))
    return Headed(places, written, tuple(ignored), lines)


def _columns(line: Line) -> dict[int, str]:
    found = ((place, named(cell.text)) for place, cell in enumerate(line.cells) if cell.text.strip())
    return {place: name for place, name in found if name}


def _meant(place: int, lines: Sequence[Line]) -> str:
    """Return what a column headed “title” holds: how people are addressed, or their posts."""
    cells = [folded(text) for each in lines if (text := _text(each, place))]
    addressed = sum(bool(_ADDRESSED.fullmatch(cell)) for cell in cells)
    return "honorific" if cells and addressed * 2 >= len(cells) else "position"


def _text(line: Line, place: int) -> str:
    return line.cells[place].text.strip() if place < len(line.cells) else ""


def _repeats(line: Line, head: Line) -> bool:
    """Return whether a line is the headers once more, as at the top of each page of a printed list."""
    return [cell.text.strip() for cell in line.cells if cell.text.strip()] == [
        cell.text.strip() for cell in head.cells if cell.text.strip()
    ]


def _letter(place: int) -> str:
    """Return what spreadsheets call a column."""
    first, second = divmod(place, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)
