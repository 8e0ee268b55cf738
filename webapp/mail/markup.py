"""An email as HTML: the markup of its templates is kept ready for a language and a brand, and filled in with texts."""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import escape

from webapp.i18n import HTML_LANG, translations
from webapp.mail.colours import DARK_PAGE, palette
from webapp.mail.values import Block, Button, EmailContent, FactTable, Institution, Paragraph, Quote, Small
from webapp.paths import TEMPLATES
from webapp.vocabulary import Language

# No text holds it: in its place something is said.
_MARK = "\0"
# The blocks' markup, by name and in parts between which something is said.
Pieces = dict[str, list[str]]


def html(content: EmailContent, institution: Institution) -> str:
    """Return an email's HTML; all that it says is text, and escaped."""
    language, brand = content.language, institution.brand
    names = institution.name[language], department(language), footer(content, institution)
    pieces = _pieces(language, brand)
    said = [_put(pieces["heading"], content.heading)]
    if content.greeting:
        said.append(_put(pieces["greeting"], content.greeting))
    for block in content.blocks:
        said.append(_PARTS[type(block)](block, pieces))
    before, title, preview, after = _layout(language, brand, *names)
    return "".join((before, escape(content.subject), title, escape(content.preview), preview, *said, after))


def department(language: Language) -> str:
    """Return what the office is called in a language."""
    return translations(language).gettext("International networks and visits")


def footer(content: EmailContent, institution: Institution) -> tuple[str, ...]:
    """Return the last lines of an email: from where it is, and whom to write to."""
    return tuple(filter(None, (institution.address[content.language], institution.office_email)))


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES / "mail"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache(64)
def _layout(language: Language, brand: str, institution: str, office: str, last: tuple[str, ...]) -> list[str]:
    """Return what is around all that an email says: before its title, its preview and its content, and after it."""
    whole = _environment().get_template("layout.html")
    rendered = whole.render(
        subject=_MARK,
        preview=_MARK,
        content=_MARK,
        lang=HTML_LANG[language],
        writing=language.writing,
        colours=palette(brand),
        dark_page=DARK_PAGE,
        institution=institution,
        department=office,
        footer=last,
    )
    return rendered.split(_MARK)


@lru_cache(64)
def _pieces(language: Language, brand: str) -> Pieces:
    given: dict[str, Any] = {"serif": language.writing.serif, "colours": palette(brand)}
    macros: Any = _environment().get_template("blocks.html").make_module(given)
    every = ("heading", "greeting", "paragraph", "strong", "facts", "fact", "link", "button", "whose", "quote", "small")
    return {name: _cut(getattr(macros, name)) for name in every}


def _cut(macro: Any) -> list[str]:
    return str(macro(*[_MARK] * len(macro.arguments))).split(_MARK)


def _put(parts: list[str], text: str) -> str:
    return f"{parts[0]}{escape(text)}{parts[1]}"


def _lines(text: str) -> str:
    return str(escape(text)).replace("\n", "<br>")


def _paragraph(block: Paragraph, pieces: Pieces) -> str:
    before, after = pieces["paragraph"]
    if not block.strong:
        return f"{before}{escape(block.text)}{after}"
    strong = pieces["strong"]
    return before + "".join(_put(strong, text) if bold else escape(text) for text, bold in block.pieces) + after


def _facts(block: FactTable, pieces: Pieces) -> str:
    (before, after), (row, cell, end), links = pieces["facts"], pieces["fact"], block.links
    rows = []
    for label, value in block.rows:
        more = _link(*links[label], pieces["link"]) if label in links else ""
        rows.append(f"{row}{escape(label)}{cell}{_lines(value)}{more}{end}")
    return before + "".join(rows) + after


def _link(words: str, url: str, parts: list[str]) -> str:
    return f"{parts[0]}{escape(url)}{parts[1]}{escape(words)}{parts[2]}"


def _button(block: Button, pieces: Pieces) -> str:
    return _link(block.label, block.url, pieces["button"])


def _quote(block: Quote, pieces: Pieces) -> str:
    before, after = pieces["quote"]
    label = _put(pieces["whose"], block.label) if block.label else ""
    return f"{label}{before}{_lines(block.text)}{after}"


def _small(block: Small, pieces: Pieces) -> str:
    return _put(pieces["small"], block.text)


_PARTS: dict[type[Block], Callable[..., str]] = {
    Paragraph: _paragraph,
    FactTable: _facts,
    Button: _button,
    Quote: _quote,
    Small: _small,
}
