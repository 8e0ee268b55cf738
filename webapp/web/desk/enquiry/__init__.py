"""One enquiry: its page with history and panels, and every action that is taken on it."""

from webapp.web.desk.enquiry import (  # noqa: F401 - their routes
    brief,
    hold,
    letters,
    linking,
    referrals,
    relations,
    replying,
    routes,
    screening,
    splitting,
    tags,
)
