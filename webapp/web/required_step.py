"""Those who must have a second step and gave none: only their account opens, to set one up."""

from typing import Any

from webapp.domain.accounts import second_step
from webapp.web import edge
from webapp.web.edge import View


def opens_before(view: View) -> View:
    """Mark a view of the desk that opens to them."""
    view.before_second_step = True  # type: ignore[attr-defined]
    return view


def is_missing() -> bool:
    """Return whether the present sign-in lacks a second step that its person must have."""
    found = edge.current_sign_in()
    return found is not None and second_step.is_missing(found, edge.environment())


def holds_back(view: Any) -> bool:
    """Return whether a view waits until there is one."""
    return is_missing() and not getattr(view, "before_second_step", False)
