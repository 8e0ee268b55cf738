"""What an enquiry is, its status, and what is done to it."""

from enum import StrEnum


class Kind(StrEnum):
    """What a partner asks for."""

    VISIT = "visit"
    COLLABORATION = "collaboration"
    QUESTION = "question"


class Status(StrEnum):
    """The status of an enquiry."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    AWAITING_PARTNER = "awaiting_partner"
    AWAITING_APPROVAL = "awaiting_approval"
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    COMPLETED = "completed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    SPAM = "spam"
    # Held when it came: what people do not see was filled in. No one hears of it before someone has looked at it.
    SUSPECT = "suspect"


OPEN_STATUSES = (
    Status.RECEIVED,
    Status.IN_REVIEW,
    Status.AWAITING_PARTNER,
    Status.AWAITING_APPROVAL,
    Status.ACCEPTED,
    Status.SCHEDULED,
)

# The first answer is still owed, and its clock runs.
CLOCK_STATUSES = (Status.RECEIVED, Status.IN_REVIEW, Status.AWAITING_APPROVAL)
# A first answer is still to be given.
IN_HAND = (Status.RECEIVED, Status.IN_REVIEW, Status.AWAITING_PARTNER, Status.AWAITING_APPROVAL)


class Action(StrEnum):
    """What someone does to an enquiry; the rows of the workflow table say when."""

    REVIEW = "review"
    ACCEPT = "accept"
    DECLINE = "decline"
    ASK_PARTNER = "ask_partner"
    PROPOSE_DATES = "propose_dates"
    RESUME = "resume"
    ASK_APPROVAL = "ask_approval"
    CHASE_APPROVAL = "chase_approval"
    CONSENT = "consent"
    APPROVE = "approve"
    REFUSE = "refuse"
    REFER = "refer"
    CHASE_REFERRAL = "chase_referral"
    RETURN = "return"
    RECALL = "recall"
    SCHEDULE = "schedule"
    ARRANGE = "arrange"
    MOVE = "move"
    POSTPONE = "postpone"
    TAKE_DATES = "take_dates"
    PASS_OVER_DATES = "pass_over_dates"  # noqa: S105 - no secret
    CHANGE_GROUP = "change_group"
    COMPLETE = "complete"
    WITHDRAW = "withdraw"
    MARK_SPAM = "mark_spam"
    UNMARK_SPAM = "unmark_spam"
    REOPEN = "reopen"
    ASSIGN = "assign"
    NOTE = "note"
    REPLY = "reply"
    WRITE = "write"
    LINK = "link"
    SCREEN = "screen"
    PRIORITISE = "prioritise"
    TAG = "tag"
    UNTAG = "untag"
    CHECK = "check"
    RELATE = "relate"
    MERGE = "merge"
    CONVERT = "convert"
    SPLIT = "split"
    CORRECT_ADDRESS = "correct_address"
    RENEW_LINK = "renew_link"
    REQUEST_LINK = "request_link"


class EventKind(StrEnum):
    """One line of an enquiry's history: an action that was taken, or one of the things below."""

    SUBMITTED = "submitted"
    STATUS = "status"
    ASSIGNED = "assigned"
    NOTE = "note"
    OFFICE_MESSAGE = "office_message"
    PARTNER_MESSAGE = "partner_message"
    FILE_HELD_BACK = "file_held_back"
    MAIL_FAILED = "mail_failed"
    MAIL_RESENT = "mail_resent"
    MAIL_SET_ASIDE = "mail_set_aside"
    ASKED_ELSEWHERE = "asked_elsewhere"
    HANDED_OVER = "handed_over"
    PROMISE_MOVED = "promise_moved"
    LINKED = "linked"
    SCREENED = "screened"
    CHANGED = "changed"
    MERGED = "absorbed"
    CONVERTED = "converted"
    SPLIT = "split"
    LEGAL_HOLD = "legal_hold"
    EMPTIED = "emptied"
    ROSTER = "roster"
    ROSTER_DECIDED = "roster_decided"


class Priority(StrEnum):
    """What the office takes up first; the order is the queue's."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"
