"""The blueprint of pages behind links in mails: private, and clear where a link has ended."""

from flask import Blueprint, Response, make_response, render_template, request

from webapp.domain.errors import Gone, NotFound
from webapp.web import edge, fields

bp = Blueprint("decisions", __name__)


@bp.before_request
def _take_language() -> None:
    edge.set_language(request.args.get("language"))


@bp.after_request
def _private(response: Response) -> Response:
    return edge.private(response)


@bp.errorhandler(NotFound)
def _unknown(_error: NotFound) -> Response:
    return make_response(render_template("decisions/closed.html", passed_to="", known=False), 404)


@bp.errorhandler(Gone)
def _gone(error: Gone) -> Response:
    if not request.args.get("language"):
        edge.set_language(error.language)
    words = fields.tidy_text(request.form.get("text") or request.form.get("note"))
    page = render_template("decisions/closed.html", passed_to=error.passed_to, why=error.why, known=True, words=words)
    return make_response(page, 410)
