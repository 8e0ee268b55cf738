"""Why someone could not be named by their address, in the reader's words."""

from flask_babel import gettext as _

from webapp import labels
from webapp.web import edge


def refusal(fault: str) -> str:
    """Return what is said of a fault that `labels.NOT_NAMED` knows."""
    settings = edge.settings()
    return _(labels.NOT_NAMED[fault]) % {"per_enquiry": settings.asked_per_enquiry, "per_day": settings.asked_per_day}
