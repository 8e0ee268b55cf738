"""From values to a PDF: tagged, searchable, with title and language. What people typed is data, not markup."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import typst

from webapp.documents import faces
from webapp.mail.colours import palette
from webapp.vocabulary import Language

TEMPLATES = Path(__file__).parent / "templates"
# The standard for PDF that everyone can read; with it the typesetter refuses a character that no font has.
STANDARD: Literal["ua-1"] = "ua-1"


class NotPrintable(Exception):
    """A paper would lack characters; `problems` names each with its field, so that someone can write it otherwise."""

    def __init__(self, problems: list[faces.Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


def check(*values: Any) -> None:
    """Raise NotPrintable for characters of the values that no font has."""
    found = [problem for each in values for problem in faces.problems(each)]
    if found:
        raise NotPrintable(found)


def pdf(
    template: str, values: Mapping[str, Any], *, title: faces.Run, language: Language, brand: str, made_at: datetime
) -> bytes:
    """Return a paper; the same values give the same bytes."""
    given = {**values, "title": title, "language": faces.page_language(language), "brand": palette(brand).fill}
    compiler = typst.Compiler(
        TEMPLATES / f"{template}.typ", root=TEMPLATES, font_paths=faces.fonts(), ignore_system_fonts=True
    )
    made = compiler.compile(
        format="pdf",
        sys_inputs={"values": json.dumps(given, ensure_ascii=False)},
        pdf_standards=STANDARD,
        timestamp=int(made_at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("the typesetter made no PDF")
    return made
