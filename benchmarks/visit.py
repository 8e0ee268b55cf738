"""How fast whole visits go, first page to tracking page: beside bare Flask with the same bytes and the same rows."""

import argparse
import pickle
import re
import selectors
import socket
import statistics
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import sqlalchemy as sa

from benchmarks.client import hidden
from benchmarks.pages import product_environment, served
from benchmarks.submit import Silent, make_room, without_conflict
from benchmarks.submitting import VISIT
from tests.factories import make_settings
from tests.queues import valkey
from tests.servers import PostgreSQL
from webapp import create_app
from webapp.db import db
from webapp.models import Draft, batch

ROUNDS, SECONDS, CLIENTS = 5, 4.0, 4
FORM = "/enquiries/new"
NETWORK = "anso"
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: *(\S+)", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nset-cookie: *([^=\s]+)=([^;\s]*)", re.IGNORECASE)
_HIDDEN = re.compile(rb'<input\b[^>]*type="hidden"[^>]*>')
_NAMED = re.compile(rb'name="([^"]+)"(?:[^>]*value="([^"]*)")?')
# Everything that a form says but what its page and its sender say.
_TYPED = urlencode({**VISIT, "network": NETWORK}, doseq=True).encode()
Answer = tuple[bytes, bytes]
Visit = Generator[bytes, Answer, None]


@dataclass
class Browser:
    """Its cookies, and the host that it speaks to; as few words as a browser could do with."""

    host: bytes
    cookies: dict[bytes, bytes] = field(default_factory=dict)

    def get(self, path: bytes) -> bytes:
        return b"GET %b HTTP/1.1\r\n%b\r\n" % (path, self._head())

    def post(self, path: str, fields: bytes) -> bytes:
        kind = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n" % len(fields)
        return b"POST %b HTTP/1.1\r\n%b%b\r\n%b" % (path.encode(), self._head(), kind, fields)

    def read(self, answer: Answer, status: bytes) -> Answer:
        """Keep the cookies of an answer and return it. Raises ValueError where it is another than was waited for."""
        head, body = answer
        if _STATUS.match(head)[1] != status:  # type: ignore[index]
            raise ValueError(head[:300] + body[:2000])
        self.cookies |= dict(_COOKIE.findall(head))
        return answer

    def _head(self) -> bytes:
        cookies = b"; ".join(b"%b=%b" % pair for pair in self.cookies.items())
        return b"Host: %b\r\n%b" % (self.host, b"Cookie: %b\r\n" % cookies if cookies else b"")


def visit(browser: Browser, email: str) -> Visit:
    """Yield what a visitor asks for, one after the other, and receive head and body of each answer."""
    for path in (b"/", b"/networks/" + NETWORK.encode()):
        browser.read((yield browser.get(path)), b"200")
    _head, page = browser.read((yield browser.get(f"{FORM}?kind=visit&network={NETWORK}".encode())), b"200")
    fields = b"&".join((_TYPED, _said(page), urlencode({"contact_email": email}).encode()))
    head, _body = browser.read((yield browser.post(FORM, fields)), b"303")
    _head, page = browser.read((yield browser.get(_LOCATION.search(head)[1])), b"200")  # type: ignore[index]
    head, _body = browser.read((yield browser.post(FORM, _said(page))), b"303")
    browser.read((yield browser.get(_LOCATION.search(head)[1])), b"200")  # type: ignore[index]


def _said(page: bytes) -> bytes:
    """Return the hidden fields of a page as a form sends them; `kind` is typed."""
    found = (_NAMED.search(each) for each in _HIDDEN.findall(page))
    return b"&".join(b"%b=%b" % (each[1], each[2] or b"") for each in found if each and each[1] != b"kind")


class Line:
    """One visitor after the other on a kept connection."""

    def __init__(self, address: tuple[str, int], name: str) -> None:
        self.socket = socket.create_connection(address, timeout=30)
        self._host, self._name, self.done = f"{address[0]}:{address[1]}".encode(), name, 0
        self._begin()

    def _begin(self) -> None:
        self._came = b""
        self._visit = visit(Browser(self._host), f"{self._name}-{self.done}@example.org")
        self.socket.sendall(next(self._visit))

    def read(self) -> None:
        """Take what came; where the answer is whole, ask for what comes next."""
        data = self.socket.recv(262144)
        if not data:
            raise ConnectionError("the server let go of a connection")
        self._came += data
        head, end, body = self._came.partition(b"\r\n\r\n")
        if not end or len(body) < int(_LENGTH.search(head)[1]):  # type: ignore[index]
            return
        self._came = b""
        try:
            self.socket.sendall(self._visit.send((head, body)))
        except StopIteration:
            self.done += 1
            self._begin()


