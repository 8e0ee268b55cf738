"""The shape of the code: how long modules, functions and the lines of templates may be, and where imports are."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULE, FUNCTION, TEMPLATE_LINE = 300, 45, 140

# What is longer than the limits today, with its present length. These lists only shrink: nothing is added, no number
# is raised, and what has become short enough is struck from them.
LONG_MODULES = {
    "webapp/mail/liaison.py": 304,
}
LONG_FUNCTIONS = {
    # A table in the form of a function: one case for each kind of message.
    "webapp/domain/notifications/enquiry_mails.py:_write": 48,
}
LONG_TEMPLATE_LINES = {
    "templates/_base.html": 166,
    "templates/_desk.html": 292,
    "templates/_fields.html": 289,
    "templates/_macros.html": 389,
    "templates/_sprite.html": 164,
    "templates/auth/sign_in.html": 292,
    "templates/decisions/_asked.html": 281,
    "templates/decisions/approval.html": 294,
    "templates/decisions/closed.html": 180,
    "templates/decisions/enquiry.html": 308,
    "templates/decisions/referral.html": 296,
    "templates/design/components.html": 390,
    "templates/desk/administration/_settings.html": 397,
    "templates/desk/administration/changes.html": 355,
    "templates/desk/administration/faculties.html": 331,
    "templates/desk/administration/faculty_form.html": 277,
    "templates/desk/administration/settings.html": 274,
    "templates/desk/administration/settings_institution.html": 335,
    "templates/desk/administration/settings_levels.html": 321,
    "templates/desk/administration/settings_look.html": 357,
    "templates/desk/administration/settings_promises.html": 193,
    "templates/desk/calendar/_moves.html": 299,
    "templates/desk/calendar/closure.html": 490,
    "templates/desk/calendar/closure_new.html": 355,
    "templates/desk/calendar/day.html": 477,
    "templates/desk/calendar/leave.html": 392,
    "templates/desk/calendar/year.html": 598,
    "templates/desk/enquiry/split.html": 300,
    "templates/desk/frame/_clash.html": 156,
    "templates/desk/frame/_keys.html": 187,
    "templates/desk/frame/_light.html": 228,
    "templates/desk/frame/_page.html": 435,
    "templates/desk/frame/refused.html": 179,
    "templates/desk/letters/_changed.html": 146,
    "templates/desk/letters/_placeholders.html": 151,
    "templates/desk/letters/canned_reply.html": 402,
    "templates/desk/letters/letter.html": 376,
    "templates/desk/letters/letters.html": 439,
    "templates/desk/messages/message.html": 487,
    "templates/desk/messages/outbox.html": 412,
    "templates/desk/messages/outbox_again.html": 227,
    "templates/desk/networks/_preview.html": 166,
    "templates/desk/networks/form.html": 429,
    "templates/desk/networks/network.html": 549,
    "templates/desk/networks/networks.html": 487,
    "templates/desk/organisations/contact_form.html": 190,
    "templates/desk/organisations/form.html": 268,
    "templates/desk/organisations/merge.html": 592,
    "templates/desk/organisations/organisation.html": 528,
    "templates/desk/organisations/organisations.html": 417,
    "templates/desk/queue/activity.html": 316,
    "templates/desk/queue/board.html": 333,
    "templates/desk/queue/bulk.html": 288,
    "templates/desk/queue/my_day.html": 497,
    "templates/desk/queue/queue.html": 557,
    "templates/desk/queue/saved_views.html": 385,
    "templates/errors/400.html": 153,
    "templates/errors/403.html": 177,
    "templates/errors/404.html": 170,
    "templates/errors/409.html": 188,
    "templates/errors/413.html": 236,
    "templates/errors/500.html": 190,
    "templates/kept/_copy.html": 164,
    "templates/kept/again.html": 184,
    "templates/kept/signed_out.html": 199,
    "templates/mail/layout.html": 327,
    "templates/mailbox/mail.html": 194,
    "templates/public/_ask.html": 184,
    "templates/public/_entry.html": 229,
    "templates/public/_facts.html": 533,
    "templates/public/_names.html": 172,
    "templates/public/accessibility.html": 228,
    "templates/public/check.html": 209,
    "templates/public/directory.rss.xml": 214,
    "templates/public/enquiry.html": 271,
    "templates/public/enquiry_expired.html": 215,
    "templates/public/enquiry_not_taken.html": 215,
    "templates/public/home.html": 402,
    "templates/public/network.html": 368,
    "templates/public/_privacy.html": 277,
    "templates/public/privacy.html": 160,
    "templates/public/unknown_network.html": 205,
    "templates/tracking/_promise.html": 350,
    "templates/tracking/asked.html": 173,
    "templates/tracking/enquiry.html": 340,
    "templates/tracking/withdraw.html": 198,
}


def modules() -> Iterator[tuple[str, str]]:
    """Yield path and source of each module; migrations are written once and never edited."""
    for folder in ("webapp", "tasks"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def functions(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def grown(found: dict[str, int], limit: int, allowed: dict[str, int]) -> dict[str, int]:
    """Return what is longer than the limit, or than its own present length where the list has one."""
    return {name: length for name, length in found.items() if length > allowed.get(name, limit)}


def test_no_module_outgrows_its_limit() -> None:
    found = {path: len(source.splitlines()) for path, source in modules()}
    assert grown(found, MODULE, LONG_MODULES) == {}


def test_no_function_outgrows_its_limit() -> None:
    long = ((path, source) for path, source in modules() if source.count("\n") > FUNCTION)
    found = {f"{path}:{node.name}": length_of(node) for path, source in long for node in functions(source)}
    assert grown(found, FUNCTION, LONG_FUNCTIONS) == {}


def test_no_line_of_a_template_outgrows_its_limit() -> None:
    found = {
        str(path.relative_to(ROOT)): max(map(len, path.read_text(encoding="utf-8").splitlines()), default=0)
        for path in (ROOT / "templates").rglob("*")
        if path.is_file()
    }
    assert grown(found, TEMPLATE_LINE, LONG_TEMPLATE_LINES) == {}


def test_nothing_is_imported_inside_a_function() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, source in modules()
        if re.search(r"(?m)^\s+(?:import [\w.]+|from [\w.]+ import\b)|[:;] (?:import|from) ", source)
        for function in functions(source)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert found == []
