"""The tracking pages' blueprint: private, in the language asked for, and helpful where a link opens nothing."""

from flask import Blueprint, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm import attributes

from webapp.db import db, reading
from webapp.domain.errors import Gone, NotFound
from webapp.domain.links import opening
from webapp.domain.links.opening import Opened
from webapp.models import Enquiry
from webapp.vocabulary import Language
from webapp.web import browser, edge, shown
from webapp.web.failures import expired, failure
from webapp.web.tracking.forms import LostLinkForm

bp = Blueprint("tracking", __name__)


@bp.before_request
def _take_language() -> None:
    edge.set_language(request.args.get("language"))


@bp.after_request
def _private(response: Response) -> Response:
    return edge.private(response)


def opened(token: str, *, whole: bool = True) -> Opened:
    """Return a partner's link, by default with all that their page shows of the enquiry. Raises NotFound, Gone.

    From here on the answer is in the enquiry's language unless the address asks for another: forms word their faults
    as soon as they are made.
    """
    session = db.session() if request.method == "POST" else reading()
    found = opening.opened(
        session,
        token,
        *opening.PARTNERS,
        now=edge.now(),
        shown=whole,
        parties=_parties if whole else None,
        browser=browser.known(),
    )
    speak(found)
    return found


def _parties(version: str | None, enquiry: Enquiry) -> None:
    """Give an enquiry that is only shown its people out of what this process knows of all."""
    shown.knows(version)
    network = next((each for each in shown.networks() if each.id == enquiry.network_id), None)
    attributes.set_committed_value(enquiry, "network", network)
    assignee = next((each for each in shown.everyone() if each.id == enquiry.assignee_id), None)
    attributes.set_committed_value(enquiry, "assignee", assignee)


def speak(found: Opened) -> None:
    """Answer in the enquiry's language unless another was asked for."""
    if not kept_language():
        edge.set_language(found.language)


@bp.errorhandler(NotFound)
def _unknown(_error: NotFound) -> Response:
    if wants_json():
        return failure(404)
    if found := _opens():
        said = {"token": found.token, "kept_language": kept_language()}
        return make_response(render_template("tracking/missing.html", **said), 404)
    return make_response(render_template("tracking/unknown.html", form=LostLinkForm(formdata=None)), 404)


@bp.errorhandler(Gone)
def _ended(error: Gone) -> Response:
    if wants_json():
        return failure(410)
    if not request.args.get("language"):
        edge.set_language(error.language)
    return make_response(render_template("tracking/ended.html", why=error.why, form=LostLinkForm(formdata=None)), 410)


@bp.errorhandler(CSRFError)
def _expired(_error: CSRFError) -> Response:
    """Show the words again, in the language of the enquiry that they belong to."""
    if "token" in (request.view_args or {}) and _opens() is None:
        return failure(403, expired=True)
    return expired()


def _opens() -> Opened | None:
    """Return the link in the address; None where there is none, or it opens nothing."""
    try:
        return opened((request.view_args or {}).get("token", ""), whole=False)
    except (Gone, NotFound):
        return None


def wants_json() -> bool:
    """Return whether a program asks: one that prefers JSON to a page."""
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def kept_language() -> Language | None:
    """Return the language that the address asks for, which its links keep."""
    asked = request.args.get("language")
    return Language(asked) if asked in edge.languages() else None
