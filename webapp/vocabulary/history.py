"""Records whose changes are kept, and what was done to them."""

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
