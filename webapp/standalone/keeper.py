"""Outlives the supervisor by a moment and kills what it left; run by its path, with the standard library only.
Standard input says `+ group` and `- group`; its end means that the supervisor is gone, however it went."""

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Iterable


def groups_left(before: Iterable[int], lines: Iterable[str]) -> set[int]:
    """Return the process groups that were there before or announced, and not taken back."""
    groups = set(before)
    for line in lines:
        sign, _, number = line.strip().partition(" ")
        (groups.add if sign == "+" else groups.discard)(int(number))
    return groups


def main(before: str, *folders: str) -> None:
    """Wait for the supervisor's end, kill what it left and remove the folders that go with it.

    `before` has the groups of before our start, parted by spaces: they are known from the first moment on.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for group in groups_left(map(int, before.split()), sys.stdin):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
