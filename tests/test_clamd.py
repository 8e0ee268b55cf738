"""The virus scanner: what a real clamd says, and that whatever else comes never means that nothing was found."""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.servers import CLAMD_BYTES, EICAR, EICAR_NAME, Clamd
from webapp import clamd


@pytest.mark.parametrize("address", ["url", "tcp_url"])
def test_a_real_scanner_says_what_it_finds(scanner: Clamd, address: str) -> None:
    url = getattr(scanner, address)
    clamd.ping(url)
    assert clamd.scan(url, b"A plan of three pages.") is None
    assert clamd.scan(url, b"") is None
    assert clamd.scan(url, bytes(CLAMD_BYTES - 1)) is None
    assert clamd.scan(url, EICAR.encode()) == f"{EICAR_NAME}.UNOFFICIAL"


def test_what_the_scanner_refuses_is_unchecked(scanner: Clamd) -> None:
    for url in (scanner.url, scanner.tcp_url):
        with pytest.raises(clamd.Unchecked):
            clamd.scan(url, bytes(4 * CLAMD_BYTES))


def test_a_scanner_that_hangs_is_not_waited_for(scanner: Clamd) -> None:
    scanner.process.send_signal(signal.SIGSTOP)
    for url in (scanner.url, scanner.tcp_url):
        with pytest.raises(clamd.Unchecked, match="no answer"):
            clamd.scan(url, bytes(8 * CLAMD_BYTES), seconds=0.3)
        with pytest.raises(clamd.Unchecked, match="no answer"):
            clamd.ping(url, seconds=0.3)


def test_a_scanner_that_is_away_is_unchecked(scanner: Clamd) -> None:
    scanner.stop()
    for url in (scanner.url, scanner.tcp_url, "unix:///nowhere/clamd.ctl"):
        with pytest.raises(clamd.Unchecked):
            clamd.scan(url, b"x")
        with pytest.raises(clamd.Unchecked):
            clamd.ping(url)


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """A server that reads a whole content and gives one answer: what a broken scanner or another service may do."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            line, _ = listener.accept()
            with line:
                received = b""
                while not received.endswith(bytes(4)) and (more := line.recv(65536)):
                    received += more
                line.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(60)


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"stream: OK", b"\0", b"HTTP/1.1 200 OK\r\n\r\n\0", b"stream: Can't allocate memory ERROR\0",
        b"OK stream:\0", b"stream: NOT OK\0", b"UNKNOWN COMMAND\0", b"\xff\xfe\0", b"x" * 10_000,
    ],
)  # fmt: skip
def test_only_a_whole_answer_that_says_so_means_nothing_was_found(answer: bytes) -> None:
    with answering(answer) as url, pytest.raises(clamd.Unchecked):
        clamd.scan(url, b"x")


def test_the_name_of_what_was_found_may_hold_anything() -> None:
    with answering(b"stream: Doc.Dropper FOUND in part 2 FOUND\0") as url:
        assert clamd.scan(url, b"x") == "Doc.Dropper FOUND in part 2"
