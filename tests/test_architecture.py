"""Tests about the whole application: its tables and its parts agree with each other."""

import ast
import re
from functools import cache
from io import BytesIO
from itertools import product
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from werkzeug.routing import Rule

from tests import packages
from tests.conftest import RecordingBroker, make_settings, migrate
from tests.factories import LANGUAGES
from webapp import create_app
from webapp.db import Base, db
from webapp.domain.enquiries import workflow
from webapp.domain.enquiries.diagram import status_diagram
from webapp.domain.security import permissions
from webapp.i18n import LOCALES
from webapp.models.search import is_of_a_model
from webapp.seeds.mails import SAMPLES
from webapp.vocabulary import Action, Kind, Language, MessageKind, Permission, Role, Status

ROOT = Path(__file__).resolve().parent.parent
# Words that mean two things, and where each has its plain meaning; elsewhere it needs a context (`pgettext`).
ONE_MEANING: dict[str, set[str]] = {
    "Enquiry": {  # one thing that a partner asked, of whatever kind
        "desk/calendar/_moves.html",
        "desk/messages/all.html",
        "desk/messages/held.html",
        "desk/messages/outbox.html",
        "desk/organisations/organisation.html",
        "desk/queue/queue.html",
        "mail/liaison.py",
        "mailbox/index.html",
    },
    "Open": set(),
    "Question": {"labels/enquiries.py", "web/kept.py"},  # what a partner asks
    "Received": {"labels/enquiries.py"},  # a status
    "Sent": {"labels/messages.py"},  # a state
    "Show": {"desk/networks/networks.html", "web/desk/networks/networks.py"},  # what a list shows
    "Text": {"desk/messages/message.html", "web/desk/frame/field_labels.py", "web/desk/letters/canned_replies.py"},
    "Type": {  # of an organisation, an email or a day
        "desk/calendar/year.html",
        "desk/enquiry/_emails.html",
        "desk/messages/all.html",
        "desk/messages/held.html",
        "desk/messages/outbox.html",
        "desk/organisations/organisations.html",
        "web/desk/frame/field_labels.py",
    },
    "enquiry": set(),  # within a sentence: by its kind
}
TRANSLATED = [language for language in LANGUAGES if language is not Language.EN]
METHODS = (("webapp/**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2"),
           ("templates/**.xml", "jinja2"))  # fmt: skip


@pytest.fixture(scope="module")
def whole_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("whole")
    url = f"sqlite:///{folder / 'liaison.db'}"
    migrate(url)
    return create_app(make_settings(url, data_dir=folder, mailbox_dir=folder), broker=RecordingBroker())


