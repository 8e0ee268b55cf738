"""What may be done with a file that came in."""

from enum import StrEnum


class FileState(StrEnum):
    """Whether a file can be opened: where a virus scanner is in use, it waits until that has looked at it."""

    OPEN = "open"
    WAITING = "waiting"
    HELD_BACK = "held_back"
