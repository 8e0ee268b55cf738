"""The virus scanner: contents are streamed to a clamd over a socket, unix or TCP, with every wait bounded."""

import socket
import struct
import time
from urllib.parse import urlsplit

PORT = 3310
# One file, from the first byte to the answer; a worker's task lasts no longer than a minute.
SECONDS = 45.0
_CONNECT = 3.0
_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4096


class Unchecked(Exception):
    """The scanner could not be asked, or did not look at the whole content; the text says why."""


def scan(url: str, content: bytes, *, seconds: float = SECONDS) -> str | None:
    """Return the name of what the scanner finds in a content, or None where it finds nothing. Raises Unchecked.

    Only an answer that says so means nothing was found: whatever else comes, or nothing at all, is Unchecked.
    """
    answer = _ask(url, b"zINSTREAM\0", content, seconds=seconds).removeprefix("stream: ")
    if answer == "OK":
        return None
    if answer.endswith(" FOUND"):
        return answer.removesuffix(" FOUND")
    raise Unchecked(answer or "the scanner closed the connection")


def ping(url: str, *, seconds: float = 1.0) -> None:
    """Return once the scanner has answered. Raises Unchecked."""
    answer = _ask(url, b"zPING\0", seconds=seconds)
    if answer != "PONG":
        raise Unchecked(answer or "the scanner closed the connection")


def _ask(url: str, command: bytes, content: bytes | None = None, *, seconds: float) -> str:
    deadline = time.monotonic() + seconds
    try:
        with _connected(url, min(seconds, _CONNECT)) as line:
            try:
                _send(line, command, deadline)
                if content is not None:
                    for start in range(0, len(content), _CHUNK):
                        chunk = content[start : start + _CHUNK]
                        _send(line, struct.pack(">L", len(chunk)) + chunk, deadline)
                    _send(line, struct.pack(">L", 0), deadline)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it stopped listening: its answer says why
            return _answer(line, deadline)
    except TimeoutError as error:
        raise Unchecked(f"no answer within {seconds:.0f} seconds") from error
    except OSError as error:
        raise Unchecked(str(error)) from error


def _connected(url: str, seconds: float) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "tcp":
        return socket.create_connection((parts.hostname or "", parts.port or PORT), timeout=seconds)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(seconds)
    try:
        line.connect(parts.path)
    except OSError:
        line.close()
        raise
    return line


def _send(line: socket.socket, data: bytes, deadline: float) -> None:
    line.settimeout(_left(deadline))
    line.sendall(data)


def _answer(line: socket.socket, deadline: float) -> str:
    """Read up to the zero byte that ends an answer; what ends without one is no answer."""
    received = b""
    while b"\0" not in received and len(received) < _LONGEST_ANSWER:
        line.settimeout(_left(deadline))
        more = line.recv(_LONGEST_ANSWER)
        if not more:
            break
        received += more
    text, ended, _rest = received.partition(b"\0")
    return text.decode("utf-8", "replace").strip() if ended else ""


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
