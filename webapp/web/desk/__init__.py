"""The desk: what staff see and do."""

from webapp.web.desk import (  # noqa: F401 - their routes
    account,
    activity,
    board,
    bulk,
    calendar,
    calendar_days,
    changes,
    closures,
    contacts,
    courtesy,
    duplicates,
    enquiry,
    faculties,
    leave,
    letters,
    linking,
    marks,
    merging,
    messages,
    my_day,
    network_edit,
    networks,
    organisations,
    people,
    queue,
    referrals,
    replies,
    saved,
    screening,
    settings,
    settings_previews,
    splitting,
)
from webapp.web.desk.blueprint import bp

__all__ = ["bp"]
