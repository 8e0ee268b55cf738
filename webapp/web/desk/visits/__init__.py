"""Visits at the desk: when and where each is, with whom, and what is prepared for it."""

from webapp.web.desk.visits import listing, programme, slots, subscriptions, visit  # noqa: F401 - their routes
