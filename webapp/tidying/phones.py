"""A phone number as people type it: with an extension, a remark, a second number. Where in doubt, it is taken."""

import re
import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, ValidationResult

from webapp.tidying.characters import line

# Digits and signs in full width; brackets stay, for they may hold words.
_WIDTH = str.maketrans("０１２３４５６７８９＋－．／＃＊", "0123456789+-./#*")
_NUMBER = re.compile(r"\+?\s?\(?\s?\d[\d\s().\u2010-\u2015\u2212-]*")
# What people type into a field that they leave empty.
_NONE = frozenset(
    ("n/a", "n.a", "na", "none", "no", "nil", "null", "not applicable", "no phone", "keine", "aucun", "ninguno")
) | frozenset(("无", "無", "没有", "沒有", "暂无", "暫無", "不适用", "不適用"))
# A number that ends in a word, as on a keypad: 1-800-FLOWERS.
_KEYPAD = re.compile(r"\+?[\d() .-]*[\d)][ .-]?[A-Z][A-Z-]{2,}|\+?[\d() .-]*\d[.-][A-Za-z][A-Za-z-]{2,}")
_SHORTEST, _LONGEST, _SHORTEST_WORD = 5, 20, 7


class NoPhone(ValueError):
    """What was typed is no phone number: why, as a word, and the part that shows it."""

    def __init__(self, why: str, part: str) -> None:
        self.why, self.part = why, part
        super().__init__(f"{why}: {part}")


def shown(text: str | None) -> str:
    """Return a number as it was typed, its digits in plain width, without what no one sees; nothing for a "none"."""
    number = line(line(text).translate(_WIDTH))
    return "" if not number.strip("-–—_./ ") or number.casefold().strip(" .。") in _NONE else number


def check(text: str, country: str | None) -> None:
    """Raise NoPhone where nothing in a text can be a number.

    `country` is the one whose numbers need no code, "" where it is still to be chosen, None where no one asks for it.
    """
    plain = unicodedata.normalize("NFKC", text)
    if _KEYPAD.fullmatch(plain) and sum(map(str.isalnum, plain)) >= _SHORTEST_WORD:
        plain = phonenumbers.convert_alpha_characters_in_number(plain)
    numbers = [found.strip(" .(-") for found in _NUMBER.findall(plain)]
    faults = [_fault(number, country) for number in numbers]
    if not faults:
        raise NoPhone("digits", text)
    if all(faults):
        raise NoPhone(str(faults[0]), numbers[0])


def _fault(number: str, country: str | None) -> str | None:
    digits = sum(character.isdecimal() for character in number)
    if digits < _SHORTEST or digits > _LONGEST:
        return "short" if digits < _SHORTEST else "long"
    if not number.startswith(("+", "00")) and country == "":
        return "code"
    try:
        parsed = phonenumbers.parse(number, country or None)
    except NumberParseException as error:
        unknown = error.error_type == NumberParseException.INVALID_COUNTRY_CODE and number.startswith("+")
        return "country" if unknown else None
    # Only a number with its code is sure to be too short: without it, it may be one of another country, or local.
    short = phonenumbers.is_possible_number_with_reason(parsed) == ValidationResult.TOO_SHORT
    return "short" if short and number.startswith("+") else None
