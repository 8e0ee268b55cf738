"""Six digits that an email carries and no table holds: made from the secret key and the name of the email."""

import hashlib
import hmac

from webapp import keys
from webapp.keys import Purpose


def name(subject: str, email: str, occasion: str, *, secret_key: str) -> str:
    """Return the name of an email with a code for one subject and one address.

    It is kept for longer than both, and tells neither.
    """
    return f"person_code:{_hidden(subject, secret_key)}:{_hidden(email, secret_key)}:{occasion}"


def code_of(named: str, *, secret_key: str) -> str:
    """Return the code that the email of a name carries."""
    number = int.from_bytes(hmac.digest(_key(secret_key), named.encode(), hashlib.sha256))
    return f"{number % 1_000_000:06}"


def is_for(named: str, email: str, *, secret_key: str) -> bool:
    """Return whether an email of this name goes to the address that its code was asked for."""
    return named.split(":")[2:3] == [_hidden(email, secret_key)]


def _hidden(words: str, secret_key: str) -> str:
    return hmac.digest(_key(secret_key), words.lower().encode(), hashlib.sha256).hex()[:32]


def _key(secret_key: str) -> bytes:
    return keys.derived(secret_key, Purpose.CODES).encode()
