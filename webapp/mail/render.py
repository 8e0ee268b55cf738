"""An email as text and as HTML, from one source."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from webapp.i18n import HTML_LANG, translations
from webapp.mail.colours import DARK_PAGE, palette
from webapp.mail.plain import width, wrap
from webapp.mail.values import Block, Button, EmailContent, FactTable, Institution, Paragraph, Quote, Small
from webapp.paths import TEMPLATES
from webapp.vocabulary import Language


@dataclass(frozen=True)
class Rendered:
    """An email's subject and its two bodies."""

    subject: str
    text: str
    html: str


def render(content: EmailContent, institution: Institution) -> Rendered:
    """Return an email as it is stored and sent; links to the tracking page still carry the mark for the secret."""
    return Rendered(content.subject, _text(content, institution), _html(content, institution))


def _html(content: EmailContent, institution: Institution) -> str:
    return _layout().render(
        mail=content,
        lang=HTML_LANG[content.language],
        writing=content.language.writing,
        colours=palette(institution.brand),
        dark_page=DARK_PAGE,
        institution=institution.name[content.language],
        department=_department(content.language),
        footer=_footer(content, institution),
    )


@cache
def _layout() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / "mail"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("layout.html")


def _text(content: EmailContent, institution: Institution) -> str:
    parts = [wrap(content.heading) + "\n" + "=" * min(width(content.heading), 72)]
    if content.greeting:
        parts.append(wrap(content.greeting))
    parts += [_TEXT_PARTS[type(block)](block, content.language) for block in content.blocks]
    # "-- " begins a signature in every email program.
    signature = "\n".join(
        ("-- ", institution.name[content.language], _department(content.language), *_footer(content, institution))
    )
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


def _department(language: Language) -> str:
    return translations(language).gettext("International networks and visits")


def _footer(content: EmailContent, institution: Institution) -> tuple[str, ...]:
    return tuple(filter(None, (institution.address[content.language], institution.office_email)))
