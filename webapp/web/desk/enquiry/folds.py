"""Which parts of an enquiry's page are open: what each person left open."""

from flask import request

from webapp.web import edge

NAMES = frozenset(
    {"facts", "clashes", "origin", "screening", "weighed", "approvals", "referrals", "related", "marks", "checklist"}
    | {"due", "mails", "hold"}
)
# Of people who have not folded or unfolded anything.
_FIRST = frozenset({"facts"})


def cookie_name() -> str:
    """Return under which name a browser remembers what its reader left open; it holds names of parts alone."""
    return f"liaison-open-{edge.actor().person_id}"


def open_parts() -> frozenset[str]:
    """Return the parts that are open; the page adds those whose form was refused."""
    kept = request.cookies.get(cookie_name())
    return _FIRST if kept is None else NAMES.intersection(kept.split("."))
