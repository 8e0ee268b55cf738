"""What a line of history knows of a visit: dates that were chosen, what is planned, how many come."""

from dataclasses import dataclass
from datetime import date, datetime

from webapp.models.event_data import ActionTaken, Window


@dataclass(frozen=True, kw_only=True)
class DatesAnswered(ActionTaken):
    """The partner chose the days from `start` to `end` among those proposed; none of them where there are none."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, kw_only=True)
class CalledOff(ActionTaken):
    """What was agreed does not take place; `letters` are the numbers of the invitations that were withdrawn with it."""

    letters: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class VisitPlanned(CalledOff):
    """A visit was given, or had, these days, this time, place and host."""

    start: date | None = None
    end: date | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str = ""
    host: str = ""
    # The row of who was the host until then.
    host_before: int | None = None
    # Its days until then, where a confirmed visit was moved.
    days_before: Window | None = None
    # Why it was confirmed although something hard was against it.
    overruled: str = ""


@dataclass(frozen=True, kw_only=True)
class GroupChanged(ActionTaken):
    """So many come now, and so many were to come before."""

    before: int | None = None
    after: int = 0
