"""What other people decide, and how they say it."""

from enum import StrEnum


class DecisionChoice(StrEnum):
    """What an answerer may do by the link in an email."""

    ACCEPT = "accept"
    DECLINE = "decline"
    ASK_PARTNER = "ask_partner"
    PROPOSE_DATES = "propose_dates"
    PASS_ON = "pass_on"  # noqa: S105 - no secret
    AWAY = "away"


class ApprovalOutcome(StrEnum):
    """What came of an approval that was asked for."""

    APPROVED = "approved"
    REFUSED = "refused"


class Finding(StrEnum):
    """What a faculty says of a matter that was referred to it."""

    CAN_HELP = "can_help"
    IN_PART = "in_part"
    CANNOT_HELP = "cannot_help"
