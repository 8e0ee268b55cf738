"""The desk: what staff see and do."""

from webapp.web.desk import (  # noqa: F401 - their routes
    account,
    activity,
    board,
    bulk,
    duplicates,
    enquiry,
    leave,
    marks,
    messages,
    my_day,
    networks,
    people,
    queue,
    replies,
    saved,
)
from webapp.web.desk.blueprint import bp

__all__ = ["bp"]
