"""What people are called, kept letter by letter: composed where that changes nothing, and never where it would."""

import re

from webapp.tidying.characters import line

# Unicode composes these into other characters, which some people do not write their names with.
_OF_THEIR_OWN = re.compile("[\uf900-\ufaff\U0002f800-\U0002fa1f]")
_HELD, _OTHER = 0xF0000, 0x100000
_SHIFT = 0x2F800
_EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u3040-\u30ff\u3105-\u312f\u3131-\u318e\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]"
)


def kept(text: str) -> str:
    """Return a line as `tidying.line` does, with each Han character that has a twin as it was typed."""
    if not _OF_THEIR_OWN.search(text):
        return line(text)
    # Held by characters of private use, which nothing changes.
    base = _OTHER if re.search("[\U000f0000-\U000fffff]", text) else _HELD
    held = _OF_THEIR_OWN.sub(lambda found: chr(base + _offset(ord(found.group()))), text)
    return re.sub(
        f"[{chr(base)}-{chr(base + 0xFFF)}]", lambda found: chr(_from_offset(ord(found.group()) - base)), line(held)
    )


def _offset(code: int) -> int:
    return code - _SHIFT + 0x800 if code >= _SHIFT else code - 0xF900


def _from_offset(offset: int) -> int:
    return offset - 0x800 + _SHIFT if offset >= 0x800 else offset + 0xF900


def family_first(*names: str) -> bool:
    """Return whether names are in a script in which the family name usually is first: Han, Hangul or Kana."""
    return any(_EAST_ASIAN.search(name) for name in names)
