"""Trips of our own: who is away when, the form of each with its stops, and the report that is due after it."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.visits import trips as domain
from webapp.domain.visits.trips import REPORT_DAYS
from webapp.models import Trip
from webapp.vocabulary import Permission, RecordType
from webapp.web import edge
from webapp.web.desk.calendar import records, trip_forms
from webapp.web.desk.calendar.trip_forms import TripForm
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash

_ID = "<id:trip_id>"


@bp.get("/trips")
@edge.permission(Permission.CALENDAR_EDIT)
def trips() -> str:
    """Show the trips to come and of the last months, and which report is due."""
    found = domain.listed(db.session(), actor=edge.actor(), today=edge.today(), settings=edge.settings())
    return render_template("desk/calendar/trips.html", trips=found, report_days=REPORT_DAYS)


@bp.route("/trips/new", methods=["GET", "POST"])
@edge.permission(Permission.CALENDAR_EDIT)
def new_trip() -> AnyResponse:
    """Enter a trip."""
    form = TripForm()
    form.offer(db.session())
    if not form.validate_on_submit():
        return _form(form, None, 400 if form.errors else 200)
    try:
        with transaction() as session:
            domain.add(session, form.facts(), by=edge.acting())
    except Invalid as error:
        return _refused(form, None, error)
    flash(_("%(name)s is added.", name=form.title.data), "good")
    return redirect(url_for("desk.trips"), 303)


@bp.route(f"/trips/{_ID}", methods=["GET", "POST"])
@edge.permission(Permission.CALENDAR_EDIT)
def trip(trip_id: int) -> AnyResponse:
    """Change a trip; what someone else changed meanwhile is taken in or shown beside what was typed."""
    actor = edge.actor()
    found = domain.trip(db.session(), trip_id, actor=actor)
    form = _filled(found)
    if not form.validate_on_submit():
        return _form(form, found, 400 if form.errors else 200)
    version = parameters.sent_version()
    try:
        with transaction() as session:
            held = domain.trip(session, trip_id, actor=actor, lock=True)
            domain.edit(session, held, form.facts(), version=version, by=edge.acting())
    except Invalid as error:
        return _refused(form, domain.trip(db.session(), trip_id, actor=actor), error)
    except Conflict:
        found = domain.trip(db.session(), trip_id, actor=actor)
        current = trip_forms.shown(domain.facts_of(found).said)
        return _form(form, found, 409, meanwhile.of_form(form, found, version, current, trip_forms.shown))
    flash(_("Saved."), "good")
    return redirect(url_for("desk.trips"), 303)


@bp.post(f"/trips/{_ID}/remove")
@edge.permission(Permission.CALENDAR_EDIT)
def remove_trip(trip_id: int) -> AnyResponse:
    """Delete a trip."""
    version, actor = parameters.sent_version(), edge.actor()
    try:
        with transaction() as session:
            held = domain.trip(session, trip_id, actor=actor, lock=True)
            domain.remove(session, held, version=version, by=edge.acting())
    except Conflict:
        found = domain.trip(db.session(), trip_id, actor=actor)
        return _form(_filled(found, formdata=None), found, 409, meanwhile.of_button(found, version))
    flash(_("Deleted."), "good")
    return redirect(url_for("desk.trips"), 303)


def _filled(found: Trip, **given: object) -> TripForm:
    form = TripForm(data=trip_forms.shown(domain.facts_of(found).said), **given)
    form.offer(db.session(), found)
    return form


def _refused(form: TripForm, found: Trip | None, error: Invalid) -> Response:
    said = {
        ("people", "needed"): _("Choose who travels, or name them below."),
        ("people", "unknown"): _("Choose from the list."),
        ("back_on", "early"): _("They are back before they leave."),
        ("back_on", "long"): _("A trip takes at most three months."),
    }
    stops = {
        "early": _("The last day is before the first day."),
        "outside": _("These days are outside the trip’s."),
        "unknown": _("Choose a time zone from the list, such as Europe/Lisbon."),
    }
    for name, fault in error.faults.items():
        form[name].errors = [said.get((name, fault)) or stops.get(fault) or _("Fill this in.")]
    return _form(form, found, 400)


def _form(form: TripForm, found: Trip | None, code: int, clash: Clash | None = None) -> Response:
    shown = records.page(form, found, RecordType.TRIP, clash)
    stops = list(form.stops())
    # As many as are filled in, and one more to begin with; the others are opened by hand.
    filled = max(
        (place for place, stop in enumerate(stops, 1) if any(part.data or part.errors for part in stop.values())),
        default=0,
    )
    page = render_template(
        "desk/calendar/trip.html",
        form=form,
        trip=found,
        stops=stops,
        open_stops=filled + 1,
        zones=trip_forms.zones(),
        **shown,
    )
    return make_response(page, code)
