"""Gunicorn's threads with a door before them: a thread is given whole requests and never waits for a slow client."""

import os
import re
import selectors
import socket
import struct
import time
from contextlib import suppress
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Any

from gunicorn import http
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn, ThreadWorker

from webapp import logs

# A head comes within seconds; a body may be slow, at a rate with which someone uploads.
HEAD_SECONDS = 10
BODY_SECONDS, BODY_RATE = 20, 8 * 1024
SEND_SECONDS = 20
# Longer heads gunicorn refuses, longer bodies the application; of bodies a process holds so many of the longest.
HEAD_BYTES = 64 * 1024
BODY_BYTES = 64 * 1024 * 1024
BODIES = 6
_IN_MEMORY = 256 * 1024
_READ = 64 * 1024
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_EXPECTED = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_LENGTH_REQUIRED = b"HTTP/1.1 411 Length Required\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class ServerLogger(Logger):
    """Writes as the service does; there is no access log, as the addresses of tracking pages are secrets."""

    def setup(self, cfg: Config) -> None:
        """Configure the process's logging in place of gunicorn's own."""
        super().setup(cfg)
        logs.configure(logs.form_of(os.environ))


class Refused(Exception):
    """What came is not waited for; `answer` is sent before the connection ends."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer


class Inbox:
    """What came of a connection: `feed` gathers one whole request, `recv` gives it to the parser as a socket would."""

    def __init__(self, longest: int = BODY_BYTES) -> None:
        self.longest = longest
        self.rest = b""  # what came behind the request, and begins the next
        self.begin()

    def begin(self) -> None:
        """Wait for another request, from now on."""
        self.head: bytearray | None = bytearray()
        self.missing = self.held = 0
        self.expects = False
        self.content: Any = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by `close`
        self.deadline = time.monotonic() + HEAD_SECONDS

    def feed(self, data: bytes) -> bool:
        """Take what came; return whether the request is whole. Raises Refused."""
        if self.head is not None:
            self.head += data
            end = self.head.find(_END, 2)
            if end < 0 and len(self.head) <= HEAD_BYTES:
                return False
            head, data, self.head = bytes(self.head), b"", None
            if 0 <= end <= HEAD_BYTES:
                data = head[end + len(_END) :]
                head = head[: end + len(_END)]
                self._read(head)
            self._keep(head)
        self.rest = data[self.missing :]
        self._keep(data[: self.missing])
        self.missing -= len(data) - len(self.rest)
        return not self.missing

    def _read(self, head: bytes) -> None:
        if _CHUNKED.search(head):
            raise Refused(_LENGTH_REQUIRED)
        found = _LENGTH.search(head)
        length = int(found[1]) if found else 0
        # What is longer than any form is given on without its body: the application refuses it by the length it states.
        self.missing = length if length <= self.longest else 0
        self.expects = bool(self.missing and _EXPECTED.search(head))
        self.deadline = time.monotonic() + BODY_SECONDS + self.missing / BODY_RATE

    def _keep(self, data: bytes) -> None:
        self.content.write(data)
        self.held += len(data)

    def hand_over(self) -> None:
        """Let `recv` read what was gathered from its beginning."""
        self.content.seek(0)

    def recv(self, size: int) -> bytes:
        """Return the next bytes of the request; nothing after its end."""
        return bytes(self.content.read(size))

    def close(self) -> None:
        """Let go of what was gathered."""
        self.content.close()
        self.held = 0


class Worker(ThreadWorker):
    """Reads heads and bodies in the loop that accepts, each against a deadline; full, it lets the slowest go."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reading: dict[TConn, Inbox] = {}
        self.longest = BODY_BYTES

    def run(self) -> None:
        """Serve, with the longest form that the application takes."""
        settings = getattr(self.wsgi, "extensions", {}).get("settings")
        self.longest = settings.max_upload_bytes if settings else BODY_BYTES
        super().run()

    def accept(self, listener: socket.socket) -> None:
        """Take a connection and wait for its request, beside the threads."""
        try:
            client, address = listener.accept()
        except OSError:  # taken by another worker, gone again, or no descriptor is left: the loop tries again
            return
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))
        self.nr_conns += 1
        conn = TConn(self.cfg, client, address, listener.getsockname())
        conn.inbox = Inbox(self.longest)
        conn.parser = http.get_parser(self.cfg, conn.inbox, conn.client)
        conn.data_ready = True
        if self.reading and self.nr_conns >= self.worker_connections:
            self._let_go(next(iter(self.reading)))
        self._wait_for(conn)

    def _wait_for(self, conn: TConn) -> None:
        self.reading[conn] = conn.inbox
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._came, conn))

    def _came(self, conn: TConn, _socket: Any) -> None:
        """Read what is there and never more than that."""
        try:
            data = conn.sock.recv(_READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._take(conn, data)
        else:
            self._let_go(conn)

    def _take(self, conn: TConn, data: bytes) -> None:
        inbox: Inbox = conn.inbox
        try:
            if inbox.feed(data):
                self.poller.unregister(conn.sock)
                del self.reading[conn]
                inbox.hand_over()
                self.enqueue_req(conn)
                return
        except Refused as refused:
            self._let_go(conn, refused.answer)
            return
        if sum(one.held for one in self.reading.values()) > BODIES * self.longest:
            self._let_go(max(self.reading, key=lambda one: self.reading[one].held))
        if inbox.expects:
            inbox.expects = False
            with suppress(OSError):
                conn.sock.send(_CONTINUE)

    def _let_go(self, conn: TConn, answer: bytes = b"") -> None:
        del self.reading[conn]
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        with suppress(OSError):
            conn.sock.send(answer)
        conn.inbox.close()
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """Let go of connections whose request did not come in time; called about every second."""
        super().murder_pending()
        now = time.monotonic()
        for conn, inbox in list(self.reading.items()):
            if inbox.deadline < now or not self.alive:
                self._let_go(conn)

    def on_client_socket_readable(self, conn: TConn, client: Any) -> None:
        """Wait for the next request of a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._begin_again(conn)

    def _begin_again(self, conn: TConn) -> None:
        rest, conn.inbox.rest = conn.inbox.rest, b""
        conn.inbox.begin()
        self._wait_for(conn)
        if rest:
            self._take(conn, rest)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Keep the connection for another request, or end it."""
        conn.inbox.close()
        super().finish_request(conn, fs)
        if conn.inbox.rest and conn in self.keepalived_conns:
            self.on_client_socket_readable(conn, conn.sock)
