"""Names are kept letter by letter: what composing would exchange stays, and what no one sees goes."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tests.tidying.roster import samples
from webapp.tidying import line
from webapp.tidying.roster import names

# Han characters that Unicode composes into others: a name with one is another name without it.
TWINS = st.characters(min_codepoint=0xF900, max_codepoint=0xFAFF)
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)


def test_names_of_many_scripts_stay() -> None:
    for each in (*(name for pair in samples.PEOPLE for name in pair), "﨑", "神", "凞", "\U0002f800", "𠮷"):
        assert names.kept(each) == each
    assert names.kept("  Nguye\u0302\u0303n\u200b  Thi\u0323 ") == "Nguyễn Thị"
    assert names.kept("a\ue000\U000f0001神") == "a\ue000\U000f0001神"


@given(st.text(TWINS | HAN, min_size=1, max_size=8))
def test_no_han_character_becomes_another(text: str) -> None:
    assert names.kept(text) == text


@given(st.text(max_size=20))
def test_all_else_is_tidied_as_every_line(text: str) -> None:
    if unicodedata.normalize("NFC", text) == text:
        assert names.kept(text) == line(text)
