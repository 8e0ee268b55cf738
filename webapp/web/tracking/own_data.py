"""What is kept about one's own address: a link by email, the file behind it, and the request to erase it."""

from io import BytesIO

from flask import Response, flash, make_response, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.errors import Gone, NotFound
from webapp.domain.link_requests import asking
from webapp.domain.privacy import export, person, requests
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import SYSTEM
from webapp.models import DataRequest
from webapp.vocabulary import LinkWanted
from webapp.web import edge, limits
from webapp.web.tracking.blueprint import bp
from webapp.web.tracking.forms import OwnDataForm


@bp.get("/my-data")
@edge.public
def own_data() -> Response:
    """Ask for the address."""
    return _ask(OwnDataForm(formdata=None))


@bp.post("/my-data")
@edge.public
@limits.by_network(limits.LOST_LINK)
def ask_own_data() -> Response:
    """Keep the request; the worker emails a link if anything is kept, so that no answer and no time tells."""
    form = OwnDataForm()
    if not form.validate():
        return _ask(form, code=422)
    with transaction() as session:
        email = form.email.data or ""
        asking.ask(session, LinkWanted.OWN_DATA, email, language=edge.language(), now=edge.now())
    return make_response(render_template("tracking/own_data_asked.html"))


@bp.get("/my-data/<secret:token>")
@edge.public
def show_own_data(token: str) -> Response:
    """Show how much is kept, with the file and the request to erase it."""
    found = _opened(token)
    if found is None:
        return _ask(OwnDataForm(formdata=None), ended=True, code=404)
    held = person.find(db.session(), found.email)
    return make_response(render_template("tracking/own_data.html", asked=found, held=held, token=token))


@bp.get("/my-data/<secret:token>/data.zip")
@edge.public
@limits.by_network(limits.WRITE)
def download_own_data(token: str) -> Response:
    """Hand out everything as a file."""
    found = _opened(token)
    if found is None or not found.email:
        return _ask(OwnDataForm(formdata=None), ended=True, code=404)
    content = export.export(db.session(), found.email, language=edge.language(), by=_acting())
    return send_file(BytesIO(content), "application/zip", as_attachment=True, download_name="my-data.zip", etag=False)


@bp.post("/my-data/<secret:token>/erasure")
@edge.public
@limits.by_network(limits.WRITE)
def ask_for_erasure(token: str) -> AnyResponse:
    """Ask an administrator to erase it."""
    try:
        with transaction() as session:
            requests.ask_erasure(requests.opened(session, token, now=edge.now(), lock=True), now=edge.now())
    except (NotFound, Gone):
        return _ask(OwnDataForm(formdata=None), ended=True, code=404)
    flash(_("Your request has reached the office. This page will say what was decided."), "good")
    return redirect(url_for("tracking.show_own_data", token=token, language=edge.chosen_language()), 303)


def _opened(token: str) -> DataRequest | None:
    try:
        found = requests.opened(db.session(), token, now=edge.now())
    except (NotFound, Gone):
        return None
    if edge.chosen_language() is None:
        edge.set_language(found.language)
    return found


def _ask(form: OwnDataForm, *, ended: bool = False, code: int = 200) -> Response:
    return make_response(render_template("tracking/own_data_ask.html", form=form, ended=ended), code)


def _acting() -> Acting:
    """The service acts: the holder of a link has no right but to what it opens."""
    return Acting(SYSTEM, edge.now(), edge.settings())
