"""What lists of processes show of a fork: on Linux its own command and environment, elsewhere those of its parent."""

import ctypes
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from webapp.standalone.folder import PREFIX

_STAT = Path("/proc/self/stat")
# Where arguments and environment begin and end in memory: the fields of `man proc`, counted from the fourth.
_ARGUMENTS, _ENVIRONMENT = slice(48 - 4, 50 - 4), slice(50 - 4, 52 - 4)


def write(command: Sequence[str], environ: Mapping[str, str]) -> None:
    """Show a command, and of an environment what there is room for, ours first.

    The environment in force must have been set before, by which nothing points to the room that it had at first.
    """
    if not (sys.platform.startswith("linux") and _STAT.exists()):
        return
    _state, *numbers = _STAT.read_text(encoding="utf-8").rpartition(") ")[2].split()
    places = list(map(int, numbers))
    _fill(places[_ARGUMENTS], command)
    ours_first = sorted(environ, key=lambda name: not name.startswith(PREFIX))
    _fill(places[_ENVIRONMENT], (f"{name}={environ[name]}" for name in ours_first))


def _fill(room: Sequence[int], words: Iterable[str]) -> None:
    """Write the words that fit between two addresses, and nothing beyond them."""
    start, end = room or (0, 0)
    if not 0 < start < end:
        return
    text = b""
    for word in words:
        added = word.encode(errors="surrogateescape") + b"\0"
        if len(text) + len(added) <= end - start:
            text += added
    ctypes.memmove(start, text.ljust(end - start, b"\0"), end - start)
