"""An email's bytes, written in one go: headers that no one can forge, and both bodies safe on every line."""

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime

from webapp.mail import headers
from webapp.mail.transport import Letter, PermanentError
from webapp.vocabulary import Fault

_IDENTIFIER = re.compile(r"<[\x21-\x3b\x3d\x3f\x41-\x7e]+@[A-Za-z0-9.-]+>")
_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,253}")
_CONTROL = {"Cc", "Cs", "Zl", "Zp"}
# Of a body: control characters but tab and line feed, and lone surrogates.
_NOT_IN_BODY = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# What headers may be: names of ours, printable ASCII, and nothing on a line that is longer than any server takes.
_HEADERS = re.compile(r"(?:[A-Z][A-Za-z-]+: [ -~]{0,900}\r\n(?: [ -~]{1,900}\r\n)*)+")
_NAME = re.compile(r"^([A-Z][A-Za-z-]+): ", re.MULTILINE)
_METHOD = re.compile(r"^METHOD:([A-Z]+)\r?$", re.MULTILINE)
# A line longer than this is encoded, so that no relay has to.
_LINE = 76
_ASCII = bytes(range(128))
# The control characters of `_NOT_IN_BODY`: those of ASCII, and the others as they are encoded.
_CONTROLS = bytes(sorted({*range(32), 127} - {9, 10}))
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
# Quoted-printable writes three bytes for one, base64 four for three.
_BASE64 = 4 / 3


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
    calendar: str = "",
    meant_for: str = "",
) -> Letter:
    """Return the email as it is sent; `references` are Message-IDs parted by spaces, `date` is aware.

    `calendar` is an entry for the reader's calendar, beside both bodies: programs take it where they know how.
    `reference` is the enquiry's, or those of all that it tells of, parted by commas; `meant_for` is the reader in
    whose place a rehearsal sends it elsewhere.

    Raises PermanentError where a field holds an encoded word or an address cannot be written: names and subjects come
    from strangers, and a header that another program reads differently is a header that they wrote.
    """
    own, to = _address(sender), _address(recipient_email)
    lines = [
        headers.mailbox("From", _line(sender_name), own),
        headers.mailbox("To", _line(recipient_name), to),
        headers.mailbox("Reply-To", _line(sender_name), _address(reply_to)),
        headers.text("Subject", _line(subject)),
        f"Date: {format_datetime(date)}\r\n",
        *_thread(message_id, in_reply_to, references),
    ]
    if reference:
        lines.append(headers.text("X-Liaison-Reference", _line(reference)))
    if meant_for:
        lines.append(headers.text("X-Liaison-Rehearsal-For", _line(meant_for)))
    if automatic:
        lines += ["Auto-Submitted: auto-generated\r\n", "X-Auto-Response-Suppress: OOF, AutoReply\r\n"]
    return Letter(own, to, _whole(lines, text, html, calendar, message_id))


def _thread(message_id: str, in_reply_to: str | None, references: str) -> Iterator[str]:
    yield headers.identifiers("Message-ID", _identifiers([message_id]))
    if in_reply_to:
        yield headers.identifiers("In-Reply-To", _identifiers([in_reply_to]))
    if references.strip():
        yield headers.identifiers("References", _identifiers(references.split()))


def _whole(lines: list[str], text: str, html: str, calendar: str, message_id: str) -> bytes:
    """Return all bytes of an email with these headers, both bodies, and an entry for calendars where there is one."""
    # Derived, so that another attempt has the same bytes; no encoded body holds "=_", and no one can foretell it.
    boundary = f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:24]}"
    lines += ["MIME-Version: 1.0\r\n", f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n']
    parted = f"\r\n--{boundary}".encode()
    parts = [_part("plain", text), _part("html", html), *([_entry(calendar)] if calendar else ())]
    return b"".join((_checked(lines), *(each for part in parts for each in (parted, part)), parted, b"--\r\n"))


def _checked(lines: list[str]) -> bytes:
    """Return the headers; raises PermanentError where they would not read as those that were set."""
    written = "".join(lines)
    names = [line.partition(":")[0] for line in lines]
    if not _HEADERS.fullmatch(written) or _NAME.findall(written) != names:
        raise PermanentError("the headers read differently than they were written")
    return written.encode("ascii")


def _part(subtype: str, text: str) -> bytes:
    """Return one body with its own headers, in the encoding that is legible where that is not the longer one."""
    data = _clean(text).replace(b"\n", b"\r\n")
    if not data.endswith(b"\n"):
        data += b"\r\n"
    beyond = len(data.translate(None, _ASCII))
    if beyond == 0 and max(map(len, data.split(b"\r\n"))) <= _LINE:
        charset, encoding, body = "us-ascii", "7bit", data
    elif len(data) + 2 * (beyond + data.count(b"=")) <= len(data) * _BASE64:
        charset, encoding, body = "utf-8", "quoted-printable", binascii.b2a_qp(data, istext=True)
    else:
        charset, encoding = "utf-8", "base64"
        body = base64.encodebytes(data).replace(b"\n", b"\r\n")
    head = f'\r\nContent-Type: text/{subtype}; charset="{charset}"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode() + body


def _entry(calendar: str) -> bytes:
    """Return an entry for calendars with its own headers, which say what it is to do there as it says itself."""
    found = _METHOD.search(calendar)
    method = f"; method={found[1]}" if found else ""
    head = f'\r\nContent-Type: text/calendar; charset="utf-8"{method}; name="visit.ics"\r\n'
    body = base64.encodebytes(calendar.encode()).replace(b"\n", b"\r\n")
    return f"{head}Content-Transfer-Encoding: base64\r\n\r\n".encode() + body


def _clean(text: str) -> bytes:
    """Return a body without what does not belong into one; nearly all have nothing of it, which bytes tell fastest."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return _NOT_IN_BODY.sub("", text).encode()
    return _C1.sub(b"", data).translate(None, _CONTROLS)


def _address(email: str) -> str:
    local, _, domain = _line(email).rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode()
    except UnicodeError:
        ascii_domain = ""
    if not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(ascii_domain):
        raise PermanentError(f"the address cannot be written in a mail: {email!r}", fault=Fault.RECIPIENT)
    return f"{local}@{ascii_domain}"


def _line(text: str) -> str:
    """Return one-line text without control characters; raises PermanentError where it holds an encoded word.

    A reader decodes encoded words wherever it finds them, line breaks inside them too.
    """
    if text.isascii() and text.isprintable():
        line = " ".join(text.split())
    else:
        line = " ".join("".join(" " if unicodedata.category(c) in _CONTROL else c for c in text).split())
    if "=?" in line:
        raise PermanentError(f"an encoded word in a field of one line: {line!r}")
    return line


def _identifiers(identifiers: list[str]) -> list[str]:
    for identifier in identifiers:
        if not _IDENTIFIER.fullmatch(identifier):
            raise PermanentError(f"not a Message-ID: {identifier!r}")
    return identifiers
