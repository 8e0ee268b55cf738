"""How networks are sorted."""

from enum import StrEnum


class Group(StrEnum):
    """How the university belongs to a network."""

    COFOUNDED = "cofounded"
    MEMBER = "member"


class TermKind(StrEnum):
    """What a term of the directory classifies."""

    SCOPE = "scope"
    REGION = "region"
    GROUP = "group"
