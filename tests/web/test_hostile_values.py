"""Every parameter of every route is tried on PostgreSQL with what no page expects: nothing of it ends in a 5xx."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote_plus, unquote_to_bytes, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug import Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from tests.conftest import make_settings
from tests.factories import make_enquiry, tracking_token
from tests.journeys.test_desk_pages import fill
from webapp.config import Settings
from webapp.domain.security.tokens import link_token, new_token
from webapp.models import Enquiry, Link
from webapp.vocabulary import LinkKind

# All of the tries take minutes; without the variable every fifth value is tried in each place, others in the next.
STEP = 1 if os.environ.get("LIAISON_ALL_VALUES") else 5
V = TypeVar("V")
ROOT = Path(__file__).resolve().parents[2]
# As they go over the wire: bytes that are no letters are percent signs.
VALUES = (
    "",
    "%00",
    "a%00b",
    *("2147483647", "2147483648", "-2147483649", "9223372036854775808", "-1", "-9223372036854775809"),
    "1" + "0" * 40,
    "9" * 5000,
    "%EF%BC%91%EF%BC%92",
    "%C2%B2",
    "1e9",
    "%ED%A0%80",
    "%ff",
    "x" * 10_000,
    "%F0%9F%98%80" * 3,
    "%E2%80%AE%D7%90",
    "%D8%A7%E2%80%8D",
    "0001-01-01",
    "9999-12-31",
    "../../etc/passwd",
    "%27%22%3E%3C",
)
# What pages read from their address beside the names in the code: filters and forms that read all of it.
ALSO_READ = {
    *("view", "status", "kind", "network", "assignee", "priority", "tag", "q", "sort", "after", "before", "draft"),
    *("mode", "leader_rank", "flex", "windows-0-start", "windows-0-end", "windows-0-flex", "windows-2-end"),
    *("first", "last", "reason-en", "kind[]", "network[]", "institution", "brand", "promise_days_visit", "region"),
    *("theme", "part", "name", "language"),
}
# Parts of the service that do not know who has signed in: what they read is tried without.
FOR_ALL = {"public", "tracking", "decisions", "brand", "calendars", "ops", "mailbox", "design", "static"}
OF_SIGN_IN = re.compile(r"current_person|current_sign_in|session_token|edge\.actor")
READING = re.compile(r'request\.(args|values|form)(?:\.get|\.getlist)?[(\[]\s*"([\w-]+)"|"([\w-]+)" in request\.(\w+)')


class UndoneError(HTTPException):
    """The transaction held until its end; it is not kept, so that each try meets the same rows.

    An answer like any other: for an error, the application would write down where it came from, each time.
    """

    def __init__(self) -> None:
        super().__init__(response=Response(status=303))


def written(fields: dict[str, str], *, twice: Iterable[str] = ()) -> str:
    """Return a body whose values are as they go over the wire already."""
    return "&".join(f"{name}={fields[name]}" for name in (*fields, *twice))


@dataclass
class Form:
    """The fields of a form as its page has them; which of them are free text."""

    fields: dict[str, str] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)


# What may hold any text; other fields hold one of a few values, a number, a day, an address.
FREE = {"text", "search"}


class Forms(HTMLParser):
    """The forms of a page that are posted: to which address, with which fields."""

    def __init__(self, page: str, address: str) -> None:
        super().__init__()
        self.address, self.found, self.inside, self.area = address, [], None, None
        self.feed(page)

    found: list[tuple[str, Form]]
    inside: Form | None
    area: str | None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = Form() if given.get("method", "").lower() == "post" else None
            if self.inside is not None:
                self.found.append((given.get("action") or self.address, self.inside))
        elif self.inside is not None and (name := given.get("name")):
            if tag == "textarea":
                self.area = name
            if tag == "textarea" or (tag == "input" and given.get("type", "text") in FREE):
                self.inside.free.add(name)
            self.inside.fields.setdefault(name, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area and self.inside is not None:
            self.inside.fields[self.area] += data


@pytest.fixture
def settings(migrated_postgresql: str, tmp_path: Path) -> Settings:
    return make_settings(migrated_postgresql, data_dir=tmp_path, mailbox_dir=tmp_path)


@pytest.fixture
def known(write: Any, settings: Settings) -> dict[str, Any]:
    """A row of each kind, and the links to it."""

    def make(session: Session) -> dict[str, Any]:
        rows = fill(session, settings)
        make_enquiry(session, settings)
        keys = settings.secret_keys
        enquiry = session.scalars(select(Enquiry).where(Enquiry.reference == rows["reference"])).one()
        asked = [session.scalars(select(Link).where(Link.kind == kind).limit(1)).first() for kind in LinkKind]
        return rows | {
            "token": tracking_token(session, settings, enquiry),
            "links": [link_token(row, secret_keys=keys) for row in asked if row is not None],
            "form_id": new_token(),
            **dict.fromkeys(
                ("attachment_id", "referral_id", "mention_id", "merge_id", "view_id", "leave_id", "change_id", "place"),
                1,
            ),
            "action": "note",
            "name": "20261123T091200.000000Z",
            "filename": "site.css",
            "language": "zh-hant",
        }

    return dict(write(make))


@pytest.fixture
def tries(
    client: FlaskClient, known: dict[str, Any], record_property: Callable[[str, object], None]
) -> Iterator["Tries"]:
    made = Tries(client, known)
    yield made
    record_property("answers", dict(sorted(made.codes.items())))


class Tries:
    """Sends what is tried and counts the answers; what is not answered, or with a 5xx, is kept."""

    def __init__(self, client: FlaskClient, known: dict[str, Any]) -> None:
        self.client, self.known = client, known
        # For long addresses, to look after cookies took half as long as the pages.
        self.without_cookies = client.application.test_client(use_cookies=False)
        self.codes: Counter[int] = Counter()
        self.turn = self.single = 0
        self.wrong: list[str] = []
        self.rules = sorted(client.application.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
        self.adapter = client.application.url_map.bind("localhost")

    def some(self, values: Sequence[V]) -> Sequence[V]:
        """Return every so manieth, others at the next call."""
        self.turn += 1
        return values[self.turn % STEP :: STEP]

    def one(self, values: Sequence[V]) -> Sequence[V]:
        """Return one, another at the next call; all where all are tried."""
        self.single += 1
        return values if STEP == 1 else [values[self.single % len(values)]]

    def signed_in(self) -> dict[str, str]:
        """Return the cookie of the sign-in, the same for each try."""
        name = self.client.application.config["SESSION_COOKIE_NAME"]
        found = self.client.get_cookie(name)
        return {"HTTP_COOKIE": f"{name}={found.value}"} if found else {}

    def send(self, path: str, *, query: str = "", body: str | None = None) -> None:
        raw = {"PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "QUERY_STRING": query, **self.signed_in()}
        form = {"data": body.encode(), "content_type": "application/x-www-form-urlencoded"} if body is not None else {}
        method = "GET" if body is None else "POST"
        try:
            code = self.without_cookies.open("/", method=method, environ_overrides=raw, **form).status_code
        except Exception as error:
            code, path = 500, f"{path} raised {type(error).__name__} {str(error)[:200]}"
        self.codes[code] += 1
        if code >= 500:
            self.wrong.append(f"{code} {method} {path[:200]} ?{query[:80]} {(body or '')[:160]}")

    def address(self, rule: Rule, **changed: str) -> str:
        """Return a route's address, with values as they go over the wire in place of some of its arguments."""
        parts = re.split(r"(<[^>]*>)", rule.rule)
        given = {**{name: str(value) for name, value in self.known.items()}, **changed}
        return "".join(given.get(part[1:-1].rpartition(":")[2], "1") if part[:1] == "<" else part for part in parts)

    def taken(self, rule: Rule, name: str) -> Iterator[str]:
        """Yield values of an argument: what is no number is turned away from the place of one for all routes alike."""
        numbers = [value for value in VALUES if unquote_to_bytes(value).decode("utf-8", "replace").isdecimal()]
        if not re.search(rf"<(int|id):{name}>", rule.rule):
            yield from self.some(VALUES)
            return
        yield from self.some(numbers)
        yield from self.one([value for value in VALUES if value not in numbers])

    def paths(self, rules: Iterable[Rule]) -> None:
        for rule in rules:
            method = {"body": ""} if "GET" not in (rule.methods or ()) else {}
            for name in rule.arguments:
                for value in self.taken(rule, name):
                    self.send(self.address(rule, **{name: value}), **method)

    def queries(self, rules: Iterable[Rule], names: Iterable[str]) -> None:
        """Send each value under every name that is read and under names that no one knows; once under these alone."""
        for rule in rules:
            if "GET" not in (rule.methods or ()):
                continue
            path = self.address(rule)
            for value in self.some(VALUES):
                known = "&".join(f"{name}={value}" for name in (*names, *names))
                self.send(path, query=f"{known}&{value}={value}&{value}[]=1")
            for value in self.one(VALUES):
                self.send(path, query=f"{value}={value}&{value}[]=1")

    def turned_away(self, rules: Iterable[Rule], names: Iterable[str]) -> None:
        """Send one value each: the same guard refuses all of them before any page reads what it is asked for."""
        for rule in rules:
            method = {"body": ""} if "GET" not in (rule.methods or ()) else {}
            for value in self.one(VALUES):
                query = "&".join(f"{name}={value}" for name in (*names, value, f"{value}[]"))
                self.send(self.address(rule), query=query, **method)
                for name in sorted(rule.arguments)[:1]:
                    self.send(self.address(rule, **{name: value}), **method)

    def forms(self) -> None:
        """Try each value in each field of each form, many fields at once.

        What is free text is also tried beside choices that the page offers, as else the choices would be refused before
        a text is looked at; and choices beside texts that are good.
        """
        for path, form in self.found_forms():
            good = {name: quote_plus(value) for name, value in form.fields.items() if value}
            closed = [name for name in form.fields if name not in form.free]
            # Where there is one kind of fields alone, "all" are these.
            parts = [sorted(form.free), closed] if form.free and closed else []
            for names in (list(form.fields), *parts):
                for turn in self.some(range(len(VALUES))):
                    tried = {name: VALUES[(turn + place) % len(VALUES)] for place, name in enumerate(names)}
                    self.fill(path, good, tried)

    def fill(self, path: str, good: dict[str, str], tried: dict[str, str]) -> None:
        """Send hostile values in some fields, each twice; where the answer is wrong, say which were at fault."""
        known = len(self.wrong)
        self.send(path, body=written({**good, **tried}, twice=tried))
        if len(self.wrong) > known:
            self.wrong += [name for name, value in tried.items() if self.fails(path, written({**good, name: value}))]

    def fails(self, path: str, body: str) -> bool:
        """Send one more, outside the count of tries."""
        form = {"data": body.encode(), "content_type": "application/x-www-form-urlencoded"}
        try:
            return bool(self.client.post(path, **form).status_code >= 500)
        except Exception:
            return True

    def found_forms(self) -> list[tuple[str, "Form"]]:
        """Return the forms of all pages that open, each route's once with all of its fields."""
        pages = [self.address(rule) for rule in self.rules if "GET" in (rule.methods or ())]
        pages += [f"/decisions/{link}" for link in self.known["links"]]
        pages += [f"/enquiries/new?kind={kind}" for kind in ("visit", "collaboration", "question")]
        merged: dict[tuple[str, ...], tuple[str, Form]] = {}
        for page in pages:
            answer = self.client.get(page)
            if answer.mimetype != "text/html":
                continue
            for action, form in Forms(answer.text, page).found:
                path = urlsplit(action).path or page
                endpoint, given = self.adapter.match(path, "POST")
                # Other actions and other kinds of links are other forms of one route.
                kind = (endpoint, str(given.get("action", "")), path if endpoint == "decisions.decide" else "")
                read = read_names("form", self.client.application.view_functions[endpoint].__module__)
                known = merged.setdefault(kind, (path, Form(dict.fromkeys(read, ""))))[1]
                known.fields.update(form.fields)
                known.free |= form.free
        return list(merged.values())


