"""A supervisor of parts that a test gives, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service_logs import pytest_runtest_makereport  # noqa: F401 - it is pytest who calls it
from tests.standalone.processes import Start, read_line


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start parts under `tests.standalone.small`, once it has loaded some modules."""
    started = []
    typed = tmp_path / "typed"
    typed.write_text("meant for the supervisor\n")

    def run(*commands: str, loads: str = "", ready: bool = True) -> "subprocess.Popen[str]":
        with typed.open() as stdin:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.standalone.small", str(tmp_path), loads, *commands],
                stdin=stdin,
                stdout=subprocess.PIPE,
                text=True,
                cwd=Path(__file__).parents[2],
                env={**os.environ, "ONLY_OURS": "of the supervisor", "PYTHONPATH": str(tmp_path)},
            )
        started.append(process)
        if ready:
            assert read_line(process) == "ready"
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
