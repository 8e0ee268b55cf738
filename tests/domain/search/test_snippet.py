"""A result shows where it was found, in the words that were typed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW
from webapp.domain.search.folding import terms
from webapp.domain.search.snippet import Snippet, _place, snippet
from webapp.models import Enquiry
from webapp.vocabulary import Kind

LONG = "We would like to come with our whole orchestra and its dancers, as we did in the year before last. "


def enquiry(**given: Any) -> Enquiry:
    texts = dict.fromkeys(("contact_name", "contact_email", "phone", "on_behalf_of", "existing_link", "message"), "")
    return Enquiry(kind=Kind.QUESTION, submitted_at=NOW, answers={}, organisation="", subject="", **(texts | given))


@pytest.mark.parametrize(
    ("message", "query", "found"),
    [
        ("Our gamelan\nplays.", "gamelan", Snippet("Our ", "gamelan", " plays.")),
        ("Our Gámelan plays.", "gam", Snippet("Our ", "Gám", "elan plays.")),
        ("我們希望學生交換。", "学生交换", Snippet("我們希望", "學生交換", "。")),
        ("Service-learning here", "servicelearning", Snippet("", "Service-learning", " here")),
        (f"{LONG}Gamelan. {LONG}", "gamelan", Snippet(f"…{LONG[-35:]}", "Gamelan", f". {LONG[:85]} …")),
        ("Nothing of it", "gamelan", None),
    ],
)  # fmt: skip
def test_words_around_what_was_found(message: str, query: str, found: Snippet | None) -> None:
    assert snippet(enquiry(message=message), terms(query), shown=()) == found


def test_nothing_is_added_to_what_is_shown_already() -> None:
    row = enquiry(message="Our gamelan plays.", contact_name="Wayan")
    assert snippet(row, terms("gamelan"), shown=("Gamelan orchestra",)) is None
    assert snippet(row, terms("wayan"), shown=("Gamelan orchestra",)) == Snippet("", "Wayan", "")


@given(st.text(max_size=60), st.text(max_size=8))
def test_place_is_within_the_text(text: str, query: str) -> None:
    for term in terms(query):
        for part in (part for parts in term for part in parts):
            if place := _place(text, part):
                assert 0 <= place[0] < place[1] <= len(text)
