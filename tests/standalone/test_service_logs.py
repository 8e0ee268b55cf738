"""What a failed test shows of the services beside it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOOK = "from tests.service_logs import pytest_runtest_makereport\n"
TESTS = """
from pathlib import Path
from tests import service_logs

def write(folder, name, lines=50):
    folder.mkdir(parents=True)
    (folder / f"{name}.log").write_text("".join(f"{name} says {number}.\\n" for number in range(1, lines + 1)))

def test_good(tmp_path):
    write(tmp_path / "var" / "log", "good")

def test_own(tmp_path):
    write(tmp_path / "var" / "log", "own")
    assert False

def test_shared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shared")
    write(folder / "log", "shared")
    service_logs._running.append(folder)
    assert False
"""


def test_a_failure_shows_the_end_of_the_logs_and_a_success_nothing(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(HOOK)
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", str(tmp_path)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout
    for name in ("own", "shared"):
        assert (f"{name} says 50." in done.stdout, f"{name} says 11." in done.stdout) == (True, True)
        assert f"{name} says 10." not in done.stdout
    assert "good says" not in done.stdout
