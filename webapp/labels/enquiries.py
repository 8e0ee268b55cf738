"""Kinds, statuses and priorities of enquiries."""

from collections.abc import Callable

from webapp.i18n import N_
from webapp.vocabulary import Kind, Priority, Status

STATUS_PARTNER: dict[Status, str] = {
    Status.RECEIVED: N_("Received"),
    Status.IN_REVIEW: N_("Being reviewed"),
    Status.AWAITING_PARTNER: N_("We need something from you"),
    Status.AWAITING_APPROVAL: N_("Being reviewed"),
    Status.ACCEPTED: N_("Accepted"),
    Status.SCHEDULED: N_("Visit confirmed"),
    Status.COMPLETED: N_("Completed"),
    Status.DECLINED: N_("Not possible this time"),
    Status.WITHDRAWN: N_("Withdrawn"),
    # A partner taken for spam does not learn of it.
    Status.SPAM: N_("Being reviewed"),
    Status.SUSPECT: N_("Received"),
}

STATUS_DESK: dict[Status, str] = {
    Status.RECEIVED: N_("Received"),
    Status.IN_REVIEW: N_("Being reviewed"),
    Status.AWAITING_PARTNER: N_("Waiting for partner"),
    Status.AWAITING_APPROVAL: N_("Waiting for approval"),
    Status.ACCEPTED: N_("Accepted"),
    Status.SCHEDULED: N_("Visit confirmed"),
    Status.COMPLETED: N_("Completed"),
    Status.DECLINED: N_("Declined"),
    Status.WITHDRAWN: N_("Withdrawn"),
    Status.SPAM: N_("Spam"),
    Status.SUSPECT: N_("Suspect"),
}

KIND: dict[Kind, str] = {
    Kind.VISIT: N_("Visit"),
    Kind.COLLABORATION: N_("Collaboration"),
    Kind.QUESTION: N_("Question"),
}

KIND_LONG: dict[Kind, str] = {
    Kind.VISIT: N_("Delegation visit"),
    Kind.COLLABORATION: N_("Collaboration"),
    Kind.QUESTION: N_("Question"),
}

PRIORITY: dict[Priority, str] = {
    Priority.URGENT: N_("Urgent"),
    Priority.HIGH: N_("High"),
    Priority.NORMAL: N_("Normal"),
    Priority.LOW: N_("Low"),
}


def enquiry_word(kind: Kind, pgettext: Callable[[str, str], str]) -> str:
    """Return what its partner calls an enquiry of a kind within a sentence; in English that is one word for all."""
    return {
        Kind.VISIT: pgettext("asks for a visit", "enquiry"),
        Kind.COLLABORATION: pgettext("proposes a collaboration", "enquiry"),
        Kind.QUESTION: pgettext("asks a question", "enquiry"),
    }[kind]
