"""References: short enough to be read aloud, and read whatever someone typed."""

import re
import secrets

from webapp.domain.search.folding import folded

# No letter or digit that is taken for another when read aloud or from paper.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_MOST = len(ALPHABET) ** 8
_FOUR = f"([{ALPHABET.lower()}]{{4}})"
# With its two letters a reference is known anywhere, however it is broken; without them only as two fours, or eight.
_WITHIN = re.compile(rf"(?<![0-9a-z])(?:ld[\W_]{{0,3}}{_FOUR}[\W_]{{0,3}}{_FOUR}|{_FOUR}-?{_FOUR})(?![0-9a-z])")
# As it is in a subject, between other words.
_IN_SUBJECT = re.compile(rf"\bLD-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}\b")


def new_reference() -> str:
    """Return a reference such as LD-7K3Q-9XWT: 39 bits, enough to tell enquiries apart, never a secret."""
    drawn, letters = secrets.randbelow(_MOST), ""
    for _ in range(8):
        drawn, letter = divmod(drawn, len(ALPHABET))
        letters += ALPHABET[letter]
    return f"LD-{letters[:4]}-{letters[4:]}"


def read_reference(text: str) -> str:
    """Return the reference that was typed or pasted with its subject, whatever its case, spaces, dashes and width.

    Nothing where it is none.
    """
    plain = folded(text).upper()
    within = _IN_SUBJECT.search(plain)
    letters = "".join(character for character in (within or [plain])[0] if character.isalnum()).removeprefix("LD")
    whole = len(letters) == 8 and all(letter in ALPHABET for letter in letters)
    return f"LD-{letters[:4]}-{letters[4:]}" if whole else ""


def references_in(text: str) -> list[str]:
    """Return every reference that a text may name, such as a pasted subject; words of eight letters look like one."""
    found = ["".join(filter(None, fours)).upper() for fours in _WITHIN.findall(folded(text))]
    whole = read_reference(text)
    return list(dict.fromkeys([f"LD-{letters[:4]}-{letters[4:]}" for letters in found] + ([whole] if whole else [])))
