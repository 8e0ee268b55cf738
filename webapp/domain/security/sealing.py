"""Secrets that have to be read again: sealed for one purpose, with a key derived from the secret key."""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unreadable(Exception):
    """What was sealed for another purpose, by a key that was lost, too long ago, or was changed."""


def seal(words: str, purpose: str, secret_keys: Sequence[str]) -> str:
    """Return words that only `unseal` reads, for the same purpose; `secret_keys` is the key in use, then older ones."""
    return _box(purpose, secret_keys).encrypt(words.encode()).decode()


def unseal(sealed: str, purpose: str, secret_keys: Sequence[str], *, within: int | None = None) -> str:
    """Return what was sealed, within the last so many seconds where that is asked. Raises Unreadable."""
    try:
        return _box(purpose, secret_keys).decrypt(sealed.encode("utf-8", "replace"), ttl=within).decode()
    except InvalidToken as error:
        raise Unreadable from error


def _box(purpose: str, secret_keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_key(purpose, each))) for each in secret_keys])


def _key(purpose: str, secret_key: str) -> bytes:
    """The secret key is long and random, so that nothing has to be stretched."""
    return HKDF(SHA256(), 32, salt=None, info=f"liaison desk, {purpose}".encode()).derive(secret_key.encode())
