"""The institution's logo: put up, replaced, and put back to that of the installation."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain import settings as office_settings
from webapp.domain.errors import Conflict, Invalid
from webapp.vocabulary import Permission
from webapp.web import edge
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash


@bp.get("/logo")
@edge.permission(Permission.SETTINGS_EDIT)
def logo() -> AnyResponse:
    """Show the logo, and the form that changes it."""
    return _page()


@bp.post("/logo")
@edge.permission(Permission.SETTINGS_EDIT)
@edge.takes_files("logo")
def change_logo() -> AnyResponse:
    """Put up a logo, or take down the one of the desk (`do=remove`)."""
    file, removes = request.files.get("logo"), request.form.get("do") == "remove"
    content = None if removes else file.read() if file else b""
    version, settings = parameters.sent_version(), edge.environment()
    try:
        with transaction() as session:
            office_settings.put_up_logo(session, content, version=version, by=edge.acting(), settings=settings)
    except Invalid as error:
        return _page(400, fault=_fault(error.faults["logo"]))
    except Conflict:
        return _page(409, clash=meanwhile.of_button(office_settings.row(db.session()), version))
    flash(_("Saved."), "good")
    return redirect(url_for("desk.logo"), 303)


def _fault(fault: str) -> str:
    faults = {
        "empty": _("Choose a file."),
        "large": _("The file is larger than 500 KB. Choose a smaller one."),
        "broken": _("The file is damaged. Export the logo again."),
        "active": _("The drawing has scripts, links or parts from elsewhere. Export it as a plain SVG, or as a PNG."),
    }
    return faults.get(fault, _("This is neither a PNG nor an SVG file."))


def _page(code: int = 200, *, fault: str = "", clash: Clash | None = None) -> AnyResponse:
    page = render_template(
        "desk/administration/logo.html",
        own=bool(edge.settings().logo_name),
        fault=fault,
        clash=clash,
        version=office_settings.version(db.session()),
    )
    return make_response(page, code)
