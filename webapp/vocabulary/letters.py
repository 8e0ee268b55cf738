"""Letters, and what is filled into them."""

from enum import StrEnum


class Letter(StrEnum):
    """A letter that the office sends as an action's text."""

    ACCEPT = "accept"
    DECLINE = "decline"
    DEFER = "defer"
    REFER = "refer"
    ONLINE = "online"
    OTHER_DATES = "other_dates"
    THANKS = "thanks"


class Placeholder(StrEnum):
    """What may be written in braces in a letter or canned reply, and is filled in from the enquiry."""

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
    PROMISES = "promises"
