"""Tries a mail server without sending anything: connect, encrypt, sign in, and ask whether it takes addresses."""

import contextlib
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from webapp.config import Settings
from webapp.mail import second_route
from webapp.mail.advice import ADVICE
from webapp.mail.transport import DeliveryError, connect, fault_of
from webapp.vocabulary import Fault

TIMEOUT = 10


@dataclass(frozen=True)
class Finding:
    """What was tried and how it went; `advice` says how to mend what went wrong. Passwords are in neither."""

    ok: bool
    text: str
    advice: str = ""


def mail_servers(settings: Settings) -> Iterator[Finding]:
    """Yield what the mail server says, and that of the second route where there is one."""
    local, _, domain = settings.office_email.rpartition("@")
    yield from probe(
        settings.smtp_url,
        sender=settings.mail_from,
        recipient=settings.office_email,
        plus_address=f"{local}+test@{domain}",
        plus_is_used=settings.reply_address == "plus",
    )
    if settings.alert_smtp_url and settings.alert_email:
        yield Finding(True, "second route:")
        yield from probe(settings.alert_smtp_url, sender=settings.mail_from, recipient=settings.alert_email)


def test_email(settings: Settings, to: str, *, now: datetime) -> Finding:
    """Send a test message to an address, in a rehearsal to its own, and say whether the mail server took it."""
    text = "This is a test of the mail server that Liaison Desk uses. No one needs to answer it."
    try:
        way = {"smtp_url": settings.smtp_url, "rehearsal": settings.rehearsal}
        second_route.by_email("Test of Liaison Desk", text, sender=settings.mail_from, to=to, now=now, **way)
    except DeliveryError as error:
        return Finding(False, f"test email to {to}: {error}", ADVICE[error.fault])
    return Finding(
        True, f"test email to {settings.rehearsal or to}: taken", "Look whether it arrives, also among unwanted mail."
    )


def probe(
    smtp_url: str, *, sender: str, recipient: str, plus_address: str = "", plus_is_used: bool = False
) -> Iterator[Finding]:
    """Yield what a mail server says, step by step; the steps end with the first that the others build on."""
    parts = urlsplit(smtp_url)
    name = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"
    try:
        server = connect(smtp_url, timeout=TIMEOUT, own_name=sender.rpartition("@")[2])
    except (smtplib.SMTPException, OSError) as error:
        fault = fault_of(error)
        yield Finding(False, f"{name}: {type(error).__name__}: {error}", ADVICE[fault])
        return
    try:
        yield Finding(True, f"{name}: connected{_secured(parts.scheme)}{', signed in' if parts.username else ''}")
        yield from _addresses(server, sender, recipient, plus_address, plus_is_used=plus_is_used)
        server.rset()
    except (smtplib.SMTPException, OSError) as error:
        yield Finding(False, f"{type(error).__name__}: {error}", ADVICE[fault_of(error)])
    finally:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()


def _secured(scheme: str) -> str:
    return ", not encrypted" if scheme == "smtp" else ", encrypted, the certificate is trusted"


def _addresses(
    server: smtplib.SMTP, sender: str, recipient: str, plus_address: str, *, plus_is_used: bool
) -> Iterator[Finding]:
    server.ehlo_or_helo_if_needed()
    code, answer = server.mail(sender)
    if code != 250:
        fault = Fault.ENCRYPTION if code in (530, 538) else Fault.SENDER
        yield Finding(False, f"sender {sender}: {code} {_read(answer)}", ADVICE[fault])
        return
    yield Finding(True, f"sender {sender}: taken")
    code, answer = server.rcpt(recipient)
    taken = code in (250, 251)
    yield Finding(taken, f"recipient {recipient}: {_outcome(code, answer)}", "" if taken else ADVICE[Fault.RECIPIENT])
    if not plus_address:
        return
    code, answer = server.rcpt(plus_address)
    if code in (250, 251):
        advice = "It may still be dropped behind this server: answer a real email once before you rely on it."
        yield Finding(True, f"address with a plus {plus_address}: taken", advice)
    else:
        advice = "Leave LIAISON_REPLY_ADDRESS=plain: replies to such an address would come back to who sent them."
        yield Finding(not plus_is_used, f"address with a plus {plus_address}: {_outcome(code, answer)}", advice)


def _outcome(code: int, answer: bytes) -> str:
    return "taken" if code in (250, 251) else f"{code} {_read(answer)}"


def _read(answer: bytes) -> str:
    return " ".join(answer.decode("utf-8", "replace").split())
