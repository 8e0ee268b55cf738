"""The office's own settings, for administrators."""

from dataclasses import asdict

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain import audit, office
from webapp.domain.errors import Conflict
from webapp.domain.office import Choices
from webapp.domain.screening import LONGEST_LISTS
from webapp.vocabulary import Permission, Subject
from webapp.web import edge, fields
from webapp.web.desk import records
from webapp.web.desk.blueprint import bp
from webapp.web.desk.organisation_forms import VersionedForm


class OfficeForm(VersionedForm):
    """What administrators decide about the office's work."""

    screening_required = fields.TickField(
        _l("Screening is required before accepting"),
        description=_l(
            "Nothing can be accepted before somebody looked the parties up in lists of restricted ones, or cleared a "
            "match. The service itself looks nothing up and decides nothing."
        ),
    )
    screening_lists = fields.line(
        _l("Lists that are usually looked at"),
        limit=LONGEST_LISTS,
        description=_l("Their names stand in the form of each screening, and can be changed there."),
    )


@bp.route("/settings", methods=["GET", "POST"])
@edge.permission(Permission.SETTINGS_EDIT)
def office_settings() -> AnyResponse:
    """See and change the settings; what somebody else changed meanwhile is taken in or shown."""
    session = db.session()
    form, version = OfficeForm(data=asdict(office.choices(session))), office.version(session)
    if not form.validate_on_submit():
        return _page(form, records.sent_version() if form.is_submitted() else version, 400 if form.errors else 200)
    chosen = asdict(Choices(bool(form.screening_required.data), form.screening_lists.data or ""))
    try:
        with transaction() as writing:
            known = {"version": records.sent_version(), "settings": edge.environment()}
            office.change(writing, chosen, actor=edge.actor(), now=edge.now(), **known)
    except Conflict:
        changes = audit.history(db.session(), Subject.SETTINGS, office.KEY)
        clash = records.Clash.of(form, changes, records.sent_version())
        return _page(form, office.version(db.session()), 409, clash)
    flash(_("Saved."), "good")
    return redirect(url_for("desk.office_settings"), 303)


def _page(form: OfficeForm, version: int, code: int, clash: records.Clash | None = None) -> Response:
    history = [records.line(change) for change in audit.history(db.session(), Subject.SETTINGS, office.KEY)]
    page = render_template("desk/settings.html", form=form, version=version, clash=clash, history=history)
    return make_response(page, code)
