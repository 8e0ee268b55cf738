"""Days of the week, kinds of days, and why someone is reminded."""

from enum import StrEnum


class Weekday(StrEnum):
    """A day of the week, in the order of a week that begins on Monday."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


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
