"""Links in emails: what they open, and why one has ended."""

from enum import StrEnum


class LinkKind(StrEnum):
    """What a link opens: an enquiry for its partner, in an email or in the browser that sent it, or for who answers it,
    or one question about an enquiry.
    """

    TRACKING = "tracking"
    BROWSER = "browser"
    DECISION = "decision"
    APPROVAL = "approval"
    REFERRAL = "referral"
    HOST = "host"


class LinkWanted(StrEnum):
    """What the link that someone asked for by address opens: their enquiry, a new password, what is kept of them."""

    TRACKING = "tracking"
    PASSWORD = "password"  # noqa: S105 - no secret
    OWN_DATA = "own_data"


class LinkEnd(StrEnum):
    """Why a link has ended before its time: passed on to someone, taken back by the office, decided without it, or
    another one took its place."""

    PASSED_ON = "passed_on"
    RECALLED = "recalled"
    DECIDED = "decided"
    REPLACED = "replaced"
