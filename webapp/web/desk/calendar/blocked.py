"""Periods that no visit should fall into: the list, and the form of each with its history."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.visits import blocked as domain
from webapp.domain.visits.blocked import PeriodFacts
from webapp.i18n import N_
from webapp.models import BlockedPeriod
from webapp.vocabulary import Permission, RecordType
from webapp.web import edge, fields
from webapp.web.desk.calendar import records
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash
from webapp.web.desk.frame.versioned import VersionedForm
from webapp.web.languages import InLanguages, in_each, name_in
from webapp.web.planned_day import PlannedDayField

_ID = "<id:period_id>"


class PeriodForm(InLanguages, VersionedForm):
    """What staff say of a period; its names in each language are added below."""

    first = PlannedDayField(_l("First day"))
    last = PlannedDayField(_l("Last day"), description=_l("The same day, if it is only one."))
    hard = fields.TickField(_l("No visit may be in it: a warning is not enough"))

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check each field; the last day is the first one where it is left empty."""
        super().validate(*args, **kwargs)
        if self.first.data is None and not self.first.errors:
            self.first.errors = [_("Enter the first day.")]
        return not self.errors

    def facts(self) -> PeriodFacts:
        """Return what a checked form says."""
        first = self.first.data
        assert isinstance(first, date)
        return PeriodFacts(self.texts(), first, self.last.data or first, bool(self.hard.data))


for _name, _field in in_each(
    name_in,
    fields.line,
    N_("Name"),
    limit=80,
    required=_l("Enter the name in English."),
    description=_l("For example examinations, or congregation. Only the desk reads it."),
).items():
    setattr(PeriodForm, _name, _field)


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what changes say of a period as the fields of its form hold it."""
    names = {"starts_on": "first", "ends_on": "last"}
    return {
        names.get(name, name): date.fromisoformat(value) if name in names and value else value
        for name, value in values.items()
    }


@bp.get("/calendar/blocked")
@edge.permission(Permission.CALENDAR_EDIT)
def blocked_periods() -> str:
    """Show the periods that are not over."""
    found = domain.listed(db.session(), actor=edge.actor(), since=edge.today())
    return render_template("desk/calendar/blocked.html", periods=found)


@bp.route("/calendar/blocked/new", methods=["GET", "POST"])
@edge.permission(Permission.CALENDAR_EDIT)
def new_blocked_period() -> AnyResponse:
    """Block some days."""
    form = PeriodForm()
    if not form.validate_on_submit():
        return _form(form, None, 400 if form.errors else 200)
    try:
        with transaction() as session:
            domain.add(session, form.facts(), by=edge.acting())
    except Invalid as error:
        return _refused(form, None, error)
    flash(_("%(name)s is added.", name=form["name_en"].data), "good")
    return redirect(url_for("desk.blocked_periods"), 303)


@bp.route(f"/calendar/blocked/{_ID}", methods=["GET", "POST"])
@edge.permission(Permission.CALENDAR_EDIT)
def blocked_period(period_id: int) -> AnyResponse:
    """Change a period; what someone else changed meanwhile is taken in or shown beside what was typed."""
    actor = edge.actor()
    found = domain.period(db.session(), period_id, actor=actor)
    form = PeriodForm(data=domain.facts_of(found).fields)
    if not form.validate_on_submit():
        return _form(form, found, 400 if form.errors else 200)
    version = parameters.sent_version()
    try:
        with transaction() as session:
            held = domain.period(session, period_id, actor=actor, lock=True)
            domain.edit(session, held, form.facts(), version=version, by=edge.acting())
    except Invalid as error:
        return _refused(form, domain.period(db.session(), period_id, actor=actor), error)
    except Conflict:
        found = domain.period(db.session(), period_id, actor=actor)
        current = domain.facts_of(found).fields
        return _form(form, found, 409, meanwhile.of_form(form, found, version, current, _shown))
    flash(_("Saved."), "good")
    return redirect(url_for("desk.blocked_periods"), 303)


@bp.post(f"/calendar/blocked/{_ID}/remove")
@edge.permission(Permission.CALENDAR_EDIT)
def remove_blocked_period(period_id: int) -> AnyResponse:
    """Delete a period."""
    version, actor = parameters.sent_version(), edge.actor()
    try:
        with transaction() as session:
            held = domain.period(session, period_id, actor=actor, lock=True)
            domain.remove(session, held, version=version, by=edge.acting())
    except Conflict:
        found = domain.period(db.session(), period_id, actor=actor)
        form = PeriodForm(formdata=None, data=domain.facts_of(found).fields)
        return _form(form, found, 409, meanwhile.of_button(found, version))
    flash(_("Deleted."), "good")
    return redirect(url_for("desk.blocked_periods"), 303)


def _refused(form: PeriodForm, found: BlockedPeriod | None, error: Invalid) -> Response:
    said = {
        "needed": _("Fill this in."),
        "early": _("The last day is before the first day."),
        "long": _("A period takes at most half a year."),
    }
    for name, fault in error.faults.items():
        form[name].errors = [said[fault]]
    return _form(form, found, 400)


def _form(form: PeriodForm, found: BlockedPeriod | None, code: int, clash: Clash | None = None) -> Response:
    shown = records.page(form, found, RecordType.BLOCKED_PERIOD, clash)
    return make_response(render_template("desk/calendar/blocked_period.html", form=form, period=found, **shown), code)
