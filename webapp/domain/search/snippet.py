"""Where a query is met: the words around what was found, as they were typed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import questions
from webapp.domain.search.folding import Term, searchable
from webapp.models import Enquiry, Event
from webapp.vocabulary import EventKind

_BEFORE, _AFTER = 40, 90
# So many of the latest messages of a page's enquiries are looked at.
_MESSAGES = 200


@dataclass(frozen=True)
class Snippet:
    """A part of a text: what was found, and some words around it."""

    before: str
    found: str
    after: str


def snippet(enquiry: Enquiry, wanted: Collection[Term], *, shown: Iterable[str]) -> Snippet | None:
    """Return where an enquiry meets a query; None where what is `shown` of it says so already, or nothing does."""
    parts = _parts(wanted)
    if meets(shown, wanted):
        return None
    for question in sorted(questions.everything(), key=lambda each: each.searched or 0):
        if question.searched is None:
            continue
        given = getattr(enquiry, question.name) if question.column else question.of(enquiry.answers)
        for part in parts:
            if place := _place(text := " ".join(str(given or "").split()), part):
                return _cut(text, *place)
    return None


def meets(texts: Iterable[str], wanted: Collection[Term]) -> bool:
    """Return whether one of the texts holds a part of a query."""
    return any(_place(text, part) for text in texts for part in _parts(wanted))


def _parts(wanted: Collection[Term]) -> list[str]:
    return [part for term in wanted for parts in term for part in parts]


def in_messages(session: Session, enquiries: Iterable[Enquiry], wanted: Collection[Term]) -> dict[int, Snippet]:
    """Return where the partner's later messages meet a query, by the enquiry's id: one statement for all of them."""
    ids = [enquiry.id for enquiry in enquiries]
    parts = _parts(wanted)
    if not ids or not parts:
        return {}
    wrote = (Event.enquiry_id.in_(ids), Event.kind == EventKind.PARTNER_MESSAGE)
    query = select(Event.enquiry_id, Event.text).where(*wrote).order_by(Event.id.desc()).limit(_MESSAGES)
    found: dict[int, Snippet] = {}
    for number, text in session.execute(query):
        words = " ".join(text.split())
        place = next((place for part in parts if (place := _place(words, part))), None)
        if place and number not in found:
            found[number] = _cut(words, *place)
    return found


def _place(text: str, part: str) -> tuple[int, int] | None:
    """Return from where to where a text holds a part of a query: each character is folded by itself."""
    if part not in searchable(text):
        return None
    each = [_folded(char) for char in text]
    places = [place for place, plain in enumerate(each) for _ in plain]
    plain = "".join(each)
    start = plain.find(part)
    return None if start < 0 else (places[start], places[start + len(part) - 1] + 1)


# Texts have few characters again and again, and to fold one takes as long as to fold a line.
@lru_cache(8192)
def _folded(char: str) -> str:
    return searchable(char) or " " * char.isspace()


def _cut(text: str, start: int, end: int) -> Snippet:
    before, after = text[max(0, start - _BEFORE) : start], text[end : end + _AFTER]
    if start > _BEFORE:
        before = f"…{before.partition(' ')[2] or before}"
    if end + _AFTER < len(text):
        after = f"{after.rpartition(' ')[0] or after} …"
    return Snippet(before, text[start:end], after)
