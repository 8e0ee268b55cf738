"""Records whose changes are kept, what was done to them, and what the audit log knows."""

from enum import StrEnum


class RecordType(StrEnum):
    """A record whose changes are kept."""

    ORGANISATION = "organisation"
    CONTACT = "contact"
    LETTER = "letter"
    REPLY = "reply"
    SETTINGS = "settings"
    PERSON = "person"
    NETWORK = "network"
    FACULTY = "faculty"
    LEAVE = "leave"
    DAY = "day"
    CLOSURE = "closure"
    ROOM = "room"
    BLOCKED_PERIOD = "blocked_period"
    TRIP = "trip"
    TERM = "term"
    NOTICE = "notice"


class AuditAction(StrEnum):
    """What was done to a record."""

    MADE = "made"
    CHANGED = "changed"
    MERGED = "merged"
    SPLIT = "parted"
    RESET = "reset"
    REINSTATED = "readmitted"
    DELETED = "deleted"
    VERIFIED = "verified"
    SIGNED_OUT = "signed_out"
    SECOND_STEP_RESET = "second_step_reset"


class AuditKind(StrEnum):
    """What the audit log keeps of people: that they came, what they took with them, and what they changed."""

    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGN_IN_THROTTLED = "sign_in_throttled"
    SIGNED_OUT = "signed_out"
    SESSIONS_ENDED = "sessions_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 # pragma: allowlist secret
    PASSWORD_REFUSED = "password_refused"  # noqa: S105 # pragma: allowlist secret
    PASSWORD_LINK_ASKED = "password_link_asked"  # noqa: S105 # pragma: allowlist secret
    PASSWORD_LINK_SENT = "password_link_sent"  # noqa: S105 # pragma: allowlist secret
    PASSWORD_SET_BY_LINK = "password_set_by_link"  # noqa: S105 # pragma: allowlist secret
    ONE_TIME_GIVEN = "one_time_given"
    ONE_TIME_ENDED = "one_time_ended"
    SIGN_ON_LINKED = "sign_on_linked"
    SIGN_ON_UNLINKED = "sign_on_unlinked"
    SECOND_STEP_ASKED = "second_step_asked"
    SECOND_STEP_REFUSED = "second_step_refused"
    SECOND_STEP_USED = "second_step_used"
    SECOND_STEP_ADDED = "second_step_added"
    SECOND_STEP_REMOVED = "second_step_removed"
    SECOND_STEP_RESET = "second_step_reset"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    ACCOUNT_CHANGED = "account_changed"
    SETTINGS_CHANGED = "settings_changed"
    LEAVE_CHANGED = "leave_changed"
    RECORD_CHANGED = "record_changed"
    ENQUIRY_VIEWED = "enquiry_viewed"
    LINK_ANSWERED = "link_answered"
    FILE_DOWNLOADED = "file_downloaded"
    PASSPORTS_SEEN = "passports_seen"
    PAPER_DOWNLOADED = "paper_downloaded"
    LETTER_ISSUED = "letter_issued"
    LETTER_DOWNLOADED = "letter_downloaded"
    LETTER_WITHDRAWN = "letter_withdrawn"
    COMMAND_RUN = "command_run"
    ENTRIES_REMOVED = "entries_removed"
    EMAILS_HELD = "emails_held"
    EMAILS_RELEASED = "emails_released"
    DATA_RESTORED = "data_restored"
