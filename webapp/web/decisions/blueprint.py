"""The blueprint of pages behind links in emails: private, and clear where a link has ended."""

from flask import Blueprint, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError

from webapp.db import db
from webapp.domain.errors import Gone, NotFound
from webapp.domain.links import opening
from webapp.models import Decision
from webapp.web import edge
from webapp.web.failures import expired, failure

bp = Blueprint("decisions", __name__)


@bp.before_request
def _take_language() -> None:
    edge.set_language(request.args.get("language"))


@bp.after_request
def _private(response: Response) -> Response:
    return edge.private(response)


@bp.errorhandler(CSRFError)
def _expired(_error: CSRFError) -> Response:
    """Show the words again, in the language of the person who has the link."""
    try:
        found = opening.opened(db.session(), (request.view_args or {})["token"], now=edge.now())
    except NotFound:
        return failure(403, expired=True)
    except Gone as error:
        return _gone(error)
    edge.set_language(found.person.language if isinstance(found, Decision) else found.language)
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
