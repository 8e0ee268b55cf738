"""One folding for what is stored and what is looked for: it is stable, and what people vary makes no difference."""

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.search.folding import digits, folded, holds, searchable, terms, words
from webapp.domain.search.references import new_reference, read_reference, references_in

SCRIPTS = st.text(st.characters(codec="utf-8"), max_size=40) | st.text(
    "aÄßİıŁ’-– 大學乾髮\u0308\u200b'\"「」0１٢.@+()", max_size=40
)


@pytest.mark.parametrize(
    "alike",
    [
        ("Universität", "UNIVERSITAT", "Universita\u0308t", "Ｕｎｉｖｅｒｓｉｔäｔ"),
        ("İstanbul", "istanbul", "ISTANBUL", "ıstanbul"),
        ("Straße", "STRASSE", "STRAẞE"),
        ("Łódź", "Lodz"), ("Þór Æsir", "thor aesir"), ("Đà Nẵng", "da nang"), ("Əliyev", "Eliyev"), ("Œuvre", "oeuvre"),
        ("O'Example", "O’Example", "OʼExample", "O´Example", "O`Example", "O＇Example", "OExample"),
        ("a-b", "a‐b", "a‑b", "a–b", "a—b", "a−b", "a－b", "a·b", "a・b"),
        ("研究生", "研\u200b究\ufeff生", "研究\u00ad生\ufe0f"),
        ("ﬁnal №", "final No"), ("１２３", "123", "١٢٣"), ("a\u3000b", "a  b", "a\tb\n", "a\u2028b", "a\x0bb"),
        ("乾", "干", "幹"), ("後", "后"), ("裏", "里", "裡"), ("發", "髮", "发"), ("餘", "余"), ("鍾", "钟", "鐘"),
        ("乾隆", "干隆"), ("著", "着"), ("答覆", "答复"), ("甚麼", "什么"), ("臺灣", "台湾"), ("於", "于"),
        ("為", "爲", "为"), ("香港理工大學", "香港理工大学"), ("ｶﾞ", "ガ"),
    ],
)  # fmt: skip
def test_what_people_vary_makes_no_difference(alike: tuple[str, ...]) -> None:
    assert len({folded(text) for text in alike}) == 1
    assert folded(alike[0])


@pytest.mark.parametrize(("one", "other"), [("か", "が"), ("हिन्दी", "हिनदी"), ("大", "太"), ("a", "α"), ("r&d", "rd")])
def test_other_letters_stay_others(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_folds_alike_by_itself_and_beside_other_text(text: str) -> None:
    assert folded(f"{text} 文").removesuffix("文").rstrip() == folded(text)
    assert searchable(f"{text} x文").removesuffix("x文").rstrip() == searchable(text)


def test_folding_every_character_again_changes_nothing() -> None:
    known = (char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(char) not in ("Cn", "Co"))
    once = folded("|".join(known)).split("|")
    assert folded("|".join(once)).split("|") == once


@given(SCRIPTS, SCRIPTS)
def test_folding_is_stable_and_a_part_is_found_in_the_whole(one: str, other: str) -> None:
    for fold in (folded, searchable):
        assert fold(fold(one)) == fold(one)
    text = searchable(f"{one} {other}")
    for part in (one, other):
        assert holds(text, terms(part)), (text, terms(part))


@given(SCRIPTS)
def test_each_part_of_a_term_is_searchable_text(text: str) -> None:
    parts = [part for term in terms(text) for alternative in term for part in alternative]
    assert all(part and searchable(part) == part for part in parts)


def test_traditional_and_simplified_fold_alike_in_any_surroundings() -> None:
    around = ("乾", "后", "發", "徵", "著", "覆", "台", "面")
    for text in ("乾隆", "皇后", "頭髮", "特徵", "著作", "答覆", "瞭解", "慰藉"):
        for other in around:
            assert folded(other + text) == folded(other) + "".join(map(folded, text))


def test_terms_are_words_phrases_runs_of_han_and_phone_numbers() -> None:
    assert terms("Fang  wang, Fang") == ((("fang",),), (("wang",),))
    assert terms("“Shadow plays” ABC大學2026") == tuple(((part,),) for part in ("shadow plays", "abc", "大学", "2026"))
    assert terms("erika-m@uni.example R&D") == ((("erikam@uni.example",), ("erika", "m@uni.example")), (("r&d",),))
    assert terms("(852) 2766-5111 x") == ((("85227665111",), ("852", "2766", "5111")), (("x",),))
    assert terms("12-34") == ((("1234",), ("12", "34")),)
    assert terms("हिन्दी भाषा") == ((("हिन्दी",),), (("भाषा",),))
    assert terms("…") == ((("...",),),)
    assert terms(" -\u200b’ ") == terms("") == ()
    assert not holds("anything", terms("anything else"))


def test_words_have_no_punctuation() -> None:
    assert words("The U.K.–Based “O’Example” हिन्दी") == ["the", "u", "k", "based", "oexample", "हिन्दी"]


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        ("+44 (0)20 7946 0018", "442079460018"),
        ("\u202d+86-10-55500100-8001\u202c", "8610555001008001"),
        ("+852 ２７６６ ５１１１ 內線 12", "852276651111 2".replace(" ", "")),
        ("none", ""),
    ],
)
def test_digits_of_a_phone_number(phone: str, expected: str) -> None:
    assert digits(phone) == expected


def test_any_reference_is_read_in_any_spelling_and_in_any_text() -> None:
    for _ in range(50):
        reference = new_reference()
        bare = re.sub("[^A-Z0-9]", "", reference)
        wide = "".join(chr(ord(char) + 0xFEE0) for char in reference)
        for text in (
            reference,
            reference.lower(),
            bare,
            bare[2:],
            wide,
            reference.replace("-", " – "),
            f" {bare[2:6]} {bare[6:]}",
        ):
            assert read_reference(text) == reference
            assert references_in(text) == [reference]
            if text not in (f" {bare[2:6]} {bare[6:]}",):
                assert references_in(f"Re: [{text}] Your enquiry; LD-2222-3333") == [reference, "LD-2222-3333"]


@pytest.mark.parametrize("text", ["", "LD", "7K3Q", "LD-7K3Q-9XWTA", "XLD-7K3Q-9XW", "LD-0000-1111", "two words here"])
def test_what_is_no_reference_is_none(text: str) -> None:
    assert references_in(text) == []
