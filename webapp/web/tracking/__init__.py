"""What a partner sees of an enquiry through its secret link, and how a lost link comes back."""

from webapp.web.tracking import lost, own_data, pages, roster, survey, visit  # noqa: F401 - their routes
from webapp.web.tracking.blueprint import bp

__all__ = ["bp"]
