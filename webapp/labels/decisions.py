"""What other people decide."""

from webapp.i18n import N_
from webapp.vocabulary import ApprovalOutcome, DecisionChoice, Finding

CHOICE: dict[DecisionChoice, str] = {
    DecisionChoice.ACCEPT: N_("Accept"),
    DecisionChoice.DECLINE: N_("Decline"),
    DecisionChoice.ASK_PARTNER: N_("Ask the partner something"),
    DecisionChoice.PROPOSE_DATES: N_("Propose other dates"),
    DecisionChoice.PASS_ON: N_("Pass it to a colleague"),
    DecisionChoice.AWAY: N_("I am away"),
}

OUTCOME: dict[ApprovalOutcome, str] = {
    ApprovalOutcome.APPROVED: N_("I approve"),
    ApprovalOutcome.REFUSED: N_("I do not approve"),
}

# As the faculty says it, and as others read it.
FINDING: dict[Finding, str] = {
    Finding.CAN_HELP: N_("We can help"),
    Finding.IN_PART: N_("We can help in part"),
    Finding.CANNOT_HELP: N_("We cannot help"),
}

FINDING_TOLD: dict[Finding, str] = {
    Finding.CAN_HELP: N_("can help"),
    Finding.IN_PART: N_("can help in part"),
    Finding.CANNOT_HELP: N_("cannot help"),
}
