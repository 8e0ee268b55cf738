"""What tests about processes share: waiting for a condition, and whether a process still runs."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")
Start = Callable[..., "subprocess.Popen[str]"]


def eventually(condition: Callable[[], Value], *, within: float = 60.0) -> Value:
    """Return the first true value of a condition; fail when there is none in time, ample for a loaded machine."""
    deadline = time.monotonic() + within
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {within} s: {condition}"
        time.sleep(0.01)
    return value


def is_alive(number: int) -> bool:
    """Tell whether a process runs; one that only waits to be reaped does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.strip().startswith("Z")


def number_in(path: Path, *, other_than: int = 0) -> int:
    """Wait until a file holds a process number, and return it."""

    def read() -> int:
        text = path.read_text(encoding="utf-8").strip() if path.exists() else ""
        number = int(text) if text.isdigit() else 0
        return number if number != other_than else 0

    return eventually(read)


def read_line(process: "subprocess.Popen[str]") -> str:
    """Return the next line that a process says."""
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def end(process: "subprocess.Popen[str]", number: signal.Signals = signal.SIGTERM) -> int:
    """Ask for the end, wait for it (a stubborn part would sleep for minutes), and return the exit status."""
    process.send_signal(number)
    return process.wait(60)
