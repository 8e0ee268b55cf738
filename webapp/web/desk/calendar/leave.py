"""Leave at the desk: who is away when and who answers meanwhile; everyone enters their own, the office everyone's."""

from datetime import date
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse
from wtforms import SelectField

from webapp.db import db, transaction
from webapp.domain.directory import people
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.history import changes as history_changes
from webapp.domain.routing import leave
from webapp.domain.security.permissions import Actor
from webapp.models import Leave
from webapp.vocabulary import Permission, RecordType
from webapp.web import edge, shown
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash
from webapp.web.planned_day import PlannedDayField


class LeaveForm(FlaskForm):
    """Who is away from when to when, and who answers meanwhile."""

    person = SelectField(_l("Who is away"), coerce=int)
    starts_on = PlannedDayField(_l("First day away"))
    ends_on = PlannedDayField(_l("Last day away"))
    cover = SelectField(
        _l("Who covers"),
        coerce=int,
        description=_l("No one named: the deputy of each network, then the office."),
    )
    network = SelectField(
        _l("For"), coerce=int, description=_l("Another cover for one of the networks takes precedence.")
    )

    def offer(self, session: Session, actor: Actor) -> None:
        """Offer the people whom the actor may enter leave for, and everyone as cover."""
        known = [(person.id, person.name) for person in people.candidates(session)]
        own = [(person_id, name) for person_id, name in known if person_id == actor.person_id]
        self.person.choices = known if actor.can(Permission.LEAVE_MANAGE) else own
        self.cover.choices = [(0, _("No one named")), *known]
        networks = [(row.id, row.short_name) for row in shown.directory().active]
        self.network.choices = [(0, _("Everything")), *networks]


_FAULTS = {
    ("starts_on", "overlap"): _l("Leave is entered for some of these days already; end that first."),
    ("ends_on", "before start"): _l("The last day cannot be before the first."),
    ("ends_on", "past"): _l("These days are over."),
    ("ends_on", "long"): _l("Leave can last a year; for longer, name another liaison."),
    ("cover", "same"): _l("Someone else has to cover."),
    ("cover", "unknown"): _l("This person is no longer active."),
    ("person", "unknown"): _l("This person is no longer active."),
}


@bp.get("/leave")
@edge.permission(Permission.LEAVE_TAKE)
def leaves() -> Response:
    """Show who is away, today and later."""
    return _page(_empty())


@bp.post("/leave")
@edge.permission(Permission.LEAVE_TAKE)
def take_leave() -> AnyResponse:
    """Enter leave; open work moves when it begins."""
    form = _form()
    if not _has_days(form) or not form.validate():
        form.validate()
        _has_days(form)
        return _page(form, 400)
    try:
        with transaction() as session:
            leave.take(session, _absence(form), by=edge.acting())
    except Invalid as error:
        for name, fault in error.faults.items():
            form[name].errors = [_FAULTS[name, fault]]
        return _page(form, 400)
    flash(_("Leave is entered. Open enquiries move when it begins, and come back at its end."), "good")
    return redirect(url_for("desk.leaves"), 303)


@bp.post("/leave/<id:leave_id>/end")
@edge.permission(Permission.LEAVE_TAKE)
def end_leave(leave_id: int) -> AnyResponse:
    """End leave today, or cancel it before it begins."""
    version, today = parameters.sent_version(), edge.today()
    try:
        with transaction() as session:
            ended = leave.end(session, leave_id, version=version, by=edge.acting())
            begun = ended.starts_on < today
    except Conflict:
        return _overtaken(db.session().get_one(Leave, leave_id), version)
    except NotFound:
        return _gone(leave_id)
    flash(_("Welcome back: the leave has ended.") if begun else _("Leave cancelled."), "good")
    return redirect(url_for("desk.leaves"), 303)


def _overtaken(found: Leave, version: int) -> Response:
    return _page(_empty(), 409, meanwhile.of_button(found, version, gone=found.ends_on < edge.today()))


def _gone(leave_id: int) -> Response:
    """Say that leave ended, and who ended it to those who may know.

    Raises NotFound for leave that never was, and for that of others, which has not ended.
    """
    since = history_changes.history(db.session(), RecordType.LEAVE, leave_id, limit=1)
    there = db.session().get(Leave, leave_id)
    if not since or (there is not None and there.ends_on >= edge.today()):
        raise NotFound("leave")
    seen = since if edge.actor().can(Permission.LEAVE_MANAGE) else ()
    return _page(_empty(), 409, meanwhile.of_gone(_("This leave has ended, or was cancelled"), seen))


def _empty() -> LeaveForm:
    form = _form(formdata=None)
    form.person.data = edge.actor().person_id
    return form


def _form(**given: Any) -> LeaveForm:
    form = LeaveForm(**given)
    form.offer(db.session(), edge.actor())
    return form


def _has_days(form: LeaveForm) -> bool:
    """Both days are needed; a day that is none has said so itself."""
    for field, text in ((form.starts_on, _("Enter the first day.")), (form.ends_on, _("Enter the last day."))):
        if field.data is None and not field.errors and not any(field.raw_data or ()):
            field.errors = [text]
    return form.starts_on.data is not None and form.ends_on.data is not None


def _absence(form: LeaveForm) -> leave.Absence:
    first, last = form.starts_on.data, form.ends_on.data
    assert isinstance(first, date)
    assert isinstance(last, date)
    return leave.Absence(form.person.data, first, last, form.network.data or None, form.cover.data or None)


def _page(form: LeaveForm, code: int = 200, clash: Clash | None = None) -> Response:
    found = leave.present_and_coming(db.session(), actor=edge.actor(), today=edge.today())
    away = {
        row.id: any(
            other.person_id == row.cover_id and _meet(row, other) for other in found if other.network_id is None
        )
        for row in found
    }
    page = render_template(
        "desk/calendar/leave.html", form=form, leaves=found, cover_away=away, today=edge.today(), clash=clash
    )
    return make_response(page, code)


def _meet(one: Leave, other: Leave) -> bool:
    return one.starts_on <= other.ends_on and other.starts_on <= one.ends_on
