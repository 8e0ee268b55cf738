"""Real SMTP servers on free ports, whose answers a test chooses: also some that are down, hang, or are not trusted."""

import asyncio
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers import Unavailable


@dataclass
class Desk:
    """What the server answers, and what it took."""

    recipient_answer: str = "250 OK"
    sender_answer: str = "250 OK"
    # What it says to an address with a plus, where that is something else.
    plus_answer: str = ""
    data_answer: str = "250 OK"
    drops_after_data: bool = False
    # Before it answers that it took an email: it is slow, or something happens at just that moment.
    takes_seconds: float = 0
    on_taken: Callable[[int], None] = lambda _count: None
    # What it offers to EHLO beside the usual.
    offers: tuple[str, ...] = ()
    envelopes: list[Envelope] = field(default_factory=list)
    # Every connection that greeted, in order.
    lines: list[SMTP] = field(default_factory=list)
    port: int = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, _envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        session.host_name = name
        self.lines.append(server)
        return [*(f"250-{offer}" for offer in self.offers), *answers]

    def hang_up(self) -> None:
        """Drop every connection, as a server does that restarts or that found a client too idle."""
        for line in self.lines:
            line.loop.call_soon_threadsafe(line.transport.abort)

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _o: list[str]
    ) -> str:
        answer = (self.plus_answer if "+" in address else "") or self.recipient_answer
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_MAIL(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _o: list[str]
    ) -> str:
        if self.sender_answer.startswith("250"):
            envelope.mail_from = address
        return self.sender_answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.data_answer.startswith("250"):
            self.envelopes.append(envelope)
        await asyncio.sleep(self.takes_seconds)
        self.on_taken(len(self.envelopes))
        if self.drops_after_data:
            server.transport.abort()
        return self.data_answer


async def _end_sessions() -> None:
    sessions = asyncio.all_tasks() - {asyncio.current_task()}
    for session in sessions:
        session.cancel()
    await asyncio.gather(*sessions, return_exceptions=True)


@contextmanager
def smtp_server(desk: Desk, *, port: int = 0, **options: Any) -> Iterator[Desk]:
    """Serve in a thread until the block ends, by default on a port that the system chooses; options are aiosmtpd's."""
    loop = asyncio.new_event_loop()
    # All of the loop runs in its thread: beside a browser, the caller's thread has a loop of its own.
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    made = loop.create_server(
        lambda: SMTP(desk, loop=loop, hostname="localhost", **options), "127.0.0.1", port, reuse_address=True
    )
    server = asyncio.run_coroutine_threadsafe(made, loop).result(60)
    desk.port = server.sockets[0].getsockname()[1]
    try:
        yield desk
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(_end_sessions(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)
        loop.close()


def accounts(password: str) -> dict[str, Any]:
    """Options of a server that takes one password and refuses messages from clients that did not sign in."""

    def check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        return AuthResult(success=data.password == password.encode(), handled=False)

    return {"authenticator": check, "auth_required": True, "auth_require_tls": False}


@contextmanager
def silent() -> Iterator[int]:
    """Take connections and never say anything; yields the port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield listener.getsockname()[1]


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    """Return a server's context with a certificate of its own authority for a name, and the file to trust it by.

    Raises Unavailable.
    """
    key, made = folder / f"{name}.key", folder / f"{name}.pem"
    subject = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-days", "30"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(made)]
    try:
        subprocess.run([*command, *subject], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable(f"no openssl: {error}") from error
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made, key)
    return context, made