def routes(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_route_has_a_permission_or_is_public_on_purpose(whole_app: Flask) -> None:
    wrong = []
    for rule in routes(whole_app):
        view = whole_app.view_functions[rule.endpoint]
        needed, public = getattr(view, "permission", None), getattr(view, "public", False)
        if (needed is None) == (not public):
            wrong.append(rule.endpoint)
        if needed is not None:
            assert isinstance(needed, Permission)
            assert rule.rule.startswith("/desk"), rule.endpoint
    assert wrong == []


def test_every_route_of_the_desk_turns_a_stranger_away(whole_app: Flask) -> None:
    client = whole_app.test_client()
    for rule in routes(whole_app):
        if getattr(whole_app.view_functions[rule.endpoint], "permission", None) is None or "GET" not in rule.methods:
            continue
        path = re.sub(r"<[^>]*>", "1", rule.rule)
        response = client.get(path)
        assert response.status_code == 303, path
        assert "/desk/sign-in" in response.location, path


def test_every_post_without_its_token_is_refused(whole_app: Flask) -> None:
    client = whole_app.test_client()
    posts = [rule for rule in routes(whole_app) if rule.methods and "POST" in rule.methods]
    assert posts
    for rule in posts:
        path = re.sub(r"<any\(.*?\):language>", "zh-hant", rule.rule)
        path = re.sub(r"<[^>]*>", "1", path)
        assert client.post(path, data={"message": "x"}).status_code == 403, path


def test_nothing_is_exempt_from_csrf_protection(whole_app: Flask) -> None:
    csrf = whole_app.extensions["csrf"]
    assert not csrf._exempt_views
    assert not csrf._exempt_blueprints


def test_only_get_head_options_and_post_are_served(whole_app: Flask) -> None:
    for rule in routes(whole_app):
        assert rule.methods <= {"GET", "HEAD", "OPTIONS", "POST"}, rule


def test_every_mail_has_a_sample_and_golden_files() -> None:
    golden = ROOT / "tests" / "mail" / "golden"
    assert set(SAMPLES) == set(MessageKind)
    for kind in MessageKind:
        for language in LANGUAGES:
            for ending in ("txt", "html"):
                assert (golden / f"{kind}.{language}.{ending}").is_file(), (kind, language, ending)


def test_every_mail_is_sent_by_something() -> None:
    by_workflow = {kind for row in workflow.TABLE.values() for rule in row.rules for kind in rule.messages}
    elsewhere = {
        MessageKind.LIAISON_RECEIVED,
        MessageKind.LIAISON_PARTNER_WROTE_AGAIN,
        MessageKind.LIAISON_HANDED_OVER,
        MessageKind.LIAISON_AWAY,
        MessageKind.APPROVER_ASKED,
        MessageKind.FACULTY_ASKED,
        MessageKind.FACULTY_RECALLED,
        MessageKind.LIAISON_CLOSURE,
        MessageKind.LIAISON_ROSTER,
        MessageKind.LIAISON_SLOT,
        MessageKind.STAFF_SLOT,
        MessageKind.LIAISON_DIGEST,
        MessageKind.LIAISON_MOVED,
        MessageKind.LIAISON_URGENT,
        MessageKind.PARTNER_RECEIPT,
        MessageKind.PARTNER_LINK,
        MessageKind.PARTNER_CLOSURE,
        MessageKind.PARTNER_SPLIT,
        MessageKind.STAFF_MENTIONED,
        MessageKind.STAFF_COPIED,
        MessageKind.STAFF_HOSTING,
        MessageKind.STAFF_NETWORKS_DUE,
        MessageKind.STAFF_INVITED,
        MessageKind.STAFF_RESET,
        MessageKind.STAFF_PASSWORD_CHANGED,
        MessageKind.STAFF_SECOND_STEP,
        MessageKind.PERSON_OWN_DATA,
        MessageKind.PERSON_DECIDED,
        MessageKind.PERSON_CODE,
        MessageKind.PERSON_SAVED_FORM,
    }
    assert by_workflow | elsewhere == set(MessageKind)


def test_every_action_status_role_and_permission_is_used() -> None:
    assert set(workflow.TABLE) == set(Action)
    reached = {rule.target for row in workflow.TABLE.values() for rule in row.rules} | {Status.RECEIVED, Status.SUSPECT}
    assert reached >= set(Status)
    assert set(permissions.TABLE) == set(Role)
    held = frozenset().union(*permissions.TABLE.values(), *permissions.LINKS.values())
    assert held == set(Permission)


def test_no_two_rules_of_the_workflow_compete() -> None:
    seen = set()
    for row in workflow.TABLE.values():
        for rule in row.rules:
            for place in product(rule.sources, [row.action], rule.kinds):
                assert place not in seen
                seen.add(place)
    assert {kind for _, _, kind in seen} == set(Kind)


def test_what_needs_an_address_of_its_own_has_one_and_nothing_else_does(app: Flask) -> None:
    marked = {view.takes for view in app.view_functions.values() if hasattr(view, "takes")}
    # One address adds and removes tags; an email's address is corrected where that email is sent again.
    marked |= {Action.UNTAG, Action.CORRECT_ADDRESS}
    # These have a part of the enquiry's page, or the partner's page.
    in_parts = {Action.LINK, Action.SCREEN, Action.WRITE, Action.WITHDRAW, Action.REQUEST_LINK, Action.REPLY}
    # The dates of a visit have a page behind its partner's link: one of them is taken, or none.
    in_parts |= {Action.TAKE_DATES, Action.CHANGE_GROUP}
    own = {action for action, row in workflow.TABLE.items() if row.place is workflow.Place.OWN_ADDRESS}
    assert marked == own | in_parts


def of_actions(source: str) -> list[int]:
    """Return the lines of literal collections, also of cases, in which three or more actions are named."""
    if source.count("Action.") < 3:
        return []  # nothing to look through

    def named(node: ast.AST) -> set[str]:
        return {
            part.attr
            for part in ast.walk(node)
            if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "Action"
        }

    kinds = (ast.Set, ast.Dict, ast.Tuple, ast.List, ast.MatchOr, ast.Compare, ast.BoolOp)
    return [node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, kinds) and len(named(node)) > 2]


def test_actions_are_collected_in_the_workflow_table_and_their_labels_alone() -> None:
    found = {
        str(path.relative_to(ROOT)): lines
        for folder in ("webapp", "tasks")
        for path in (ROOT / folder).rglob("*.py")
        if (lines := of_actions(path.read_text(encoding="utf-8")))
    }
    # The shape in which facts are stored is below the workflow; what happened in the sample is a story.
    assert set(found) == {
        "webapp/domain/enquiries/workflow.py",
        "webapp/labels/actions.py",
        "webapp/labels/visit_actions.py",
        "webapp/models/event_codec.py",
        "webapp/seeds/steps.py",
    }


