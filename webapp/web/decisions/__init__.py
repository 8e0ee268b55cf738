"""What people of the university do by the link in an email: answer an enquiry, or give an approval."""

from webapp.web.decisions import back, pages  # noqa: F401 - their routes
from webapp.web.decisions.blueprint import bp

__all__ = ["bp"]
