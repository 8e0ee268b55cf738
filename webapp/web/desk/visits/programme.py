"""The programme of a visit at the desk: slots by time with who receives in each, and the forms that plan it."""

from itertools import groupby
from zoneinfo import ZoneInfo

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from webapp import questions
from webapp.db import db, transaction
from webapp.domain.enquiries import loading
from webapp.domain.enquiries.loading import Seen
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.notifications import programme_mails
from webapp.domain.security.permissions import visible, visit_visible
from webapp.domain.visits import frictions, programme
from webapp.domain.visits.frictions import Friction, Snag
from webapp.i18n import city, localised
from webapp.models import Enquiry, SlotHost, Visit, VisitSlot
from webapp.vocabulary import Level, Permission, VisitState
from webapp.web import edge
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.visits.loaded import load
from webapp.web.desk.visits.programme_forms import SlotForm


@bp.get("/visits/<reference>/programme")
@edge.permission(Permission.ENQUIRY_READ)
def visit_programme(reference: str) -> Response:
    """Show the programme; a host of single slots sees those alone."""
    return _page(reference)


@bp.post("/visits/<reference>/programme")
@edge.permission(Permission.ENQUIRY_DECIDE)
def add_slot(reference: str) -> AnyResponse:
    """Add a slot."""
    enquiry, visit = load(reference)
    form = SlotForm()
    plan = form.plan(ZoneInfo(visit.timezone)) if form.validate() else None
    if plan is None:
        return _page(reference, 422, new=form)
    try:
        with transaction() as session:
            programme.add(session, held(session, enquiry), plan, by=edge.acting())
    except Invalid as error:
        form.refuse(error.faults)
        return _page(reference, 422, new=form)
    return done(enquiry, _("Added to the programme."))


@bp.post("/visits/<reference>/programme/usual")
@edge.permission(Permission.ENQUIRY_DECIDE)
def use_usual_programme(reference: str) -> AnyResponse:
    """Put in what a visit of a level usually holds."""
    enquiry, _visit = load(reference)
    level = request.form.get("level", "")
    if level not in list(Level):
        raise NotFound("level")
    try:
        with transaction() as session:
            programme.put_in(
                session, held(session, enquiry), Level(level), known=parameters.sent_version("slots"), by=edge.acting()
            )
    except Invalid:
        flash(_("Nothing was added: agree on the day of the visit first, or take something out."), "warn")
        return redirect(url_for("desk.visit_programme", reference=enquiry.reference), 303)
    except Conflict:
        flash(_("Nothing was added: the programme changed meanwhile. It is shown here as it is now."), "warn")
        return redirect(url_for("desk.visit_programme", reference=enquiry.reference), 303)
    return done(enquiry, _("The usual programme is in. Change what is different this time."))


@bp.post("/visits/<reference>/programme/show")
@edge.permission(Permission.ENQUIRY_DECIDE)
def show_programme(reference: str) -> AnyResponse:
    """Let the partner see the programme, or no more."""
    enquiry, _visit = load(reference)
    shown = bool(request.form.get("shown"))
    with transaction() as session:
        programme.show(session, held(session, enquiry), shown=shown, by=edge.acting())
    said = _("The partner sees the programme once the visit is confirmed.")
    return done(enquiry, said if shown else _("The partner does not see the programme."))


def held(session: Session, enquiry: Enquiry, *, seen: Seen = visible) -> Enquiry:
    """Return the enquiry as it is now, held for this transaction."""
    return loading.locked(session, enquiry.reference, actor=edge.actor(), seen=seen)


def done(enquiry: Enquiry, said: str, anchor: str = "") -> AnyResponse:
    """Lead to the programme, where it is said what was done."""
    flash(said, "good")
    return redirect(url_for("desk.visit_programme", reference=enquiry.reference, _anchor=anchor or None), 303)


def is_readers(host: SlotHost) -> bool:
    """Whether the reader is the one who was asked."""
    return host.person_id == edge.actor().person_id and host.invited_at is not None


def _page(reference: str, code: int = 200, *, new: SlotForm | None = None) -> Response:
    enquiry, visit = load(reference, seen=visit_visible)
    slots = list(programme.of(db.session(), visit)) if visit.id else []
    whole = loading.sees(db.session(), enquiry, actor=edge.actor())
    plans = whole and edge.actor().can(Permission.ENQUIRY_DECIDE)
    all_of_them = whole or is_host(visit)
    shown = slots if all_of_them else [each for each in slots if any(map(is_readers, each.hosts))]
    zone = ZoneInfo(visit.timezone)
    page = render_template(
        "desk/visits/programme.html",
        enquiry=enquiry,
        visit=visit,
        days=[(day, list(each)) for day, each in groupby(shown, lambda s: s.starts_at.astimezone(zone).date())],
        snags=[_said(each) for each in frictions.snags(visit, slots)] if all_of_them else [],
        shows_all=all_of_them,
        plans=plans and visit.id is not None and visit.state is not VisitState.CANCELLED,
        new=new or SlotForm.new(visit, slots),
        count=len(slots),
        levels=list(Level),
        level=visit.level or edge.settings().levels.of(questions.RANK.of(enquiry.answers)),
        city=city_of(visit),
        clock=lambda moment: f"{moment.astimezone(zone):%H:%M}",
        place=lambda slot: programme_mails.place(slot, edge.language()),
    )
    return make_response(page, code)


def is_host(visit: Visit) -> bool:
    """Whether a visit is the reader's to receive: they see all its slots, and not only those they were asked for."""
    return visit.host_id is not None and visit.host_id == edge.actor().person_id


def city_of(visit: Visit) -> str:
    """Return whose times a visit’s are."""
    return city(ZoneInfo(visit.timezone), edge.language())


def _said(snag: Snag) -> tuple[VisitSlot, str]:
    """Return a friction in words, with the slot to look at."""
    titles = [localised(each.title, edge.language()) if each else "" for each in (snag.earlier, snag.slot)]
    values = {"first": titles[0], "second": titles[1], "minutes": snag.minutes, "name": snag.name}
    said = {
        Friction.GAP: _("Between “%(first)s” and “%(second)s” nothing happens for %(minutes)s minutes.", **values),
        Friction.OVERLAP: _("“%(first)s” and “%(second)s” overlap by %(minutes)s minutes.", **values),
        Friction.WALK: _("“%(second)s” is elsewhere than “%(first)s”: plan %(minutes)s minutes for the way.", **values),
        Friction.PERSON: _("%(name)s is asked for “%(first)s” and “%(second)s” at the same time.", **values),
        Friction.OUTSIDE: _("“%(second)s” is outside of the visit’s time.", **values),
    }
    return snag.slot, said[snag.kind]
