"""The service's words as closed sets. Imports nothing of ours, so that everything else may import it."""

from enum import StrEnum


class Language(StrEnum):
    """A language of pages and mails; the value is the one in addresses and form fields."""

    EN = "en"
    ZH_HANT = "zh-hant"
    ZH_HANS = "zh-hans"


class Kind(StrEnum):
    """What a partner asks for."""

    VISIT = "visit"
    COLLABORATION = "collaboration"
    QUESTION = "question"


class Status(StrEnum):
    """Where an enquiry stands."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    AWAITING_PARTNER = "awaiting_partner"
    AWAITING_APPROVAL = "awaiting_approval"
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    COMPLETED = "completed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    SPAM = "spam"
    # Held when it came: what people do not see was filled in. Nobody is told before somebody has looked at it.
    SUSPECT = "suspect"


OPEN_STATUSES = (
    Status.RECEIVED,
    Status.IN_REVIEW,
    Status.AWAITING_PARTNER,
    Status.AWAITING_APPROVAL,
    Status.ACCEPTED,
    Status.SCHEDULED,
)
# The first answer is still owed, and its clock runs.
CLOCK_STATUSES = (Status.RECEIVED, Status.IN_REVIEW, Status.AWAITING_APPROVAL)


class Action(StrEnum):
    """What somebody does to an enquiry; the rows of the workflow table say when."""

    REVIEW = "review"
    ACCEPT = "accept"
    DECLINE = "decline"
    ASK_PARTNER = "ask_partner"
    PROPOSE_DATES = "propose_dates"
    RESUME = "resume"
    ASK_APPROVAL = "ask_approval"
    CHASE_APPROVAL = "chase_approval"
    CONSENT = "consent"
    APPROVE = "approve"
    REFUSE = "refuse"
    REFER = "refer"
    CHASE_REFERRAL = "chase_referral"
    RETURN = "return"
    RECALL = "recall"
    SCHEDULE = "schedule"
    COMPLETE = "complete"
    WITHDRAW = "withdraw"
    MARK_SPAM = "mark_spam"
    UNMARK_SPAM = "unmark_spam"
    REOPEN = "reopen"
    ASSIGN = "assign"
    NOTE = "note"
    REPLY = "reply"
    WRITE = "write"
    LINK = "link"
    SCREEN = "screen"
    PRIORITISE = "prioritise"
    TAG = "tag"
    UNTAG = "untag"
    CHECK = "check"
    RELATE = "relate"
    MERGE = "merge"
    CONVERT = "convert"
    SPLIT = "split"
    CORRECT_ADDRESS = "correct_address"


class EventKind(StrEnum):
    """One line of an enquiry's history: an action that was taken, or one of the things below."""

    SUBMITTED = "submitted"
    STATUS = "status"
    ASSIGNED = "assigned"
    NOTE = "note"
    OFFICE_MESSAGE = "office_message"
    PARTNER_MESSAGE = "partner_message"
    MAIL_FAILED = "mail_failed"
    MAIL_RESENT = "mail_resent"
    MAIL_SET_ASIDE = "mail_set_aside"
    HANDED_OVER = "handed_over"
    PROMISE_MOVED = "promise_moved"
    LINKED = "linked"
    SCREENED = "screened"
    CHANGED = "changed"
    ABSORBED = "absorbed"
    CONVERTED = "converted"
    SPLIT = "split"


