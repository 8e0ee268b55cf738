"""Plain text: nothing lost, nothing too wide, nothing that a header or a terminal would take for a command."""

import re
import unicodedata
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from webapp.mail import plain
from webapp.mail.plain import body_text, one_line, width, wrap

_NOTHING = re.compile("(?!)")


def test_wrap_breaks_english_between_words() -> None:
    assert wrap("word " * 20).splitlines() == ["word " * 13 + "word", "word word word word word word"]


def test_wrap_breaks_chinese_between_characters_and_keeps_marks_off_the_edges() -> None:
    text = "代" * 35 + "，「" + "表" * 40
    lines = wrap(text).splitlines()
    assert all(width(line) <= 72 for line in lines)
    assert not any(line.startswith(("，", "。")) or line.endswith("「") for line in lines)
    assert "".join(lines) == text


def test_wrap_leaves_a_long_address_whole() -> None:
    url = "https://example.org/" + "x" * 90
    assert wrap(f"See {url} for more").splitlines() == ["See", url, "for more"]


def test_wrap_indents_and_keeps_paragraphs() -> None:
    assert wrap("one\n\ntwo", indent="> ") == "> one\n>\n> two"
    assert wrap("Label: value", indent="  ", first="") == "Label: value"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"])), st.sampled_from(["", "> "]))
def test_wrap_loses_no_character(text: str, indent: str) -> None:
    lines = [line[len(indent) :] for line in wrap(text, indent=indent).split("\n")]
    assert "".join("".join(lines).split()) == "".join(text.split())


_PIECES = ["a", "word", "x" * 40, "y" * 80, " ", " ", " ", "  ", "\u00a0", "”", "…", "é", "代", "，", "\n", "-"]


def test_a_line_is_as_full_as_it_can_be() -> None:
    for first in range(1, 80):
        text = " ".join(["x" * first, *["a"] * 80])
        with mock.patch.multiple(plain, _EVEN=_NOTHING, _LINE=_NOTHING):
            slowly = wrap(text, indent="> ")
        assert wrap(text, indent="> ") == slowly


@given(st.lists(st.sampled_from(_PIECES), max_size=60).map("".join), st.sampled_from(["", "> ", "z" * 74]))
def test_narrow_text_breaks_where_it_would_word_by_word(text: str, indent: str) -> None:
    with mock.patch.multiple(plain, _EVEN=_NOTHING, _LINE=_NOTHING):
        slowly = [wrap(text, indent=indent), wrap(text, indent=indent, first="Label: ")]
    assert [wrap(text, indent=indent), wrap(text, indent=indent, first="Label: ")] == slowly


@given(st.text())
def test_one_line_is_safe_in_a_header(text: str) -> None:
    line = one_line(text)
    assert "=?" not in line
    assert len(line) <= 200
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in line)


def test_one_line_takes_out_what_hides_or_turns_text() -> None:
    assert one_line("  Example\r\nBcc: x\x00y\u202egnp.exe ") == "Example Bcc: x ygnp.exe"
    assert one_line("=\u202e?utf-8?q?x?=") == "= ?utf-8?q?x?="
    assert one_line("a" * 300, 10) == "a" * 9 + "…"


def test_body_text_keeps_lines_and_drops_controls() -> None:
    assert body_text("a\r\nb\rc\u2028d\x00\x1b[31m\ud800\n") == "a\nb\nc\nd[31m"
