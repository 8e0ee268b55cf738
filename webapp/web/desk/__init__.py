"""The desk: what staff see and do."""

from webapp.web.desk import (  # noqa: F401 - their routes
    account,
    calendar,
    calendar_days,
    changes,
    closures,
    contacts,
    courtesy,
    enquiry,
    leave,
    letters,
    linking,
    merging,
    messages,
    networks,
    organisations,
    people,
    queue,
    screening,
    settings,
)
from webapp.web.desk.blueprint import bp

__all__ = ["bp"]
