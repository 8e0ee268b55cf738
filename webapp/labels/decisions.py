"""What other people decide."""

from webapp.i18n import N_
from webapp.vocabulary import Choice, Finding, Outcome

CHOICE: dict[Choice, str] = {
    Choice.ACCEPT: N_("Accept"),
    Choice.DECLINE: N_("Decline"),
    Choice.ASK_PARTNER: N_("Ask the partner something"),
    Choice.PROPOSE_DATES: N_("Propose other dates"),
    Choice.PASS_ON: N_("Pass it to a colleague"),
    Choice.AWAY: N_("I am away"),
}

OUTCOME: dict[Outcome, str] = {
    Outcome.APPROVED: N_("I approve"),
    Outcome.REFUSED: N_("I do not approve"),
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
