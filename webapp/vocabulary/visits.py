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


class VisitNews(StrEnum):
    """What the host of a visit hears."""

    CONFIRMED = "confirmed"
    MOVED = "moved"
    CALLED_OFF = "called_off"
    OTHER_HOST = "other_host"


class FeedScope(StrEnum):
    """Of which visits a calendar is subscribed to."""

    OWN = "own"
    NETWORK = "network"
    OFFICE = "office"


class GiftDirection(StrEnum):
    """Who gave a gift."""

    GIVEN = "given"
    RECEIVED = "received"


class GiftDecision(StrEnum):
    """What is done with a gift that we received."""

    KEEP = "keep"
    DISPLAY = "display"
    SHARE = "share"
    DONATE = "donate"
    RETURN = "return"
