"""Kinds of days, and why someone is reminded."""

from enum import StrEnum


class DayKind(StrEnum):
    """What the office says of a day; it beats weekends and general holidays."""

    CLOSED = "closed"
    HALF = "half"
    WORKING = "working"


class Occasion(StrEnum):
    """Why someone is reminded of an enquiry."""

    SOON = "soon"
    TODAY = "today"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
