"""The words around each action: what it will do before it is taken, and what it did."""

from webapp.i18n import N_
from webapp.vocabulary import Action

# What the reader should know before; the text goes where this says.
BEFORE: dict[Action, str] = {
    Action.REVIEW: N_("The partner is told that the review has begun."),
    Action.ACCEPT: N_("The partner is told by mail. Your words, if any, stand in it."),
    Action.DECLINE: N_("The partner is told by mail, with your reason. It can be reopened."),
    Action.ASK_PARTNER: N_(
        "Your question goes to the partner by email. The clock stands still until they answer on their page, "
        "or you go on."
    ),
    Action.PROPOSE_DATES: N_(
        "Your dates go to the partner by email. The clock stands still until they answer on their page, or you go on."
    ),
    Action.RESUME: N_("The clock runs again."),
    Action.ASK_APPROVAL: N_(
        "The partner is not notified, and the clock keeps running. The person you name answers from an email."
    ),
    Action.CHASE_APPROVAL: N_("Whoever was asked and has not answered gets another mail."),
    Action.SCHEDULE: N_("The partner is told that the visit is confirmed. Say when and where."),
    Action.COMPLETE: N_("The partner is told that the matter is completed."),
    Action.REOPEN: N_("The partner is told that the request is being reviewed again."),
    Action.MARK_SPAM: N_("It leaves the queue. Nobody is told, and it can be brought back."),
    Action.UNMARK_SPAM: N_("It goes back into the queue as received."),
    Action.CONVERT: N_("The partner is told by mail. Every answer is kept, and the promise stays as it is."),
}
# Of what was held when it came, see `domain.enquiries.held`.
GENUINE = N_("It is genuine")
BEFORE_GENUINE = N_("The receipt and the email to who answers leave now, and the promise is counted from today.")
MESSAGE = N_("Message to the partner")
TEXT_LABEL: dict[Action, str] = {
    Action.DECLINE: N_("Reason, for the partner"),
    Action.ASK_PARTNER: N_("Question to the partner"),
    Action.ASK_APPROVAL: N_("What is asked"),
    Action.NOTE: N_("Add a note"),
    Action.REPLY: N_("Write to the partner"),
}
DONE: dict[Action, str] = {
    Action.REVIEW: N_("The review has begun. The partner is told by mail."),
    Action.ACCEPT: N_("Accepted. The partner is told by mail."),
    Action.DECLINE: N_("Declined. The partner is told by mail."),
    Action.ASK_PARTNER: N_("Your question is on its way. The clock stands still until the partner answers."),
    Action.PROPOSE_DATES: N_("Your dates are on their way. The clock stands still until the partner answers."),
    Action.RESUME: N_("The review goes on, and the clock runs again."),
    Action.ASK_APPROVAL: N_("It waits for approval now."),
    Action.CHASE_APPROVAL: N_("The reminder is on its way."),
    Action.SCHEDULE: N_("The visit is confirmed. The partner is told by mail."),
    Action.COMPLETE: N_("Completed. The partner is told by mail."),
    Action.REOPEN: N_("Reopened. The partner is told by mail."),
    Action.UNMARK_SPAM: N_("Back in the queue."),
    Action.ASSIGN: N_("The assignment is changed."),
    Action.NOTE: N_("The note is added."),
    Action.REPLY: N_("Your message is on its way to the partner."),
    Action.LINK: N_("The link to the organisation is changed."),
    Action.SCREEN: N_("The screening is saved."),
    Action.CONVERT: N_("It is handled as the other kind now. The partner is told by mail."),
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
