"""The legal hold of an enquiry: administrators put it on, change its reason and end it."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import transaction
from webapp.domain.enquiries import loading
from webapp.domain.errors import Conflict, Invalid, NotAllowed
from webapp.domain.privacy import holds
from webapp.domain.search.references import read_reference
from webapp.vocabulary import Permission
from webapp.web import edge, fields
from webapp.web.desk.enquiry.page import page
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp


@bp.post("/enquiries/<reference>/hold")
@edge.permission(Permission.PRIVACY_MANAGE)
def hold(reference: str) -> AnyResponse:
    """Put an enquiry on hold for a `reason`, or end it (`do=end`); what was typed comes back where that is refused."""
    found, version = read_reference(reference), parameters.sent_version()
    try:
        with transaction() as session:
            held = loading.locked(session, found, actor=edge.actor())
            if request.form.get("do") == "end":
                holds.end(session, held, version=version, by=edge.acting())
            else:
                reason = fields.tidy_text(request.form.get("reason"))
                holds.put(session, held, reason, version=version, by=edge.acting())
    except Invalid:
        flash(_("Say in at most 500 characters why it is on hold. Nothing was changed."), "bad")
        return page(found, code=400)
    except Conflict:
        flash(_("Someone changed this enquiry meanwhile. Nothing was done; read it and try again."), "bad")
        return page(found, code=409)
    except NotAllowed:
        flash(_("It was erased before. Nothing was changed."), "bad")
        return page(found, code=409)
    flash(_("The legal hold is saved."), "good")
    return redirect(url_for("desk.enquiry", reference=found, _anchor="hold"), 303)
