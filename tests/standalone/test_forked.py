"""Parts that are forks of a supervisor: what they share with it, what is their own, and how they end."""

import ctypes
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.standalone import told
from tests.standalone.processes import Start, end, eventually, is_alive, number_in, read_line
from webapp.standalone import shown

ROOT = Path(__file__).parents[2]
TOLD = f"fork {told.__name__} @/told"
on_linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")


def told_in(folder: Path, *, other_than: int = 0) -> dict[str, Any]:
    """Wait until a fork has told what it found, and return that."""
    path = folder / "told"
    return eventually(
        lambda: path.exists() and (found := json.loads(path.read_text())) and found["pid"] != other_than and found
    )


def test_fork_shares_what_was_loaded_and_nothing_else(start: Start, tmp_path: Path) -> None:
    process = start(f"web: {TOLD} stay", loads=told.LOADED)
    found = told_in(tmp_path)
    environ, opened = found.pop("environ"), found.pop("open")
    assert (environ["LIAISON_PART"], environ.get("ONLY_OURS")) == ("theirs", None)
    # What it was given is open beside the standard ones: not the sockets of the supervisor, not the keeper's pipe.
    assert opened[:3] == [0, 1, 2]
    assert len(opened) == 4
    assert found == {
        "arguments": [str(tmp_path / "told"), "stay"],
        "input": "",
        "folder": str(tmp_path),
        "leads": True,
        "interrupts": True,
        "handled": [],
        "blocked": [],
        "wakes": -1,
        "was loaded": True,
        "threads": 1,
        "pid": found["pid"],
    }
    assert found["pid"] != process.pid
    eventually(lambda: "said at once\n" in (tmp_path / "web.log").read_text())
    assert end(process) == 0
    assert not is_alive(found["pid"])


@pytest.mark.parametrize(
    ("how", "said", "logged"),
    [
        ("3", "exit status 3", "and a rest"),
        ("words", "exit status 1", "words of its end"),
        ("fault", "exit status 1", "ValueError: what it ends by"),
    ],
)
def test_end_of_a_fork_is_seen_and_its_last_words_are_kept(
    start: Start, tmp_path: Path, how: str, said: str, logged: str
) -> None:
    process = start(f"web!: {TOLD} {how}", ready=False)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"The web stopped by itself ({said}): starting it again. Its log is" in output
    assert f"The web stopped by itself ({said}), 3 times" in output
    assert logged in (tmp_path / "web.log").read_text()
    assert "small.py" not in output  # it never returned into the supervisor


def test_fork_that_is_killed_is_forked_again_and_its_child_is_gone(start: Start, tmp_path: Path) -> None:
    process = start(f"web: {TOLD} stay")
    first, child = told_in(tmp_path)["pid"], number_in(tmp_path / "told.child")
    os.kill(first, signal.SIGKILL)
    assert read_line(process).startswith("The web stopped by itself (killed by signal 9): starting it again.")
    again = told_in(tmp_path, other_than=first)
    assert is_alive(again["pid"])
    assert not is_alive(child)


def test_killed_supervisor_takes_forks_and_their_children_along(start: Start, tmp_path: Path) -> None:
    process = start(f"web: {TOLD} stay")
    family = [told_in(tmp_path)["pid"], number_in(tmp_path / "told.child")]
    process.kill()
    process.wait()
    eventually(lambda: not any(map(is_alive, family)))


@on_linux
def test_lists_of_processes_show_the_command_and_the_environment_of_a_fork(start: Start, tmp_path: Path) -> None:
    start(f"web: {TOLD} stay")
    for number in (told_in(tmp_path)["pid"], number_in(tmp_path / "told.child")):
        assert Path(f"/proc/{number}/cmdline").read_bytes().rstrip(b"\0") == b"small\0web\0of\0a\0test"
        assert b"LIAISON_PART=theirs\0" in Path(f"/proc/{number}/environ").read_bytes()
        listed = subprocess.run(["ps", "-o", "args=", "-p", str(number)], capture_output=True, text=True, check=True)
        assert listed.stdout.strip() == "small web of a test"


def test_words_are_shown_as_far_as_there_is_room_and_nothing_is_written_beyond() -> None:
    room = ctypes.create_string_buffer(b"x" * 16, 16)
    address = ctypes.addressof(room)
    shown._fill((address + 2, address + 14), ["celery", "scheduler", "beat"])
    assert room.raw == b"xxcelery\0beat\0xx"
    shown._fill((address + 2, address + 2), ["no room"])
    shown._fill((0, 0), ["no address"])
    assert room.raw == b"xxcelery\0beat\0xx"


EARLY_SIGNAL = """
import os, signal, sys
from pathlib import Path
from webapp.standalone.forked import Place, Program, fork
signal.signal(signal.SIGTERM, lambda *_: None)
place = Place(os.environ, None, 1, 2)
print(fork(Program("platform", [], "early"), place, tie=lambda: os.kill(os.getpid(), signal.SIGTERM)).wait())
"""


def test_signal_for_a_fork_that_has_not_begun_is_not_taken_for_the_supervisors() -> None:
    done = subprocess.run([sys.executable, "-c", EARLY_SIGNAL], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == str(-signal.SIGTERM), done.stderr
