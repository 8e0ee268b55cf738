"""How an email leaves: over one kept SMTP line; and addresses that replies come back to."""

import contextlib
import hashlib
import hmac
import re
import secrets
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from webapp.keys import Purpose, derived, good
from webapp.vocabulary import Fault

_REPLY_ADDRESS = re.compile(r"[^@]+\+([a-z0-9-]{3,40})\.([0-9a-f]{16})@[^@]+")
# A line is given up after so many emails or seconds, and when it was not used for a while: servers count lines.
LINE_MESSAGES = 100
LINE_SECONDS = 60
LINE_RESTS = 10
_TAKEN, _FORWARDED, _GO_ON, _REFUSED, _CLOSING, _TOO_LARGE = 250, 251, 354, 400, 421, 552
# Answers that are never about the one recipient, whatever they are given to.
_ABOUT_US = {421: Fault.DROPPED, 530: Fault.ENCRYPTION, 534: Fault.PASSWORD, 535: Fault.PASSWORD, 538: Fault.ENCRYPTION}


class DeliveryError(Exception):
    """A message was not handed over: `fault` says what kind of thing went wrong, `code` is the server's (0: none)."""

    def __init__(self, text: str, *, fault: Fault = Fault.CONTENT, code: int = 0) -> None:
        self.fault = fault
        self.code = code
        super().__init__(text)


class PermanentError(DeliveryError):
    """This message will never be taken; trying again is no use."""


class TemporaryError(DeliveryError):
    """This message may be taken later."""


class Unreachable(TemporaryError):
    """No line to the mail server could be had: no email leaves now."""


@dataclass(frozen=True)
class Letter:
    """An email as it is for the wire: both addresses as SMTP takes them, and its bytes, whose lines end in CRLF."""

    sender: str
    recipient: str
    content: bytes


