"""How translations are written: no space between Chinese and what comes with it, and Chinese punctuation."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = sorted((ROOT / "webapp" / "translations").glob("zh_*/LC_MESSAGES/*.po"))
TEMPLATES = sorted(
    path for path in (ROOT / "templates").rglob("*.html") if path.parent.name not in ("design", "mailbox")
)
CHINESE = "\u3000-\u303f\u4e00-\u9fff\uff00-\uffef"
# Addresses of people and of pages keep their spaces; so does a name before the salutation of a letter.
_APART = re.compile(r"%\((?:email|to|whom)\)s|https?://|example\.org|台鑒")
_SPACED = re.compile(rf"(?<=[{CHINESE}]) \S+|\S+ [{CHINESE}]\S*")
# Punctuation and spaces between two values are English whatever the page's language: `language.writing` has both.
_GLUED = re.compile(r"(?:\}\}|%\}|</(?:a|span|strong|b|time)>)[,;:.](?=[\s<{](?!\{ row.version))")
_RUN_ON = re.compile(r"[.?]['\"][^{}]*\}\}\s+(?:\{%-? if [^%]*%\}\s*)*\{\{-? ?_\(")
_HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?(]|[\u4e00-\u9fff]\.(?:\s|$)|[,;:!?)][\u4e00-\u9fff]")


def _texts(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        for message in read_po(file):
            if message.id:
                yield from message.string if isinstance(message.string, tuple) else (message.string,)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_chinese_has_no_space_beside_what_it_names(path: Path) -> None:
    found = [text for text in _texts(path) for part in _SPACED.findall(text) if not _APART.search(part)]
    assert found == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_chinese_has_chinese_punctuation(path: Path) -> None:
    assert [text for text in _texts(path) if _HALF_WIDTH.search(text)] == []


def test_both_chinese_catalogues_are_looked_at() -> None:
    assert [path.parts[-3] for path in CATALOGUES] == ["zh_Hans_CN", "zh_Hant_HK"]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_readers_are_addressed_politely(path: Path) -> None:
    assert [text for text in _texts(path) if "你" in text] == []


@pytest.mark.parametrize("pattern", [_GLUED, _RUN_ON], ids=["punctuation", "sentences"])
def test_templates_join_texts_as_the_language_does(pattern: re.Pattern[str]) -> None:
    found = {path.relative_to(ROOT).as_posix(): pattern.findall(path.read_text("utf-8")) for path in TEMPLATES}
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert len(TEMPLATES) > 100


# What partners read about one enquiry names it by its kind (`labels.enquiry_word`), in emails and on pages.
_ABOUT_ONE = {
    *(f"webapp/mail/{name}.py" for name in ("partner", "status", "arranging")),
    *(f"webapp/web/tracking/{name}.py" for name in ("pages", "standing", "facts")),
    *(f"templates/tracking/{name}.html" for name in ("enquiry", "_promise", "withdraw", "ended", "unknown")),
    "templates/public/check.html",
}
_NAMED = re.compile("查詢|申請|咨询|申请")
# The subjects of emails say the kind themselves; other dates are asked for whatever a visit is called.
_BY_THEMSELVES = ("Your enquiry to %(institution)s: ", "Request other dates or another group size")


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_texts_about_one_enquiry_name_it_by_its_kind(path: Path) -> None:
    with path.open("rb") as file:
        about = [
            m for m in read_po(file) if m.id and not m.context and _ABOUT_ONE & {name for name, _line in m.locations}
        ]
    found = [m.string for m in about if not str(m.id).startswith(_BY_THEMSELVES) and _NAMED.search(str(m.string))]
    assert found == []
    assert len(about) > 100