def read_names(kind: str, module: str = "webapp.web") -> set[str]:
    """Return the names that the code of a module, or of all, reads of addresses ("args") or of forms ("form")."""
    place = ROOT / module.replace(".", "/")
    files = place.rglob("*.py") if place.is_dir() else [place.with_suffix(".py")]
    found = (match for path in files for match in READING.findall(path.read_text(encoding="utf-8")))
    return {name or other for first, name, other, second in found if (first or second) in (kind, "values")}


@pytest.fixture
def nothing_kept(app: Flask) -> Iterator[Callable[[], None]]:
    """Let transactions come to their end, where the database has seen all of it, and undo them there."""

    def undo(session: Session) -> None:
        session.flush()
        raise UndoneError

    yield lambda: event.listen(Session, "before_commit", undo)
    event.remove(Session, "before_commit", undo)


def is_for_all(rule: Rule) -> bool:
    return rule.endpoint.partition(".")[0] in FOR_ALL


def test_paths_and_queries_of_an_administrator(tries: Tries, sign_in: Any, nothing_kept: Callable[[], None]) -> None:
    rules = [rule for rule in tries.rules if not is_for_all(rule)]
    sign_in(tries.client, "admin@example.org")
    nothing_kept()
    tries.paths(rules)
    tries.queries(rules, sorted(read_names("args") | ALSO_READ))
    assert tries.wrong == []
    assert sum(tries.codes.values()) > 4500 // STEP


def test_paths_and_queries_of_a_stranger(tries: Tries, nothing_kept: Callable[[], None]) -> None:
    desk = [rule for rule in tries.rules if rule.endpoint.startswith("desk.")]
    rules = [rule for rule in tries.rules if rule not in desk]
    names = sorted(read_names("args") | ALSO_READ)
    nothing_kept()
    tries.paths(rules)
    tries.queries(rules, names)
    tries.turned_away(desk, names)
    assert tries.wrong == []
    assert tries.codes[303] > len(desk)


def test_parts_for_all_do_not_know_who_has_signed_in() -> None:
    for part in FOR_ALL - {"static"}:
        place = ROOT / "webapp/web" / part
        for path in place.rglob("*.py") if place.is_dir() else [place.with_suffix(".py")]:
            assert not OF_SIGN_IN.search(path.read_text(encoding="utf-8")), path


def test_forms_of_an_administrator(tries: Tries, sign_in: Any, nothing_kept: Callable[[], None]) -> None:
    sign_in(tries.client, "admin@example.org")
    nothing_kept()
    tries.forms()
    assert tries.wrong == []
    assert sum(tries.codes.values()) > 3000 // STEP
