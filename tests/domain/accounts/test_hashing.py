"""Argon2 runs a few times at once and no more; those who wait too long learn that it is busy."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from webapp.domain.accounts.hashing import AT_ONCE, BoundedHasher
from webapp.domain.errors import Busy


class Counting:
    """Is in the place of argon2, and notes how many are in it at once."""

    def __init__(self, leave: threading.Event | None = None) -> None:
        self.inside = self.most = 0
        self.lock, self.entered, self.leave = threading.Lock(), threading.Semaphore(0), leave

    def hash(self, _password: str) -> str:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.entered.release()
        if self.leave:
            self.leave.wait(20)
        with self.lock:
            self.inside -= 1
        return "hash"


def test_at_most_a_few_run_at_once() -> None:
    inner: Any = Counting()
    hasher = BoundedHasher(inner)
    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(hasher.hash, ["x"] * 200)) == ["hash"] * 200
    assert inner.most <= AT_ONCE


def test_waiting_too_long_is_refused_as_busy() -> None:
    leave = threading.Event()
    inner: Any = Counting(leave)
    hasher = BoundedHasher(inner, at_once=1, longest_wait=0.01)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(hasher.hash, "x")
        assert inner.entered.acquire(timeout=20)
        with pytest.raises(Busy):
            hasher.hash("y")
        leave.set()
        assert first.result(20) == "hash"
    assert hasher.hash("z") == "hash"