class Priority(StrEnum):
    """What the office takes up first; the order is the queue's."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class Choice(StrEnum):
    """What whoever answers may do by the link in a mail."""

    ACCEPT = "accept"
    DECLINE = "decline"
    ASK_PARTNER = "ask_partner"
    PROPOSE_DATES = "propose_dates"
    PASS_ON = "pass_on"  # noqa: S105 - no secret
    AWAY = "away"


class Outcome(StrEnum):
    """What came of an approval that was asked for."""

    APPROVED = "approved"
    REFUSED = "refused"


class Finding(StrEnum):
    """What a faculty says of a matter that was referred to it."""

    CAN_HELP = "can_help"
    IN_PART = "in_part"
    CANNOT_HELP = "cannot_help"


class ActorKind(StrEnum):
    """Who did something: staff, or somebody by a link: whoever answers, an approver, a faculty, the partner."""

    STAFF = "staff"
    LIAISON = "liaison"
    APPROVER = "approver"
    FACULTY = "faculty"
    PARTNER = "partner"
    SYSTEM = "system"


class Role(StrEnum):
    """What an account may do, see `domain.security.permissions`."""

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    LIAISON = "liaison"
    HOST = "host"
    OBSERVER = "observer"


class Permission(StrEnum):
    """One thing that may be allowed: scope:resource:action."""

    ENQUIRY_READ = "desk:enquiry:read"
    ENQUIRY_TRIAGE = "desk:enquiry:triage"
    ENQUIRY_DECIDE = "desk:enquiry:decide"
    ENQUIRY_ASSIGN = "desk:enquiry:assign"
    ENQUIRY_NOTE = "desk:enquiry:note"
    ENQUIRY_REPLY = "desk:enquiry:reply"
    MESSAGE_READ = "desk:message:read"
    MESSAGE_RESEND = "desk:message:resend"
    NETWORK_READ = "desk:network:read"
    NETWORK_EDIT = "desk:network:edit"
    # Of the entries that one keeps.
    NETWORK_VERIFY = "desk:network:verify"
    PERSON_MANAGE = "desk:person:manage"
    # One's own leave; that of everybody.
    LEAVE_TAKE = "desk:leave:take"
    LEAVE_MANAGE = "desk:leave:manage"
    CALENDAR_EDIT = "desk:calendar:edit"
    # What the holder of an approver's link may do.
    APPROVAL_GIVE = "decision:approval:give"
    # What the holder of a faculty's link may do.
    REFERRAL_GIVE = "decision:referral:give"
    FACULTY_EDIT = "desk:faculty:edit"
    ORGANISATION_READ = "desk:organisation:read"
    ORGANISATION_EDIT = "desk:organisation:edit"
    ENQUIRY_SCREEN = "desk:enquiry:screen"
    LETTER_EDIT = "desk:letter:edit"
    SETTINGS_EDIT = "desk:settings:edit"
    CHANGE_READ = "desk:change:read"
    # What the holder of an enquiry's secret link may do.
    TRACKING_USE = "tracking:enquiry:use"


class Post(StrEnum):
    """As what somebody answers for an enquiry; the order of `domain.routing.answerer`."""

    ASSIGNEE = "assignee"
    LIAISON = "liaison"
    DEPUTY = "deputy"
    COVER = "cover"
    MAILBOX = "mailbox"
    OFFICE = "office"


class Obstacle(StrEnum):
    """Why somebody does not answer today: away, gone for good, or asked before (the covers lead in a circle)."""

    AWAY = "away"
    GONE = "gone"
    ASKED = "asked"


class Job(StrEnum):
    """The name of a task, as it crosses the broker."""

    MAIL_DELIVER = "mail.deliver"
    OUTBOX_SWEEP = "outbox.sweep"
    OUTBOX_WATCH = "outbox.watch"
    HOUSEKEEPING_PURGE = "housekeeping.purge"
    ENQUIRIES_REROUTE = "enquiries.reroute"
    REMINDERS_SEND = "reminders.send"


class MessageKind(StrEnum):
    """A mail that the service writes: audience_event."""

    LIAISON_RECEIVED = "liaison_received"
    LIAISON_WITHDRAWN = "liaison_withdrawn"
    LIAISON_PARTNER_WROTE = "liaison_partner_wrote"
    LIAISON_HANDED_OVER = "liaison_handed_over"
    LIAISON_APPROVAL = "liaison_approval"
    APPROVER_ASKED = "approver_asked"
    LIAISON_RETURNED = "liaison_returned"
    FACULTY_ASKED = "faculty_asked"
    FACULTY_RECALLED = "faculty_recalled"
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
    STAFF_MENTIONED = "staff_mentioned"
    STAFF_NETWORKS_DUE = "staff_networks_due"


class DayKind(StrEnum):
    """What the office says of a day; it beats weekends and general holidays."""

    CLOSED = "closed"
    HALF = "half"
    WORKING = "working"


class Occasion(StrEnum):
    """Why somebody is reminded of an enquiry."""

    SOON = "soon"
    TODAY = "today"
    OVERDUE = "overdue"
    ESCALATED = "escalated"


class MessageState(StrEnum):
    """Where a mail of the outbox stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"


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
    """Of what operators are told on the second route."""

    LATE = "late"
    FAILED = "failed"


class Group(StrEnum):
    """How the university belongs to a network."""

    COFOUNDED = "cofounded"
    MEMBER = "member"


class TermKind(StrEnum):
    """What a term of the directory classifies."""

    SCOPE = "scope"
    REGION = "region"
    GROUP = "group"


