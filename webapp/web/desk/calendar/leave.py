"""Leave at the desk: who is away when and who answers meanwhile; everyone enters their own, the office everyone's."""

from datetime import date

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse
from wtforms import SelectField

from webapp.db import db, transaction
from webapp.domain.directory import networks as directory_networks
from webapp.domain.directory import people
from webapp.domain.errors import Invalid
from webapp.domain.routing import leave
from webapp.domain.security.permissions import Actor
from webapp.models import Leave
from webapp.vocabulary import Permission
from webapp.web import edge, fields
from webapp.web.desk.frame.blueprint import bp


class LeaveForm(FlaskForm):
    """Who is away from when to when, and who answers meanwhile."""

    person = SelectField(_l("Who is away"), coerce=int)
    starts_on = fields.DayField(_l("First day away"))
    ends_on = fields.DayField(_l("Last day away"))
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
        networks = directory_networks.networks(session)
        self.network.choices = [(0, _("Everything"))] + [(row.id, row.short_name) for row in networks]


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
    form = _form()
    form.person.data = edge.actor().person_id
    return _page(form)


@bp.post("/leave")
@edge.permission(Permission.LEAVE_TAKE)
def take_leave() -> AnyResponse:
    """Enter leave; open work moves when it begins."""
    form, actor = _form(), edge.actor()
    if not _has_days(form) or not form.validate():
        form.validate()
        _has_days(form)
        return _page(form, 400)
    try:
        with transaction() as session:
            leave.take(session, _absence(form), actor=actor, now=edge.now(), today=edge.today())
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
    with transaction() as session:
        ended = leave.end(session, leave_id, actor=edge.actor(), now=edge.now(), today=edge.today())
        begun = ended.starts_on < edge.today()
    flash(_("Welcome back: the leave has ended.") if begun else _("Leave cancelled."), "good")
    return redirect(url_for("desk.leaves"), 303)


def _form() -> LeaveForm:
    form = LeaveForm()
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


def _page(form: LeaveForm, code: int = 200) -> Response:
    found = leave.present_and_coming(db.session(), actor=edge.actor(), today=edge.today())
    away = {
        row.id: any(
            other.person_id == row.cover_id and _meet(row, other) for other in found if other.network_id is None
        )
        for row in found
    }
    return make_response(
        render_template("desk/calendar/leave.html", form=form, leaves=found, cover_away=away, today=edge.today()), code
    )


def _meet(one: Leave, other: Leave) -> bool:
    return one.starts_on <= other.ends_on and other.starts_on <= one.ends_on
