"""Names in braces in letters and replies: checked, filled in, and found where one is left."""

import re
from collections.abc import Mapping

from webapp.vocabulary import Placeholder

LONGEST = 5000
_IN_BRACES = re.compile(r"\{([a-z_]+)\}")


def faults(text: str) -> list[str]:
    """Return what is wrong with a letter's text: "empty", "long", a name in braces that is not known, or "brace"."""
    found = [] if text.strip() else ["empty"]
    if len(text) > LONGEST:
        found.append("long")
    found += [name for name in dict.fromkeys(_IN_BRACES.findall(text)) if name not in set(Placeholder)]
    if re.search(r"[{}]", _IN_BRACES.sub("", text)):
        found.append("brace")
    return found


def fill(text: str, values: Mapping[Placeholder, str]) -> str:
    """Return a letter with its values; a name without a value stays in braces, for someone to write it there."""
    return _IN_BRACES.sub(lambda match: _value(match, values), text)


def _value(match: re.Match[str], values: Mapping[Placeholder, str]) -> str:
    known = Placeholder(match[1]) if match[1] in set(Placeholder) else None
    return (values.get(known, "") if known else "") or match[0]


def gaps(text: str) -> list[str]:
    """Return the names that are still in braces in what is about to be sent."""
    return [name for name in dict.fromkeys(_IN_BRACES.findall(text)) if name in set(Placeholder)]
