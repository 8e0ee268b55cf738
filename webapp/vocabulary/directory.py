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


class DirectoryOrder(StrEnum):
    """In which order the first page lists networks; without one, in the university's."""

    NAME = "name"
    YEAR = "year"
    SIZE = "size"
