"""The mail catcher: takes every email over SMTP and puts it into a folder, one `.eml` file each; sends none on."""

import argparse
import asyncio
import os
import signal
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_LARGEST_MAIL = 100 * 1024 * 1024


class Mailbox:
    """Writes each email under a name that sorts by arrival; a name ends in `.eml` only when the file is whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        """Answer 250 when the email is in the folder."""
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        self.store(_delivery_headers(envelope) + content)
        return "250 Kept in the mailbox"

    def store(self, content: bytes) -> Path:
        """Write one email and return its path."""
        moment = datetime.now(UTC)
        self._last = max(self._last + 1, int(moment.timestamp() * 1_000_000))
        stamp = datetime.fromtimestamp(self._last / 1_000_000, UTC)
        path = self._folder / f"{stamp:%Y%m%dT%H%M%S}.{self._last % 1_000_000:06}Z.eml"
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(content)
        unfinished.replace(path)
        return path


def _delivery_headers(envelope: Envelope) -> bytes:
    """Return who the email was handed over for, as a mailbox keeps it."""
    lines = [f"Return-Path: <{envelope.mail_from or ''}>"]
    lines += [f"Delivered-To: {recipient}" for recipient in envelope.rcpt_tos]
    return "".join(f"{line}\r\n" for line in lines).encode()


async def serve(listener: socket.socket, folder: Path) -> None:
    """Take emails on a listening socket until INT or TERM."""
    loop = asyncio.get_running_loop()
    end = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end.set)
    mailbox = Mailbox(folder)
    server = await loop.create_server(
        lambda: SMTP(
            mailbox,
            data_size_limit=_LARGEST_MAIL,
            enable_SMTPUTF8=True,
            hostname="catcher.localhost",
            ident="Liaison Desk mail catcher",
            loop=loop,
        ),
        sock=listener,
    )
    await end.wait()
    server.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Listen on an address, or on a socket that the parent has opened (`--fd`)."""
    parser = argparse.ArgumentParser(prog="catcher", description=__doc__)
    parser.add_argument("--mailbox", type=Path, required=True, help="folder of the mails")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=1025)
    parser.add_argument("--fd", type=int, help="number of an open listening socket")
    chosen = parser.parse_args(arguments)
    chosen.mailbox.mkdir(mode=0o700, parents=True, exist_ok=True)
    if chosen.fd is None:
        listener = socket.create_server((chosen.host, chosen.port), backlog=1024)
    else:
        listener = socket.socket(fileno=os.dup(chosen.fd))
    # The answer to EHLO is several lines: without this, an email would wait 40 ms for the first to be acknowledged.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    asyncio.run(serve(listener, chosen.mailbox))


if __name__ == "__main__":
    main()
