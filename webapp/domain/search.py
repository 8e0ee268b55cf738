"""The text by which the desk finds an enquiry: who sent it on lines of their own, then everything that was written."""

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
    """Return the folded text of a new enquiry.

    Its first lines are organisation, name, address, subject and the organisation asked for: `duplicates` compares
    whole lines of them. All that was written is one last line without an end, so that no text passes for an address.
    """
    written = (*(enquiry.answers.get(name) or "" for name in _ANSWERS), enquiry.existing_link, enquiry.message)
    return with_words(f"{_sender(enquiry)}\n", " ".join(map(str, written)))


def with_words(text: str, words: str) -> str:
    """Return a search text with more that was written, as far as there is room."""
    sender, _, written = text.rpartition("\n")
    line = " ".join([*written.split(), *words.casefold().split()])
    return f"{sender}\n{line[:LONGEST]}"


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
    )
    return "\n".join(lines).casefold()
