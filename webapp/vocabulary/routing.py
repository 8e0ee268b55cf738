"""As what somebody answers an enquiry, and why somebody does not."""

from enum import StrEnum


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
