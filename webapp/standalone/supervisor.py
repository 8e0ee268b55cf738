"""Starts parts, starts those again that die, and stops all of them in order and in time."""

import select
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from webapp.standalone.children import Children, Process
from webapp.standalone.forked import Program

_POLL = 0.02
_LOG_BYTES = 5_000_000
# Seconds before a part that died is started again; the last one stands for all that follow.
_DELAYS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
# A part that ran this long has earned a fresh start.
_STABLE = 20.0
# A part that dies this often before everything was ready once will not be helped by a further try.
_HOPELESS = 3


class StartError(Exception):
    """The parts cannot be started; the text says which and where to read on."""


class StoppedError(Exception):
    """A signal asked for the end while something was waited for."""


@dataclass(frozen=True)
class Part:
    """A process to keep running: `ready` is asked until it is true, `clears` is removed before each start."""

    name: str
    command: Sequence[str] | Program
    ready: Callable[[], bool] = lambda: True
    clears: Path | None = None
    pass_fds: tuple[int, ...] = ()
    grace: float = 1.0

    def log_in(self, folder: Path) -> Path:
        """Return the file that its output goes to."""
        return folder / f"{self.name.replace(' ', '-')}.log"


@dataclass
class _Running:
    part: Part
    process: Process | None = None
    started: float = 0.0
    again_at: float = 0.0
    failures: int = field(default=0)


class Supervisor:
    """Keeps parts running until INT, TERM or HUP. `stages` in starting order; `say` gets a line for people."""

    def __init__(
        self,
        stages: Sequence[Sequence[Part]],
        *,
        children: Children,
        environ: Mapping[str, str],
        log: Path,
        say: Callable[[str], None],
        cwd: Path | None = None,
    ) -> None:
        self._stages = [[_Running(part) for part in stage] for stage in stages]
        self._children = children
        self._environ = environ
        self._log = log
        self._say = say
        self._cwd = cwd
        self._signals = 0
        self._was_ready = False
        self._waker, self._woken = socket.socketpair()
        self._waker.setblocking(False)
        self._woken.setblocking(False)

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Take the signals that end us, and those that say a child has ended, within this block."""
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        for number in before:
            signal.signal(number, self._count)
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        wakeup = signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in before.items():
                signal.signal(number, handler)

    def raise_if_stopped(self) -> None:
        """Raise StoppedError once a signal has asked for the end."""
        if self._signals:
            raise StoppedError

    def call(self, command: Sequence[str] | Program, *, name: str, meanwhile: Callable[[], None] = lambda: None) -> str:
        """Run a command to its end and return its standard output. Raises StartError and StoppedError."""
        errors = self._log / f"{name}.log"
        with tempfile.TemporaryFile() as stdout, errors.open("wb") as stderr:
            process = self._children.start(command, environ=self._environ, stdout=stdout, stderr=stderr, cwd=self._cwd)
            try:
                meanwhile()
                while process.poll() is None:
                    self._wait(1.0)
                    self.raise_if_stopped()
            finally:
                self._children.sweep(process)
            if process.returncode:
                raise StartError(_tail(errors) or f"{name}: {_reason(process.returncode)}")
            stdout.seek(0)
            return stdout.read().decode()

    def start(self, stage: int) -> None:
        """Start the parts of one stage without waiting for them."""
        for running in self._stages[stage]:
            self._start(running)

    def wait_ready(self, stages: Sequence[int]) -> None:
        """Return when every part of these stages is ready. Raises StartError and StoppedError."""
        waiting = [running for stage in stages for running in self._stages[stage]]
        while waiting:
            self.raise_if_stopped()
            self._revive()
            if waiting[0].process and waiting[0].part.ready():
                waiting.pop(0)
            else:
                self._wait(_POLL)

    def watch(self) -> None:
        """Start again what dies, until a signal asks for the end."""
        self._was_ready = True
        while not self._signals:
            self._revive()
            self._children.watch_keeper()
            self._wait(1.0)

    def stop(self) -> None:
        """Stop the stages, last first: ask, wait for the longest grace in the stage, then kill."""
        for stage in reversed(self._stages):
            alive = [running for running in stage if running.process]
            for running in alive:
                if running.process and running.process.poll() is None:
                    running.process.terminate()
            deadline = time.monotonic() + max((running.part.grace for running in alive), default=0.0)
            self._await_end(alive, deadline)
            for running in alive:
                if running.process:
                    self._children.sweep(running.process)
                running.process = None

    def _await_end(self, alive: Sequence[_Running], deadline: float) -> None:
        asked = self._signals
        while any(running.process and running.process.poll() is None for running in alive):
            remaining = deadline - time.monotonic()
            # A second signal means that someone does not want to wait.
            if remaining <= 0 or self._signals > max(asked, 1):
                return
            self._wait(min(remaining, 0.1))

    def _start(self, running: _Running) -> None:
        part = running.part
        if part.clears:
            part.clears.unlink(missing_ok=True)
        path = part.log_in(self._log)
        if path.exists() and path.stat().st_size > _LOG_BYTES:
            path.replace(path.with_suffix(".old.log"))
        with path.open("ab") as log:
            running.process = self._children.start(
                part.command,
                environ=self._environ,
                stdout=log,
                stderr=log,
                cwd=self._cwd,
                pass_fds=part.pass_fds,
            )
        running.started = time.monotonic()

    def _revive(self) -> None:
        now = time.monotonic()
        for running in (running for stage in self._stages for running in stage):
            if running.process and running.process.poll() is not None:
                self._mourn(running, running.process, now)
            if running.again_at and now >= running.again_at:
                running.again_at = 0.0
                self._start(running)

    def _mourn(self, running: _Running, process: Process, now: float) -> None:
        self._children.sweep(process)
        running.process = None
        running.failures = 0 if now - running.started > _STABLE else running.failures
        delay = _DELAYS[min(running.failures, len(_DELAYS) - 1)]
        running.failures += 1
        log = running.part.log_in(self._log)
        what = f"The {running.part.name} stopped by itself ({_reason(process.returncode)})"
        if not self._was_ready and running.failures >= _HOPELESS:
            raise StartError(f"{_tail(log)}\n{what}, {running.failures} times; its log is {log}")
        running.again_at = now + delay
        self._say(f"{what}: starting it again{f' in {delay:g} s' if delay else ''}. Its log is {log}")

    def _wait(self, seconds: float) -> None:
        soonest = min((r.again_at for stage in self._stages for r in stage if r.again_at), default=None)
        if soonest is not None:
            seconds = max(0.0, min(seconds, soonest - time.monotonic()))
        if select.select([self._woken], [], [], seconds)[0]:
            self._woken.recv(4096)

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1


def _reason(status: int | None) -> str:
    return f"killed by signal {-status}" if status is not None and status < 0 else f"exit status {status}"


def _tail(path: Path, lines: int = 12) -> str:
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()[-lines:])
