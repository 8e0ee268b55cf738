"""Deleting an entry of the directory that no enquiry is about."""

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.directory import networks, removal
from webapp.domain.errors import Conflict, NotAllowed
from webapp.vocabulary import Permission
from webapp.web import edge
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash


@bp.get("/networks/<slug>/delete")
@edge.permission(Permission.NETWORK_EDIT)
def ask_to_delete_network(slug: str) -> AnyResponse:
    """Ask whether an entry is to go, and say what goes with it."""
    return _page(slug)


@bp.post("/networks/<slug>/delete")
@edge.permission(Permission.NETWORK_EDIT)
def delete_network(slug: str) -> AnyResponse:
    """Delete an entry."""
    version = parameters.sent_version()
    try:
        with transaction() as session:
            name = removal.remove(session, slug, version=version, by=edge.acting())
    except NotAllowed:
        return _page(slug, 409)
    except Conflict:
        found = networks.network(db.session(), slug, hidden=True)
        return _page(slug, 409, meanwhile.of_button(found, version))
    flash(_("%(name)s is deleted.", name=name), "good")
    return redirect(url_for("desk.networks"), 303)


def _page(slug: str, code: int = 200, clash: Clash | None = None) -> AnyResponse:
    found = networks.network(db.session(), slug, hidden=True)
    page = render_template(
        "desk/networks/delete.html", network=found, enquiries=removal.enquiries(db.session(), found), clash=clash
    )
    return make_response(page, code)
