"""Links in emails: what they open, and why one has ended."""

from enum import StrEnum


class LinkKind(StrEnum):
    """What a link opens: an enquiry for its partner or for who answers it, or one question about an enquiry."""

    TRACKING = "tracking"
    DECISION = "decision"
    APPROVAL = "approval"
    REFERRAL = "referral"


class LinkEnd(StrEnum):
    """Why a link has ended before its time: passed on to someone, taken back by the office, or decided without it."""

    PASSED_ON = "passed_on"
    RECALLED = "recalled"
    DECIDED = "decided"
