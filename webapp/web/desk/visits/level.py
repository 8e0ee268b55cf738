"""The level of one visit: what the table says and why, and the office's own choice."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db, transaction
from webapp.domain.enquiries import loading, visiting
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.search.references import read_reference
from webapp.domain.visits import level_choice
from webapp.models import Enquiry, Visit
from webapp.vocabulary import Level, Permission
from webapp.web import edge, fields
from webapp.web.desk.calendar import clashing
from webapp.web.desk.enquiry import history
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp


class LevelForm(FlaskForm):
    """A level, or that of the table, and why."""

    level = fields.ChoiceField(_l("Level"), lambda: [("", _("As the table says")), *labels.options(labels.LEVEL, _)])
    reason = fields.line(_l("Why another than the table says"), limit=300)


@bp.get("/visits/<reference>/level")
@edge.permission(Permission.ENQUIRY_DECIDE)
def visit_level(reference: str) -> Response:
    """Show the level of a visit, with the form to choose another."""
    enquiry, visit = _load(reference)
    return _page(enquiry, visit, LevelForm(formdata=None, level=visit.level or "", reason=visit.level_reason))


@bp.post("/visits/<reference>/level")
@edge.permission(Permission.ENQUIRY_DECIDE)
def choose_level(reference: str) -> AnyResponse:
    """Choose a level with a reason, or follow the table again; what is refused comes back as it was typed."""
    enquiry, visit = _load(reference)
    form, by, version = LevelForm(), edge.acting(), parameters.sent_version()
    if not form.validate():
        return _page(enquiry, visit, form, 400)
    level, reason = Level(form.level.data) if form.level.data else None, form.reason.data or ""
    words = _("Level of the visit: %(level)s", level=_(labels.LEVEL[level]) if level else _("As the table says"))
    said = "\n".join(filter(None, (words, reason if level else "")))
    try:
        with transaction() as session:
            held = loading.locked(session, enquiry.reference, actor=by.actor)
            level_choice.choose(session, held, level, reason, words=said, by=by, version=version)
    except Invalid:
        form.reason.errors = [_("Say why in a few words.")]
        return _page(enquiry, visit, form, 400)
    except Conflict:
        db.session().expire_all()
        return _page(*_load(reference), form, 409, missed=version)
    flash(_("Saved."), "good")
    return redirect(url_for("desk.visit", reference=enquiry.reference), 303)


def _load(reference: str) -> tuple[Enquiry, Visit]:
    known = read_reference(reference)
    enquiry = loading.enquiry(db.session(), known, actor=edge.actor()) if known else None
    visit = visiting.of(db.session(), enquiry) if enquiry else None
    if enquiry is None or visit is None:
        raise NotFound("visit")
    return enquiry, visit


def _page(enquiry: Enquiry, visit: Visit, form: LevelForm, code: int = 200, *, missed: int | None = None) -> Response:
    since = [] if missed is None else loading.changes_since(enquiry, missed)
    page = render_template(
        "desk/visits/level.html",
        enquiry=enquiry,
        form=form,
        level=clashing.level_words(clashing.level(enquiry, visit, edge.settings())),
        overtaken=missed is not None,
        changes=[history.line(event, enquiry) for event in since],
    )
    return make_response(page, code)
