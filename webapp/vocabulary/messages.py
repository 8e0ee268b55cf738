"""Messages and jobs, and the state of a message."""

from enum import StrEnum


class Job(StrEnum):
    """The name of a task, as it crosses the broker."""

    MAIL_DELIVER = "mail.deliver"
    OUTBOX_SWEEP = "outbox.sweep"
    OUTBOX_WATCH = "outbox.watch"
    HOUSEKEEPING_PURGE = "housekeeping.purge"
    HOUSEKEEPING_FILES = "housekeeping.files"
    RETENTION_RUN = "retention.run"
    ENQUIRIES_REROUTE = "enquiries.reroute"
    REMINDERS_SEND = "reminders.send"
    CLOSURES_MOVE = "closures.move"
    DAYS_MOVE = "days.move"
    LINKS_ANSWER = "links.answer"
    GATHERED_TELL = "gathered.tell"
    FILE_CHECK = "file.check"
    FILES_SWEEP = "files.sweep"
    ROSTER_READ = "roster.read"
    ROSTERS_SWEEP = "rosters.sweep"
    PAPERS_MAKE = "papers.make"


class MessageKind(StrEnum):
    """An email that the service writes: audience_event."""

    LIAISON_RECEIVED = "liaison_received"
    LIAISON_WITHDRAWN = "liaison_withdrawn"
    LIAISON_PARTNER_WROTE = "liaison_partner_wrote"
    LIAISON_PARTNER_WROTE_AGAIN = "liaison_partner_wrote_again"
    LIAISON_HANDED_OVER = "liaison_handed_over"
    LIAISON_AWAY = "liaison_away"
    LIAISON_MOVED = "liaison_moved"
    LIAISON_APPROVAL = "liaison_approval"
    APPROVER_ASKED = "approver_asked"
    LIAISON_RETURNED = "liaison_returned"
    FACULTY_ASKED = "faculty_asked"
    FACULTY_RECALLED = "faculty_recalled"
    LIAISON_DATES = "liaison_dates"
    LIAISON_GROUP = "liaison_group"
    LIAISON_ROSTER = "liaison_roster"
    LIAISON_SLOT = "liaison_slot"
    LIAISON_CLOSURE = "liaison_closure"
    LIAISON_DIGEST = "liaison_digest"
    LIAISON_URGENT = "liaison_urgent"
    PARTNER_RECEIPT = "partner_receipt"
    PARTNER_STATUS = "partner_status"
    PARTNER_MESSAGE = "partner_message"
    PARTNER_LINK = "partner_link"
    PARTNER_CLOSURE = "partner_closure"
    PARTNER_MERGED = "partner_merged"
    PARTNER_CONVERTED = "partner_converted"
    PARTNER_SPLIT = "partner_split"
    PARTNER_DATES = "partner_dates"
    PARTNER_VISIT_MOVED = "partner_visit_moved"
    PARTNER_VISIT_POSTPONED = "partner_visit_postponed"
    STAFF_MENTIONED = "staff_mentioned"
    STAFF_COPIED = "staff_copied"
    STAFF_HOSTING = "staff_hosting"
    STAFF_SLOT = "staff_slot"
    STAFF_NETWORKS_DUE = "staff_networks_due"
    STAFF_INVITED = "staff_invited"
    STAFF_RESET = "staff_reset"
    STAFF_PASSWORD_CHANGED = "staff_password_changed"  # noqa: S105 - no secret
    STAFF_SECOND_STEP = "staff_second_step"
    PERSON_OWN_DATA = "person_own_data"
    PERSON_DECIDED = "person_decided"
    PERSON_CODE = "person_code"
    PERSON_SAVED_FORM = "person_saved_form"


# Those that go to the partner of an enquiry, and may carry the link by which they open it.
TO_PARTNER = frozenset(kind for kind in MessageKind if kind.startswith("partner_"))

# Those that many get at once: they never keep back what someone waits for.
TO_MANY = frozenset(
    {
        MessageKind.LIAISON_DIGEST,
        MessageKind.LIAISON_CLOSURE,
        MessageKind.PARTNER_CLOSURE,
        MessageKind.STAFF_NETWORKS_DUE,
    }
)


class MessageState(StrEnum):
    """The state of a message in the outbox."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    # A backup was made while it was being sent: it goes again only where someone says so.
    DOUBTFUL = "doubtful"


class Fault(StrEnum):
    """Why a message could not be handed to the mail server; the first ones concern every message."""

    NAME = "name"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    CERTIFICATE = "certificate"
    ENCRYPTION = "encryption"
    PASSWORD = "password"  # noqa: S105 - no secret
    SENDER = "sender"
    DROPPED = "dropped"
    RECIPIENT = "recipient"
    CONTENT = "content"
    WORKER = "worker"
    OTHER = "other"


class AlertKind(StrEnum):
    """What operators hear of on the second route."""

    LATE = "late"
    FAILED = "failed"
