"""What was made lately and is the same for all who ask: for one state of what it shows, in bounded memory."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Keeps things by key. All go when the state is another; what was not asked for longest goes when there are many.

    The state has to be known before a thing is made: then nothing older is kept for it.
    """

    def __init__(self, most: int, most_bytes: int) -> None:
        self.most, self.most_bytes = most, most_bytes
        self.bytes = 0
        self.kept: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._state: Hashable = None
        self._lock = Lock()

    def find(self, state: Hashable, key: Hashable) -> T | None:
        """Return what is kept by a key for this state, or None."""
        with self._lock:
            if self._state != state:
                self.kept.clear()
                self._state, self.bytes = state, 0
            found = self.kept.get(key)
            if found is None:
                return None
            self.kept.move_to_end(key)
            return found[0]

    def put(self, state: Hashable, key: Hashable, thing: T, size: int) -> None:
        """Keep a thing that was made for a state, unless the state is another by now."""
        with self._lock:
            if self._state != state or key in self.kept:
                return
            self.kept[key] = thing, size
            self.bytes += size
            while len(self.kept) > self.most or self.bytes > self.most_bytes:
                self.bytes -= self.kept.popitem(last=False)[1][1]
