"""The tracking pages' blueprint: private, in the language asked for, and helpful where a link opens nothing."""

from flask import Blueprint, Response, make_response, render_template, request

from webapp.domain.errors import NotFound
from webapp.web import edge
from webapp.web.failures import failure
from webapp.web.tracking.forms import LostLinkForm

bp = Blueprint("tracking", __name__)


@bp.before_request
def _take_language() -> None:
    edge.set_language(request.args.get("language"))


@bp.after_request
def _private(response: Response) -> Response:
    return edge.private(response)


@bp.errorhandler(NotFound)
def _unknown(_error: NotFound) -> Response:
    if wants_json():
        return failure(404)
    return make_response(render_template("tracking/unknown.html", form=LostLinkForm(formdata=None)), 404)


def wants_json() -> bool:
    """Return whether a program asks: one that prefers JSON to a page."""
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]