def rate(address: tuple[str, int], name: str, *, seconds: float = SECONDS) -> float:
    """Return the visits a second that so many visitors make at once, each waiting for its answers."""
    lines = [Line(address, f"{name}-{number}") for number in range(CLIENTS)]
    with ExitStack() as opened, selectors.DefaultSelector() as waiting:
        for line in lines:
            waiting.register(opened.enter_context(line.socket), selectors.EVENT_READ, line)
        began = time.perf_counter()
        while (passed := time.perf_counter() - began) < seconds:
            for key, _events in waiting.select(1):
                key.data.read()
    return sum(line.done for line in lines) / passed


def recorded(database: str) -> dict[str, Any]:
    """Return the pages of one visit by address, and of its two forms where they lead and what they write."""
    app = create_app(make_settings(database, rate_limits="off"), broker=Silent())
    client, written = app.test_client(), list[tuple[str, Any]]()

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("INSERT"):
            written.append((statement, dict(parameters)))

    paths = ["/", f"/networks/{NETWORK}", f"{FORM}?kind=visit&network={NETWORK}"]
    pages = {path: client.get(path).data for path in paths}
    forms = {}
    with app.app_context(), mock.patch.object(batch, "BY_ONE_STATEMENT", frozenset()):
        sa.event.listen(db.engine, "before_cursor_execute", note)
        typed = {**hidden(pages[paths[-1]].decode()), **VISIT, "network": NETWORK, "contact_email": "r@example.org"}
        for name in ("draft", "final"):
            answer = client.post(FORM, data=typed)
            assert answer.status_code == 303, answer.text
            forms[name] = answer.location, list(written)
            pages[answer.location] = client.get(answer.location).data
            written.clear()
            typed = hidden(pages[answer.location].decode())
        db.engine.dispose()
    forms["draft"] = forms["draft"][0], [_as_a_row(*each) for each in forms["draft"][1]]
    forms["final"] = forms["final"][0], without_conflict(forms["final"][1])
    return {"pages": pages, "forms": forms}


def _as_a_row(_statement: str, given: dict[str, Any]) -> tuple[str, Any]:
    """Return what keeps a draft as an INSERT of its row alone, which asks nothing."""
    names = [column.name for column in Draft.__table__.columns if column.name in given]
    places = ", ".join(f"%({name})s" for name in names)
    return f"INSERT INTO ceiling.drafts ({', '.join(names)}) VALUES ({places})", given


def measured(database: str, *, rounds: int = ROUNDS, seconds: float = SECONDS) -> tuple[list[float], list[float]]:
    """Measure an empty database of the product, and the ceiling on the same server, turn by turn: visits a second."""
    with TemporaryDirectory(prefix="ld-visit-") as name, valkey() as queue, ExitStack() as running:
        folder = Path(name)
        environment = product_environment(folder, database=database)
        environment |= {"LIAISON_ENV": "test", "LIAISON_RATE_LIMITS": "off", "LIAISON_REDIS_URL": queue.url}
        found = recorded(database)
        make_room(database, [each for _location, written in found["forms"].values() for each in written])
        (folder / "visit").write_bytes(pickle.dumps(found))
        environment["LIAISON_BENCH_VISIT"] = str(folder / "visit")
        product = running.enter_context(served("webapp:create_app()", environment))
        ceiling = running.enter_context(served("benchmarks.bare:create_visit()", environment))
        ours, theirs = list[float](), list[float]()
        for address in (product, ceiling):
            rate(address, "warm", seconds=seconds / 4)
        for number in range(rounds):
            turns = [(product, ours), (ceiling, theirs)]
            for address, rates in turns if number % 2 else reversed(turns):
                rates.append(rate(address, f"visitor-{number}", seconds=seconds))
        return ours, theirs


def lines(ours: list[float], theirs: list[float]) -> Iterator[str]:
    """Yield medians with the lowest and the highest."""
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    for name, each, digits in (("visits a second", ours, 1), ("bare Flask", theirs, 1), ("ratio", ratios, 3)):
        yield f"{name}: {statistics.median(each):.{digits}f} ({min(each):.{digits}f}-{max(each):.{digits}f})"


def main() -> None:
    """Print how the product and its ceiling did."""
    parser = argparse.ArgumentParser(prog="benchmarks.visit", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="ld-visit-db-", dir="/dev/shm") as folder:
        Path(folder).chmod(0o777)
        server = PostgreSQL.start(Path(folder))
        try:
            ours, theirs = measured(server.new_database(), rounds=given.rounds, seconds=given.seconds)
        finally:
            server.stop()
    print(f"{CLIENTS} visitors at once, {given.rounds} rounds of {given.seconds} s")
    print("\n".join(lines(ours, theirs)))


if __name__ == "__main__":
    main()
