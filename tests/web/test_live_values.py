"""Words that would act if they were not words: in every free field of every form, and nowhere alive afterwards."""

import os
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import make_settings
from tests.web.test_hostile_values import Tries, known  # noqa: F401 - a fixture
from webapp.config import Settings
from webapp.models import Message

# All are tried with the variable; without it each field gets one of them, in turn.
ALL = bool(os.environ.get("LIAISON_ALL_VALUES"))
LIVE = "zqlive"
# Markup, attributes, addresses, templates, formulas of spreadsheets, heads of emails, entries of calendars.
WORDS = (
    f"<script>{LIVE}()</script>",
    f'"><img src=x onerror={LIVE}()>',
    f"' autofocus onfocus={LIVE}() x='",
    f"</textarea></title></script><svg onload={LIVE}()>",
    f"javascript:{LIVE}()",
    f"{{{{ 7*191 }}}}{{% raw %}}{LIVE}",
    f'=HYPERLINK("{LIVE}")',
    f"@SUM({LIVE})",
    f"{LIVE}\r\nBcc: {LIVE}@example.org\r\n",
    f"{LIVE}\nEND:VEVENT\nBEGIN:VALARM",
    f"<a href=data:text/html,{LIVE}>x</a><iframe srcdoc={LIVE}>",
    f"<!--{LIVE}--><style>{LIVE}</style>",
)


class Watching(HTMLParser):
    """Finds the word where a browser would act on it: in names and attributes of elements, scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.alive: list[str] = []
        self.inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag if tag in ("script", "style", "iframe", "svg") else ""
        for name, value in attrs:
            acts = name.startswith("on") or name in ("srcdoc", "style", "formaction")
            leads = name in ("href", "src", "action") and re.match(r"\s*(javascript|data|vbscript):", value or "", re.I)
            if LIVE in name or LIVE in tag or (LIVE in (value or "") and (acts or leads)):
                self.alive.append(f"<{tag} {name}={value}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.inside = ""

    def handle_endtag(self, _tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside and LIVE in data:
            self.alive.append(f"in <{self.inside}>: {data[:80]}")
        if "1337" in data and LIVE in data:
            self.alive.append(f"a template was filled in: {data[:80]}")

    def handle_comment(self, data: str) -> None:
        if LIVE in data:
            self.alive.append(f"<!--{data[:60]}-->")


def alive(content: str, kind: str) -> list[str]:
    """Return what would act in a page, a file or an email."""
    if kind == "text/html":
        return Watching(content).alive
    if kind == "text/csv":
        return re.findall(rf"(?:^|[,;\t])\"?[=@+][^,;]*{LIVE}[^,;]*", content, re.MULTILINE)
    if kind == "text/calendar":
        return re.findall(r"BEGIN:VALARM", content)
    return []


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return make_settings(database_url, data_dir=tmp_path, mailbox_dir=tmp_path)


@pytest.mark.one_database
def test_no_word_that_was_typed_acts_in_a_page_a_file_or_an_email(
    client: FlaskClient,
    known: dict[str, Any],  # noqa: F811 - the fixture
    write: Callable[..., Any],
    sign_in: Callable[..., Any],
    record_property: Callable[[str, object], None],
) -> None:
    sign_in(client, "admin@example.org")
    tries, typed, found = Tries(client, known), 0, []
    forms = [each for each in tries.found_forms() if not re.search(r"sign-(out|in)", each[0])]
    for turn, (path, form) in enumerate(forms):
        written = sorted(form.free | {name for name, value in form.fields.items() if "\n" in value})
        others = [name for name, value in form.fields.items() if name not in written and not value]
        for number in range(len(WORDS) if ALL else 1):
            # Beside choices that the page offers, and in their place: else the choices would be refused first.
            for names in ([written], [written, others])[1 if ALL else 0]:
                given = {name: value for name, value in form.fields.items() if value}
                given |= {name: WORDS[(turn + place + number) % len(WORDS)] for place, name in enumerate(names)}
                typed += len(names)
                answer = client.post(path, data=given)
                if "/desk/sign-in" in (answer.location or ""):
                    sign_in(client, "admin@example.org")
                if answer.mimetype == "text/html":
                    found += [(path, each) for each in alive(answer.text, "text/html")]
    sign_in(client, "admin@example.org")
    pages = [tries.address(rule) for rule in tries.rules if "GET" in (rule.methods or ())]
    pages += [f"/decisions/{link}" for link in known["links"]]
    shown = 0
    for page in pages:
        answer = client.get(page)
        text = answer.data.decode(errors="replace")
        shown += LIVE in text
        found += [(page, each) for each in alive(text, answer.mimetype)]
        found += [(page, name) for name, value in answer.headers if LIVE in name or "\n" in value]
    emails = write(lambda s: [(m.subject, m.html, m.calendar) for m in s.scalars(select(Message))])
    for subject, html, calendar in emails:
        found += [("email", each) for each in [*alive(html, "text/html"), *alive(calendar, "text/calendar")]]
        found += [("email", subject)] if "\n" in subject or "\r" in subject else []
    record_property("values", typed)
    record_property("pages that show some", shown)
    record_property("emails", sum(LIVE in html or LIVE in subject for subject, html, _calendar in emails))
    assert found == []
    assert typed > (5000 if ALL else 250)
    assert shown > 10
