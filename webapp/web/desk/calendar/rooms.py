"""Rooms that visits are received in: the list, and the form of each with its history."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.visits import rooms as domain
from webapp.domain.visits.rooms import RoomFacts
from webapp.i18n import N_
from webapp.models import Room
from webapp.vocabulary import Language, Permission, RecordType
from webapp.web import edge, fields
from webapp.web.desk.calendar import records
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash
from webapp.web.desk.frame.versioned import VersionedForm
from webapp.web.languages import InLanguages, in_each, name_in

_MOST_SEATS = 5000


def building_in(language: Language) -> str:
    """Return the field of a building in a language."""
    return f"building_{language.suffix}"


class RoomForm(InLanguages, VersionedForm):
    """What staff say of a room; its names and buildings in each language are added below."""

    seats = fields.NumberField(
        _l("Seats"), 1, _MOST_SEATS, description=_l("Guests and hosts together. Left empty, no group is too large.")
    )
    active = fields.TickField(_l("In use: visits can be put into it"))

    def in_language(self, language: Language) -> set[str]:
        """Return the names of a room and its building in a language."""
        return {name_in(language), building_in(language)}

    def facts(self) -> RoomFacts:
        """Return what a checked form says."""
        return RoomFacts(self.texts(), self.texts(building_in), self.seats.data, bool(self.active.data))


_TEXTS = (
    (name_in, N_("Name"), {"required": _l("Enter the name in English.")}),
    (building_in, N_("Building"), {"description": _l("Walking time is counted between different buildings.")}),
)
for _naming, _label, _given in _TEXTS:
    for _name, _field in in_each(_naming, fields.line, _label, limit=80, **_given).items():
        setattr(RoomForm, _name, _field)


@bp.get("/rooms")
@edge.permission(Permission.CALENDAR_EDIT)
def rooms() -> str:
    """Show the rooms, those in use first."""
    return render_template("desk/calendar/rooms.html", rooms=domain.listed(db.session(), actor=edge.actor()))


@bp.route("/rooms/new", methods=["GET", "POST"])
@edge.permission(Permission.CALENDAR_EDIT)
def new_room() -> AnyResponse:
    """Add a room."""
    form = RoomForm(active=True)
    if not form.validate_on_submit():
        return _form(form, None, 400 if form.errors else 200)
    try:
        with transaction() as session:
            domain.add(session, form.facts(), by=edge.acting())
    except Invalid as error:
        return _refused(form, None, error)
    flash(_("%(name)s is added.", name=form["name_en"].data), "good")
    return redirect(url_for("desk.rooms"), 303)


@bp.route("/rooms/<id:room_id>", methods=["GET", "POST"])
@edge.permission(Permission.CALENDAR_EDIT)
def room(room_id: int) -> AnyResponse:
    """Change a room; what someone else changed meanwhile is taken in or shown beside what was typed."""
    actor = edge.actor()
    found = domain.room(db.session(), room_id, actor=actor)
    form = RoomForm(data=domain.facts_of(found).fields)
    if not form.validate_on_submit():
        return _form(form, found, 400 if form.errors else 200)
    version = parameters.sent_version()
    try:
        with transaction() as session:
            held = domain.room(session, room_id, actor=actor, lock=True)
            domain.edit(session, held, form.facts(), version=version, by=edge.acting())
    except Invalid as error:
        return _refused(form, domain.room(db.session(), room_id, actor=actor), error)
    except Conflict:
        found = domain.room(db.session(), room_id, actor=actor)
        return _form(form, found, 409, meanwhile.of_form(form, found, version, domain.facts_of(found).fields))
    flash(_("Saved."), "good")
    return redirect(url_for("desk.rooms"), 303)


def _refused(form: RoomForm, found: Room | None, error: Invalid) -> Response:
    for name, fault in error.faults.items():
        known = fault == "known"
        form[name].errors = [_("Another room of this building has this name already.") if known else _("Fill this in.")]
    return _form(form, found, 400)


def _form(form: RoomForm, found: Room | None, code: int, clash: Clash | None = None) -> Response:
    shown = records.page(form, found, RecordType.ROOM, clash)
    page = render_template("desk/calendar/room.html", form=form, room=found, building_in=building_in, **shown)
    return make_response(page, code)
