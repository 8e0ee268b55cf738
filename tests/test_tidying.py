"""What holds of tidying whatever is typed: it never fails, loses no letter, and twice is as once."""

import unicodedata
from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webapp import tidying
from webapp.tidying import amounts, emails, phones, sites

# Rich in what is dropped, joined or turned, so that these meet each other often.
RARE = (
    "\u200b\u200c\u200d\u034f\ufe0f\U000e0100\u00ad\u202e\u115f\u1160\u3164\u180b\u2800\ufffc\u0301\u094d\u0915\u0937"
    "\u0627🏴\U000e0067👩🔬❤1a@ .<>\n\v\x00\x92"
)
TYPED = st.text(st.one_of(st.sampled_from(RARE), st.characters()), max_size=60)
LETTERS = ("L", "N", "P", "S")
# Letters to Unicode's tables, blanks to people's eyes; and what stands for a picture or a piece of formatting.
UNSEEN = set("\u115f\u1160\u3164\uffa0\u2800\ufffc")


def letters(text: str) -> "Counter[str]":
    """The characters that people see, in one spelling."""
    plain = unicodedata.normalize("NFD", text)
    return Counter(c for c in plain if unicodedata.category(c)[0] in LETTERS and c not in UNSEEN)


@given(TYPED)
@example("a\u0327\u200b\u0301\u0345")
@example("\u0915\u0315\u200b\u094d\u200d")
def test_tidying_twice_is_tidying_once(typed: str) -> None:
    for tidy in (tidying.line, tidying.text, tidying.folded, phones.shown):
        once = tidy(typed)
        assert tidy(once) == once, tidy


@given(TYPED)
def test_a_line_is_one_line_of_letters_that_were_typed(typed: str) -> None:
    tidied = tidying.line(typed)
    assert "\n" not in tidied
    assert all(unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp") for c in tidied)
    assert letters(typed) <= letters(tidied)


@given(TYPED)
def test_a_text_loses_no_letter(typed: str) -> None:
    assert letters(typed) <= letters(tidying.text(typed))


@given(TYPED)
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    tidying.broken(typed)
    amounts.day(typed)
    amounts.number(typed)
    for read, refusal in ((emails.read, emails.NoAddress), (lambda t: phones.check(t, "HK"), phones.NoPhone)):
        with suppress(refusal):
            read(typed)


@given(
    st.from_regex(r"\A[a-z0-9]([a-z0-9.+_'-]?[a-z0-9]){0,20}\Z"),
    st.sampled_from("\u200b\u2060\ufeff\u00ad\u202a\u200e"),
    st.data(),
)
def test_an_address_is_itself_wherever_nobody_sees_a_mark(local: str, mark: str, data: st.DataObject) -> None:
    address = f"{local}@sub.example.org"
    place = data.draw(st.integers(0, len(address)))
    found = emails.read(address[:place] + mark + address[place:])
    assert found == address
    assert emails.read(found) == found


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("www.example.org", "https://www.example.org"),
        ("example.org/partners", "https://example.org/partners"),
        ("ｗｗｗ．example．org", "https://www.example.org"),
        ("<https://example.org>", "https://example.org"),
        ("https://example.org/a.", "https://example.org/a"),
        ("HTTP://example.org", "http://example.org"),
        ("\u200bhttps://example.org\u200b", "https://example.org"),
        ("https：／／example.org", "https://example.org"),
        ("example.org:8080/x", "https://example.org:8080/x"),
        ("ours", "ours"),
        ("javascript:alert(1)", "javascript:alert(1"),
        ("", ""),
    ],
)
def test_page_address_is_taken_as_meant(typed: str, kept: str) -> None:
    assert sites.page(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["example.org", "@example.org", "https://www.example.org/en", "ada@example.org", "EXAMPLE.org.", "ｅxample．org"],
)
def test_domain_is_taken_out_of_what_was_copied(typed: str) -> None:
    assert sites.domain(typed) == "example.org"
