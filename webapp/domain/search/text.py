"""The text by which the desk finds an enquiry, who sent it on lines of their own, and the condition that reads it."""

from sqlalchemy import ColumnElement, and_, false, or_
from sqlalchemy.orm import InstrumentedAttribute

from webapp.domain.search.folding import Term, digits, searchable, terms
from webapp.domain.search.references import references_in
from webapp.models import Enquiry

# Of what was written; a longer text is found by its beginning, so that no row grows without a bound.
LONGEST = 8000
# Answers that hold names and topics in the partner's own words; the names come first.
_ANSWERS = (
    "leader_name",
    "leader_title",
    "senior",
    "university_contact",
    "units",
    "disciplines",
    "outcome",
    "rationale",
)


def text_of(enquiry: Enquiry) -> str:
    """Return the folded text of a new enquiry with its reference.

    Its first lines are organisation, name, address, subject, the organisation asked for, and reference and phone:
    `duplicates` reads the first. All that was written is one last line, which alone has a bound.
    """
    written = (*(enquiry.answers.get(name) or "" for name in _ANSWERS), enquiry.existing_link, enquiry.message)
    return with_words(f"{_sender(enquiry)}\n", " ".join(map(str, written)))


def with_words(text: str, words: str) -> str:
    """Return a search text with more that was written, as far as there is room."""
    sender, _, written = text.rpartition("\n")
    return f"{sender}\n{f'{written} {searchable(words)}'.strip()[:LONGEST]}"


def with_sender(enquiry: Enquiry) -> str:
    """Return the enquiry's search text after something about its sender changed; what was written stays."""
    written = enquiry.search_text.rpartition("\n")[2]
    return f"{_sender(enquiry)}\n{written}"


def _sender(enquiry: Enquiry) -> str:
    lines = (
        enquiry.organisation,
        enquiry.contact_name,
        enquiry.contact_email,
        enquiry.subject,
        enquiry.on_behalf_of,
        f"{enquiry.reference} {enquiry.phone} {digits(enquiry.phone)}",
    )
    return "\n".join(map(searchable, lines))


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