class OrganisationType(StrEnum):
    """What kind of organisation a partner writes for."""

    UNIVERSITY = "university"
    RESEARCH_INSTITUTE = "research_institute"
    GOVERNMENT = "government"
    NETWORK = "network"
    COMPANY = "company"
    FOUNDATION = "foundation"
    OTHER = "other"


class Level(StrEnum):
    """The level of a visit, by its leader's rank."""

    A = "a"
    B = "b"
    C = "c"


class Advice(StrEnum):
    """What is suggested for an enquiry; a person always decides."""

    ACCEPT = "accept"
    ASK = "ask"
    OTHER_DATES = "other_dates"
    ONLINE = "online"
    REFER = "refer"
    DECLINE = "decline"


class ScreeningResult(StrEnum):
    """What somebody found when they looked an enquiry's parties up in lists of restricted ones."""

    CLEAR = "clear"
    MATCH = "match"
    CLEARED = "cleared"


class Letter(StrEnum):
    """A courteous letter that the office sends as an action's text."""

    ACCEPT = "accept"
    DECLINE = "decline"
    DEFER = "defer"
    REFER = "refer"
    ONLINE = "online"
    OTHER_DATES = "other_dates"


class Placeholder(StrEnum):
    """What may stand in braces in a letter or canned reply, and is filled in from the enquiry."""

    CONTACT_NAME = "contact_name"
    ORGANISATION = "organisation"
    SUBJECT = "subject"
    REFERENCE = "reference"
    NETWORK = "network"
    DATES = "dates"
    FACULTY = "faculty"
    OFFICE = "office"
    PROMISED_ON = "promised_on"
    SENDER = "sender"


class KeyKind(StrEnum):
    """What an organisation is recognised by."""

    DOMAIN = "domain"
    NAME = "name"


class Subject(StrEnum):
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


class Deed(StrEnum):
    """What was done to a record."""

    MADE = "made"
    CHANGED = "changed"
    MERGED = "merged"
    PARTED = "parted"
    RESET = "reset"
    READMITTED = "readmitted"
    DELETED = "deleted"
    VERIFIED = "verified"


class VisitMode(StrEnum):
    """How a delegation meets the university."""

    IN_PERSON = "in_person"
    ONLINE = "online"


class Purpose(StrEnum):
    """What a visit is to achieve."""

    AGREEMENT = "agreement"
    STUDENT_EXCHANGE = "student_exchange"
    STAFF_EXCHANGE = "staff_exchange"
    JOINT_RESEARCH = "joint_research"
    JOINT_DEGREE = "joint_degree"
    SERVICE_LEARNING = "service_learning"
    BENCHMARKING = "benchmarking"
    NETWORK_ACTIVITY = "network_activity"
    COURTESY = "courtesy"
    OTHER = "other"


class CollaborationType(StrEnum):
    """What a collaboration is about."""

    AGREEMENT = "agreement"
    STUDENT_EXCHANGE = "student_exchange"
    STAFF_EXCHANGE = "staff_exchange"
    JOINT_RESEARCH = "joint_research"
    JOINT_DEGREE = "joint_degree"
    SHORT_PROGRAMME = "short_programme"
    ONLINE_COLLABORATION = "online_collaboration"
    NETWORK_ACTIVITY = "network_activity"
    OTHER = "other"


class StudyLevel(StrEnum):
    """Whom a collaboration is for."""

    UNDERGRADUATE = "undergraduate"
    TAUGHT_POSTGRADUATE = "taught_postgraduate"
    RESEARCH_POSTGRADUATE = "research_postgraduate"
    STAFF = "staff"


class Activity(StrEnum):
    """What a delegation would like to do on the day."""

    MEETING = "meeting"
    TOUR = "tour"
    LABORATORY = "laboratory"
    LECTURE = "lecture"
    SIGNING = "signing"
    MEAL = "meal"
    STUDENTS = "students"


class LeaderRank(StrEnum):
    """The rank of a delegation's leader."""

    HEAD_OF_STATE = "head_of_state"
    MINISTER = "minister"
    PRESIDENT = "president"
    VICE_PRESIDENT = "vice_president"
    DEAN = "dean"
    DIRECTOR = "director"
    PROFESSOR = "professor"
    OTHER = "other"


class Payer(StrEnum):
    """Who pays for a visit."""

    DELEGATION = "delegation"
    SHARED = "shared"
    UNIVERSITY = "university"
    UNDECIDED = "undecided"
