"""How headers are written: CRLF, only ASCII on the line, in a way that every reader reads back as it was meant."""

import re
from email.header import Header
from email.utils import quote

EOL = "\r\n"
# What is ASCII and no longer needs no folding, and the library would write it so.
_FITS = 70
# Words and spaces that an address's name may hold without quotes.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")


def identifiers(name: str, found: list[str]) -> str:
    """Return a header of Message-IDs, one a line, as they are often longer than a line should be."""
    return f"{name}: " + f"{EOL} ".join(found) + EOL


def text(name: str, value: str) -> str:
    """Return a header that is text, its first word (such as the reference) legible in the source."""
    if len(name) + len(value) <= _FITS and value.isascii():
        return f"{name}: {value}{EOL}"
    first, _, rest = value.partition(" ")
    header = Header(header_name=name)
    for part in filter(None, (first, rest)):
        header.append(part, "us-ascii" if part.isascii() else "utf-8")
    return f"{name}: {header.encode(linesep=EOL)}{EOL}"


def mailbox(name: str, shown: str, address: str) -> str:
    """Return a header of one address, with the name that is shown for it."""
    if not shown:
        return f"{name}: {address}{EOL}"
    if not shown.isascii():
        phrase = Header(shown, "utf-8", header_name=name).encode(linesep=EOL)
    else:
        phrase = shown if _PLAIN_NAME.fullmatch(shown) else f'"{quote(shown)}"'
    return f"{name}: {phrase}{EOL} <{address}>{EOL}"
