"""Messages, and their states."""

from webapp.i18n import N_
from webapp.vocabulary import Fault, MessageKind, MessageState

MESSAGE_STATE: dict[MessageState, str] = {
    MessageState.QUEUED: N_("Queued"),
    MessageState.SENDING: N_("Sending"),
    MessageState.SENT: N_("Sent"),
    MessageState.FAILED: N_("Failed"),
    MessageState.BOUNCED: N_("Bounced"),
    MessageState.DOUBTFUL: N_("May have been sent"),
}

# What keeps a message from leaving, as the desk reads it.
FAULT: dict[Fault, str] = {
    Fault.NAME: N_("The mail server’s name is not known."),
    Fault.REFUSED: N_("The mail server cannot be reached."),
    Fault.TIMEOUT: N_("The mail server does not answer."),
    Fault.CERTIFICATE: N_("The mail server’s certificate is not trusted."),
    Fault.ENCRYPTION: N_("The mail server wants another kind of encrypted connection."),
    Fault.PASSWORD: N_("The mail server does not accept our password."),
    Fault.SENDER: N_("The mail server does not accept our sender’s address."),
    Fault.DROPPED: N_("The mail server ended the connection."),
    Fault.RECIPIENT: N_("The mail server has not taken this address yet."),
    Fault.CONTENT: N_("The mail server has not taken this email yet."),
    Fault.WORKER: N_("The service stopped while it was sending."),
    Fault.OTHER: N_("Something unexpected happened."),
}

MESSAGE_KIND: dict[MessageKind, str] = {
    MessageKind.LIAISON_RECEIVED: N_("New enquiry, to the liaison"),
    MessageKind.LIAISON_WITHDRAWN: N_("Withdrawn, to the liaison"),
    MessageKind.LIAISON_PARTNER_WROTE: N_("The partner wrote, to the liaison"),
    MessageKind.LIAISON_PARTNER_WROTE_AGAIN: N_("The partner wrote several messages, to the liaison"),
    MessageKind.LIAISON_HANDED_OVER: N_("Handed over"),
    MessageKind.LIAISON_AWAY: N_("Entered as away, to the person"),
    MessageKind.LIAISON_MOVED: N_("Enquiries that come to someone while another is away"),
    MessageKind.LIAISON_APPROVAL: N_("Approval given or refused"),
    MessageKind.APPROVER_ASKED: N_("Approval asked for"),
    MessageKind.LIAISON_RETURNED: N_("Returned by a faculty"),
    MessageKind.FACULTY_ASKED: N_("Referred to a faculty"),
    MessageKind.FACULTY_RECALLED: N_("Recalled from a faculty"),
    MessageKind.LIAISON_DATES: N_("The partner’s choice of dates"),
    MessageKind.LIAISON_GROUP: N_("Another size of the delegation"),
    MessageKind.LIAISON_SLOT: N_("A host cannot receive a visit"),
    MessageKind.LIAISON_CLOSURE: N_("Closure, to the person who answers"),
    MessageKind.LIAISON_DIGEST: N_("Reminder of the day"),
    MessageKind.LIAISON_URGENT: N_("Urgent reminder"),
    MessageKind.PARTNER_RECEIPT: N_("Receipt"),
    MessageKind.PARTNER_STATUS: N_("Change of status"),
    MessageKind.PARTNER_MESSAGE: N_("Message to the partner"),
    MessageKind.PARTNER_LINK: N_("Tracking link sent again"),
    MessageKind.PARTNER_CLOSURE: N_("Closure, to the partner"),
    MessageKind.PARTNER_MERGED: N_("Two enquiries combined"),
    MessageKind.PARTNER_CONVERTED: N_("Type of enquiry changed"),
    MessageKind.PARTNER_SPLIT: N_("Divided into two enquiries"),
    MessageKind.PARTNER_DATES: N_("Dates to choose from"),
    MessageKind.PARTNER_VISIT_MOVED: N_("Visit changed"),
    MessageKind.PARTNER_VISIT_POSTPONED: N_("Visit postponed"),
    MessageKind.STAFF_MENTIONED: N_("Someone is named in a note"),
    MessageKind.STAFF_HOSTING: N_("News of a visit, to its host"),
    MessageKind.STAFF_SLOT: N_("A slot of a visit, to who receives it"),
    MessageKind.STAFF_NETWORKS_DUE: N_("Entries of the directory to check"),
    MessageKind.STAFF_INVITED: N_("Invitation to the desk"),
    MessageKind.STAFF_RESET: N_("Link to set a new password"),
    MessageKind.STAFF_PASSWORD_CHANGED: N_("Password changed, to its owner"),
    MessageKind.STAFF_SECOND_STEP: N_("Second step at sign-in, to its owner"),
    MessageKind.PERSON_OWN_DATA: N_("Link to one’s own data"),
    MessageKind.PERSON_DECIDED: N_("Decision about erasure"),
    MessageKind.PERSON_CODE: N_("Code to send a form"),
    MessageKind.PERSON_SAVED_FORM: N_("Link to a saved form"),
}
