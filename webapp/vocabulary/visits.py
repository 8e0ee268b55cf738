"""A delegation visit: how certain it is, who comes and who receives them, and what clashes with its days."""

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


class HostRank(StrEnum):
    """The rank of who receives a delegation, highest first."""

    PRESIDENT = "president"
    VICE_PRESIDENT = "vice_president"
    DEAN = "dean"
    DIRECTOR = "director"


class LevelCause(StrEnum):
    """Why a visit is of its level."""

    RANK = "rank"
    GRADE = "grade"
    SIGNING = "signing"
    SENIOR = "senior"
    LEADERS = "leaders"
    UNKNOWN = "unknown"
    OFFICE = "office"


class ClashKind(StrEnum):
    """What clashes with a day, a place or a host; in the order in which it is read."""

    PAST = "past"
    CLOSED = "closed"
    BLOCKED = "blocked"
    ROOM_TAKEN = "room_taken"
    ROOM_HIDDEN = "room_hidden"
    ROOM_SMALL = "room_small"
    HOST_TAKEN = "host_taken"
    HOST_AWAY = "host_away"
    HOST_TRAVELS = "host_travels"
    HOST_GONE = "host_gone"
    ROOM_WANTED = "room_wanted"
    ROOM_THAT_DAY = "room_that_day"
    HOST_WANTED = "host_wanted"
    HOST_THAT_DAY = "host_that_day"
    WALK = "walk"
    HALF_DAY_FULL = "half_day_full"
    DAY_FULL = "day_full"
    CONFIRMED_VISIT = "confirmed_visit"
    TENTATIVE_VISIT = "tentative_visit"
    LEADERS_AWAY = "leaders_away"
    SHORT_NOTICE = "short_notice"
    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    HALF_DAY = "half_day"
    THEIR_HOLIDAY = "their_holiday"


class DaySaid(StrEnum):
    """All that a partner learns of a day."""

    BUSY = "busy"
    SHORT_NOTICE = "short_notice"


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
