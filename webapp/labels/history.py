"""Records whose changes are kept, and what the audit log tells."""

from webapp.i18n import N_
from webapp.vocabulary import ActorKind, AuditKind, RecordType

SUBJECT: dict[RecordType, str] = {
    RecordType.ORGANISATION: N_("Organisation"),
    RecordType.CONTACT: N_("Contact"),
    RecordType.LETTER: N_("Letter"),
    RecordType.REPLY: N_("Canned reply"),
    RecordType.SETTINGS: N_("Settings of the office"),
    RecordType.PERSON: N_("Person"),
    RecordType.NETWORK: N_("Network"),
    RecordType.FACULTY: N_("Faculty or department"),
    RecordType.LEAVE: N_("Leave"),
    RecordType.DAY: N_("Day of the calendar"),
    RecordType.CLOSURE: N_("Unplanned closure"),
    RecordType.ROOM: N_("Room"),
}

AUDIT_KIND: dict[AuditKind, str] = {
    AuditKind.SIGNED_IN: N_("Signed in"),
    AuditKind.SIGN_IN_REFUSED: N_("Sign-in refused"),
    AuditKind.SIGN_IN_THROTTLED: N_("Sign-in stopped after too many attempts"),
    AuditKind.SIGNED_OUT: N_("Signed out"),
    AuditKind.SESSIONS_ENDED: N_("Sign-ins ended"),
    AuditKind.PASSWORD_CHANGED: N_("Password changed"),
    AuditKind.PASSWORD_REFUSED: N_("Password change refused"),
    AuditKind.PASSWORD_LINK_ASKED: N_("Link to a new password asked for"),
    AuditKind.PASSWORD_LINK_SENT: N_("Link to set a password sent"),
    AuditKind.PASSWORD_SET_BY_LINK: N_("Password set by a link"),
    AuditKind.ONE_TIME_GIVEN: N_("One-time password given"),
    AuditKind.ONE_TIME_ENDED: N_("Sign-in refused: the one-time password has ended"),
    AuditKind.SIGN_ON_LINKED: N_("Account linked with single sign-on"),
    AuditKind.SIGN_ON_UNLINKED: N_("Link with single sign-on ended"),
    AuditKind.SECOND_STEP_ASKED: N_("Password right, second step asked for"),
    AuditKind.SECOND_STEP_REFUSED: N_("Second step refused"),
    AuditKind.SECOND_STEP_USED: N_("Second step given"),
    AuditKind.SECOND_STEP_ADDED: N_("Second step added"),
    AuditKind.SECOND_STEP_REMOVED: N_("Second step removed"),
    AuditKind.SECOND_STEP_RESET: N_("Second step reset"),
    AuditKind.RECOVERY_CODES_MADE: N_("Recovery codes made"),
    AuditKind.ACCOUNT_CHANGED: N_("Account or person changed"),
    AuditKind.SETTINGS_CHANGED: N_("Settings changed"),
    AuditKind.LEAVE_CHANGED: N_("Leave changed"),
    AuditKind.RECORD_CHANGED: N_("Record changed"),
    AuditKind.ENQUIRY_VIEWED: N_("Enquiry read by an observer"),
    AuditKind.LINK_ANSWERED: N_("Answered by a link"),
    AuditKind.FILE_DOWNLOADED: N_("File downloaded"),
    AuditKind.COMMAND_RUN: N_("Command run on the server"),
    AuditKind.ENTRIES_REMOVED: N_("Old lines removed"),
}
AUDIT_ACTOR: dict[ActorKind, str] = {
    ActorKind.STAFF: N_("Colleague"),
    ActorKind.LIAISON: N_("Liaison, by a link"),
    ActorKind.APPROVER: N_("Approver, by a link"),
    ActorKind.FACULTY: N_("Faculty, by a link"),
    ActorKind.HOST: N_("Host, by a link"),
    ActorKind.PARTNER: N_("Partner, by a link"),
    ActorKind.SYSTEM: N_("Liaison Desk"),
    ActorKind.VISITOR: N_("Someone not signed in"),
}
