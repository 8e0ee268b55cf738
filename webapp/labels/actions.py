"""What people read about each action: its button, what it will do and did, and its line in an enquiry's history."""

from webapp.i18n import N_
from webapp.labels.action_words import HERE_ALONE, ActionWords
from webapp.labels.visit_actions import OF_VISITS
from webapp.vocabulary import Action

# “Not spam” of what was held when it came, see `domain.enquiries.held`.
GENUINE = ActionWords(
    button=N_("It is genuine"),
    history=N_("%(who)s found that it is genuine."),
    before=N_(
        "The receipt is sent now, with the email to the person who answers, and the promise is counted from today."
    ),
)

ACTION: dict[Action, ActionWords] = {
    Action.REVIEW: ActionWords(
        button=N_("Start review"),
        history=N_("%(who)s started the review."),
        before=N_("We will email the partner that the review has begun."),
        done=N_("The review has begun. The partner gets an email."),
    ),
    Action.ACCEPT: ActionWords(
        button=N_("Accept"),
        history=N_("%(who)s accepted the request."),
        before=N_("The partner gets an email. It includes your words, if any."),
        done=N_("Accepted. The partner gets an email."),
    ),
    Action.DECLINE: ActionWords(
        button=N_("Decline"),
        history=N_("%(who)s declined the request."),
        before=N_("The partner gets an email with your reason. It can be reopened."),
        done=N_("Declined. The partner gets an email."),
        text=N_("Reason, for the partner"),
    ),
    Action.ASK_PARTNER: ActionWords(
        button=N_("Ask the partner"),
        history=N_("%(who)s asked the partner; the clock is paused."),
        before=N_(
            "Your question goes to the partner by email. The clock is paused until they answer on their page, "
            "or you resume the review."
        ),
        done=N_("Your question is on its way. The clock is paused until the partner answers."),
        text=N_("Question to the partner"),
    ),
    Action.PROPOSE_DATES: ActionWords(
        button=N_("Propose other dates"),
        history=N_("%(who)s proposed other dates; the clock is paused."),
        before=N_(
            "Your dates go to the partner by email. The clock is paused until they answer on their page, "
            "or you resume the review."
        ),
        done=N_("Your dates are on their way. The clock is paused until the partner answers."),
    ),
    Action.RESUME: ActionWords(
        button=N_("Resume review"),
        history=N_("%(who)s resumed the review."),
        before=N_("The clock runs again."),
        done=N_("The review continues, and the clock runs again."),
    ),
    Action.ASK_APPROVAL: ActionWords(
        button=N_("Wait for approval"),
        history=N_("%(who)s noted that an approval is needed."),
        variants={"asked": N_("%(who)s asked for the approval of %(approvers)s.")},
        before=N_(
            "The partner is not notified, and the clock keeps running. The person you name answers from an email."
        ),
        done=N_("It waits for approval now."),
        text=N_("What is asked"),
    ),
    Action.CHASE_APPROVAL: ActionWords(
        button=N_("Remind of the approval"),
        history=N_("%(who)s reminded %(approvers)s of the approval."),
        before=N_("Each person who was asked and has not answered gets another email."),
        done=N_("The reminder is on its way."),
    ),
    Action.CONSENT: ActionWords(
        button=N_("Approve"),
        history=N_("%(who)s approved; others are still asked."),
    ),
    Action.APPROVE: ActionWords(
        button=N_("Approve"),
        history=N_("%(who)s approved."),
    ),
    Action.REFUSE: ActionWords(
        button=N_("Do not approve"),
        history=N_("%(who)s did not approve."),
    ),
    Action.REFER: ActionWords(
        button=N_("Refer to a faculty"),
        history=N_("%(who)s referred it to %(faculty)s, to be returned by %(day)s."),
        before=N_("The faculty gets an email. The partner does not."),
        done=N_("The question is on its way to the faculty."),
    ),
    Action.CHASE_REFERRAL: ActionWords(
        button=N_("Remind the faculty"),
        history=N_("%(who)s reminded %(faculty)s of it."),
        before=N_("The faculty is reminded by email."),
        done=N_("The reminder is on its way."),
    ),
    Action.RETURN: ActionWords(
        button=N_("Return it to the office"),
        history=N_("%(who)s (%(faculty)s) returned it: %(finding)s."),
    ),
    Action.RECALL: ActionWords(
        button=N_("Recall from the faculty"),
        history=N_("%(who)s recalled it from %(faculty)s."),
        done=N_("Recalled. The faculty gets an email."),
    ),
    Action.SCHEDULE: ActionWords(
        button=N_("Confirm the visit"),
        history=N_("%(who)s confirmed the visit."),
        variants={"planned": N_("%(who)s confirmed the visit: %(when)s. %(where)s. Host: %(host)s")},
        before=N_("Partner and host get an email with day, time and place. Room and host are held for it."),
        done=N_("The visit is confirmed. Partner and host get an email."),
    ),
    **OF_VISITS,
    Action.COMPLETE: ActionWords(
        button=N_("Complete"),
        history=N_("%(who)s completed it."),
        before=N_("We will email the partner that the matter is completed."),
        done=N_("Completed. The partner gets an email."),
    ),
    Action.WITHDRAW: ActionWords(
        button=N_("Withdraw"),
        history=N_("%(who)s withdrew the request."),
        before=N_("Your enquiry ends. We will tell the office."),
    ),
    Action.MARK_SPAM: ActionWords(
        button=N_("Mark as spam"),
        history=N_("%(who)s marked it as spam."),
        before=N_("It leaves the queue. No one is notified, and it can be brought back."),
        done=N_("Marked as spam. It is kept in the view “Spam”."),
    ),
    Action.UNMARK_SPAM: ActionWords(
        button=N_("Not spam"),
        history=N_("%(who)s brought it back from spam."),
        variants={"genuine": GENUINE.history},
        before=N_("It goes back into the queue as received."),
        done=N_("Back in the queue."),
    ),
    Action.REOPEN: ActionWords(
        button=N_("Reopen"),
        history=N_("%(who)s reopened it."),
        before=N_("We will email the partner that the request is being reviewed again."),
        done=N_("Reopened. The partner gets an email."),
    ),
    Action.ASSIGN: ActionWords(
        button=N_("Assign"),
        history=N_("%(who)s assigned it to %(name)s."),
        variants={
            "self": N_("%(who)s assigned it to themselves."),
            "removed": N_("%(who)s removed the assignment."),
        },
        before=N_("The person it goes to gets an email. The partner does not."),
        done=N_("The assignment is changed."),
    ),
    Action.NOTE: ActionWords(
        button=N_("Add note"),
        history=N_("Note by %(who)s"),
        before=N_("Only colleagues can read it. The partner cannot."),
        done=N_("The note is added."),
        text=N_("Add a note"),
    ),
    Action.REPLY: ActionWords(
        button=N_("Write to the partner"),
        history=N_("%(who)s wrote to the partner:"),
        before=N_("This email goes to the partner."),
        done=N_("Your message is on its way to the partner."),
        text=N_("Write to the partner"),
    ),
    Action.WRITE: ActionWords(
        button=N_("Send message"),
        history=N_("%(who)s wrote:"),
        before=N_("Your message goes to the office."),
    ),
    Action.LINK: ActionWords(
        button=N_("Link to an organisation"),
        history=N_("%(who)s linked it to %(organisation)s."),
        variants={"removed": N_("%(who)s removed the link to an organisation.")},
        before=HERE_ALONE,
        done=N_("The link to the organisation is changed."),
    ),
    Action.SCREEN: ActionWords(
        button=N_("Record the screening"),
        history=N_("%(who)s screened the parties. %(result)s. Lists: %(lists)s"),
        before=HERE_ALONE,
        done=N_("The screening is saved."),
    ),
    Action.PRIORITISE: ActionWords(
        button=N_("Set the priority"),
        history=N_("%(who)s set the priority to %(priority)s."),
        before=HERE_ALONE,
        done=N_("The priority is set."),
    ),
    Action.TAG: ActionWords(
        button=N_("Add tag"),
        history=N_("%(who)s added the tag %(tag)s."),
        before=HERE_ALONE,
        done=N_("The tag is added."),
    ),
    Action.UNTAG: ActionWords(
        button=N_("Remove tag"),
        history=N_("%(who)s removed the tag %(tag)s."),
        before=HERE_ALONE,
        done=N_("The tag is removed."),
    ),
    Action.CHECK: ActionWords(
        button=N_("Change the checklist"),
        history=N_("%(who)s added “%(item)s” to the checklist."),
        variants={
            "ticked": N_("%(who)s ticked off “%(item)s”."),
            "unticked": N_("%(who)s opened “%(item)s” again."),
            "removed": N_("%(who)s removed “%(item)s” from the checklist."),
        },
        before=HERE_ALONE,
        done=N_("The checklist is changed."),
    ),
    Action.RELATE: ActionWords(
        button=N_("Link enquiries"),
        history=N_("%(who)s linked it with %(reference)s."),
        variants={"removed": N_("%(who)s removed the link with %(reference)s.")},
        before=HERE_ALONE,
        done=N_("The two enquiries are linked."),
    ),
    Action.MERGE: ActionWords(
        button=N_("Merge"),
        history=N_("%(who)s merged it into %(reference)s; it continues there."),
        before=N_("This enquiry is closed and continues in the other one. The partner gets an email."),
        done=N_("%(one)s is merged into this enquiry, and its partner gets an email. Reopening it separates them."),
    ),
    Action.CONVERT: ActionWords(
        button=N_("Change the type of enquiry"),
        history=N_("%(who)s changed the kind from “%(kind_before)s” to “%(kind)s”."),
        before=N_("The partner gets an email. Every answer is kept, and the promised date does not change."),
        done=N_("The type of enquiry is changed. The partner gets an email."),
    ),
    Action.SPLIT: ActionWords(
        button=N_("Split off a second enquiry"),
        history=N_("%(who)s split off %(reference)s."),
        before=N_("A second enquiry is made from it. The partner gets an email."),
        done=N_("%(reference)s is split off. The partner and the person who answers it get an email."),
    ),
    Action.CORRECT_ADDRESS: ActionWords(
        button=N_("Correct the address"),
        history=N_("%(who)s corrected the partner’s address from %(before)s to %(after)s."),
    ),
    Action.RENEW_LINK: ActionWords(
        button=N_("New link for the partner"),
        history=N_("%(who)s replaced the partner’s link; the earlier one has ended."),
        before=N_("The partner gets an email with a new link to their page, and the earlier one ends at once."),
        done=N_("The partner gets an email with the new link. The earlier one has ended."),
    ),
    Action.REQUEST_LINK: ActionWords(
        button=N_("Send me a new link"),
        history=N_("%(who)s had the link replaced; the earlier one has ended."),
    ),
}
