"""Kinds of organisations, and what one is recognised by."""

from enum import StrEnum


class OrganisationType(StrEnum):
    """What kind of organisation a partner writes for."""

    UNIVERSITY = "university"
    RESEARCH_INSTITUTE = "research_institute"
    GOVERNMENT = "government"
    NETWORK = "network"
    COMPANY = "company"
    FOUNDATION = "foundation"
    OTHER = "other"


class KeyKind(StrEnum):
    """What an organisation is recognised by."""

    DOMAIN = "domain"
    NAME = "name"
