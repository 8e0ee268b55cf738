"""Outlives the supervisor by a moment and kills what it left; run by its path, with the standard library only.
Standard input says `+ group` and `- group`; its end means that the supervisor is gone, however it went."""

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Iterable


def groups_left(lines: Iterable[str]) -> set[int]:
    """Return the process groups that were announced and not taken back."""
    groups: set[int] = set()
    for line in lines:
        sign, _, number = line.strip().partition(" ")
        (groups.add if sign == "+" else groups.discard)(int(number))
    return groups


def main(folders: Iterable[str]) -> None:
    """Wait for the supervisor's end, kill what it left and remove the folders that go with it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for group in groups_left(sys.stdin):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
