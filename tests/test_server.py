"""The server's door: threads get whole requests, slow clients wait outside and are let go."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.standalone.processes import eventually
from webapp.server import BODY_BYTES, Inbox, Refused

ROOT = Path(__file__).resolve().parents[1]
APP = """
def application(environ, start):
    body = environ["wsgi.input"].read() if environ["PATH_INFO"] != "/unread" else b""
    text = f"{environ['PATH_INFO']} {len(body)} {body[-3:].decode()}".encode()
    start("200 OK", [("Content-Length", str(len(text)))])
    return [text]
"""
# The worker as it is, but for what a test would have to wait for.
HASTY = """
import webapp.server as server
from webapp.server import Worker
server.HEAD_SECONDS = server.BODY_SECONDS = 0.2
server.BODY_RATE = 1024 * 1024
"""
SLOW_HEAD = b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "
SLOW_BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nslow"
Start = Callable[..., tuple[str, int]]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Start gunicorn with one process and two threads; returns where it listens."""
    tmp_path = tmp_path_factory.mktemp("server")
    (tmp_path / "sample.py").write_text(APP)
    (tmp_path / "hasty.py").write_text(HASTY)
    with ExitStack() as stack:

        def run(*options: str, worker: str = "webapp.server.Worker") -> tuple[str, int]:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=256))
            command = [
                *(sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}", "--no-control-socket"),
                *("--config", str(ROOT / "gunicorn.conf.py"), "--worker-class", worker, "--workers", "1"),
                *("--threads", "2", "--graceful-timeout", "1", *options, "sample:application"),
            ]
            process = subprocess.Popen(
                command,
                pass_fds=(listener.fileno(),),
                cwd=tmp_path,
                env={"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{tmp_path}:{ROOT}"},
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait, 20)
            stack.callback(process.terminate)
            host, port = listener.getsockname()
            assert eventually(lambda: answered(host, port))
            return host, port

        yield run


@pytest.fixture(scope="module")
def address(start: Start) -> tuple[str, int]:
    """Where a server with the worker as it is listens."""
    return start()


@pytest.fixture(scope="module")
def hasty(start: Start) -> tuple[str, int]:
    """Where one listens that waits less long."""
    return start(worker="hasty.Worker")


def answered(host: str, port: int, path: str = "/", body: bytes | None = None) -> str:
    """Return what the server answers, or nothing."""
    with closing(HTTPConnection(host, port, timeout=10)) as connection:
        try:
            connection.request("GET" if body is None else "POST", path, body)
            return connection.getresponse().read().decode()
        except OSError:
            return ""


def opened(stack: ExitStack, address: tuple[str, int], sent: bytes, number: int = 1) -> list[socket.socket]:
    """Open connections that begin a request and stop."""
    found = [stack.enter_context(socket.create_connection(address, timeout=20)) for _ in range(number)]
    for connection in found:
        connection.sendall(sent)
    return found


def said(connection: socket.socket, words: bytes, *, times: int = 1) -> bool:
    """Read until words came so often; false where the connection ends before."""
    found = b""
    while found.count(words) < times and (more := connection.recv(1000)):
        found += more
    return found.count(words) == times and found.endswith(words)


@pytest.mark.parametrize("sent", [SLOW_HEAD, SLOW_BODY, b""])
def test_slow_clients_take_no_thread(address: tuple[str, int], sent: bytes) -> None:
    with ExitStack() as stack:
        slow = opened(stack, address, sent, 64)
        for _ in range(10):
            assert answered(*address) == "/ 0 "
            for connection in slow:
                connection.sendall(b"x" if sent else b"")
        if sent == SLOW_BODY:
            slow[0].sendall(b"y" * 983 + b"end")
            assert said(slow[0], b"/ 1000 end")


@pytest.mark.parametrize("sent", [SLOW_HEAD, SLOW_BODY, b"", b"\r"])
def test_clients_that_do_not_come_to_an_end_are_let_go(hasty: tuple[str, int], sent: bytes) -> None:
    with ExitStack() as stack:
        (slow,) = opened(stack, hasty, sent)
        assert slow.recv(1000) == b""


def test_full_house_lets_the_slowest_go_and_serves_the_next(start: Start) -> None:
    address = start("--worker-connections", "20")
    with ExitStack() as stack:
        slow = opened(stack, address, SLOW_HEAD, 60)
        for _ in range(5):
            assert answered(*address) == "/ 0 "
        assert slow[0].recv(1000) == b""


@pytest.mark.parametrize("size", [0, 1, 70_000, 3_000_000])
def test_bodies_come_whole(address: tuple[str, int], size: int) -> None:
    assert answered(*address, "/", b"x" * size + b"end") == f"/ {size + 3} end"


def test_connections_are_kept_and_requests_in_a_row_are_answered_one_by_one(address: tuple[str, int]) -> None:
    with ExitStack() as stack:
        (kept,) = opened(stack, address, b"")
        kept.sendall(b"POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none" * 3)
        assert said(kept, b"/1 3 one", times=3)
        kept.sendall(b"GET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert said(kept, b"/2 0 ")
        kept.sendall(b"POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none")
        assert said(kept, b"/unread 0 ")
        kept.sendall(b"GET /3 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert said(kept, b"/3 0 ")


def test_client_that_asks_first_is_told_to_go_on(address: tuple[str, int]) -> None:
    with ExitStack() as stack:
        asking = b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
        (kept,) = opened(stack, address, asking)
        assert kept.recv(1000).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        kept.sendall(b"one")
        assert said(kept, b"/ 3 one")


def test_body_without_a_length_is_refused(address: tuple[str, int]) -> None:
    chunked = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    with ExitStack() as stack:
        (kept,) = opened(stack, address, chunked)
        assert kept.recv(1000).startswith(b"HTTP/1.1 411 ")


def test_what_is_no_request_is_refused_or_ended(address: tuple[str, int]) -> None:
    for sent in (
        b"\r\n\r\n\r\n\r\n",
        b"x" * 70_000,
        b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"\x16\x03\x01\r\n\r\n",
    ):
        with ExitStack() as stack:
            (broken,) = opened(stack, address, sent)
            assert not broken.recv(1000).startswith(b"HTTP/1.1 200")
    assert answered(*address) == "/ 0 "


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with closing(Inbox()) as inbox:
        yield inbox


def test_request_is_gathered_byte_by_byte_and_what_follows_waits(inbox: Inbox) -> None:
    sent = SLOW_BODY.replace(b"1000", b"4")
    assert [inbox.feed(bytes([byte])) for byte in sent] == [False] * (len(sent) - 1) + [True]
    inbox.hand_over()
    assert inbox.recv(10_000) == sent
    assert inbox.recv(10_000) == b""
    inbox.close()
    inbox.begin()
    assert inbox.feed(sent + b"GET /")
    assert inbox.rest == b"GET /"


def test_body_that_is_longer_than_any_form_is_not_waited_for(inbox: Inbox) -> None:
    assert inbox.feed(SLOW_BODY.replace(b"1000", str(BODY_BYTES + 1).encode()))
    inbox.close()
    inbox.begin()
    assert not inbox.feed(SLOW_BODY.replace(b"1000", str(BODY_BYTES).encode()))


def test_length_that_is_not_stated_is_asked_for(inbox: Inbox) -> None:
    with pytest.raises(Refused):
        inbox.feed(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
