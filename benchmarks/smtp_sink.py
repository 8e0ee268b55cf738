"""An SMTP server in a process of its own that takes everything and only notes when; and the plainest way to fill it."""

import asyncio
import multiprocessing
import re
import smtplib
import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

_SPAWN = multiprocessing.get_context("spawn")
_MOST = 100_000
_IDENTIFIER = re.compile(rb"^Message-ID: *(\S+)", re.MULTILINE | re.IGNORECASE)


class _Line(asyncio.Protocol):
    """One client: commands are answered as they come, several in one reading too."""

    def __init__(self, sink: "_Sink") -> None:
        self._sink = sink
        self._buffer = b""
        self._in_data = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport.write(b"220 sink.example.org ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        answers = []
        while True:
            end = b"\r\n.\r\n" if self._in_data else b"\r\n"
            found, parted, rest = self._buffer.partition(end)
            if not parted:
                break
            self._buffer = rest
            if self._in_data:
                self._in_data = False
                self._sink.take(found)
                answers.append(b"250 taken\r\n")
            else:
                answers.append(self._answer(found[:4].upper()))
        if answers:
            self._transport.write(b"".join(answers))

    def _answer(self, verb: bytes) -> bytes:
        if verb == b"EHLO":
            return (
                b"250-sink.example.org\r\n"
                + b"".join(b"250-%s\r\n" % word for word in self._sink.offers)
                + b"250 OK\r\n"
            )
        if verb == b"DATA":
            self._in_data = True
            return b"354 go on\r\n"
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 OK\r\n"


class _Sink:
    def __init__(self, times: Any, count: Any, offers: tuple[bytes, ...]) -> None:
        self._times, self._count, self.offers = times, count, offers
        self.identifiers: Counter[bytes] = Counter()
        self.ends: tuple[bytes, ...] = ()

    def take(self, content: bytes) -> None:
        if not self.ends or not len(self.ends[0]) <= len(content) <= len(self.ends[-1]):
            by_length = sorted((*self.ends, content), key=len)
            self.ends = (by_length[0], by_length[-1])
        found = _IDENTIFIER.search(content[:4000])
        self.identifiers[found[1] if found else b""] += 1
        self._times[self._count.value] = time.monotonic()
        self._count.value += 1


async def _serve(sink: _Sink, parent: Connection) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Line(sink), "127.0.0.1", 0, backlog=100)
    parent.send(server.sockets[0].getsockname()[1])
    asked = asyncio.Event()
    loop.add_reader(parent.fileno(), asked.set)
    while True:
        await asked.wait()
        asked.clear()
        while parent.poll():
            if parent.recv() == "end":
                return
            parent.send((dict(sink.identifiers), sink.ends))
            sink.identifiers.clear()
            sink.ends = ()


def _run(times: Any, count: Any, offers: tuple[bytes, ...], parent: Connection) -> None:
    asyncio.run(_serve(_Sink(times, count, offers), parent))


@dataclass
class Sink:
    """A running server: its port, when each email was taken (as `time.monotonic`), how often each Message-ID came."""

    port: int
    _times: Any
    _count: Any
    _child: Connection
    _process: SpawnProcess

    @property
    def count(self) -> int:
        return int(self._count.value)

    def at(self, number: int) -> float:
        """Return when the email of this number, counted from 0, was taken."""
        return float(self._times[number])

    def wait(self, count: int, seconds: float) -> bool:
        """Wait until so many were taken; False if they were not in time."""
        deadline = time.monotonic() + seconds
        while self.count < count and time.monotonic() < deadline:
            time.sleep(0.0005)
        return self.count >= count

    def taken(self) -> tuple[dict[bytes, int], tuple[bytes, ...]]:
        """Return how often each Message-ID came since it was asked last, and the shortest and the longest email."""
        self._child.send("taken")
        found: tuple[dict[bytes, int], tuple[bytes, ...]] = self._child.recv()
        return found


@contextmanager
def sink(*offers: str) -> Iterator[Sink]:
    """Run a server until the block ends; it says to EHLO that it offers these extensions."""
    times, count = _SPAWN.Array("d", _MOST, lock=False), _SPAWN.Value("i", 0, lock=False)
    ours, theirs = _SPAWN.Pipe()
    words = tuple(word.encode() for word in offers)
    process = _SPAWN.Process(target=_run, args=(times, count, words, theirs), daemon=True)
    process.start()
    try:
        yield Sink(ours.recv(), times, count, ours, process)
    finally:
        ours.send("end")
        process.join(5)
        process.kill()


def fill(port: int, contents: Sequence[bytes], number: int, *, sender: str, recipient: str) -> float:
    """Send ready emails in turns over one kept line, so many, as plainly as the library can; return emails a second."""
    with smtplib.SMTP("127.0.0.1", port, "bench.example.org") as line:
        line.ehlo()
        began = time.monotonic()
        for content in islice(cycle(contents), number):
            line.sendmail(sender, [recipient], content)
        return number / (time.monotonic() - began)
