"""What the index of terms holds and finds: words and their beginnings, Han by one and two, numbers by their end."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_enquiry
from webapp.config import Settings
from webapp.domain.search import index
from webapp.domain.search import text as search_text
from webapp.domain.search.folding import searchable, terms, words
from webapp.models import Enquiry, EnquiryTerms
from webapp.vocabulary import Kind

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Universität", {"universitat"}),
        ("service-learning", {"servicelearning", "service", "learning"}),
        ("erika.m@uni-muster.example", {"erika", "m", "unimuster", "uni", "muster", "example"}),
        ("量子計算", {"量", "子", "计", "算", "量子", "子计", "计算"}),
        ("研 究 生", {"研", "究", "生", "研究", "究生"}),
        ("ABC大學2026", {"abc", "大", "学", "大学", "2026"}),
        ("85227665111", {"85227665111", "5227665111", "227665111", "27665111", "7665111", "665111"}),
        ("LD-7K3Q-9XWT", {"ld7k3q9xwt", "ld", "7k3q", "9xwt"}),
        ("… — !", set()),
        ("x" * 60, {"x" * index.LONGEST}),
    ],
)
def test_terms_of_a_text(text: str, held: set[str]) -> None:
    assert index.terms_of(text) == held


def test_endless_text_has_a_bounded_number_of_terms() -> None:
    assert len(index.terms_of(" ".join(f"word{number}" for number in range(2 * index.MOST)))) == index.MOST


def found(write: Write, text: str) -> int:
    """Return how many enquiries hold a query's terms: asked of each row, and read from the index, there are as many."""
    lookup = index.look_up(terms(text))
    if lookup is None:
        return 0
    by_row, by_index = select(Enquiry.id).where(lookup.of_row()), lookup.ids()
    rows = [write(lambda s, query=query: s.scalars(query).all()) for query in (by_row, by_index)]
    assert rows[0] == rows[1]
    return len(rows[0])


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        ("gamelan", 1), ("game", 1), ("gam", 1), ("ga", 0), ("melan", 0), ("of", 1), ("gamelan bells", 1),
        ("bells gamelan trumpet", 0), ("交换", 1), ("換", 1), ("交換計", 0), ("學生交換", 1), ("學生換交", 0),
        ('"of bells"', 1), ('"bells of"', 0), ("…", 0), ("", 0),
        ("27665111", 1), ("2766 5111", 1), ("665111", 1), ("5227665", 1), ("2276651119", 0),
        ("shadow-plays", 1), ("shadowplays", 1),
        ("plays", 1), ("O'Bells", 0), ("it's", 1), ("\\", 0), ("'", 0), ("x' | 'y", 0), ('"x" OR "y"', 0), ("*", 0),
    ],
)  # fmt: skip
def test_lookup(write: Write, settings: Settings, text: str, finds: int) -> None:
    message = "It's the gamelan of bells, shadow-plays and 學生交換."
    write(lambda s: make_enquiry(s, settings, kind=Kind.QUESTION, message=message, phone="+852 2766 5111"))
    assert found(write, text) == finds


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cn", "Co", "Cs"]), max_size=12) | st.text(
    "aß大學乾e\u0308'\"0١@.&|!*()\\:<-", max_size=12
)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WORDS, min_size=1, max_size=4))
def test_whole_words_of_any_script_are_found_and_nothing_breaks_the_lookup(
    write: Write, settings: Settings, typed: list[str]
) -> None:
    text = " ".join(typed)

    def run(session: Session) -> bool:
        enquiry = session.scalars(select(Enquiry)).first() or make_enquiry(session, settings)
        index.put(session, enquiry, text)
        enquiry.search_text = searchable(text)
        session.flush()
        wanted = terms(text)
        lookup = index.look_up(wanted)
        if lookup is None:
            return not all(any(all(map(words, parts)) for parts in term) for term in wanted) or not wanted
        queries = (select(Enquiry.id).where(lookup.of_row()), lookup.ids())
        return all(session.scalars(query).all() == [enquiry.id] for query in queries)

    assert write(run)


def test_all_that_is_written_is_indexed_in_its_transaction_and_can_be_written_anew(
    write: Write, settings: Settings
) -> None:
    number = write(lambda s: make_enquiry(s, settings, message="gamelan").id)
    kept = write(lambda s: s.scalar(select(EnquiryTerms.terms)))
    write(lambda s: s.query(EnquiryTerms).delete())
    assert found(write, "gamelan") == 0
    assert write(lambda s: search_text.store_all(s, after=0, limit=10)) == number
    assert write(lambda s: search_text.store_all(s, after=number, limit=10)) == 0
    assert write(lambda s: s.scalar(select(EnquiryTerms.terms))) == kept