class Line:
    """A connection to a mail server, kept for many emails: opened by the first, closed when it rests, is old or worn.

    Threads may share it, and wait for each other. An email goes over it a second time only where the server had not
    got all of it, and the line was an old one: such a line may have ended without our knowledge.
    """

    def __init__(self, smtp_url: str, *, timeout: float = 20) -> None:
        self._smtp_url, self._timeout = smtp_url, timeout
        self._lock = threading.RLock()
        self._server: smtplib.SMTP | None = None
        self._opened_at, self._sent, self._used = 0.0, 0, 0
        self._is_handed_over = False

    def send(self, letter: Letter, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Hand an email to the server; returns once the server has taken it.

        `meanwhile` is called, once at most, when the server has all of it and before it answers; it must not raise.
        Raises PermanentError where the server refuses this recipient or this email for good, TemporaryError for
        anything that may work later, of it Unreachable where there is no server. A line that drops after the final
        dot is temporary too: the email may then arrive twice.
        """
        with self._lock:
            self._used += 1
            if self._sent >= LINE_MESSAGES or time.monotonic() - self._opened_at > LINE_SECONDS:
                self.close()
            is_kept = self._server is not None
            try:
                try:
                    self._hand_over(letter, meanwhile)
                except (smtplib.SMTPException, OSError) as error:
                    if not is_kept or self._is_handed_over or _code(error) not in (0, _CLOSING):
                        raise
                    self._drop()
                    self._hand_over(letter, meanwhile)
            except (smtplib.SMTPException, OSError) as error:
                raise _meaning(error) from error

    def _hand_over(self, letter: Letter, meanwhile: Callable[[], object]) -> None:
        self._is_handed_over = False
        server = self._server or self._open(letter.sender.rpartition("@")[2])
        try:
            _envelope(server, letter)
            self._is_handed_over = True
            # A dot that begins a line is doubled on the way; the first line is a header.
            server.send(letter.content.replace(b"\n.", b"\n..") + b".\r\n")
            meanwhile()
            code, answer = server.getreply()
            if code != _TAKEN:
                raise smtplib.SMTPDataError(code, answer)
        except BaseException as error:
            # What was refused is taken back; anything else leaves the line in a state that no one knows.
            if _code(error) in (0, _CLOSING) or (not self._is_handed_over and not _takes_back(server)):
                self._drop()
            raise
        self._sent += 1

    def _open(self, own_name: str) -> smtplib.SMTP:
        try:
            server = connect(self._smtp_url, timeout=self._timeout, own_name=own_name)
            server.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(f"{type(error).__name__}: {error}", fault=fault_of(error), code=_code(error)) from error
        self._server, self._opened_at, self._sent = server, time.monotonic(), 0
        return server

    def rest(self) -> None:
        """Let the line close after a while, unless another email goes over it before."""
        with self._lock:
            if self._server is not None:
                timer = threading.Timer(LINE_RESTS, self._close_unless_used, (self._used,))
                timer.daemon = True
                timer.start()

    def _close_unless_used(self, used: int) -> None:
        with self._lock:
            if self._used == used:
                self.close()

    def close(self) -> None:
        """Take leave of the server, if there is a line."""
        with self._lock:
            if self._server is not None:
                with contextlib.suppress(smtplib.SMTPException, OSError):
                    self._server.quit()
            self._drop()

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = None


def _envelope(server: smtplib.SMTP, letter: Letter) -> None:
    """Say from whom to whom, until the server waits for the email itself; in one go where it takes commands so."""
    size = f" SIZE={len(letter.content)}" if server.has_extn("size") else ""
    commands = (f"MAIL FROM:<{letter.sender}>{size}", f"RCPT TO:<{letter.recipient}>", "DATA")
    together = server.has_extn("pipelining")
    answers = _together(server, commands) if together else map(server.docmd, commands)
    code, answer = next(answers)
    if code != _TAKEN:
        raise smtplib.SMTPSenderRefused(code, answer, letter.sender)
    code, answer = next(answers)
    if code not in (_TAKEN, _FORWARDED):
        raise smtplib.SMTPRecipientsRefused({letter.recipient: (code, answer)})
    code, answer = next(answers)
    if code != _GO_ON:
        raise smtplib.SMTPDataError(code, answer)


def _together(server: smtplib.SMTP, commands: Sequence[str]) -> Iterator[tuple[int, bytes]]:
    """Send commands at once (RFC 2920) and return the answers, an email that no one gets ended with nothing in it."""
    server.send("".join(f"{command}\r\n" for command in commands))
    answers = [server.getreply() for _ in commands]
    if answers[-1][0] == _GO_ON and any(code >= _REFUSED for code, _ in answers):
        server.send(".\r\n")
        server.getreply()
    return iter(answers)


def _takes_back(server: smtplib.SMTP) -> bool:
    """Take an envelope back, so that the next one begins anew; False where the line is no longer good for that."""
    try:
        return bool(server.rset()[0] == _TAKEN)
    except (smtplib.SMTPException, OSError):
        return False


def send(letter: Letter, *, smtp_url: str, timeout: float = 20) -> None:
    """Hand one email to the server at `smtp_url` (smtp, smtp+starttls, smtps). Raises what `Line.send` raises."""
    with contextlib.closing(Line(smtp_url, timeout=timeout)) as line:
        line.send(letter)


def _code(error: BaseException) -> int:
    """Return what the server answered to the command that failed; 0 where it gave no answer."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return int(next(iter(error.recipients.values()))[0])
    return int(getattr(error, "smtp_code", 0))


def _meaning(error: smtplib.SMTPException | OSError) -> DeliveryError:
    """Return what an answer, or none, means for the email."""
    code = _code(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        _, answer = next(iter(error.recipients.values()))
        return _failure(code, answer, Fault.RECIPIENT)
    if isinstance(error, smtplib.SMTPDataError):
        return _failure(code, error.smtp_error, Fault.CONTENT)
    if isinstance(error, smtplib.SMTPSenderRefused):
        # The recipient did nothing wrong; only a message that is too large stays so.
        if code == _TOO_LARGE:
            return _failure(code, error.smtp_error, Fault.CONTENT)
        fault = _ABOUT_US.get(code, Fault.SENDER)
        return TemporaryError(_text(code, error.smtp_error), fault=fault, code=code)
    return TemporaryError(f"{type(error).__name__}: {error}", fault=fault_of(error), code=code)


def fault_of(error: Exception) -> Fault:
    """Return what kind of thing kept us from a mail server, from what the library or the system raised."""
    # The library reports a time-out while it reads as a lost connection.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return Fault.TIMEOUT
    kinds: tuple[tuple[type[Exception], Fault], ...] = (
        (smtplib.SMTPAuthenticationError, Fault.PASSWORD),
        (smtplib.SMTPNotSupportedError, Fault.ENCRYPTION),
        (smtplib.SMTPConnectError, Fault.REFUSED),
        (smtplib.SMTPSenderRefused, Fault.SENDER),
        (smtplib.SMTPException, Fault.DROPPED),
        (ssl.SSLCertVerificationError, Fault.CERTIFICATE),
        (ssl.SSLError, Fault.ENCRYPTION),
        (socket.gaierror, Fault.NAME),
        (ConnectionRefusedError, Fault.REFUSED),
        (ConnectionError, Fault.DROPPED),
        (OSError, Fault.REFUSED),
    )
    return next((fault for kind, fault in kinds if isinstance(error, kind)), Fault.OTHER)


def reply_address(office_email: str, reference: str, secret_key: str) -> str:
    """Return the address that brings a reply back to its enquiry: `office+ld-7k3q-9xwt.<signature>@example.org`."""
    local, _, domain = office_email.rpartition("@")
    return f"{local}+{reference.lower()}.{_signature(reference, derived(secret_key, Purpose.REPLIES))}@{domain}"


def check_reply_address(address: str, secret_keys: Sequence[str]) -> str | None:
    """Return the reference that an address was signed for with any of the keys, or None; in constant time."""
    match = _REPLY_ADDRESS.fullmatch(address.strip().lower())
    if not match:
        return None
    reference, given = match[1].upper(), match[2]
    keys = good(secret_keys, Purpose.REPLIES)
    found = [hmac.compare_digest(given, _signature(reference, key)) for key in keys]
    return reference if any(found) else None


def new_message_id(domain: str) -> str:
    """Return a Message-ID that no one can guess."""
    return f"<{secrets.token_hex(12)}@{domain}>"


def _signature(reference: str, key: str) -> str:
    text = f"reply-address:{reference.upper()}"
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:16]


def connect(smtp_url: str, *, timeout: float, own_name: str) -> smtplib.SMTP:
    """Return a connection to the server at `smtp_url`, encrypted and signed in as it says. Raises what smtplib raises.

    `own_name` is how we greet it; `timeout` bounds each wait, not the whole.
    """
    parts = urlsplit(smtp_url)
    host = parts.hostname or ""
    # Naming ourselves spares the library a look-up of this machine's name, which may take seconds.
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, own_name, timeout=timeout, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, parts.port or (25 if parts.scheme == "smtp" else 587), own_name, timeout=timeout)
    try:
        # The last piece of an email must not wait until the one before it is acknowledged.
        server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # type: ignore[union-attr]
        if parts.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _failure(code: int, answer: bytes | str, fault: Fault) -> DeliveryError:
    kind = PermanentError if code >= 500 and code not in _ABOUT_US else TemporaryError
    return kind(_text(code, answer), fault=_ABOUT_US.get(code, fault), code=code)


def _text(code: int, answer: bytes | str) -> str:
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {said}".strip()
