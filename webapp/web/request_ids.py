"""Each request has an id: it is in every line that the request logs, and in its answer."""

import re
from typing import Any
from uuid import uuid4

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

HEADER = "X-Request-ID"
# What a proxy may call a request: bounded, and nothing that could end a line or be taken for more than a name.
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,35}")


def init_request_ids(app: Flask) -> None:
    """Name each request before anything else happens to it."""
    app.url_value_preprocessor(_begin)
    app.after_request(_answer)
    app.teardown_request(lambda _error: clear_contextvars())


def named(sent: str) -> str:
    """Return a request's id: the one that was sent with it, where it is fit for one, else a new one."""
    return sent if _SAFE.fullmatch(sent) else uuid4().hex


def _begin(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Bind the route's pattern instead of the address, which may hold a secret."""
    g.request_id = named(request.headers.get(HEADER, ""))
    clear_contextvars()
    route = request.url_rule.rule if request.url_rule else None
    bind_contextvars(request_id=g.request_id, method=request.method, route=route)


def _answer(response: Response) -> Response:
    response.headers[HEADER] = g.request_id
    return response
