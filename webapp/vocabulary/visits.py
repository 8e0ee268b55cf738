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


class SlotAnswer(StrEnum):
    """What someone who is to receive visitors in a slot has answered."""

    NONE = "none"
    YES = "yes"
    NO = "no"
    COLLEAGUE = "colleague"


class SlotNews(StrEnum):
    """What someone who is to receive visitors in a slot hears."""

    ASKED = "asked"
    REMINDED = "reminded"
    MOVED = "moved"
    CHANGED = "changed"
    AGREED = "agreed"
    LEFT = "left"
    OFF = "off"


class FeedScope(StrEnum):
    """Of which visits a calendar is subscribed to."""

    OWN = "own"
    NETWORK = "network"
    OFFICE = "office"
