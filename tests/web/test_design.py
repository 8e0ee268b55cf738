"""The component page shows every part, soundly marked up, and passes axe in both themes."""

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, render_template
from jinja2.runtime import Macro
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from tests.browsers import ARGUMENTS, CHROMIUM
from tests.conftest import RecordingBroker, make_settings, unavailable
from tests.factories import LANGUAGES
from webapp import create_app
from webapp.i18n import HTML_LANG
from webapp.paths import TEMPLATES
from webapp.vocabulary import Language, MessageState, Status
from webapp.web import edge
from webapp.web.failures import PAGES

SHARED = {"m": "_macros.html", "f": "_fields.html"}


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(make_settings("sqlite:///unused.db"), broker=RecordingBroker())


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=60)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        unavailable(f"no Chromium at {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield browser
        browser.close()


class Markup(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def values(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.elements if attribute in attrs]


def page(app: Flask, language: Language = Language.EN) -> str:
    response = app.test_client().get("/design", query_string={"language": language})
    assert response.status_code == 200
    return response.text


def macros(app: Flask) -> list[tuple[str, str]]:
    """Return (prefix, name) of every macro that pages may call; those with an underscore are parts of others."""
    with app.test_request_context():
        return [
            (prefix, name)
            for prefix, file in SHARED.items()
            for name, value in vars(app.jinja_env.get_template(file).module).items()
            if isinstance(value, Macro)
        ]


def test_component_page_shows_every_macro(app: Flask) -> None:
    called = {name: (TEMPLATES / file).read_text() for name, file in SHARED.items()}
    source = (TEMPLATES / "design" / "components.html").read_text() + (TEMPLATES / "_base.html").read_text()
    missing = [
        f"{prefix}.{name}"
        for prefix, name in macros(app)
        if not re.search(rf"\b{prefix}\.{name}\(", source) and not re.search(rf"(?<!macro )\b{name}\(", called[prefix])
    ]
    assert missing == []


def test_component_page_shows_every_status_and_state(app: Flask) -> None:
    marked = re.findall(r'<span class="status"', page(app))
    assert len(marked) >= 2 * len(Status) + len(MessageState)


def test_partner_status_does_not_betray_what_its_word_hides(app: Flask) -> None:
    with app.test_request_context():
        macro = app.jinja_env.get_template("_macros.html").module.partner_status  # type: ignore[attr-defined]
        shown = {str(macro(status, "Being reviewed")) for status in ("in_review", "awaiting_approval", "spam")}
    assert len(shown) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_component_page_is_soundly_marked_up(app: Flask, language: Language) -> None:
    markup = Markup(page(app, language))
    ids = markup.values("id")
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    references = [
        name
        for attribute in ("for", "aria-describedby", "aria-labelledby", "popovertarget")
        for value in markup.values(attribute)
        for name in value.split()
    ]
    references += [href[1:] for href in markup.values("href") if href.startswith(("#i-", "#s-"))]
    assert [name for name in references if name not in ids] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_component_page_runs_under_the_strict_policy(app: Flask, language: Language) -> None:
    markup = Markup(page(app, language))
    attributes = {name for _, attrs in markup.elements for name in attrs}
    assert not [name for name in attributes if name == "style" or name.startswith("on")]
    assert all(attrs.get("src") for tag, attrs in markup.elements if tag == "script")
    assert "style" not in {tag for tag, _ in markup.elements}


def test_component_page_is_not_indexed(app: Flask) -> None:
    assert '<meta name="robots" content="noindex">' in page(app)


def test_component_page_ignores_an_unknown_language(app: Flask) -> None:
    assert '<html lang="en">' in app.test_client().get("/design?language=tlh").text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(PAGES))
def test_error_page_says_what_to_do(app: Flask, code: int, language: Language) -> None:
    with app.test_request_context("/"):
        edge.set_language(language)
        markup = Markup(render_template(f"errors/{code}.html"))
    assert markup.values("lang")[0] == HTML_LANG[language]
    assert [tag for tag, _ in markup.elements].count("h1") == 1
    assert any(href.startswith("mailto:") for href in markup.values("href"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_component_page_passes_axe(address: str, browser: Browser, theme: Any, language: Language) -> None:
    context = browser.new_context(color_scheme=theme, reduced_motion="reduce", bypass_csp=True)
    tab = context.new_page()
    tab.goto(f"{address}/design?language={language}")
    found = Axe().run(tab).response["violations"]
    context.close()
    assert [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found] == []


@pytest.mark.parametrize("width", [320, 390, 640, 800, 1024, 1280, 1600])
def test_component_page_never_scrolls_sideways(address: str, browser: Browser, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    tab = context.new_page()
    for language in LANGUAGES:
        tab.goto(f"{address}/design?language={language}")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
