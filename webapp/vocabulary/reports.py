"""By what figures are grouped."""

from enum import StrEnum


class ReportBy(StrEnum):
    """By what the figures of a period are grouped."""

    NETWORK = "network"
    COUNTRY = "country"
    LEVEL = "level"
    KIND = "kind"
    OUTCOME = "outcome"
    MONTH = "month"
