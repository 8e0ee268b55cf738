"""A delegation visit: how certain it is, and who comes."""

from enum import StrEnum


class VisitState(StrEnum):
    """How certain a visit is. Only what is confirmed holds a room and a host."""

    ARRANGING = "arranging"
    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class OptionState(StrEnum):
    """What became of days that a partner was offered."""

    OFFERED = "offered"
    TAKEN = "taken"
    PASSED_OVER = "passed_over"


class Holder(StrEnum):
    """What a confirmed visit keeps others from having at the same time."""

    ROOM = "room"
    PERSON = "person"


class NameOrder(StrEnum):
    """Which of someone's names is said first. It is the person's own, whatever the page's language."""

    FAMILY_FIRST = "family_first"
    GIVEN_FIRST = "given_first"


class RosterDraftState(StrEnum):
    """How far a list of delegates that was sent has been read."""

    WAITING = "waiting"
    READ = "read"
    # Nothing can be read from it; why is with it.
    REFUSED = "refused"


class RosterChangeKind(StrEnum):
    """What a partner wants otherwise in a list that was confirmed."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    ORDER = "order"


class RosterChangeState(StrEnum):
    """What became of such a wish."""

    WAITING = "waiting"
    TAKEN = "taken"
    REFUSED = "refused"
