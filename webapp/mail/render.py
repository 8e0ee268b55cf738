"""An email as text and as HTML, from one source."""

from collections.abc import Callable
from dataclasses import dataclass

from webapp.mail import markup
from webapp.mail.plain import width, wrap
from webapp.mail.values import Block, Button, EmailContent, FactTable, Institution, Paragraph, Quote, Small
from webapp.vocabulary import Language


@dataclass(frozen=True)
class Rendered:
    """An email's subject and its two bodies."""

    subject: str
    text: str
    html: str


def render(content: EmailContent, institution: Institution) -> Rendered:
    """Return an email as it is stored and sent; links to the tracking page still carry the mark for the secret."""
    return Rendered(content.subject, _text(content, institution), markup.html(content, institution))


def _text(content: EmailContent, institution: Institution) -> str:
    parts = [wrap(content.heading) + "\n" + "=" * min(width(content.heading), 72)]
    if content.greeting:
        parts.append(wrap(content.greeting))
    parts += [_TEXT_PARTS[type(block)](block, content.language) for block in content.blocks]
    # "-- " begins a signature in every email program.
    last = markup.footer(content, institution)
    signature = "\n".join(("-- ", institution.name[content.language], markup.department(content.language), *last))
    return "\n\n".join((*parts, signature)) + "\n"


def _text_paragraph(block: Paragraph | Small, _language: Language) -> str:
    return wrap(block.text)


def _text_facts(block: FactTable, language: Language) -> str:
    colon = language.writing.label
    rows = []
    for label, value in block.rows:
        if "\n" in value:
            rows.append(f"{label}{colon.rstrip()}\n{wrap(value, indent='  ')}")
        else:
            rows.append(wrap(f"{label}{colon}{value}", indent="  ", first=""))
        if label in block.links:
            words, url = block.links[label]
            rows.append(f"  {words}{colon.rstrip()}\n  {url}")
    return "\n".join(rows)


def _text_button(block: Button, language: Language) -> str:
    return f"{block.label}{language.writing.label.rstrip()}\n{block.url}"


def _text_quote(block: Quote, language: Language) -> str:
    label = f"{block.label}{language.writing.label.rstrip()}\n" if block.label else ""
    return label + wrap(block.text, indent="> ")


_TEXT_PARTS: dict[type[Block], Callable[..., str]] = {
    Paragraph: _text_paragraph,
    Small: _text_paragraph,
    FactTable: _text_facts,
    Button: _text_button,
    Quote: _text_quote,
}
