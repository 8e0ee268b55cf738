"""A rehearsal: an email goes to one address instead of to its reader, and says at its top whose it was."""

from dataclasses import replace
from html import escape
from typing import Protocol, TypeVar

from webapp.i18n import translations
from webapp.mail.plain import wrap
from webapp.vocabulary import Language


class _Email(Protocol):
    @property
    def language(self) -> Language: ...
    @property
    def recipient_name(self) -> str: ...
    @property
    def recipient_email(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def html(self) -> str: ...


Email = TypeVar("Email", bound=_Email)
_BODY = "<body"


def aside(email: Email, address: str) -> tuple[Email, str]:
    """Return an email as it goes to the rehearsal's address, and the reader for whom it was meant."""
    named, to = email.recipient_name, email.recipient_email
    meant_for = f"{named} <{to}>" if named else to
    said = told(meant_for, email.language)
    given = {"recipient_name": "", "recipient_email": address}
    return replace(email, **given, text=f"{wrap(said)}\n\n{email.text}", html=_above(said, email.html)), meant_for  # type: ignore[type-var]


def told(meant_for: str, language: Language = Language.EN) -> str:
    """Return the line that says for whom an email was meant."""
    line = translations(language).gettext("Rehearsal: this email was not sent to its reader, %(reader)s.")
    return line % {"reader": meant_for}


def _above(said: str, html: str) -> str:
    """Put a line above all that an email shows."""
    before, body, after = html.partition(_BODY)
    tag, _, rest = after.partition(">") if body else ("", "", "")
    line = f'<p style="margin:0;padding:12px;background:#fff3c4;color:#1f1a1b"><strong>{escape(said)}</strong></p>'
    return f"{before}{body}{tag}>{line}{rest}" if body else line + html
