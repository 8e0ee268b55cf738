"""What a PDF says to a machine: its text, its tags, its title and language."""

import io
import unicodedata
from typing import Any

from pypdf import PdfReader

# Marks of direction that an extractor puts around Arabic, and breaks of lines.
_BETWEEN = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069 \n\t\u00a0"))


def reader(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def text_of(content: bytes) -> str:
    """Return the text of all pages without spaces and breaks, so that a wrapped name is found whole."""
    return bare("".join(page.extract_text() for page in reader(content).pages))


def bare(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate(_BETWEEN)


def tags_of(content: bytes) -> set[str]:
    """Return the kinds of elements by which a reader finds its way, such as /H1 and /TH."""
    found: set[str] = set()
    left: list[Any] = [reader(content).trailer["/Root"]["/StructTreeRoot"]["/K"]]
    while left:
        each = left.pop().get_object()
        if isinstance(each, list):
            left += each
        elif isinstance(each, dict):
            found.add(str(each.get("/S", "")))
            left += [each["/K"]] if "/K" in each else []
    return found
