"""The challenge that a browser's passkey is to sign: in its cookie, and a row that is used up once."""

from flask import Response
from flask import session as cookie

from webapp.db import transaction
from webapp.domain.accounts import passkeys
from webapp.web import edge

_CHALLENGE = "passkey"


def begin() -> str:
    """Return a new challenge for this browser."""
    with transaction() as session:
        challenge = passkeys.ask(session, now=edge.now())
    cookie[_CHALLENGE] = challenge
    return challenge


def taken() -> str:
    """Return this browser's challenge, which is used up by that. Raises PasskeyRefused."""
    challenge = str(cookie.pop(_CHALLENGE, ""))
    with transaction() as session:
        passkeys.take(session, challenge, now=edge.now())
    return challenge


def answer(options: str) -> Response:
    """Return what the browser needs, for the page's script."""
    return edge.private(Response(options, mimetype="application/json"))
