"""A test that failed beside a running service shows the end of what its parts wrote: seen once, it can be explained."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

LINES = 40
# The data folders of services that run for several tests.
_running: list[Path] = []


@contextmanager
def shown(folder: Path) -> Iterator[None]:
    """Show the logs below a folder with each test that fails meanwhile."""
    _running.append(folder)
    try:
        yield
    finally:
        _running.remove(folder)


def ends(folders: Iterable[Path]) -> dict[str, str]:
    """Return the last lines of each log below some folders, by its path; of those that say anything."""
    paths = sorted({path for folder in folders for path in folder.rglob("*.log") if path.is_file()})
    texts = {path: path.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES:] for path in paths}
    return {str(path): "\n".join(lines) for path, lines in texts.items() if lines}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Add the logs to the report of a failure, for the folders whose `conftest.py` has this hook."""
    report: pytest.TestReport = yield  # type: ignore[assignment]
    if report.failed:
        own = getattr(item, "funcargs", {}).get("tmp_path")
        report.sections += list(ends([*_running, *([own] if own else [])]).items())
    return report  # type: ignore[return-value]
