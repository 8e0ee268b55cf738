"""Emails as a receiver reads them."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from webapp.mail.transport import Letter


def received(letter: Letter) -> EmailMessage:
    """Return the email as a receiver reads it."""
    read = message_from_bytes(letter.content, policy=SMTP)
    assert isinstance(read, EmailMessage)
    return read
