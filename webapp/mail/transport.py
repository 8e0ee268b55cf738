"""How an email leaves: headers that no one can forge, SMTP, and addresses that replies come back to."""

import contextlib
import hashlib
import hmac
import re
import secrets
import smtplib
import socket
import ssl
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from urllib.parse import unquote, urlsplit

from webapp.mail.headers import policy
from webapp.vocabulary import Fault

_IDENTIFIER = re.compile(r"<[\x21-\x3b\x3d\x3f\x41-\x7e]+@[A-Za-z0-9.-]+>")
_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,253}")
_REPLY_ADDRESS = re.compile(r"[^@]+\+([a-z0-9-]{3,40})\.([0-9a-f]{16})@[^@]+")
_CONTROL = {"Cc", "Cs", "Zl", "Zp"}
# Of a body: control characters but tab and line feed, and lone surrogates.
_NOT_IN_BODY = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_TOO_LARGE = 552
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


_POLICY = policy()


def build(
    *,
    sender: str,
    recipient_name: str,
    recipient_email: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    reply_to: str,
    in_reply_to: str | None,
    references: str,
    reference: str,
    automatic: bool,
    date: datetime,
    sender_name: str = "",
) -> EmailMessage:
    """Return the email as it is sent; `references` are Message-IDs parted by spaces, `date` is aware.

    `reference` is the enquiry's, or those of all that it tells of, parted by commas.

    Raises PermanentError where a field holds an encoded word or an address cannot be written: names and subjects come
    from strangers, and a header that another program reads differently is a header that they wrote.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = _address(sender_name, sender)
    message["To"] = _address(recipient_name, recipient_email)
    message["Reply-To"] = _address(sender_name, reply_to)
    message["Subject"] = _line(subject)
    message["Date"] = date
    message["Message-ID"] = _identifiers([message_id])
    if in_reply_to:
        message["In-Reply-To"] = _identifiers([in_reply_to])
    if references.strip():
        message["References"] = _identifiers(references.split())
    if reference:
        message["X-Liaison-Reference"] = _line(reference)
    if automatic:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(_body(text))
    message.add_alternative(_body(html), subtype="html")
    _check(message)
    return message


def send(message: EmailMessage, *, smtp_url: str, timeout: float = 20) -> None:
    """Hand an email to the server at `smtp_url` (smtp, smtp+starttls or smtps); returns once the server has taken it.

    Raises PermanentError where the server refuses this recipient or this mail for good, TemporaryError for anything
    that may work later. A line that drops after the final dot is temporary too: the mail may then arrive twice.
    """
    sender, recipient = (message[name].addresses[0].addr_spec for name in ("From", "To"))
    try:
        server = connect(smtp_url, timeout=timeout, own_name=sender.rpartition("@")[2])
        try:
            server.sendmail(sender, [recipient], message.as_bytes())
        except BaseException:
            server.close()
            raise
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = error.recipients[recipient]
        raise _failure(code, answer, Fault.RECIPIENT) from error
    except smtplib.SMTPDataError as error:
        raise _failure(error.smtp_code, error.smtp_error, Fault.CONTENT) from error
    except smtplib.SMTPSenderRefused as error:
        # The recipient did nothing wrong; only a message that is too large stays so.
        if error.smtp_code == _TOO_LARGE:
            raise _failure(error.smtp_code, error.smtp_error, Fault.CONTENT) from error
        fault = _ABOUT_US.get(error.smtp_code, Fault.SENDER)
        raise TemporaryError(_text(error.smtp_code, error.smtp_error), fault=fault, code=error.smtp_code) from error
    except (smtplib.SMTPException, OSError) as error:
        code = getattr(error, "smtp_code", 0)
        raise TemporaryError(f"{type(error).__name__}: {error}", fault=fault_of(error), code=code) from error
    with contextlib.suppress(smtplib.SMTPException, OSError):
        server.quit()


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
    return f"{local}+{reference.lower()}.{_signature(reference, secret_key)}@{domain}"


def check_reply_address(address: str, keys: Iterable[str]) -> str | None:
    """Return the reference that an address was signed for with any of the keys, or None; in constant time."""
    match = _REPLY_ADDRESS.fullmatch(address.strip().lower())
    if not match:
        return None
    reference, given = match[1].upper(), match[2]
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


def _address(name: str, email: str) -> Address:
    local, _, domain = _line(email).rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode()
    except UnicodeError:
        ascii_domain = ""
    if not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(ascii_domain):
        raise PermanentError(f"the address cannot be written in a mail: {email!r}", fault=Fault.RECIPIENT)
    return Address(_line(name), local, ascii_domain)


def _line(text: str) -> str:
    """Return one-line text without control characters; raises PermanentError where it holds an encoded word.

    The library decodes encoded words of a value that it is given, line breaks inside them too, and on some versions
    writes those out as headers of their own.
    """
    line = " ".join("".join(" " if unicodedata.category(c) in _CONTROL else c for c in text).split())
    if "=?" in line:
        raise PermanentError(f"an encoded word in a field of one line: {line!r}")
    return line


def _body(text: str) -> str:
    return _NOT_IN_BODY.sub("", text)


def _identifiers(identifiers: list[str]) -> str:
    for identifier in identifiers:
        if not _IDENTIFIER.fullmatch(identifier):
            raise PermanentError(f"not a Message-ID: {identifier!r}")
    return " ".join(identifiers)


def _check(message: EmailMessage) -> None:
    """Read the mail as a receiver would, and refuse it where its headers are not those that were set."""
    read = BytesHeaderParser(policy=_POLICY).parsebytes(message.as_bytes())
    if _headers(read) != _headers(message):
        raise PermanentError("the headers read differently than they were written")


def _headers(message: Message) -> list[tuple[str, str]]:
    # Without spaces: the library's reader puts one between two encoded words of a name, which belong together.
    return [(name.lower(), "".join(str(value).split())) for name, value in message.items() if name != "Content-Type"]
