"""Modules as Python reads them, for tests that look through all of them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path


def nodes(path: Path, written: str) -> Iterator[ast.AST]:
    """Yield the nodes of a module in which a pattern is written, and none of others: most of them are not parsed."""
    source = path.read_text(encoding="utf-8")
    if re.search(written, source):
        yield from ast.walk(ast.parse(source))
