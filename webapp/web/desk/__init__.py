"""The desk: what staff see and do."""

from webapp.web.desk import (  # noqa: F401 - their routes
    account,
    calendar,
    calendar_days,
    closures,
    enquiry,
    leave,
    messages,
    networks,
    changes,
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
