"""Children that are forks of this process: what it has loaded they share, and all else becomes their own."""

import atexit
import contextlib
import os
import runpy
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from webapp.standalone import shown

_ALL = signal.valid_signals()
_OPENED = Path("/dev/fd")


@dataclass(frozen=True)
class Program:
    """A module that runs as `python -m` runs it, and the command that lists of processes show for it."""

    module: str
    arguments: Sequence[str]
    title: str


@dataclass(frozen=True)
class Place:
    """What surrounds a program: its environment, its folder, where it writes, and what else stays open."""

    environ: Mapping[str, str]
    cwd: Path | None
    stdout: int
    stderr: int
    pass_fds: Sequence[int] = ()


class Forked:
    """A fork that can be asked and waited for as a `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit status, negative for a signal, or None while it runs."""
        self._reap(os.WNOHANG)
        return self.returncode

    def wait(self) -> int | None:
        """Return the exit status once it has ended."""
        self._reap(0)
        return self.returncode

    def terminate(self) -> None:
        """Ask it to end."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)

    def _reap(self, options: int) -> None:
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, options)
            if ended:
                self.returncode = os.waitstatus_to_exitcode(status)


def fork(program: Program, place: Place, *, tie: Callable[[], None]) -> Forked:
    """Run a program in a fork that leads its own session; `tie` is called in it first. Not for use beside threads."""
    # A signal that is meant for the child waits until the child no longer takes it for us.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ALL)
    try:
        pid = os.fork()
        if not pid:
            _never_return(program, place, tie, before)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return Forked(pid)


def _never_return(program: Program, place: Place, tie: Callable[[], None], mask: Iterable[int]) -> None:
    status = 1
    try:
        os.setsid()
        tie()
        _open_and_close(place)
        _forget_signals()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        status = _run(program, place)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _open_and_close(place: Place) -> None:
    """Read from nowhere, write to the place, and let go of everything that is ours and not the program's."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(place.stdout, 1)
    os.dup2(place.stderr, 2)
    # Where nothing lists them, these are more than a supervisor ever opens.
    opened = [int(each.name) for each in _OPENED.iterdir()] if _OPENED.is_dir() else range(1024)
    for number in opened:
        if number > 2 and number not in place.pass_fds:
            with contextlib.suppress(OSError):  # is closed already, as the listing's own is
                os.close(number)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False, errors="backslashreplace")


def _forget_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in _ALL:
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _run(program: Program, place: Place) -> int:
    """Return the exit status of a program, after what Python does at its end."""
    os.environ.clear()
    os.environ.update(place.environ)
    shown.write(program.title.split(), place.environ)
    if place.cwd:
        os.chdir(place.cwd)
    sys.argv[:] = [program.module, *program.arguments]
    try:
        runpy.run_module(program.module, run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as end:
        status = _status(end.code)
    except BaseException:
        traceback.print_exc()
        status = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    return status


def _status(code: object) -> int:
    if code is None or isinstance(code, int):
        return (code or 0) & 0xFF
    sys.stderr.write(f"{code}\n")
    return 1
