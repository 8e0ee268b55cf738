"""The access matrix, tried whole: every address × role × one's own and another's object, and who reads which field."""

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, url_for
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tests import access, access_page, access_world
from tests.access import FIELDS, LETTERS, PUBLIC, ROWS, SECRET, Row, Scope, expected
from tests.access_world import World
from webapp.config import Settings
from webapp.db import db, transaction
from webapp.domain.accounts import sessions
from webapp.domain.enquiries import workflow
from webapp.domain.enquiries.workflow import Place
from webapp.domain.security import permissions
from webapp.models import Person, StaffSession
from webapp.vocabulary import Action, Kind, Status
from webapp.web.desk.frame import blueprint

Write = Callable[..., Any]
pytestmark = pytest.mark.one_database
# What a form needs so that it is the role that decides, and not an empty field.
BODIES: dict[str, dict[str, Any]] = {
    "desk.act": {"text": "words"},
    "desk.change_checklist": {"text": "words"},
    "desk.note_arrival": {"do": "add", "name": "Jan Kowalski"},
    "desk.change_tags": {"tag": "word"},
    "desk.set_priority": {"priority": "high"},
    "desk.refer": {"faculty": "{faculty_id}", "question": "words", "return_by": "2099-01-07"},
    "desk.merge_organisations": {"other": "{kept_id}", "other_version": "{kept_version}", "version": 1},
    "desk.change_view": {"name": "New name"},
    "desk.save_view": {"name": "New name"},
    # A day that is none: it is refused by its field, to who may plan.
    **{f"desk.{step}_visit": {"first_day": "x"} for step in ("arrange", "confirm", "move")},
    "desk.postpone_visit": {"text": ""},
    "desk.remove_slot": {"version": "{slot_version}"},
    "desk.use_usual_programme": {"level": "c", "slots": "1"},
}


class Trial:
    """One application on one database file, which is put back after whatever changed it."""

    def __init__(self, app: Flask, settings: Settings, world: World) -> None:
        self.app, self.world = app, world
        self.path = Path(settings.database_url.removeprefix("sqlite:///"))
        self.tries = 0
        app.config["WTF_CSRF_ENABLED"] = False
        client = app.test_client()
        with app.app_context(), transaction() as session:  # who has a second step does not get in by a password
            me = session.get_one(Person, world.person_id)
            token = sessions.open_session(session, me, now=datetime.now(UTC), second_step=True)
        with client.session_transaction() as cookie:
            cookie["desk"] = token
        found = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert found is not None
        self.cookie = found.value
        self._seen()
        self._release()
        self.kept = self.path.with_suffix(".kept")
        shutil.copy(self.path, self.kept)

    def _seen(self) -> None:
        """Put the last use of the sign-ins ahead of time: no try writes it down, however long all of them take."""
        with self.app.app_context(), transaction() as session:
            session.execute(update(StaffSession).values(seen_at=datetime.now(UTC) + timedelta(hours=1)))

    def _release(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def put(self, reference: str, status: Status) -> None:
        """Bring an enquiry to a status, from what was kept."""
        shutil.copy(self.kept, self.path)
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute("UPDATE enquiries SET status = ? WHERE reference = ?", (status.value, reference))
            connection.commit()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def client(self, *, signed_in: bool = True) -> FlaskClient:
        client = self.app.test_client()
        if signed_in:
            client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self.cookie)
        return client

    def ask(self, method: str, address: str, body: dict[str, Any] | None = None, **who: bool) -> tuple[Any, bool]:
        """Return the answer, and whether anything was changed by it."""
        self.tries += 1
        with closing(sqlite3.connect(self.path)) as watcher:
            before = watcher.execute("PRAGMA data_version").fetchone()
            answer = self.client(**who).open(address, method=method, data=body)
            changed = watcher.execute("PRAGMA data_version").fetchone() != before
        if changed:
            self._release()
            for ending in ("-wal", "-shm"):
                Path(f"{self.path}{ending}").unlink(missing_ok=True)
            shutil.copy(self.kept, self.path)
        return answer, changed


