"""How fast public pages are, as deployed: beside bare Flask with the same bytes under the same gunicorn, in turns."""

import argparse
import contextlib
import os
import re
import secrets
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.client import ROOT
from webapp.institution import FIRST

PAGES = ("/", "/networks/anso", "/zh-hant/", "/enquiries/new?kind=visit")
ROUNDS, SECONDS, CLIENTS = 5, 2.0, 8
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Figures:
    """A page's requests a second in each round, by the product and by the ceiling."""

    path: str
    product: list[float]
    ceiling: list[float]

    @property
    def ratios(self) -> list[float]:
        return [ours / theirs for ours, theirs in zip(self.product, self.ceiling, strict=True)]


@contextlib.contextmanager
def served(app: str, environment: dict[str, str], root: Path = ROOT) -> Iterator[tuple[str, int]]:
    """Serve an application with gunicorn, as `gunicorn.conf.py` says, on a free port; yield its address."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        address = listener.getsockname()
        listener.set_inheritable(True)
        command = [sys.executable, "-m", "gunicorn", "--config", str(root / "gunicorn.conf.py"), "--preload"]
        command += ["--no-control-socket", "--bind", f"fd://{listener.fileno()}", app]
        process = subprocess.Popen(command, env=environment, cwd=root, pass_fds=(listener.fileno(),))
        try:
            deadline = time.monotonic() + 180
            while not _answers(address) and time.monotonic() < deadline:
                time.sleep(0.1)
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _answers(address: tuple[str, int]) -> bool:
    """Return whether the first page is there; on a busy machine that takes longer than a line waits."""
    try:
        return b" 200 " in body_of(address, "/")[0]
    except OSError:
        return False


def product_environment(folder: Path, root: Path = ROOT, database: str = "") -> dict[str, str]:
    """Return settings of an installation with the directory imported: on SQLite, or on LIAISON_DATABASE_URL."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIAISON_")}
    database = database or os.environ.get("LIAISON_DATABASE_URL", f"sqlite:///{folder / 'liaison.db'}")
    environment = kept | {
        "LIAISON_ENV": "production",
        "LIAISON_INSTITUTION": FIRST["institution"],
        "LIAISON_SECRET_KEY": secrets.token_hex(32),
        "LIAISON_DATABASE_URL": database,
        "LIAISON_REDIS_URL": "unix:///nonexistent/queue.sock",
        "LIAISON_SMTP_URL": "smtp://127.0.0.1:9",
        "LIAISON_PUBLIC_URL": "http://127.0.0.1:8000",
        "LIAISON_OFFICE_EMAIL": "office@example.org",
        "LIAISON_MAIL_FROM": "desk@example.org",
    }
    for words in (["db", "upgrade"], ["networks", "import"]):
        command = [sys.executable, "-m", "webapp.cli", *words]
        subprocess.run(command, env=environment, cwd=root, check=True, capture_output=True)
    return environment


def body_of(address: tuple[str, int], path: str) -> tuple[bytes, bytes]:
    """Return the head and the body of one answer."""
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(_request(path, "close"))
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _end, body = answer.partition(b"\r\n\r\n")
    return head, body


def _request(path: str, then: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: {then}\r\n\r\n".encode()


def rate(address: tuple[str, int], path: str, *, clients: int = CLIENTS, seconds: float = SECONDS) -> float:
    """Return the requests a second that so many kept connections get answered; each waits for its answer."""
    asked, done = _request(path, "keep-alive"), 0
    with contextlib.ExitStack() as opened, selectors.DefaultSelector() as waiting:
        for _ in range(clients):
            connection = opened.enter_context(socket.create_connection(address, timeout=30))
            waiting.register(connection, selectors.EVENT_READ, [b"", 0])
            connection.sendall(asked)
        started = time.perf_counter()
        while (passed := time.perf_counter() - started) < seconds:
            for key, _events in waiting.select(1):
                if _is_whole(key.fileobj, key.data):
                    done += 1
                    key.fileobj.sendall(asked)  # type: ignore[union-attr]
    return done / passed


def _is_whole(connection: object, state: list[object]) -> bool:
    """Read what came; `state` is the head so far, then how many bytes of the body are missing."""
    data = connection.recv(262144)  # type: ignore[attr-defined]
    if not data:
        raise ConnectionError("the server let go of a connection")
    if state[1]:
        state[1] -= len(data)  # type: ignore[operator]
        return not state[1]
    state[0] += data  # type: ignore[operator]
    head, end, body = state[0].partition(b"\r\n\r\n")  # type: ignore[attr-defined]
    if not end:
        return False
    if b" 200 " not in head[:20]:
        raise ValueError(head[:200])
    state[0], state[1] = b"", int(_LENGTH.search(head)[1]) - len(body)  # type: ignore[index]
    return not state[1]


def measured(
    paths: tuple[str, ...] = PAGES, *, rounds: int = ROUNDS, seconds: float = SECONDS, database: str = ""
) -> list[Figures]:
    """Measure each page and its ceiling, turn by turn; the one that is first changes with each round."""
    with tempfile.TemporaryDirectory(prefix="ld-pages-") as name, contextlib.ExitStack() as running:
        folder, bodies = Path(name), Path(name) / "bodies"
        bodies.mkdir()
        product = running.enter_context(served("webapp:create_app()", product_environment(folder, database=database)))
        for path in {"/", *paths}:
            (bodies / path.encode().hex()).write_bytes(body_of(product, path)[1])
        ceiling_environment = {**os.environ, "LIAISON_BENCH_BODIES": str(bodies)}
        ceiling = running.enter_context(served("benchmarks.bare:create_app()", ceiling_environment))
        found = [Figures(path, [], []) for path in paths]
        for number in range(rounds):
            for figures in found:
                turns = [(product, figures.product), (ceiling, figures.ceiling)]
                for address, rates in turns if number % 2 else reversed(turns):
                    rates.append(rate(address, figures.path, seconds=seconds))
        return found


def main() -> None:
    """Print medians, lowest and highest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    given = parser.parse_args()
    print(f"{CLIENTS} clients, {given.rounds} rounds of {given.seconds} s; requests a second: median (lowest-highest)")
    for figures in measured(rounds=given.rounds, seconds=given.seconds):
        spread = [
            f"{statistics.median(each):,.{digits}f} ({min(each):,.{digits}f}-{max(each):,.{digits}f})"
            for each, digits in ((figures.product, 0), (figures.ceiling, 0), (figures.ratios, 2))
        ]
        print(f"{figures.path}: {spread[0]}; bare Flask {spread[1]}; ratio {spread[2]}")


if __name__ == "__main__":
    main()
