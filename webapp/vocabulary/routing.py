"""As what someone answers an enquiry, and why someone does not."""

from enum import StrEnum


class Post(StrEnum):
    """As what someone answers for an enquiry; the order of `domain.routing.answerer`."""

    ASSIGNEE = "assignee"
    LIAISON = "liaison"
    DEPUTY = "deputy"
    COVER = "cover"
    MAILBOX = "mailbox"
    OFFICE = "office"


class Obstacle(StrEnum):
    """Why someone does not answer today: away, gone for good, or asked before (the covers lead in a circle)."""

    AWAY = "away"
    GONE = "gone"
    ASKED = "asked"
