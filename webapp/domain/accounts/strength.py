"""New passwords that anyone would guess: common ones, patterns, and words of their owner's own."""

import re
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from webapp.config import Settings
from webapp.domain.errors import Invalid
from webapp.domain.search.folding import folded
from webapp.models import Person

SHORTEST, LONGEST = 12, 200
# zxcvbn's best mark: ten thousand million guesses or more. Four words that have nothing in common are far above it.
_GOOD = 4
# What is left without the words of one's own must be this much of a password by itself.
_LEFT = 8
# More says nothing new, and takes longer to look at than it is worth.
_LOOKED_AT = 72
_SERVICE = ("Liaison Desk", "liaison")
_PATTERNS = frozenset({"repeat", "sequence", "spatial"})


def own_words(person: Person, settings: Settings) -> tuple[str, ...]:
    """Return the words that anyone would try first for this person: name, address, institution, service."""
    names = (*settings.names("institution").values(), *settings.names("institution_short").values())
    return (person.name, person.email, *names, *_SERVICE)


def refuse_guessable(password: str, *, own: Iterable[str]) -> None:
    """Raise Invalid for a new password that is too short or long, common, a pattern, or made of words of one's own."""
    if len(password) < SHORTEST:
        raise Invalid({"new_password": "short"})
    if len(password) > LONGEST:
        raise Invalid({"new_password": "long"})
    words = _words(own)
    if _without(folded(password), words) < _LEFT:
        raise Invalid({"new_password": "own"})
    # Its lists of words take 11 MB, which most processes never need.
    zxcvbn = import_module("zxcvbn").zxcvbn
    found: dict[str, Any] = zxcvbn(password[:_LOOKED_AT], user_inputs=words)
    if found["score"] < _GOOD:
        patterns = {part["pattern"] for part in found["sequence"]}
        raise Invalid({"new_password": "pattern" if patterns & _PATTERNS else "common"})


def _words(own: Iterable[str]) -> list[str]:
    """The longest first, so that no part of a word is left over."""
    parts = {part for text in own for part in (*re.split(r"[\W_]+", folded(text)), _plain(folded(text)))}
    return sorted((part for part in parts if len(part) > (2 if part.isascii() else 1)), key=len, reverse=True)


def _without(password: str, words: Iterable[str]) -> int:
    """How many letters and digits a password has beside these words."""
    left = _plain(password)
    for word in words:
        left = left.replace(word, "")
    return len(left)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)
