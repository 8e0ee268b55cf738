"""The desk: what staff see and do."""

from webapp.web.desk import (  # noqa: F401 - their routes
    account,
    bulk,
    enquiry,
    leave,
    messages,
    networks,
    people,
    queue,
    saved,
)
from webapp.web.desk.blueprint import bp

__all__ = ["bp"]
