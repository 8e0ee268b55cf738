"""Kinds, statuses, actions and priorities of enquiries."""

from webapp.i18n import N_
from webapp.vocabulary import Action, Kind, Priority, Status

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

ACTION: dict[Action, str] = {
    Action.REVIEW: N_("Start review"),
    Action.ACCEPT: N_("Accept"),
    Action.DECLINE: N_("Decline"),
    Action.ASK_PARTNER: N_("Ask the partner"),
    Action.PROPOSE_DATES: N_("Propose other dates"),
    Action.RESUME: N_("Resume review"),
    Action.ASK_APPROVAL: N_("Wait for approval"),
    Action.CHASE_APPROVAL: N_("Remind of the approval"),
    Action.CONSENT: N_("Approve"),
    Action.APPROVE: N_("Approve"),
    Action.REFUSE: N_("Do not approve"),
    Action.REFER: N_("Refer to a faculty"),
    Action.CHASE_REFERRAL: N_("Remind the faculty"),
    Action.RETURN: N_("Return it to the office"),
    Action.RECALL: N_("Recall from the faculty"),
    Action.SCHEDULE: N_("Confirm the visit"),
    Action.COMPLETE: N_("Complete"),
    Action.WITHDRAW: N_("Withdraw"),
    Action.MARK_SPAM: N_("Mark as spam"),
    Action.UNMARK_SPAM: N_("Not spam"),
    Action.REOPEN: N_("Reopen"),
    Action.ASSIGN: N_("Assign"),
    Action.NOTE: N_("Add note"),
    Action.REPLY: N_("Write to the partner"),
    Action.WRITE: N_("Send message"),
    Action.LINK: N_("Link to an organisation"),
    Action.SCREEN: N_("Record the screening"),
    Action.PRIORITISE: N_("Set the priority"),
    Action.TAG: N_("Add tag"),
    Action.UNTAG: N_("Remove tag"),
    Action.CHECK: N_("Change the checklist"),
    Action.RELATE: N_("Link enquiries"),
    Action.MERGE: N_("Merge"),
    Action.CONVERT: N_("Change the type of enquiry"),
    Action.SPLIT: N_("Split off a second enquiry"),
    Action.CORRECT_ADDRESS: N_("Correct the address"),
}

PRIORITY: dict[Priority, str] = {
    Priority.URGENT: N_("Urgent"),
    Priority.HIGH: N_("High"),
    Priority.NORMAL: N_("Normal"),
    Priority.LOW: N_("Low"),
}
