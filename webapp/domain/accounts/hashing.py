"""Argon2, a few at a time: each takes 64 MiB and a processor for as long as it runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher

from webapp.domain.errors import Busy

AT_ONCE = 2
LONGEST_WAIT = 5.0


class BoundedHasher:
    """Argon2 in at most `at_once` threads of this process; others wait for so many seconds, then it is Busy."""

    def __init__(self, inner: PasswordHasher, *, at_once: int = AT_ONCE, longest_wait: float = LONGEST_WAIT) -> None:
        self.inner = inner
        self._places = BoundedSemaphore(at_once)
        self._longest_wait = longest_wait

    def hash(self, password: str) -> str:
        """Return the hash of a password. Raises Busy."""
        with self._place():
            return self.inner.hash(password)

    def verify(self, password_hash: str, password: str) -> bool:
        """Return True for the password of a hash, else raise as argon2 does. Raises Busy."""
        with self._place():
            return self.inner.verify(password_hash, password)

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(timeout=self._longest_wait):
            raise Busy("passwords")
        try:
            yield
        finally:
            self._places.release()
