"""The text by which the desk finds an enquiry, who sent it on lines of their own, and the condition that reads it."""

from sqlalchemy import ColumnElement, and_, false, or_
from sqlalchemy.orm import InstrumentedAttribute

from webapp import questions
from webapp.domain.search.folding import Term, digits, searchable, terms
from webapp.domain.search.references import references_in
from webapp.models import Enquiry
from webapp.questions import Question, Shape

# Of what was written; a longer text is found by its beginning, so that no row grows without a bound.
LONGEST = 8000


def text_of(enquiry: Enquiry) -> str:
    """Return the folded text of a new enquiry with its reference.

    Its first lines are organisation, name, address, subject, the organisation asked for, and reference and phone:
    `duplicates` reads the first. All that was written is one last line, which alone has a bound.
    """
    written = (_given(enquiry, question) for question in _searched(own_line=False))
    return with_words(f"{_sender(enquiry)}\n", " ".join(filter(None, written)))


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


def _searched(*, own_line: bool) -> list[Question]:
    """Return the questions of any kind whose answers have a line each, or share the last one, in order."""
    found = [each for each in questions.everything() if each.searched and each.searched.has_line is own_line]
    return sorted(found, key=lambda each: each.searched or 0)


def _given(enquiry: Enquiry, question: Question) -> str:
    given = getattr(enquiry, question.name) if question.column else question.of(enquiry.answers)
    text = str(given or "")
    return f"{text} {digits(text)}" if question.shape is Shape.PHONE else text


def meets(text: str) -> ColumnElement[bool]:
    """Return the condition that an enquiry holds every term of a text, or has a reference that the text names.

    A text without anything to look for, such as a lone dash, meets nothing.
    """
    named = references_in(text)
    found = holds(Enquiry.search_text, terms(text))
    return or_(found, Enquiry.reference.in_(named)) if named else found


def holds(column: InstrumentedAttribute[str], wanted: tuple[Term, ...]) -> ColumnElement[bool]:
    """Return the condition that a column of searchable text meets every term; without a term nothing does."""
    each = [
        or_(*(and_(*(column.contains(part, autoescape=True) for part in parts)) for parts in term)) for term in wanted
    ]
    return and_(*each) if each else false()
