"""Who acts, and what they may do."""

from enum import StrEnum


class ActorKind(StrEnum):
    """Who did something: staff, or someone by a link: an answerer, an approver, a faculty, a host, the partner.

    A visitor is someone of whom no one knows yet who it is.
    """

    STAFF = "staff"
    LIAISON = "liaison"
    APPROVER = "approver"
    FACULTY = "faculty"
    HOST = "host"
    PARTNER = "partner"
    SYSTEM = "system"
    VISITOR = "visitor"


class Role(StrEnum):
    """What an account may do, see `domain.security.permissions`."""

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    LIAISON = "liaison"
    HOST = "host"
    OBSERVER = "observer"


class RoleSource(StrEnum):
    """Who said last which role a person has: administrators at the desk, or the provider of single sign-on."""

    DESK = "desk"
    GROUPS = "groups"


class SignOnRefusal(StrEnum):
    """Why someone whom the provider of single sign-on let in is not let in here."""

    UNVERIFIED = "unverified"
    UNKNOWN = "unknown"
    CLOSED = "closed"
    OTHER = "other"
    NO_ROLE = "no_role"


class FactorKind(StrEnum):
    """What a person has that gives the second step at sign-in."""

    AUTHENTICATOR = "authenticator"
    PASSKEY = "passkey"


class SecondStepNews(StrEnum):
    """What the owner of an account hears about its second step."""

    ADDED = "added"
    REMOVED = "removed"
    RECOVERED = "recovered"
    NEW_CODES = "new_codes"
    RESET = "reset"
    GUESSED = "guessed"


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
    # Those who are no colleagues: to ask them, or to let them take over or have an account.
    OUTSIDER_NAME = "desk:outsider:name"
    # One's own leave; that of everyone.
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
    AUDIT_READ = "desk:audit:read"
    # What all colleagues see beside their queue, and choose from when they answer.
    VIEW_SHARE = "desk:view:share"
    REPLY_EDIT = "desk:reply:edit"
    # Legal holds, requests for erasure, and what is kept for how long.
    PRIVACY_MANAGE = "desk:privacy:manage"
    REPORT_READ = "desk:report:read"
    # What delegates eat and need: of their health and faith, for those who see to it.
    CARE_READ = "desk:care:read"
    # What passports of delegates say: each look is kept in the audit log.
    PASSPORT_READ = "desk:passport:read"
    # What the holder of an enquiry's secret link may do.
    TRACKING_USE = "tracking:enquiry:use"
