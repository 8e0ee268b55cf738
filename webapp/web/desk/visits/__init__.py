"""Visits at the desk: when and where each is, with whom, and what is prepared for it."""

from webapp.web.desk.visits import (  # noqa: F401 - their routes
    aftermath,
    arrivals,
    letters,
    level,
    listing,
    papers,
    programme,
    roster,
    runbook,
    slots,
    subscriptions,
    tasks,
    visit,
)
