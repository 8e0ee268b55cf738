"""The blueprint of pages behind links in emails: private, and clear where a link has ended."""

from flask import Blueprint, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError

from webapp.db import db
from webapp.domain.decisions import authority
from webapp.domain.errors import Gone, NotFound
from webapp.domain.links.opening import Opened
from webapp.web import edge
from webapp.web.failures import expired, failure

bp = Blueprint("decisions", __name__)


@bp.before_request
def _take_language() -> None:
    edge.set_language(request.args.get("language"))


@bp.after_request
def _private(response: Response) -> Response:
    return edge.private(response)


def opened(token: str, *, shown: bool = True) -> Opened:
    """Return the link of a token, by default with all that its page shows of the enquiry. Raises NotFound, Gone."""
    return authority.opened(db.session(), token, now=edge.now(), settings=edge.settings(), shown=shown)


def speak(found: Opened) -> None:
    """Answer in the holder's language unless another was asked for."""
    if not request.args.get("language"):
        edge.set_language(found.language)


@bp.errorhandler(CSRFError)
def _expired(_error: CSRFError) -> Response:
    """Show the words again, in the language of the person who has the link."""
    try:
        found = opened((request.view_args or {})["token"], shown=False)
    except NotFound:
        return failure(403, expired=True)
    except Gone as error:
        return _gone(error)
    edge.set_language(found.language)
    edge.set_language(request.args.get("language"))
    return expired()


@bp.errorhandler(NotFound)
def _unknown(_error: NotFound) -> Response:
    return make_response(render_template("decisions/closed.html", passed_to="", known=False), 404)


@bp.errorhandler(Gone)
def _gone(error: Gone) -> Response:
    if not request.args.get("language"):
        edge.set_language(error.language)
    page = render_template("decisions/closed.html", passed_to=error.passed_to, why=error.why, known=True)
    return make_response(page, 410)
