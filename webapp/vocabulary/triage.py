"""Levels of visits, what is suggested, and what a screening found."""

from enum import StrEnum


class Level(StrEnum):
    """The level of a visit, by its leader's rank."""

    A = "a"
    B = "b"
    C = "c"


class Advice(StrEnum):
    """What is suggested for an enquiry; a person always decides."""

    ACCEPT = "accept"
    ASK = "ask"
    OTHER_DATES = "other_dates"
    ONLINE = "online"
    REFER = "refer"
    DECLINE = "decline"


class ChecklistChange(StrEnum):
    """What was done to a line of a checklist."""

    ADDED = "added"
    TICKED = "ticked"
    UNTICKED = "unticked"
    REMOVED = "removed"


class ScreeningResult(StrEnum):
    """What someone found when they looked an enquiry's parties up in lists of restricted ones."""

    CLEAR = "clear"
    MATCH = "match"
    CLEARED = "cleared"
