"""The desk: what staff see and do."""

from webapp.web.desk import account, enquiry, leave, messages, networks, people, queue  # noqa: F401 - their routes
from webapp.web.desk.blueprint import bp

__all__ = ["bp"]
