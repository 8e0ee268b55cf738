"""Longer texts that staff write: paragraphs, headings after ##, lists after -, and links; from pages and to them."""

import re
from html.parser import HTMLParser

from markupsafe import Markup, escape

_LINK = re.compile(r"\[([^\[\]]+)\]\(((?:https?://|mailto:|/)[^\s()]+)\)")


def html(text: str) -> Markup:
    """Return a text as HTML; whatever is not one of its few marks is shown as it was typed."""
    parts = [_block([line.strip() for line in block.splitlines()]) for block in re.split(r"\n\s*\n", text.strip())]
    return Markup("\n").join(parts)


def _block(lines: list[str]) -> Markup:
    """Return one block: a heading alone, items, or a paragraph; lines of another sort begin a block of their own."""
    found = Markup("")
    while lines:
        if lines[0].startswith("## "):
            found += Markup("<h2>%s</h2>\n") % _line(lines.pop(0).removeprefix("## "))
        elif lines[0].startswith("- "):
            items = Markup("")
            while lines and lines[0].startswith("- "):
                items += Markup("<li>%s</li>\n") % _line(lines.pop(0).removeprefix("- "))
            found += Markup("<ul>\n%s</ul>\n") % items
        else:
            words = []
            while lines and not lines[0].startswith(("## ", "- ")):
                words.append(lines.pop(0))
            found += Markup("<p>%s</p>\n") % _line(" ".join(words))
    return found


def _line(text: str) -> Markup:
    found, end = Markup(""), 0
    for link in _LINK.finditer(text):
        found += escape(text[end : link.start()]) + Markup('<a href="%s">%s</a>') % (link[2], link[1])
        end = link.end()
    return found + escape(text[end:])


class _Page(HTMLParser):
    """Collects the headings, paragraphs, items and links of a page's article."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self.inside: str | None = None
        self.address = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"h2", "p", "li"}:
            self.inside = {"h2": "## ", "li": "- "}.get(tag, "")
        elif tag == "a" and self.inside is not None:
            self.address = dict(attrs).get("href") or ""
            self.inside += "["

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.inside is not None:
            self.inside += f"]({self.address})"
        elif tag in {"h2", "p", "li"} and self.inside is not None:
            self.blocks.append(" ".join(self.inside.split()))
            self.inside = None

    def handle_data(self, data: str) -> None:
        if self.inside is not None:
            self.inside += data


def text_of(article: str) -> str:
    """Return an article of our own pages as such a text, from its first heading of the second level or paragraph."""
    page = _Page()
    page.feed(article)
    text = ""
    for block, before in zip(page.blocks, ["", *page.blocks], strict=False):
        in_list = block.startswith("- ") and before.startswith("- ")
        text += ("" if not text else "\n" if in_list else "\n\n") + block
    return text
