"""Which characters of a line or a text are kept, which become others, and which no one sees."""

import re
import unicodedata
from typing import NamedTuple

_REPLACEMENT = "\ufffd"
# Unassigned for good, in half, or already replaced on the way; the last: three bytes that no server could decode.
_BROKEN = re.compile(
    "[\x00\ud800-\udfff\ufffd\ufdd0-\ufdef\ufffe\uffff]|%[Ee][Dd]%[AaBb][0-9A-Fa-f]%[89ABab][0-9A-Fa-f]"
)
_BREAKS = dict.fromkeys("\v\f\x0e\x1c\x1d\x85\u2028\u2029", "\n")
# Word's own codes for a hyphen, a hyphen at the end of a line, the end of a cell; its bullets; a picture's place.
_OFFICE = {
    "\x07": "\t", "\x1e": "-", "\x1f": "", "\ufffc": "",
    "\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "\uf0e0": "→",
}  # fmt: skip
# A letter of Windows-1252 that was sent as if it were Latin-1; five of the codes are none.
_WINDOWS = {chr(code): bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
_REST = {chr(code): "" for code in (*range(0x01, 0x20), 0x7F) if chr(code) not in "\t\n\r"}
_CONTROLS = str.maketrans({**_REST, **_WINDOWS, **_OFFICE, **_BREAKS})
# Blanks that Unicode does not call spaces: of Hangul and of Braille.
_BLANKS = str.maketrans("\u3164\uffa0\u2800", "   ")
# What Unicode says to ignore where it cannot be shown, with the marks of annotations.
_UNSEEN = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_VARIANT = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_MONGOLIAN = re.compile("[\u180b-\u180f]")
_JOINER = re.compile("[\u200c\u200d]")
_TAGS = re.compile("[\U000e0020-\U000e007f]+")
# Scripts in which a joiner changes how letters look, from Hebrew to Georgian and from Khmer to Meetei.
_JOINED = re.compile(
    "[\u0590-\u10ff\u1780-\u1cff\ua840-\uabff\ufb1d-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff\U0001e900-\U0001e95f]"
)
_PICTURE = re.compile("[\u203c-\u3299\U0001f000-\U0001faff]")
_JAMO = re.compile("[\u1100-\u115e\u1161-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]")
_BLACK_FLAG = "\U0001f3f4"
_VIRAMA = 9
_BEFORE = 20


class Fault(NamedTuple):
    """Where a text has a character that arrived broken: its line, from 1, and what comes before it there."""

    line: int
    before: str


def storable(text: str) -> str:
    """Return the text without what no database column and no page takes; a replacement mark takes its place."""
    return re.sub("[\x00\ud800-\udfff]", _REPLACEMENT, text)


def broken(text: str) -> Fault | None:
    """Return where the first character is that arrived broken, if there is one."""
    sent = _lines(text)
    found = _BROKEN.search(sent)
    if found is None:
        return None
    above, _break, before = sent[: found.start()].rpartition("\n")
    number = above.count("\n") + bool(_break) + 1
    return Fault(number, line(before[-_BEFORE:]))


def line(text: str | None) -> str:
    """Return one line in NFC with single spaces, without what no one sees; nothing where nothing is to be seen.

    Letters stay as they were typed, in any width. What no one sees is kept where it changes what is seen: joiners in
    Persian or Hindi, variants of a character, the parts of an emoji.
    """
    before, now = None, storable(text or "")
    # What is dropped brings others together, so that marks may change places: until nothing changes.
    while now != before:
        before, now = now, _once(now)
    return now


def folded(text: str | None) -> str:
    """Return one line with every character in its plain width, for what is read: addresses, numbers, references."""
    return line(unicodedata.normalize("NFKC", line(text)))


def text(text: str | None) -> str:
    """Return lines in NFC, ended by "\\n", without spaces at their ends or empty lines around them.

    What office programs put between lines is a line break, and their other codes are what they stand for.
    """
    lines = unicodedata.normalize("NFC", _lines(storable(text or "")).replace("\ufeff", "")).split("\n")
    tidied = "\n".join(each.rstrip() for each in lines).strip()
    return tidied if line(tidied) else ""


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)


def _once(text: str) -> str:
    plain = unicodedata.normalize("NFC", _lines(text).translate(_BLANKS))
    return " ".join(unicodedata.normalize("NFC", _UNSEEN.sub(_kept, plain)).split())


def _kept(found: re.Match[str]) -> str:
    """Return what of a run of unseen characters changes the characters around it."""
    run, (start, end) = found.group(), found.span()
    before, after = found.string[max(start - 1, 0) : start], found.string[end : end + 1]
    if before == _BLACK_FLAG and (tags := _TAGS.match(run)):
        return tags.group()
    return (run[0] if _stays(run[0], before, after) else "") + _joiner(run, before, after)


def _stays(mark: str, before: str, after: str) -> bool:
    if _VARIANT.match(mark):
        return bool(before.strip()) and not (before.isascii() and before.isalpha())
    if _MONGOLIAN.match(mark):
        return "\u1800" <= before <= "\u18af"
    if mark in "\u115f\u1160":
        return bool(_JAMO.match(before) or _JAMO.match(after))
    return mark == "\u034f" and bool(after) and unicodedata.combining(after) > 0


def _joiner(run: str, before: str, after: str) -> str:
    found = _JOINER.search(run)
    if not found or not before:
        return ""
    joiner = found.group()
    letters = _JOINED.match(before) and _JOINED.match(after)
    pictures = joiner == "\u200d" and _PICTURE.match(before) and _PICTURE.match(after)
    return joiner if letters or pictures or unicodedata.combining(before) == _VIRAMA else ""
