"""Names in braces in letters and replies: checked, filled in, and found where one is left."""

import re
from collections.abc import Mapping

from webapp.vocabulary import Placeholder

LONGEST = 5000
_MARK = re.compile(r"\{([a-z_]+)\}")


def faults(text: str) -> list[str]:
    """Return what is wrong with a letter's text: "empty", "long", a name in braces that is not known, or "brace"."""
    found = [] if text.strip() else ["empty"]
    if len(text) > LONGEST:
        found.append("long")
    found += [name for name in dict.fromkeys(_MARK.findall(text)) if name not in set(Placeholder)]
    if re.search(r"[{}]", _MARK.sub("", text)):
        found.append("brace")
    return found


def fill(text: str, values: Mapping[Placeholder, str]) -> str:
    """Return a letter with its values; a name without a value stays in braces, for somebody to write it there."""
    return _MARK.sub(lambda mark: _value(mark, values), text)


def _value(mark: re.Match[str], values: Mapping[Placeholder, str]) -> str:
    known = Placeholder(mark[1]) if mark[1] in set(Placeholder) else None
    return (values.get(known, "") if known else "") or mark[0]


def gaps(text: str) -> list[str]:
    """Return the names that still stand in braces in what is about to be sent."""
    return [name for name in dict.fromkeys(_MARK.findall(text)) if name in set(Placeholder)]
