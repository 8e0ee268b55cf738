"""Whom a provider of single sign-on says that someone is, and what can go wrong on the way there and back."""

from dataclasses import dataclass
from datetime import datetime


class Unreachable(Exception):
    """The provider did not answer in time, or not as a provider does; the text says why, and names no one."""


class Disbelieved(Exception):
    """The provider refused, or what came back is not from it, not for us, or not for this browser."""


@dataclass(frozen=True)
class Started:
    """A way to the provider that one browser was sent on: its address, and what must come back from there."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Identity:
    """Whom the provider says that someone is. Issuer and subject never change; all else may.

    `asked_at` is when the provider last made the person prove it; None where it does not say.
    """

    issuer: str
    subject: str
    email: str = ""
    email_verified: bool = False
    name: str = ""
    groups: tuple[str, ...] = ()
    asked_at: datetime | None = None
