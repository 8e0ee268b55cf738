"""The desk: what staff see and do. Each package names those of its modules that have routes."""

from webapp.web.desk import (  # noqa: F401 - their routes
    administration,
    calendar,
    enquiry,
    letters,
    messages,
    networks,
    organisations,
    queue,
    visits,
)
from webapp.web.desk.frame import patience  # noqa: F401 - it listens to the database
from webapp.web.desk.frame.blueprint import bp

__all__ = ["bp"]
