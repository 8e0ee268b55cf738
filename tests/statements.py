"""A plugin of pytest that writes which tests can do without PostgreSQL: what they send, others send there too.

`.venv/bin/python -m pytest -p tests.statements --postgresql all -k postgresql` (in one process) writes the list anew.
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
from sqlalchemy.engine import Connection, Engine

LIST = Path(__file__).with_name("sqlite_is_enough.txt")
# What the database does while others work, or refuses, is more than the words of a statement.
OF_THE_DATABASE = re.compile(r"Thread|Barrier|IntegrityError|OperationalError|DBAPIError|dialect|postgresql|pg_|locked")
# What each test costs beside its own seconds: a database to be emptied.
EMPTYING = 0.05


@dataclass
class Sent:
    """What the rows of one test sent, how many seconds they took, whether they run on PostgreSQL in any case."""

    statements: set[str] = field(default_factory=set)
    seconds: float = EMPTYING
    always: bool = False


def read() -> frozenset[str]:
    """Return the tests on the list, by module and name."""
    module, found = "", set()
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):
            found.add(f"{module}::{line.strip()}")
        else:
            module = line
    return frozenset(found)


def enough(sent: Mapping[str, Sent]) -> set[str]:
    """Return the tests that can be left out: those that do send each statement, and are as quick as can be found."""
    chosen = {name for name, of in sent.items() if of.always}
    missing = set().union(*(of.statements for of in sent.values()))
    missing -= set().union(*(sent[name].statements for name in chosen))
    while missing:
        best = max(
            sorted(sent.keys() - chosen), key=lambda name: len(sent[name].statements & missing) / sent[name].seconds
        )
        chosen.add(best)
        missing -= sent[best].statements
    return sent.keys() - chosen


def write(names: set[str]) -> None:
    """Write the list, by module."""
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


class Watch:
    """Notes what each test sends to PostgreSQL."""

    def __init__(self) -> None:
        self.sent: dict[str, Sent] = {}
        self.now: Sent | None = None
        event.listen(Engine, "before_cursor_execute", self.note)

    def note(self, connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if self.now is not None and connection.dialect.name == "postgresql":
            self.now.statements.add(plain(statement))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Function) -> Iterator[None]:
        self.now = of = self.sent.setdefault(item.nodeid.partition("[")[0], Sent())
        source = inspect.getsource(item.function)
        of.always |= bool(item.get_closest_marker("both_databases") or OF_THE_DATABASE.search(source))
        began = time.process_time()
        try:
            return (yield)
        finally:
            of.seconds += EMPTYING + time.process_time() - began
            self.now = None

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if exitstatus == 0:
            write(enough(self.sent))


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Watch())
