"""Wording that is not plain English: what people read, and what docstrings and documents say, searched for it."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

# Habits that read translated, each with what is said instead. Their number may only fall.
HABITS = {
    "somebody": r"\bsomebody\b",
    "nobody": r"\bnobody\b",
    "whoever": r"\bwho(?:m|se)?(?:so)?ever\b",
    "stands": r"\bstands?\b(?! for\b)|\bstood\b",
    "mail for email": r"(?<![-/@._])\bmail(?:s|ed|ing)?\b(?! (?:server|transport|exchanger|scanner|catcher)s?\b)"
    r"(?![-/@._]\w)",
    "is told": r"\b(?:is|are|was|were|be|been) told\b",
    "goes on": r"\b(?:goes?|went) on\b",
    "need do, need not": r"\bneeds? (?:do|not)\b",
}
# Phrases that were replaced and must not come back: (what was said, what to say).
WORST = (
    ("stands here", "appears here"),
    ("stands below", "is below"),
    ("put it on record", "save it"),
    ("put on record", "saved"),
    ("on its way to nobody", "undelivered"),
    ("mails that nobody has", "undelivered messages"),
    ("mails not delivered", "undelivered messages"),
    ("undelivered mails", "undelivered messages"),
    ("what speaks for it, and against", "suggestion"),
    ("it is another one", "choose a different organisation"),
    ("take the link away", "remove link"),
    ("taken away", "removed"),
    ("take it away", "remove it"),
    ("who keeps this entry", "owner of this entry"),
    ("everything here is still right", "confirm that this entry is up to date"),
    ("perhaps the same matter", "possible duplicates"),
    ("belongs together", "linked enquiries"),
    ("put it in", "insert"),
    ("what the office did", "activity"),
    ("now stands there", "current value"),
    ("the shipped text", "default text"),
    ("as shipped", "default"),
    ("strike it out", "cancel it"),
    ("struck out", "cancelled"),
    ("clock stands still", "clock is paused"),
    ("clock has stood still", "clock is paused"),
    ("is told by mail", "gets an email"),
    ("answer this mail", "reply to this email"),
    ("whoever answers", "the person who answers"),
    ("somebody else", "someone else"),
    ("at hand", "available"),
    ("this link opens no", "this link does not work"),
)


@dataclass(frozen=True)
class Text:
    """One text and where it is; `kind` is message, docstring, comment or document."""

    kind: str
    where: str
    text: str


@cache
def texts(root: Path) -> tuple[Text, ...]:
    """Return every text of the project: what people read (by its catalogue), docstrings, comments and documents."""
    return tuple(_texts(root))


def _texts(root: Path) -> Iterator[Text]:
    catalogue = next((root / "webapp" / "translations").glob("*/LC_MESSAGES/messages.po"))
    with catalogue.open("rb") as file:
        for message in read_po(file):
            for text in message.id if isinstance(message.id, tuple) else (message.id,):
                if text:
                    yield Text("message", text[:60], text)
    for path in sorted((root / "webapp" / "data").glob("*.yaml")):
        yield Text("message", str(path.relative_to(root)), _without_comments(path.read_text(encoding="utf-8")))
    for folder in ("webapp", "tasks", "tests"):
        for path in sorted((root / folder).rglob("*.py")):
            if "migrations" not in path.parts and path.name not in ("words.py", "test_words.py"):
                yield from _of_module(path, str(path.relative_to(root)))
    for path in (root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").rglob("*.md"))):
        if path.is_file() and path.name not in ("glossary.md", "CONTRIBUTING.md"):
            yield Text("document", str(path.relative_to(root)), _prose(path.read_text(encoding="utf-8")))


def _of_module(path: Path, where: str) -> Iterator[Text]:
    source = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node)
            if docstring:
                yield Text("docstring", f"{where}:{getattr(node, 'lineno', 1)}", _prose(docstring))
    for number, line in enumerate(source.splitlines(), 1):
        found = re.search(r"(?:^|\s)# (?!noqa|type:|fmt:)(.*)", line)
        if found:
            yield Text("comment", f"{where}:{number}", _prose(found[1]))


def _prose(text: str) -> str:
    """A text without code, addresses and paths."""
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    text = re.sub(r"`[^`]*`", "", text)
    return re.sub(r"\]\([^)]*\)|https?://\S+", "", text)


def _without_comments(text: str) -> str:
    return re.sub(r"(?m)^\s*#.*$", "", text)


def counts(root: Path) -> dict[str, Counter[str]]:
    """Return how often each habit occurs, by kind of text."""
    found: dict[str, Counter[str]] = {habit: Counter() for habit in HABITS}
    for text in texts(root):
        for habit, pattern in HABITS.items():
            found[habit][text.kind] += len(re.findall(pattern, text.text, re.IGNORECASE))
    return found


def worst(root: Path) -> list[tuple[str, str, str]]:
    """Return where a phrase that was replaced has come back: (where, what it says, what to say)."""
    return [
        (f"{text.kind} {text.where}", phrase, instead)
        for text in texts(root)
        for phrase, instead in WORST
        if phrase in " ".join(text.text.lower().split())
    ]
