"""The browser that asks: a random word in a cookie of its own, which opens what was begun in it and nothing else."""

import re
from datetime import timedelta
from typing import cast

from flask import Response, after_this_request, current_app, request

from webapp.domain.security.tokens import new_token
from webapp.web import edge

COOKIE = "liaison-browser"
# Kept with the request, because one application context may see several requests.
_KEY = "liaison.browser"
_LASTS = timedelta(days=14)
_WORD = re.compile(r"[A-Za-z0-9_-]{43}")


def own() -> str:
    """Return the word of the browser that asks; one that has none gets it with this answer.

    It is apart from the sign-in: signing in or out on the same computer leaves a form that was begun where it is.
    """
    kept = request.environ
    if _KEY not in kept:
        kept[_KEY] = known() or new_token()
        after_this_request(_keep)
    return cast(str, kept[_KEY])


def known() -> str | None:
    """Return the word of the browser that asks, or None for one that has none; it gets none by this."""
    given = request.cookies.get(COOKIE, "")
    return given if _WORD.fullmatch(given) else None


def _keep(response: Response) -> Response:
    secure = edge.environment().public_url.startswith("https://")
    path = current_app.config["APPLICATION_ROOT"]
    response.set_cookie(COOKIE, own(), _LASTS, path=path, secure=secure, httponly=True, samesite="Lax")
    return response
