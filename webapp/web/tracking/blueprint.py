"""The tracking pages' blueprint: private, in the language asked for, and helpful where a link opens nothing."""

from flask import Blueprint, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError

from webapp.db import db
from webapp.domain.enquiries import tracking
from webapp.domain.errors import NotFound
from webapp.web import edge
from webapp.web.failures import expired, failure
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


@bp.errorhandler(CSRFError)
def _expired(_error: CSRFError) -> Response:
    """Show the words again, in the language of the enquiry that they belong to."""
    token = (request.view_args or {}).get("token")
    try:
        edge.set_language(tracking.enquiry(db.session(), token).language if token else None)
    except NotFound:
        return failure(403, expired=True)
    edge.set_language(request.args.get("language"))
    return expired()


def wants_json() -> bool:
    """Return whether a program asks: one that prefers JSON to a page."""
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]
