"""Write docs/events.md, which says what each kind of event knows, from the classes: `python -m tests.events_page`."""

import types
from collections.abc import Iterator
from dataclasses import MISSING, fields
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from tests.event_samples import SAMPLES
from webapp.models.event_codec import VERSION, class_of
from webapp.models.event_data import EventData, File, RoutingStep, StatusChange, Window
from webapp.vocabulary import (
    Action,
    ChecklistChange,
    EventKind,
    Finding,
    Kind,
    MessageKind,
    Obstacle,
    Post,
    Priority,
    ScreeningResult,
    Status,
)

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "events.md"
_NAMES = {
    str: "text",
    int: "number",
    bool: "true or false",
    date: "day, `2026-11-27`",
    datetime: "time, `2026-11-27T09:12:00Z`",
}
_PARTS = (StatusChange, File, Window, RoutingStep)
_WORDS = (
    Status, Kind, Priority, Finding, ScreeningResult, ChecklistChange, Post, Obstacle, MessageKind,
)  # fmt: skip
_HEAD = f"""# Events

What the lines of an enquiry's history know beside who, when and their text, as JSON: the column `data` of `events`.
Written from `webapp/models/event_data.py` by `python -m tests.events_page`; a test compares.

- `v` is the number of the shape, now {VERSION}. It rises when a class changes, and a migration rewrites what is stored.
  Readers take another number, and data that do not fit, as *unknown*, and say only that something was done.
- Its action decides what a line knows; where no action wrote it, its kind does.
- Each line of an action has `status` too, a [status change](#status-change).
- What is optional may be missing in older lines. Other names may be there, and mean nothing.
- Days, and words of a closed set, are text. "Text by language" is an object by `en`, `zh-hant` and `zh-hans`; English
  is always there unless it is empty.
- Names are as they were then. Lines are added, never changed.
"""


def _plain(hint: Any) -> str:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return f"{_plain(inner[0])}, or null"
    if origin is tuple:
        return f"list of {_plain(inner[0])}"
    if origin is dict:
        return "text by language"
    if hint in _PARTS or issubclass(hint, StrEnum):
        return f"[{_title(hint)}](#{_title(hint).replace(' ', '-')})"
    return _NAMES[hint]


def _title(found: type) -> str:
    return "".join(f" {char.lower()}" if char.isupper() else char for char in found.__name__).strip()


def _fields(found: type[Any]) -> list[tuple[str, str]]:
    hints = get_type_hints(found)
    given = ((field.name, _plain(hints[field.name]), field.default is MISSING) for field in fields(found))
    return [(name, said if needed else f"{said}; optional") for name, said, needed in given if name != "status"]


def _rows() -> Iterator[tuple[EventKind, Action | None, type[EventData]]]:
    pairs = dict.fromkeys((sample.kind, sample.action) for sample in SAMPLES)
    for kind in EventKind:
        for action in (None, *Action):
            if (kind, action) in pairs:
                yield kind, action, class_of(kind, action)


def _said(found: type) -> str:
    return " ".join((found.__doc__ or "").split())


def page() -> str:
    """Return the whole document."""
    lines = [_HEAD, "## Lines", "| kind | action | class | what it knows |", "|---|---|---|---|"]
    for kind, action, found in _rows():
        known = "<br>".join(f"`{name}`: {said}" for name, said in _fields(found)) or "–"
        lines.append(f"| `{kind}` | {f'`{action}`' if action else '–'} | {found.__name__} | {known} |")
    lines += ["", "## Classes"]
    lines += [f"- **{found.__name__}**: {_said(found)}" for found in dict.fromkeys(found for *_, found in _rows())]
    lines += ["", "## Parts"]
    for part in _PARTS:
        lines += [f"### {_title(part)}", _said(part), ""]
        lines += [*(f"- `{name}`: {said}" for name, said in _fields(part)), ""]
    lines += ["## Words"]
    for words in _WORDS:
        lines += [f"### {_title(words)}", ", ".join(f"`{word.value}`" for word in words), ""]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(page(), encoding="utf-8")
