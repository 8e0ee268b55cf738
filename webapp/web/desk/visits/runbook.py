"""The runbook of each level at the desk: its steps, added and removed by the office."""

from collections.abc import Iterator

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Field

from webapp import labels
from webapp.db import db, transaction
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.visits import runbook
from webapp.i18n import N_, localised
from webapp.vocabulary import Language, Level, Permission
from webapp.web import edge, fields
from webapp.web.desk.frame.blueprint import bp
from webapp.web.guards import number
from webapp.web.languages import InLanguages, in_each

_LIMIT = runbook.LONGEST_TITLE


def title_in(language: Language) -> str:
    """Return the field of what is to be done in a language."""
    return f"title_{language.suffix}"


class StepForm(InLanguages, FlaskForm):
    """A step for visits of a level; what is to be done, in each language, is added below."""

    level = fields.ChoiceField(
        _l("For visits of"), lambda: labels.options(labels.LEVEL, _), required=_l("Choose the level.")
    )
    days = fields.NumberField(_l("Working days"), 0, runbook.FARTHEST, required=_l("Enter the number of days."))
    when = fields.ChoiceField(
        _l("Counted"),
        lambda: [("before", _("before the first day")), ("after", _("after the last day"))],
        default="before",
    )
    required = fields.TickField(_l("A visit is ready only when this is done"))

    def in_language(self, language: Language) -> set[str]:
        """Return the names of the fields of a language."""
        return {title_in(language)}

    def titles(self) -> Iterator[Field]:
        """Yield the fields of what is to be done, English first."""
        return self.worded(title_in)

    def offset(self) -> int:
        """Return the working days, negative for those before."""
        days = self.days.data or 0
        return days if self.when.data == "after" else -days


for _name, _field in in_each(
    title_in, fields.line, N_("What is to be done"), limit=_LIMIT, required=_l("Enter what is to be done.")
).items():
    setattr(StepForm, _name, _field)


@bp.get("/runbook", endpoint="runbook")
@edge.permission(Permission.ENQUIRY_READ)
def runbook_page() -> AnyResponse:
    """Show which steps visits of each level need."""
    return _page(StepForm(formdata=None))


@bp.post("/runbook")
@edge.permission(Permission.CALENDAR_EDIT)
def change_runbook() -> AnyResponse:
    """Add a step; or remove one (`do=remove`), or give a level its default steps again (`do=reset`)."""
    do, sent = request.form.get("do", "add"), request.form.get("level", "")
    form = StepForm() if do == "add" else StepForm(formdata=None)
    if do == "add" and not form.validate():
        return _page(form)
    if sent not in list(Level):
        raise NotFound("level")
    level, by, said = Level(sent), edge.acting(), _("Saved.")
    try:
        with transaction() as session:
            if do == "remove":
                gone = runbook.remove(session, level, number(request.form.get("step", "")) or 0, by=by)
                said = _("“%(step)s” is removed.", step=localised(gone.title, edge.language()))
            elif do == "reset":
                runbook.reset(session, level, by=by)
                said = _("The default steps are restored.")
            else:
                runbook.add(session, level, form.texts(title_in), form.offset(), required=form.required.data, by=by)
    except Invalid as error:
        if "step" in error.faults:
            flash(_("The last step stays: a level needs at least one."), "bad")
            return redirect(url_for("desk.runbook"), 303)
        form[title_in(Language.EN)].errors = [_("A level has at most %(num)s steps.", num=runbook.MOST)]
        return _page(form)
    except NotFound:
        said = _("This step was removed before.")
    flash(said, "good")
    return redirect(url_for("desk.runbook"), 303)


def when(offset: int) -> str:
    """Return in words when a step is due."""
    if offset == 0:
        return _("on the first day")
    if offset < 0:
        return ngettext("%(num)s working day before", "%(num)s working days before", -offset)
    return ngettext("%(num)s working day after", "%(num)s working days after", offset)


def _page(form: StepForm) -> AnyResponse:
    page = render_template(
        "desk/visits/runbook.html", levels=runbook.all_steps(db.session()), form=form, when=when, Level=Level
    )
    return make_response(page, 422 if form.errors else 200)
