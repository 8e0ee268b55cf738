"""A plugin of pytest that writes which tests can do without PostgreSQL: what they send, others send there too.

`.venv/bin/python -m pytest -p tests.statements --postgresql all -k postgresql` (in one process) writes the list anew,
with `--postgresql some` what more can be done without.
"""

import inspect
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, ExceptionContext

LIST = Path(__file__).with_name("sqlite_is_enough.txt")
# What the database does while others work, or refuses, is more than the words of a statement.
OF_THE_DATABASE = re.compile(r"Thread|Barrier|IntegrityError|OperationalError|DBAPIError|dialect|postgresql|pg_|locked")
# What PostgreSQL finds is more than that, too: each query of a search is the same statement.
OF_SEARCH = "tests/domain/search/test_index.py"
# What each test costs beside its own seconds: a database to be emptied.
EMPTYING = 0.05
_ROW = re.compile(r"(?<=\[)postgresql-|-postgresql(?=\])|\[postgresql\]$")


@dataclass
class Sent:
    """What one row of a test sent, how many seconds it took, whether it runs on PostgreSQL in any case."""

    statements: set[str] = field(default_factory=set)
    seconds: float = EMPTYING
    always: bool = False


def row(nodeid: str) -> str:
    """Return the name of a row of a test, which is that of the test where it has no other."""
    return _ROW.sub("", nodeid)


def read() -> frozenset[str]:
    """Return the tests and the rows of tests on the list, by module and name."""
    module, found = "", set()
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):
            found.add(f"{module}::{line.strip()}")
        else:
            module = line
    return frozenset(found)


def enough(sent: Mapping[str, Sent]) -> set[str]:
    """Return what can be left out: those that do send each statement stay, as quick ones as can be found.

    A test is named alone where all of its rows can be left out.
    """
    chosen = {name for name, of in sent.items() if of.always}
    missing = set().union(*(of.statements for of in sent.values()))
    missing -= set().union(*(sent[name].statements for name in chosen))
    while missing:
        best = max(
            sorted(sent.keys() - chosen), key=lambda name: len(sent[name].statements & missing) / sent[name].seconds
        )
        chosen.add(best)
        missing -= sent[best].statements
    kept = {name.partition("[")[0] for name in chosen}
    return {test if (test := name.partition("[")[0]) not in kept else name for name in sent.keys() - chosen}


def write(names: set[str]) -> None:
    """Write the list, by module; a row is left out whose whole test is there."""
    names = {name for name in names if name.partition("[")[0] not in names or "[" not in name}
    modules: dict[str, list[str]] = {}
    for name in sorted(names):
        module, _, test = name.partition("::")
        modules.setdefault(module, []).append(test)
    lines = [line for module, tests in modules.items() for line in (module, *(f"  {test}" for test in tests))]
    LIST.write_text("\n".join(lines) + "\n", encoding="utf-8")


def plain(statement: str) -> str:
    """Return a statement without how many values it was given."""
    statement = re.sub(r"%\(\w+\)s(::\w+)?", "?", statement)
    statement = re.sub(r"\?(, \?)+", "?", statement)
    return re.sub(r"\(\?\)(, \(\?\))+", "(?)", statement)


def _sources(item: pytest.Function) -> Iterator[str]:
    """Yield what a test does: its own source, that of its fixtures, and of what it calls by name in its module."""
    yield inspect.getsource(item.function)
    for fixture in item.fixturenames:
        for found in item._fixtureinfo.name2fixturedefs.get(fixture, ()):
            if found.func.__module__ == item.module.__name__:
                yield inspect.getsource(found.func)
    for name in item.function.__code__.co_names:
        if inspect.isfunction(called := getattr(item.module, name, None)):
            yield inspect.getsource(called)


class Watch:
    """Notes what each test sends to PostgreSQL."""

    def __init__(self, known: frozenset[str]) -> None:
        self.known = known
        self.sent: dict[str, Sent] = {}
        self.now: Sent | None = None
        event.listen(Engine, "before_cursor_execute", self.note)
        event.listen(Engine, "handle_error", self.refused)

    def note(self, connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if self.now is not None and connection.dialect.name == "postgresql":
            self.now.statements.add(plain(statement))

    def refused(self, context: ExceptionContext) -> None:
        if self.now is not None and context.dialect.name == "postgresql":
            self.now.always = True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Function) -> Iterator[None]:
        self.now = of = self.sent.setdefault(row(item.nodeid), Sent())
        of.always |= bool(item.get_closest_marker("both_databases") or any(map(OF_THE_DATABASE.search, _sources(item))))
        of.always |= item.nodeid.startswith(OF_SEARCH)
        began = time.process_time()
        try:
            return (yield)
        finally:
            of.seconds += EMPTYING + time.process_time() - began
            self.now = None

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if exitstatus == 0:
            write(self.known | enough(self.sent))


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Watch(read() if config.option.postgresql == "some" else frozenset()))
