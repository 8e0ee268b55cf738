"""Forms carry a token that proves who made their page; only beginning an enquiry needs none, from our own pages."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError

from webapp.web import kept

View = TypeVar("View", bound=Callable[..., Any])


def needs_no_token(when: Callable[[], bool]) -> Callable[[View], View]:
    """Mark a view that takes some forms without a token; what they do must be of no use to another site."""

    def mark(view: View) -> View:
        view.needs_no_token = when  # type: ignore[attr-defined]
        return view

    return mark


class Protection(CSRFProtect):
    """Asks every form for its token, and those that need none where they come from."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse a form that was not made for whoever sends it. Raises CSRFError."""
        view = current_app.view_functions.get(str(request.endpoint))
        needs_none = getattr(view, "needs_no_token", None)
        if request.method != "POST" or needs_none is None or not needs_none():
            super().protect(apply_exemptions)
        elif kept.came_from_elsewhere():
            raise CSRFError("The form was sent by another site.")
