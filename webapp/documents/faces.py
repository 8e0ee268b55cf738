"""The fonts of papers: from wheels alone, never those of the machine, so that a paper looks the same everywhere. Which
characters they can show is known before anything is set: what none of them has is a named problem, never a box."""

import dataclasses
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypedDict

import typst
from fontTools.ttLib import TTFont

from webapp.vocabulary import Language

# Where each package keeps its files; they are looked for, never imported.
_FOLDERS = (
    ("fontpkg_source_serif_4", "files"),
    ("fontpkg_source_sans_3", "files"),
    # Its letters are whole: others draw dots apart, and programs that search or read out find those twice.
    ("fontpkg_amiri", "files"),
    ("fontpkg_noto_sans", "files"),
    ("fontpkg_noto_sans_arabic", "files"),
    ("fontpkg_noto_sans_thai", "files"),
    ("cvttf_NotoSansCJK_Regular", ""),
    ("pylopdf_fonts_zh_tw", ""),
    ("pylopdf_fonts_zh_cn", ""),
)
# Faces of names and titles in Chinese: they lack rarer characters, for which the whole text takes the sans.
_CHINESE_SERIF = {"hk": "Noto Serif TC", "cn": "Noto Serif SC"}
# What joins or steers letters, and what chooses a form of a Han character: fonts need no picture of it.
_STEERING = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\n\t")
_SCRIPTS = (
    ("CJK ", "zh"),
    ("ARABIC ", "ar"),
    ("THAI ", "th"),
    ("HIRAGANA ", "ja"),
    ("KATAKANA ", "ja"),
    ("HANGUL ", "ko"),
)
# A word that no column holds, and after which of its letters a line may end: among Latin ones, which do not join.
_LATIN = r"[A-Za-z0-9\u00c0-\u024f\u1e00-\u1eff@._/-]"
_TOO_LONG = re.compile(_LATIN + "{24}")
_BREAKS = re.compile(f"(?<={_LATIN}{{8}})(?={_LATIN}{{4}})")
_PAGE_LANGUAGE = {Language.ZH_HANT: ("zh", "hk"), Language.ZH_HANS: ("zh", "cn")}


def page_language(language: Language) -> dict[str, str]:
    """Return what the file says of its own language."""
    lang, region = _PAGE_LANGUAGE.get(language, (language.base, ""))
    return {"lang": lang, "region": region}


class Run(TypedDict):
    """A text as a template sets it: `serif` names the Chinese serif that has all of it, or is "".

    `pieces` is the text where it has words longer than a column, in parts between which a line may end; else empty.
    """

    text: str
    lang: str
    region: str
    serif: str
    pieces: list[str]


@dataclass(frozen=True)
class Problem:
    """A character that no font has: in which field of the values, within which text."""

    where: str
    text: str
    character: str

    def __str__(self) -> str:
        name = unicodedata.name(self.character, "unnamed")
        return f"{self.where}: no font has {self.character!r} (U+{ord(self.character):04X}, {name}) of {self.text!r}"


@cache
def fonts() -> typst.Fonts:
    """Return the fonts for the typesetter, looked up once in a process."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(map(str, _folders())))


def _folders() -> Iterator[Path]:
    for package, within in _FOLDERS:
        found = find_spec(package)
        if found is None or not found.submodule_search_locations:
            raise RuntimeError(f"the fonts of {package} are not installed")
        yield Path(found.submodule_search_locations[0]) / within


@cache
def _coverage() -> Mapping[str, frozenset[int]]:
    """Return the characters of each family."""
    families: dict[str, frozenset[int]] = {}
    for folder in _folders():
        for path in sorted(folder.glob("*.[ot]tf")):
            with TTFont(path, lazy=True) as font:
                name = str(font["name"].getBestFamilyName())
                families[name] = families.get(name, frozenset()) | frozenset(font.getBestCmap())
    return families


@cache
def _shown() -> frozenset[int]:
    """Return every character that one of the fonts has."""
    return frozenset().union(*_coverage().values())


def problems(values: Any, where: str = "") -> list[Problem]:
    """Return each character of the values' texts that no font has, by its field, once for each text."""
    return [
        Problem(place, text, character)
        for place, text in _texts(values, where)
        for character in dict.fromkeys(text)
        if not _is_shown(character)
    ]


def _texts(values: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(values, str):
        yield where, values
    elif dataclasses.is_dataclass(values):
        for each in dataclasses.fields(values):
            yield from _texts(getattr(values, each.name), f"{where}.{each.name}" if where else each.name)
    elif isinstance(values, Mapping):
        for key, value in values.items():
            yield from _texts(value, f"{where}[{key}]")
    elif isinstance(values, Sequence):
        for number, value in enumerate(values, start=1):
            yield from _texts(value, f"{where}[{number}]")


def _is_shown(character: str) -> bool:
    code = ord(character)
    if unicodedata.category(character) == "Cc" and character not in _STEERING:
        return False  # some fonts have an empty picture of these
    return code in _shown() or character in _STEERING or 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF


def run(text: str, language: Language = Language.EN) -> Run:
    """Return a text with what decides its forms: the script of most of its letters, else the language of the page.

    Han that only one of the two charsets of Chinese has is written as that place writes it; the rest as `language`
    says, and in Hong Kong's forms where that is not Chinese.
    """
    code, home = _PAGE_LANGUAGE.get(language, (language.base, ""))
    found = Counter(_script(each) for each in text if each.isalpha())
    script = found.most_common(1)[0][0] if found else ""
    region = (_chinese_of(text) or home or "hk") if found["zh"] else ""
    # Latin has no language of its own here: a name among Chinese is read out as a name, not as Chinese.
    lang = script or ("en" if found and code == "zh" else code)
    return Run(
        text=text,
        lang=lang,
        region=region if lang == "zh" else home if lang == code else "",
        serif=_serif_of(text, region) if region else "",
        pieces=_BREAKS.split(text) if _TOO_LONG.search(text) else [],
    )


def _script(character: str) -> str:
    name = unicodedata.name(character, "")
    return next((code for start, code in _SCRIPTS if name.startswith(start)), "")


def _chinese_of(text: str) -> str:
    simplified, traditional = _in(text, "gb2312"), _in(text, "big5hkscs")
    return "" if simplified == traditional else "cn" if simplified else "hk"


def _in(text: str, charset: str) -> bool:
    han = "".join(each for each in text if unicodedata.name(each, "").startswith("CJK "))
    try:
        han.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _serif_of(text: str, region: str) -> str:
    family = _CHINESE_SERIF[region]
    han = (ord(each) for each in text if ord(each) > 0x2E80)
    return family if all(each in _coverage()[family] for each in han) else ""
