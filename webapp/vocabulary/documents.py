"""Papers of a visit, for whom an invitation letter is written, and how people are seated."""

from enum import StrEnum


class Paper(StrEnum):
    """A paper that is printed for a visit; the value is its name in addresses."""

    PROGRAMME = "programme"
    DOSSIER = "dossier"
    NAME_CARDS = "name-cards"
    TABLE_SIGNS = "table-signs"
    SEATING = "seating"
    SECURITY = "security"
    ATTENDANCE = "attendance"


class LetterPurpose(StrEnum):
    """Where an invitation letter is shown, and for which kind of journey; each must state other facts."""

    HK_OFFICIAL = "hk_official"
    HK_OTHER = "hk_other"
    MAINLAND_F = "mainland_f"
    MAINLAND_M = "mainland_m"
    SCHENGEN = "schengen"
    UK = "uk"


class OrderState(StrEnum):
    """What became of a paper that was asked for."""

    WAITING = "waiting"
    MADE = "made"
    NOT_PRINTABLE = "not_printable"
    INCOMPLETE = "incomplete"
    FAILED = "failed"


class TableShape(StrEnum):
    """Which side of a meeting table the door is at."""

    LONG_SIDE = "long_side"
    END = "end"


class InterpreterSeat(StrEnum):
    """Where an interpreter sits, as the principal whom they speak for sees it."""

    RIGHT = "right"
    LEFT = "left"
    BEHIND = "behind"


class LetterStanding(StrEnum):
    """What anyone may know of an invitation letter."""

    VALID = "valid"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"
