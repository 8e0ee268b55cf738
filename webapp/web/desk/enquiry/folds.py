"""Which parts of an enquiry's page are open: what each person left open, and whatever was just acted on."""

from flask import request

from webapp.vocabulary import Action
from webapp.web import edge

NAMES = frozenset(
    {"facts", "clashes", "origin", "screening", "weighed", "approvals", "referrals", "related", "marks", "checklist"}
    | {"due", "mails", "hold"}
)
# Of people who have not folded or unfolded anything.
_FIRST = frozenset({"facts"})
# Where the form of an action is that was refused.
_OF: dict[Action, str] = {
    Action.LINK: "origin",
    Action.SCREEN: "screening",
    Action.REFER: "referrals",
    Action.CHASE_REFERRAL: "referrals",
    Action.RECALL: "referrals",
    Action.RELATE: "related",
    Action.MERGE: "related",
    Action.TAG: "marks",
    Action.UNTAG: "marks",
    Action.CHECK: "checklist",
    Action.RENEW_LINK: "mails",
}


def cookie_name() -> str:
    """Return under which name a browser remembers what its reader left open; it holds names of parts alone."""
    return f"liaison-open-{edge.actor().person_id}"


def open_parts(refused: Action | None = None) -> frozenset[str]:
    """Return the parts that are open, with that of an action that was refused."""
    kept = request.cookies.get(cookie_name())
    chosen = _FIRST if kept is None else NAMES.intersection(kept.split("."))
    return chosen | ({_OF[refused]} if refused in _OF else set())
