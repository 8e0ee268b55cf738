"""Child processes that never outlive us: a session each, killed with their parent, known to the keeper."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

from webapp.standalone.forked import Place, Program, fork

_SET_PARENT_DEATH_SIGNAL = 1
# Loaded once, before any fork. Only Linux has it; elsewhere the keeper alone sees to it.
_prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform.startswith("linux") else None


class Process(Protocol):
    """What a supervisor asks of a child."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None: ...
    def wait(self) -> int | None: ...
    def terminate(self) -> None: ...


class Children:
    """Starts processes and ends them with all their descendants, even where this process is killed itself."""

    def __init__(self, *, folders: Iterable[Path] = (), keep_open: Sequence[int] = ()) -> None:
        """`folders` are removed at the end; `keep_open` stay open until the last child is gone."""
        self._folders = [str(folder) for folder in folders]
        self._keep_open = tuple(keep_open)
        self._groups: set[int] = set()
        self._parent = os.getpid()
        self._keeper = self._start_keeper()

    def start(
        self,
        command: Sequence[str] | Program,
        *,
        environ: Mapping[str, str],
        stdout: IO[bytes],
        stderr: IO[bytes],
        cwd: Path | None = None,
        pass_fds: Sequence[int] = (),
    ) -> Process:
        """Start a command, or a program in a fork, as the leader of its own session. Not for use beside threads."""
        self.watch_keeper()
        process: Process
        if isinstance(command, Program):
            place = Place(environ, cwd, stdout.fileno(), stderr.fileno(), pass_fds)
            process = fork(command, place, tie=self._tie)
        else:
            process = subprocess.Popen(  # noqa: S603 (our own commands)
                command,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                cwd=cwd,
                pass_fds=pass_fds,
                start_new_session=True,
                preexec_fn=self._tie,  # noqa: PLW1509 (there are no threads)
            )
        self._groups.add(process.pid)
        return process

    def sweep(self, process: Process) -> None:
        """Kill what is left of a process and its descendants, and reap it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._groups.discard(process.pid)
        self.watch_keeper()
        self._tell(f"- {process.pid}")

    def close(self) -> None:
        """Let the keeper kill whatever was not swept, and wait until it is gone."""
        if self._keeper.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._keeper.stdin.close()
        self._keeper.wait()

    def watch_keeper(self) -> None:
        """Start the keeper again if someone has killed it."""
        if self._keeper.poll() is not None:
            self._keeper = self._start_keeper()

    def _start_keeper(self) -> subprocess.Popen[bytes]:
        groups = " ".join(map(str, sorted(self._groups)))
        command = [sys.executable, "-I", str(Path(__file__).with_name("keeper.py")), groups, *self._folders]
        return subprocess.Popen(  # noqa: S603 (our own command)
            command, stdin=subprocess.PIPE, bufsize=0, start_new_session=True, pass_fds=self._keep_open
        )

    def _tie(self) -> None:
        """Tie a child to us before its command begins: known to the keeper, and killed with its parent."""
        self._tell(f"+ {os.getpid()}")
        if _prctl:
            _prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != self._parent:
                os._exit(1)

    def _tell(self, line: str) -> None:
        if self._keeper.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._keeper.stdin.write(f"{line}\n".encode())
