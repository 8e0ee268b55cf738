"""Text as it is compared: what people type, and what they look for, folded by the same rules wherever it is stored."""

import re
import unicodedata

from opencc import OpenCC

# One term: alternatives, of each of which every part must be contained. Most have one alternative of one part.
Term = tuple[tuple[str, ...], ...]

# Typed for an apostrophe, or put for a sound that no other spelling writes; some fall apart into a space and an accent.
_APOSTROPHES = "'`´‘’‛′‵＇ʹʻʼʽʾʿˈˊˋ՚׳᾽᾿῾ꞌ"
# They join words as a hyphen does: minus, bullets, and the dots in names (Gal·la, 玛丽·居里, メアリ・スミス).
_DASHES = "−⁃˗·•‧∙⋅・･"
# No category says that these are invisible: fillers, a blank, joiners and selectors; the last stretches Arabic words.
_INVISIBLE = re.compile(
    "[\u034f\u0640\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# Letters with a stroke or a bend, and those of two letters: Unicode does not split them, and keyboards lack them.
_LETTERS = {
    "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t", "ŋ": "n",
    "ə": "e", "ǝ": "e", "ɛ": "e", "ɔ": "o", "ɓ": "b", "ɗ": "d", "ɖ": "d", "ƙ": "k", "ƴ": "y", "ɨ": "i", "ʉ": "u",
}  # fmt: skip
# In a whole text, what a character becomes depends on its neighbours (乾淨 but 乾隆, 答覆 but 覆). Part of a word is
# looked for as well, so each is converted by itself, and these go where the phrases would have taken them.
_SIMPLIFIED = OpenCC("t2s")
_HAN = str.maketrans("馀锺覆藉甚著衹祇", "余钟复借什着只只")
HAN = "々〇\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_BETWEEN_HAN = re.compile(f"(?<=[{HAN}])\\s+(?=[{HAN}])")
_EDGE_OF_HAN = re.compile(f"(?<=[{HAN}])(?=[^{HAN}\\s])|(?<=[^{HAN}\\s])(?=[{HAN}])")
# They occur in the middle of one word: erika@example.org, R&D, U.K.
_INNER = ".@&+_"
_QUOTED = re.compile('["“”„‟«»「」『』〝〞]([^"“”„‟«»「」『』〝〞]*)["“”„‟«»「」『』〝〞]')
_PHONE = re.compile(r"(?<![0-9a-z])[+(]{0,2}\d[\d\s()./-]{4,}\d(?![0-9a-z])")
_FEWEST_DIGITS = 6
_MOST_KEPT = 40_000


class _Characters(dict[int, str]):
    """What each decomposed character becomes; worked out when it is first seen, and kept while there is room."""

    def __missing__(self, code: int) -> str:
        found = _character(chr(code))
        if len(self) < _MOST_KEPT:
            self[code] = found
        return found


def _character(char: str) -> str:
    category = unicodedata.category(char)
    mark = unicodedata.combining(char)
    # Marks up to the ninth class belong to scripts whose letters they make others: が is not か.
    if mark == 1 or mark > 9 or category in ("Cf", "Cs") or _INVISIBLE.match(char):
        return ""
    if category == "Pd" or char in _DASHES:
        return "-"
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    plain = "".join(_LETTERS.get(letter, letter) for letter in char.casefold())
    # One character has a variant on its way to the simplified one.
    return str(_SIMPLIFIED.convert(_SIMPLIFIED.convert(plain))).translate(_HAN)


class _Spaces(dict[int, str]):
    """What stays of each character where only words do, and some characters within them; kept as above."""

    def __init__(self, kept: str) -> None:
        super().__init__({ord(char): char for char in kept})

    def __missing__(self, code: int) -> str:
        char = chr(code)
        found = char if unicodedata.category(char)[0] not in "PSZC" else " "
        if len(self) < _MOST_KEPT:
            self[code] = found
        return found


_CHARACTERS = _Characters()
_KEEPING = {kept: _Spaces(kept) for kept in ("", _INNER)}
_DROPPED = dict.fromkeys(map(ord, _APOSTROPHES), "")
# The same of all that is plain, in which nothing falls apart or is joined.
_PLAIN = {code: _DROPPED.get(code, _CHARACTERS[code]) for code in range(128)}


def folded(text: str) -> str:
    """Return a text without what people do not agree on when they type: width, case, accents, apostrophes, invisible
    characters, the kind of dash and of digit, Traditional or Simplified, white space. It may be empty.

    Folding again changes nothing, and each character is folded by itself, so that a part is found in the whole. What
    is stored must be folded anew by a migration whenever a rule here changes.
    """
    if text.isascii():
        return " ".join(text.translate(_PLAIN).split())
    parts = unicodedata.normalize("NFKD", text.translate(_DROPPED)).translate(_CHARACTERS)
    return " ".join(unicodedata.normalize("NFC", parts).translate(_DROPPED).split())


def searchable(text: str) -> str:
    """Return one line as it is stored to be searched: folded, without dashes, and without spaces between Han."""
    whole = " ".join(folded(text).replace("-", "").split())
    return whole if whole.isascii() else _BETWEEN_HAN.sub("", whole)


def digits(text: str) -> str:
    """Return all digits of a phone number; the zero in +44 (0)20 is none that anyone dials."""
    return re.sub(r"\D", "", re.sub(r"\(\s*0\s*\)", "", folded(text)))


def words(text: str) -> list[str]:
    """Return the folded words of a text, without any punctuation."""
    return _spaced(folded(text), "").split()


def terms(text: str) -> tuple[Term, ...]:
    """Return what a text that meets a query must hold, all of it, in any order; nothing for a query without words.

    Words end at spaces, punctuation and where Han begins or ends; a run of Han and what is in quotation marks are one
    each. What a dash joins is looked for as one word, or else as its parts; a phone number by its digits, or else as it
    was typed. Each part is a string of `searchable` text.
    """
    query = folded(text)
    found: list[Term] = [((phrase,),) for quoted in _QUOTED.findall(query) if _bare(phrase := searchable(quoted))]
    rest = _QUOTED.sub(" ", query)
    for number in _PHONE.findall(rest):
        if len(dialled := digits(number).lstrip("0")) >= _FEWEST_DIGITS:
            found.append(tuple(dict.fromkeys(((dialled,), tuple(_split(number))))))
            rest = rest.replace(number, " ", 1)
    for word in rest.split():
        found += _word(word)
    if not found and (whole := searchable(query)):
        return (((whole,),),)
    return tuple(dict.fromkeys(found))


def _word(typed: str) -> list[Term]:
    parts = _split(typed)
    if "-" in typed and len(parts) > 1:
        return [tuple(dict.fromkeys((tuple(_split(typed.replace("-", ""))), tuple(parts))))]
    return [((part,),) for part in parts]


def holds(text: str, wanted: tuple[Term, ...]) -> bool:
    """Return whether a searchable text meets every term."""
    return all(any(all(part in text for part in parts) for parts in term) for term in wanted)


def _split(query: str) -> list[str]:
    spaced = _EDGE_OF_HAN.sub(" ", _spaced(query, _INNER))
    return [word for part in spaced.split() if (word := part.strip(_INNER))]


def _spaced(text: str, kept: str) -> str:
    """Return a text with spaces for punctuation and symbols; a letter's vowel signs are neither."""
    return text.translate(_KEEPING[kept])


def _bare(text: str) -> str:
    return _spaced(text, "").strip()
