"""Personal data: whose they are, what for, who sees them, how long they are kept, and what happens then."""

from enum import StrEnum


class DataSubject(StrEnum):
    """Whose data they are."""

    PARTNER = "partner"
    CONTACT = "contact"
    COLLEAGUE = "colleague"
    ASKED = "asked"
    DELEGATE = "delegate"


class DataPurpose(StrEnum):
    """What they are kept for."""

    ANSWER = "answer"
    DELIVERY = "delivery"
    RELATIONS = "relations"
    ROUTING = "routing"
    ACCOUNT = "account"
    ACCOUNTABILITY = "accountability"
    OWN_RIGHTS = "own_rights"
    PROTECTION = "protection"
    VISIT = "visit"


class DataRequestOutcome(StrEnum):
    """What an administrator decided about a request for erasure."""

    ERASED = "erased"
    # Erased, but for what is on legal hold; retention erases that when the hold ends.
    PARTLY = "partly"
    REFUSED = "refused"


class DataReader(StrEnum):
    """Who sees them."""

    OFFICE = "office"
    ANSWERER = "answerer"
    ASKED = "asked"
    PARTNER = "partner"
    ADMINISTRATORS = "administrators"
    OWNER = "owner"
    NO_ONE = "no_one"


class KeepingPeriod(StrEnum):
    """How long they are kept; those with a number of months are settings of the office."""

    ENQUIRY = "enquiry"
    PAPER = "paper"
    MESSAGE = "message"
    CONTACT = "contact"
    LEAVE = "leave"
    DRAFT = "draft"
    PASSPORT = "passport"
    PREVIEW = "preview"
    SESSION = "session"
    SIGN_IN = "sign_in"
    COUNT = "count"
    LINK_REQUEST = "link_request"
    DATA_REQUEST = "data_request"
    AUDIT = "audit"
    PERSON = "person"
    RECORD = "record"


class Afterwards(StrEnum):
    """What happens when their time is over: the row is deleted, or stays as a figure without what was personal."""

    DELETED = "deleted"
    EMPTIED = "emptied"
    # The rest of the row stays, and says that it was the same one.
    REPLACED = "replaced"
    # Changed with the record that it belongs to; addresses of who asks for erasure are taken out.
    KEPT = "kept"