@pytest.fixture
def few_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show the page of a refusal once for each code: half of all that is asked is refused alike."""
    seen: set[int] = set()

    def refused(code: int) -> Response:
        shown = code not in seen
        seen.add(code)
        return show(code) if shown else Response(status=code)

    show = blueprint._refused
    monkeypatch.setattr(blueprint, "_refused", refused)


@pytest.fixture
def trial(
    app: Flask, settings: Settings, build: Write, request: pytest.FixtureRequest, few_refusals: None
) -> Iterator[Trial]:
    def make(session: Session, letter: str) -> World:
        return access_world.make(session, settings, LETTERS[letter], receives=letter == "R")

    made = Trial(app, settings, build(make, request.param))
    yield made
    made.kept.unlink()


def rules(app: Flask) -> dict[tuple[str, str], Rule]:
    """Return every address by method and endpoint; the same in another language is the same."""
    found: dict[tuple[str, str], Rule] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static" and "language" not in rule.arguments:
            found |= {(method, rule.endpoint): rule for method in (rule.methods or set()) & {"GET", "POST"}}
    return found


def address(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    given = {name: values[name] for name in rule.arguments}
    if rule.endpoint == "desk.choose_letter":
        given["action"] = "reply"
    with app.test_request_context():
        return url_for(rule.endpoint, **given)


def body(endpoint: str, values: dict[str, Any]) -> dict[str, Any]:
    given = {name: str(value).format(**values) for name, value in BODIES.get(endpoint, {}).items()}
    return {"version": values["version"], **given}


def test_every_address_is_in_the_table_and_the_table_has_no_other(app: Flask) -> None:
    written = [route for row in ROWS for route in row.routes]
    assert len(written) == len(set(written))
    there = rules(app)
    desk = {route for route in there if route[1].startswith("desk.")}
    assert desk == set(written)
    others = {endpoint for _method, endpoint in there} - {endpoint for _method, endpoint in desk}
    assert others - PUBLIC - set(SECRET) == set()
    assert set(SECRET) <= others


def test_permissions_of_views_agree_with_the_table(app: Flask) -> None:
    """Roles that get through hold what the view is marked with, and no others, but where the action decides."""
    for row in ROWS:
        for _method, endpoint in row.routes:
            needed = app.view_functions[endpoint].permission  # type: ignore[attr-defined]
            holders = {letter for letter, role in LETTERS.items() if needed in permissions.TABLE[role]}
            assert set(row.roles) <= holders, endpoint
            assert set(row.roles) == holders or row.scope is Scope.PART, endpoint


def judge(row: Row, letter: str, answer: Any, *, own: bool, changed: bool) -> str:
    """Return how an answer differs from the table, or nothing."""
    code = answer.status_code
    if code == 303 and answer.location.startswith("/desk/sign-in"):
        return "asked to sign in"
    if expected(row, letter, own=own):
        return "" if code in (200, 302, 303, 400, 422) or (code == 409 and row.scope is not Scope.PART) else f"{code}"
    if changed:
        return f"{code}, and something was changed"
    if letter in row.roles and row.scope is Scope.QUIET:
        return "" if code == 303 else f"{code}"
    if letter in row.roles:  # it is another's: not found, but what all may read is refused
        return "" if code == (409 if row.scope is Scope.OWNED else 404) else f"{code}"
    hidden = row.scope is Scope.PART and (not own or letter == "R")
    return "" if code in (403, 409) or (code == 404 and hidden) else f"{code}"


@pytest.mark.parametrize("trial", LETTERS, indirect=True)
def test_each_role_gets_through_to_what_the_table_says_and_reads_its_fields_there(
    trial: Trial, request: pytest.FixtureRequest
) -> None:
    letter = request.node.callspec.params["trial"]
    there, wrong, pages = rules(trial.app), [], {"own": "", "other": ""}
    asked: dict[str, tuple[Any, bool]] = {}  # nothing stays: what is the same for both is asked once
    for row in ROWS:
        for method, endpoint in row.routes:
            for word in pages:
                values = getattr(trial.world, word)
                sent = body(endpoint, values) if method == "POST" else None
                path = address(trial.app, there[method, endpoint], values)
                if (same := f"{method} {path} {sent}") not in asked:
                    asked[same] = trial.ask(method, path, sent)
                answer, changed = asked[same]
                if fault := judge(row, letter, answer, own=word == "own", changed=changed):
                    wrong.append((letter, method, endpoint, word, fault))
                if method == "GET" and endpoint != "desk.message_html":
                    pages[word] += answer.get_data(as_text=True)
    assert not wrong, "\n".join(map(str, wrong))
    assert trial.tries == len(asked) > sum(len(row.routes) for row in ROWS)
    reads_its_fields(trial, letter, pages)


@pytest.mark.parametrize("trial", ["A"], indirect=True)
def test_who_is_not_signed_in_reaches_nothing_of_the_desk(trial: Trial) -> None:
    there = rules(trial.app)
    for row in ROWS:
        for method, endpoint in row.routes:
            path = address(trial.app, there[method, endpoint], trial.world.own)
            answer, changed = trial.ask(method, path, {} if method == "POST" else None, signed_in=False)
            assert not changed, path
            assert (answer.status_code, answer.location) == (303, answer.location), path
            assert "/desk/sign-in" in answer.location, path
    assert trial.tries == sum(len(row.routes) for row in ROWS)


@pytest.mark.parametrize("trial", ["L"], indirect=True)
def test_a_secret_opens_what_it_is_for_and_no_other_enquiry(trial: Trial) -> None:
    there = rules(trial.app)
    for (method, endpoint), rule in there.items():
        for holder in access.LINKS if endpoint in SECRET else ():
            for own in (True, False):
                file = (trial.world.own if own else trial.world.other)["attachment_id"]
                values = {"token": trial.world.tokens[holder], "attachment_id": file, "place": 0}
                answer, changed = trial.ask(method, address(trial.app, rule, values), {}, signed_in=False)
                opens = holder in SECRET[endpoint].split() and (own or "attachment_id" not in rule.arguments)
                got = answer.status_code < 400 or (method == "POST" and answer.status_code in (400, 409, 422))
                assert got == opens, (method, endpoint, holder, own, answer.status_code)
                assert opens or not changed
    assert trial.tries == 2 * len(SECRET) * len(access.LINKS)


def body_of(action: Action, world: World) -> dict[str, Any]:
    return {
        "text": "words",
        "assignee": world.own["colleague_id"] if action is Action.ASSIGN else "",
        "kind": "question",
        "windows-0-start": "2099-03-02",
        "windows-0-end": "2099-03-03",
        "people-0-name": "Prof. Ho",
        "people-0-email": "ho@example.org",
    }


@pytest.mark.usefixtures("few_pages")
@pytest.mark.parametrize("trial", LETTERS, indirect=True)
def test_each_role_takes_the_actions_that_the_table_says(trial: Trial, request: pytest.FixtureRequest) -> None:
    letter, wrong = request.node.callspec.params["trial"], []
    for name, letters in access.ACTIONS.items():
        action = Action(name)
        rule = next(rule for rule in workflow.TABLE[action].rules if Kind.VISIT in rule.kinds)
        status = Status.IN_REVIEW if Status.IN_REVIEW in rule.sources else rule.sources[0]
        for own in (True, False):
            values = trial.world.own if own else trial.world.other
            trial.put(values["reference"], status)
            given = {"version": values["version"], **body_of(action, trial.world)}
            answer, changed = trial.ask("POST", f"/desk/enquiries/{values['reference']}/actions/{name}", given)
            sees = letter in access.SEE_ALL or (own and letter != "R")
            if letter in letters and sees:
                right = answer.status_code in (302, 303, 400, 422)
            else:
                right = not changed and answer.status_code in (404, 409) and (sees or answer.status_code == 404)
            if not right:
                wrong.append((letter, name, "own" if own else "another's", answer.status_code, changed))
    assert not wrong, "\n".join(map(str, wrong))
    assert trial.tries == 2 * len(access.ACTIONS)


def test_every_action_of_the_desk_is_in_the_table() -> None:
    elsewhere = {action for action, row in workflow.TABLE.items() if row.place is Place.OWN_ADDRESS}
    rest = {Action.REFER, Action.LINK, Action.SCREEN}
    assert {Action(name) for name in access.ACTIONS} | elsewhere | rest == set(Action)


MARKS = {
    "subject": ("subject-{}",),
    "message": ("message-{}",),
    "name of the contact": ("Name-{}",),
    "position of the contact": ("position-{}",),
    "organisation": ("Organisation-{}",),
    "email of the contact": ("email-{}@example.org",),
    "phone": ("+852 2766 5{}",),
    "answers of a visit": ("leader-{}",),
    "names of files": ("Plan-{}-file.pdf",),
    "messages of the partner": ("wrote-{}",),
    "messages of the office to the partner": ("reply-{}",),
    "notes": ("note-{}",),
    "checklist": ("checklist-{}",),
    "tags": ("tag-{}",),
    "screening": ("screened-{}",),
    "question to an approver": ("approval-question-{}",),
    "answer of an approver": ("approval-answer-{}",),
    "question to a faculty": ("referral-question-{}",),
    "finding of a faculty": ("finding-{}",),
    "notes on the organisation": ("record-notes-{}",),
    "names of delegates": ("Delegate-{}",),
    "posts and organisations of delegates": ("post-{}", "house-{}"),
    "addresses and journeys of delegates": ("delegate-{}@example.org", "flight-{}", "plate-{}"),
    "diet and other needs of delegates": ("diet-{}", "needs-{}", "diet-asked-{}"),
    "passports of delegates": ("PASSPORT-{}", "Passport-name-{}"),
    "promises and gifts": ("promise-{}", "gift-{}"),
}


def seen(pages: str, word: str) -> set[str]:
    """Return which fields of an enquiry pages show."""
    words = {"own": "111", "other": "222"}
    found = set()
    for name, marks in MARKS.items():
        marked = [mark.format(words[word] if name == "phone" else word) for mark in marks]
        if any(mark in pages and re.search(rf"(?<![\w-]){re.escape(mark)}(?![\w-])", pages) for mark in marked):
            found.add(name)
    return found


def reads_its_fields(trial: Trial, letter: str, pages: dict[str, str]) -> None:
    """Look at which fields the pages of the desk showed to a role, and passports to who asks for them."""
    for word in pages:
        reference = getattr(trial.world, word)["reference"]
        looked, _changed = trial.ask("POST", f"/desk/visits/{reference}/roster/passports", {})
        pages[word] += looked.get_data(as_text=True)
    for number in (1, 2, 3, 4, 5):
        answer, _changed = trial.ask("GET", f"/desk/organisations/{number}")
        pages = {word: text + answer.get_data(as_text=True) for word, text in pages.items()}
    may = {name for name, who in FIELDS.items() if letter in who.split()[0]}
    assert seen(pages["own"], "own") == may
    assert seen(pages["other"] + pages["own"], "other") == (may if letter in access.SEE_ALL else set())
    cares, sees = "diet and other needs of delegates" in may, letter in access.SEE_ALL
    own = 404 if letter == "R" else 200 if cares else 403
    for word, code in (("own", own), ("other", (200 if cares else 403) if sees else 404)):
        way = f"/desk/visits/{getattr(trial.world, word)['reference']}/papers/dossier.pdf"
        assert (trial.ask("GET", way)[0].status_code, way in pages[word]) == (code, code == 200), word


@pytest.mark.parametrize("holder", access.LINKS)
@pytest.mark.parametrize("trial", ["L"], indirect=True)
def test_holders_of_links_read_the_fields_that_the_table_says(trial: Trial, holder: str) -> None:
    path = f"/{'track' if holder == 'partner' else 'decisions'}/{trial.world.tokens[holder]}"
    pages = _page(trial, path)
    if holder == "partner":  # who comes is named once the visit is accepted
        trial.put(trial.world.own["reference"], Status.ACCEPTED)
        pages += _page(trial, f"{path}/roster") + _page(trial, f"{path}/roster/delegates/1")
    assert seen(pages, "own") == {name for name, who in FIELDS.items() if holder in who.split()}
    assert seen(pages, "other") == set()


def _page(trial: Trial, path: str) -> str:
    answer, _changed = trial.ask("GET", path, signed_in=False)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_every_field_has_its_marks() -> None:
    assert set(MARKS) == set(FIELDS)


def test_the_document_is_what_the_table_says() -> None:
    assert access_page.DOCUMENT.read_text(encoding="utf-8") == access_page.page(), "python -m tests.access_page"
