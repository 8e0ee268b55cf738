"""The text by which the desk finds an enquiry, who sent it on lines of their own, and the condition that reads it."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, and_, false, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from webapp import questions
from webapp.domain.search import index
from webapp.domain.search.folding import Term, digits, searchable, terms
from webapp.domain.search.references import references_in
from webapp.models import Enquiry, Event
from webapp.models.batch import Rows
from webapp.questions import Question, Shape
from webapp.vocabulary import EventKind

# Of what was written; a longer text is found by its beginning, so that no row grows without a bound.
LONGEST = 8000


def text_of(enquiry: Enquiry) -> str:
    """Return the folded text of a new enquiry with its reference.

    Its first lines are organisation, name, address, subject, the organisation asked for, and reference and phone:
    `duplicates` reads the first. All that was written is one last line, which alone has a bound.
    """
    written = (_given(enquiry, question) for question in _searched(own_line=False))
    return with_words(f"{_sender(enquiry)}\n", " ".join(filter(None, written)))


def store(session: Session, enquiry: Enquiry, *, said: Iterable[str] = ()) -> None:
    """Write the index's terms of an enquiry, which is flushed, and of what its partner wrote later."""
    index.put(session, enquiry, "\n".join([_indexed(enquiry), *said]))


def begin(enquiry: Enquiry) -> Rows:
    """Return the index's terms of an enquiry that was made just now as a row to be written."""
    return index.begin(enquiry.id, _indexed(enquiry))


def _indexed(enquiry: Enquiry) -> str:
    sender = " ".join(_given(enquiry, question) for question in _searched(own_line=True))
    written = " ".join(filter(None, (_given(enquiry, question) for question in _searched(own_line=False))))
    return "\n".join([enquiry.reference, sender, written[:LONGEST]])


def store_anew(session: Session, enquiry: Enquiry) -> None:
    """Write the index's terms of an enquiry that is there for long: nothing of what it no longer holds stays."""
    wrote = (Event.enquiry_id == enquiry.id, Event.kind == EventKind.PARTNER_MESSAGE)
    store(session, enquiry, said=session.scalars(select(Event.text).where(*wrote).order_by(Event.id)))


def store_all(session: Session, *, after: int, limit: int) -> int:
    """Write the terms of some enquiries anew, by id from the next one on; return the last id, 0 at the end."""
    found = session.scalars(select(Enquiry).where(Enquiry.id > after).order_by(Enquiry.id).limit(limit)).all()
    for enquiry in found:
        store_anew(session, enquiry)
    return found[-1].id if found else 0


def with_words(text: str, words: str) -> str:
    """Return a search text with more that was written, as far as there is room."""
    sender, _, written = text.rpartition("\n")
    return f"{sender}\n{f'{written} {searchable(words)}'.strip()[:LONGEST]}"


def with_sender(enquiry: Enquiry) -> str:
    """Return the enquiry's search text after something about its sender changed; what was written stays."""
    written = enquiry.search_text.rpartition("\n")[2]
    return f"{_sender(enquiry)}\n{written}"


def _sender(enquiry: Enquiry) -> str:
    lines = [_given(enquiry, question) for question in _searched(own_line=True)]
    lines[-1] = f"{enquiry.reference} {lines[-1]}"
    return "\n".join(map(searchable, lines))


@cache
def _searched(*, own_line: bool) -> tuple[Question, ...]:
    """Return the questions of any kind whose answers have a line each, or share the last one, in order."""
    found = [each for each in questions.everything() if each.searched and each.searched.has_line is own_line]
    return tuple(sorted(found, key=lambda each: each.searched or 0))


def _given(enquiry: Enquiry, question: Question) -> str:
    given = getattr(enquiry, question.name) if question.column else question.of(enquiry.answers)
    text = str(given or "")
    return f"{text} {digits(text)}" if question.shape is Shape.PHONE else text


def meets(text: str) -> ColumnElement[bool]:
    """Return the condition that an enquiry holds every term of a text, or has a reference that the text names.

    A term is a word or its beginning, as the index knows it. A text without any, such as a lone dash, meets nothing.
    It is asked of row after row: `ids` is for what few enquiries hold.
    """
    named, found = references_in(text), index.look_up(terms(text))
    return or_(found.of_row() if found else false(), Enquiry.reference.in_(named))


def ids(text: str) -> CompoundSelect[Any]:
    """Return the statement for the ids of all enquiries that `meets` holds for, from the indexes alone."""
    named, found = references_in(text), index.look_up(terms(text))
    by_reference = select(Enquiry.id).where(Enquiry.reference.in_(named))
    return union_all(by_reference, found.ids() if found else by_reference)


def holds(column: InstrumentedAttribute[str], wanted: tuple[Term, ...]) -> ColumnElement[bool]:
    """Return the condition that a column of searchable text meets every term; without a term nothing does."""
    each = [
        or_(*(and_(*(column.contains(part, autoescape=True) for part in parts)) for parts in term)) for term in wanted
    ]
    return and_(*each) if each else false()
