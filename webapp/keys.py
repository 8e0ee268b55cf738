"""Keys for one purpose each, derived from the secret key: what is known of one says nothing of another."""

import base64
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Purpose(StrEnum):
    """What a key is for; the word goes into the key, so that changing one ends all that was made with it."""

    COOKIES = "cookies"
    LINKS = "links"
    FORMS = "forms"
    REPLIES = "replies"
    REQUESTS = "requests"
    CODES = "codes"
    BACKUPS = "backups"


@lru_cache(maxsize=64)
def derived(secret_key: str, purpose: str) -> str:
    """Return the key for a purpose, 256 bits as text. The secret key is random: nothing has to be stretched."""
    key = HKDF(SHA256(), 32, salt=None, info=f"liaison desk, {purpose}".encode()).derive(secret_key.encode())
    return base64.urlsafe_b64encode(key).decode()


def good(secret_keys: Sequence[str], purpose: Purpose) -> tuple[str, ...]:
    """Return every key by which something was made for a purpose: the one in use first, then those of older ones.

    Last come the secret keys themselves, which were used for everything before there were purposes.
    """
    return (*(derived(key, purpose) for key in secret_keys), *secret_keys)
