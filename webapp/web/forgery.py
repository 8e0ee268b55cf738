"""Forms carry a token that proves who made their page; only beginning an enquiry needs none, from our own pages."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import current_app, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError

from webapp.web import edge, guards

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
        """Refuse a form that was not made for the one who sends it. Raises CSRFError."""
        view = current_app.view_functions.get(str(request.endpoint))
        needs_none = getattr(view, "needs_no_token", None)
        if request.method != "POST" or needs_none is None or not needs_none():
            super().protect(apply_exemptions)
        elif not _is_from_here():
            raise CSRFError("The form was sent by another site.")


def _is_from_here() -> bool:
    """Return whether one of our pages sent this form, as browsers say it; what says nothing is no browser's."""
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched in ("same-origin", "none")
    sender = request.headers.get("Origin") or request.headers.get("Referer")
    return sender is None or guards.is_name_of(urlsplit(sender).netloc, edge.environment().hosts)
