"""What a visitor reads when something cannot be done: each refusal of the domain and of HTTP has its page."""

from datetime import datetime
from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException

from webapp.db import db
from webapp.domain.accounts import throttle
from webapp.domain.enquiries import challenge, senders
from webapp.domain.errors import Busy, FileHeldBack, FileWaiting, Invalid, NotAllowed, NotFound, TooMany
from webapp.domain.messages import allowance
from webapp.i18n import N_
from webapp.web import edge, kept

log = structlog.get_logger(__name__)
_ONE_SENDER = N_(
    "Many enquiries came from this email address or its domain lately. Nothing was sent; your form is kept."
)
# Of what it was too much, where that can be said better than that it was many requests; by the name of the limit.
_WHY = {
    **dict.fromkeys(
        (allowance.ACTS.name, allowance.EMAILS.name),
        N_("You have sent as many emails as one person can in an hour. Nothing was sent or changed by this."),
    ),
    **dict.fromkeys(
        (*(limit.name for limit in senders.PER_MAILBOX), senders.PER_DOMAIN.name, senders.PER_PUBLIC_DOMAIN.name),
        _ONE_SENDER,
    ),
    **dict.fromkeys(
        challenge.MAILED,
        N_(
            "Many codes to send a form were asked for lately, for this address or from your network. "
            "Nothing was sent; your form is kept."
        ),
    ),
    **dict.fromkeys(
        (throttle.FROM_NETWORK.name, throttle.FROM_STRANGERS.name, throttle.FROM_DEVICE.name),
        N_("There were many tries to sign in to this account. Each next one has to wait a little longer."),
    ),
}
# What PostgreSQL says of a statement that took too long.
_CANCELLED = "57014"
# Seconds after which it is worth asking again: where much is going on, and where a part of the service is away.
_WHILE_BUSY, _WHILE_AWAY = 10, 60
# Answers that say no to someone: who tries doors leaves a trail of them.
_REFUSED = frozenset({401, 403, 413, 429})
PAGES = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})


def failure(code: int, *, page: str = "", **context: Any) -> Response:
    """Return the page (or, where JSON was asked for, the object) that says what happened and what to do.

    The page is that of the code, unless another is named.
    """
    g.failed = True
    edge.keep_readers_language()
    if request.accept_mimetypes.best == "application/json":
        response = make_response(jsonify(error=code, detail=context.get("detail", "")), code)
    else:
        name = page or (code if code in PAGES else 400 if code < 500 else 500)
        response = make_response(render_template(f"errors/{name}.html", **context), code)
    if code == 503:
        response.headers["Retry-After"] = str(_WHILE_AWAY)
    return edge.private(response)


def expired() -> Response:
    """Return the page for a form that can no longer be sent as it is: what was typed into it is shown again."""
    typed = kept.posted()
    if not typed.words or kept.came_from_elsewhere() or request.accept_mimetypes.best == "application/json":
        return failure(403, expired=True)
    return kept.page(typed, "expired", 403)


def init_failures(app: Flask) -> None:
    """Register the pages for refusals."""

    @app.errorhandler(NotFound)
    def not_found(_error: NotFound) -> Response:
        return failure(404)

    @app.errorhandler(NotAllowed)
    def not_allowed(_error: NotAllowed) -> Response:
        return failure(409)

    @app.errorhandler(Invalid)
    def invalid(_error: Invalid) -> Response:
        return failure(400)

    @app.errorhandler(FileWaiting)
    def file_waiting(error: FileWaiting) -> Response:
        return failure(409, page="file_waiting", name=error.name, detail="file is being checked")

    @app.errorhandler(FileHeldBack)
    def file_held_back(error: FileHeldBack) -> Response:
        return failure(403, page="file_held_back", name=error.name, found=error.found, detail="file is held back")

    @app.errorhandler(CSRFError)
    def csrf(_error: CSRFError) -> Response:
        return expired()

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        if error.response is not None or error.code is None or error.code < 400:
            return error.get_response()  # type: ignore[return-value]
        response = failure(error.code)
        for name, value in error.get_headers():
            if name in {"Allow", "Retry-After"}:
                response.headers[name] = value
        return response

    _init_log(app)
    _init_waits(app)
    _init_outages(app)


def _init_log(app: Flask) -> None:
    @app.after_request
    def tell(response: Response) -> Response:
        """Write one line for each refusal, with the number of who is signed in where that was looked up."""
        if response.status_code in _REFUSED:
            log.warning("request.refused", code=response.status_code, person=getattr(g.get("person"), "id", None))
        return response


def _init_waits(app: Flask) -> None:
    @app.errorhandler(RateLimitExceeded)
    def limited(error: RateLimitExceeded) -> Response:
        limit = g.get("view_rate_limit") or error.limit.limit
        return too_many(edge.now().timestamp() + limit.get_expiry())

    @app.errorhandler(TooMany)
    def too_often(error: TooMany) -> Response:
        return too_many(error.retry_at.timestamp(), limit=error.limit)

    @app.errorhandler(Busy)
    def busy(_error: Busy) -> Response:
        return _busy(failure(503, busy=True))


def _init_outages(app: Flask) -> None:
    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    @app.errorhandler(NoConnection)
    def no_database(error: Exception) -> Response:
        if getattr(getattr(error, "orig", None), "sqlstate", None) == _CANCELLED:
            log.warning("database.too_slow", endpoint=request.endpoint)
            db.session.rollback()
            return _busy(failure(503, page="slow", detail="took too long"))
        log.error("database.unavailable", error=_said(error))
        db.session.rollback()
        # Who is signed in would be read again for the frame of their pages.
        g.shows_person, g.sign_in, g.person = False, None, None
        return failure(503)

    @app.errorhandler(Exception)
    def crash(error: Exception) -> Response:
        log.error("request.crashed", exc_info=error)
        db.session.rollback()
        if app.testing:
            raise error
        return failure(500)


def _busy(response: Response) -> Response:
    response.headers["Retry-After"] = str(_WHILE_BUSY)
    return response


def _said(error: Exception) -> str:
    """What the driver says, in one line: an outage refuses many requests, and each must stay readable in the log."""
    return " ".join(str(getattr(error, "orig", None) or error).split())[:200]


def too_many(retry_at: float, *, limit: str = "") -> Response:
    """Return the page that says when to try again, and of what it was too much; `retry_at` in seconds since 1970."""
    now = edge.now()
    seconds = max(1, round(retry_at - now.timestamp()))
    again = datetime.fromtimestamp(now.timestamp() + seconds, now.tzinfo)
    response = failure(429, retry_at=again, why=gettext(_WHY[limit]) if limit in _WHY else "")
    response.headers["Retry-After"] = str(seconds)
    return response