@pytest.mark.parametrize(
    "literal",
    [
        "frozenset({Action.NOTE, Action.TAG, Action.LINK})",
        "{Action.NOTE: 1, Action.TAG: 2, Action.LINK: 3}",
        "{'a': Action.NOTE, 'b': Action.TAG, 'c': Action.LINK}",
        "{'a': (Action.NOTE, 1), **dict.fromkeys([Action.TAG, Action.LINK])}",
        "action is Action.NOTE or action is Action.TAG or action is Action.LINK",
    ],
)
def test_a_collection_of_actions_is_found(literal: str) -> None:
    assert of_actions(f"KNOWN = {literal}")
    assert not of_actions(f"KNOWN = {literal}".replace("Action.LINK", "None"))


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_migrations_equal_the_models(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if name == "sqlite":
        url = f"sqlite:///{tmp_path / 'liaison.db'}"
    else:
        url = request.getfixturevalue("postgresql").new_database()
    migrate(url)
    app = create_app(make_settings(url), broker=RecordingBroker())
    with app.app_context():
        with db.engine.connect() as connection:
            opts = {"compare_type": True, "include_object": is_of_a_model}
            context = MigrationContext.configure(connection, opts=opts)
            assert compare_metadata(context, Base.metadata) == []
        db.engine.dispose()


@cache
def extracted() -> Catalog:
    """Every text that the code marks for translation."""
    catalogue = Catalog()
    keywords = {
        "_": None,
        "gettext": None,
        "N_": None,
        "ngettext": (1, 2),
        "lazy_gettext": None,
        "_l": None,
        "lazy_ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
    }
    for folder in ("webapp", "templates"):
        options = {"**.html": {"encoding": "utf-8"}}
        methods = [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in METHODS if folder in pattern]
        found = extract_from_dir(ROOT / folder, methods, options, keywords)
        for path, line, message, _comments, context in found:
            catalogue.add(message, None, [(path, line)], context=context)
    return catalogue


def test_a_word_of_two_meanings_says_which_is_meant() -> None:
    """English has one word for a state and a time, a noun and a verb; other languages do not."""
    everywhere: dict[str, dict[str | None, set[str]]] = {}
    for message in extracted():
        text = message.id if isinstance(message.id, str) else message.id[0]
        everywhere.setdefault(text, {})[message.context] = {path for path, _line in message.locations}
    of_two_meanings = {text for text, contexts in everywhere.items() if set(contexts) - {None}}
    assert of_two_meanings == set(ONE_MEANING)
    assert {text: everywhere[text].get(None, set()) for text in of_two_meanings} == ONE_MEANING


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogue_is_complete_and_compiled(language: Language) -> None:
    folder = ROOT / "webapp" / "translations" / LOCALES[language] / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as file:
        translated = read_po(file, locale=LOCALES[language])
    wanted = {(message.context, message.id) for message in extracted() if message.id}
    present = {(message.context, message.id): message for message in translated if message.id}
    assert wanted - set(present) == set()
    assert set(present) - wanted == set()
    for message in present.values():
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(strings), message.id
        assert not message.fuzzy, message.id
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        wanted_names = set(re.findall(r"%\(\w+\)[sd]", originals[-1]))
        for text in strings:
            assert set(re.findall(r"%\(\w+\)[sd]", text)) <= wanted_names, message.id
            assert wanted_names - set(re.findall(r"%\(\w+\)[sd]", originals[0])) <= set(
                re.findall(r"%\(\w+\)[sd]", text)
            ), message.id
    compiled = BytesIO()
    write_mo(compiled, translated)
    assert (folder / "messages.mo").read_bytes() == compiled.getvalue(), "compile the catalogues again"


def test_the_documented_diagram_is_the_workflow_table() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{status_diagram()}\n```" in text


def test_the_documented_drawings_of_packages_are_what_is_imported() -> None:
    text = packages.DOCUMENT.read_text(encoding="utf-8")
    for part in packages.DRAWN:
        assert f"```mermaid\n{packages.drawing(part)}\n```" in text, "python -m tests.packages"


def test_every_path_in_the_documents_is_there() -> None:
    for document in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        named = re.findall(
            r"`((?:webapp|tasks|templates|tests|benchmarks|docs)/[\w./-]*)`", document.read_text(encoding="utf-8")
        )
        assert [path for path in named if not (ROOT / path).exists()] == [], document


def test_pages_have_no_inline_style_or_script() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        if "mail" in path.relative_to(ROOT / "templates").parts:
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|\son\w+=\"|<style|javascript:", text), path
        for script in re.findall(r"<script[^>]*>", text):
            assert "src=" in script or "application/ld+json" in script, path


def test_every_module_says_what_lives_in_it_in_two_lines() -> None:
    for folder in ("webapp", "tasks"):
        for path in (ROOT / folder).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
            assert text, path
            if path.name == "__init__.py":
                assert "\n\n" not in text, path  # a package's face has one paragraph
            else:
                assert len(text.splitlines()) <= 2, path


def test_public_functions_of_the_core_state_their_contract() -> None:
    missing = []
    for folder in ("domain", "mail"):
        for path in (ROOT / "webapp" / folder).rglob("*.py"):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                named = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
                if named and not ast.get_docstring(node):
                    missing.append(f"{path.name}:{node.name}")
    assert missing == []
