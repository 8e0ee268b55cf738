"""The words around each action: what it will do before it is taken, and what it did."""

from webapp.i18n import N_
from webapp.vocabulary import Action

# What the reader should know before; the text goes where this says.
BEFORE: dict[Action, str] = {
    Action.REVIEW: N_("We will email the partner that the review has begun."),
    Action.ACCEPT: N_("The partner gets an email. It includes your words, if any."),
    Action.DECLINE: N_("The partner gets an email with your reason. It can be reopened."),
    Action.ASK_PARTNER: N_(
        "Your question goes to the partner by email. The clock is paused until they answer on their page, "
        "or you resume the review."
    ),
    Action.PROPOSE_DATES: N_(
        "Your dates go to the partner by email. The clock is paused until they answer on their page, "
        "or you resume the review."
    ),
    Action.RESUME: N_("The clock runs again."),
    Action.ASK_APPROVAL: N_(
        "The partner is not notified, and the clock keeps running. The person you name answers from an email."
    ),
    Action.CHASE_APPROVAL: N_("Each person who was asked and has not answered gets another email."),
    Action.SCHEDULE: N_("We will email the partner that the visit is confirmed. Say when and where."),
    Action.COMPLETE: N_("We will email the partner that the matter is completed."),
    Action.REOPEN: N_("We will email the partner that the request is being reviewed again."),
    Action.MARK_SPAM: N_("It leaves the queue. No one is notified, and it can be brought back."),
    Action.UNMARK_SPAM: N_("It goes back into the queue as received."),
    Action.CONVERT: N_("The partner gets an email. Every answer is kept, and the promised date does not change."),
}
# Of what was held when it came, see `domain.enquiries.held`.
GENUINE = N_("It is genuine")
BEFORE_GENUINE = N_(
    "The receipt is sent now, with the email to the person who answers, and the promise is counted from today."
)
MESSAGE = N_("Message to the partner")
TEXT_LABEL: dict[Action, str] = {
    Action.DECLINE: N_("Reason, for the partner"),
    Action.ASK_PARTNER: N_("Question to the partner"),
    Action.ASK_APPROVAL: N_("What is asked"),
    Action.NOTE: N_("Add a note"),
    Action.REPLY: N_("Write to the partner"),
}
DONE: dict[Action, str] = {
    Action.REVIEW: N_("The review has begun. The partner gets an email."),
    Action.ACCEPT: N_("Accepted. The partner gets an email."),
    Action.DECLINE: N_("Declined. The partner gets an email."),
    Action.ASK_PARTNER: N_("Your question is on its way. The clock is paused until the partner answers."),
    Action.PROPOSE_DATES: N_("Your dates are on their way. The clock is paused until the partner answers."),
    Action.RESUME: N_("The review continues, and the clock runs again."),
    Action.ASK_APPROVAL: N_("It waits for approval now."),
    Action.CHASE_APPROVAL: N_("The reminder is on its way."),
    Action.SCHEDULE: N_("The visit is confirmed. The partner gets an email."),
    Action.COMPLETE: N_("Completed. The partner gets an email."),
    Action.REOPEN: N_("Reopened. The partner gets an email."),
    Action.UNMARK_SPAM: N_("Back in the queue."),
    Action.ASSIGN: N_("The assignment is changed."),
    Action.NOTE: N_("The note is added."),
    Action.REPLY: N_("Your message is on its way to the partner."),
    Action.LINK: N_("The link to the organisation is changed."),
    Action.SCREEN: N_("The screening is saved."),
    Action.CONVERT: N_("The type of enquiry is changed. The partner gets an email."),
}
# Final for the partner, or out of sight: shown in the colour of harm.
HARMFUL = frozenset({Action.DECLINE, Action.MARK_SPAM})
# The way forward in each status: the first of these that is possible is the view's primary button.
FORWARD = (Action.ACCEPT, Action.SCHEDULE, Action.COMPLETE, Action.UNMARK_SPAM)
# These have their own place on the page.
ELSEWHERE = frozenset({Action.NOTE, Action.REPLY, Action.ASSIGN, Action.LINK, Action.SCREEN})
# These ask for more than words: they have an address of their own.
OWN_ADDRESS = frozenset(
    {
        Action.PRIORITISE,
        Action.TAG,
        Action.UNTAG,
        Action.CHECK,
        Action.RELATE,
        Action.MERGE,
        Action.REFER,
        Action.CHASE_REFERRAL,
        Action.RECALL,
        Action.SPLIT,
        Action.CORRECT_ADDRESS,
    }
)
