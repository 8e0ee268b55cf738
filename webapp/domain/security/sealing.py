"""Secrets that have to be read again: sealed for one purpose, with a key derived from the secret key."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from webapp import keys


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
    return MultiFernet([Fernet(keys.derived(each, purpose)) for each in secret_keys])
