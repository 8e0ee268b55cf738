"""One slot of a programme at the desk: it is changed, moved, taken out, and people are asked to receive in it."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.enquiries import loading
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.notifications import programme_mails
from webapp.domain.security.permissions import visit_visible
from webapp.domain.visits import hosting, programme
from webapp.i18n import translations
from webapp.mail.programme import slot_rows
from webapp.models import Enquiry
from webapp.vocabulary import Permission, SlotAnswer
from webapp.web import edge
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.visits.loaded import load
from webapp.web.desk.visits.programme import city_of, done, held, is_host, is_readers
from webapp.web.desk.visits.programme_forms import InviteForm, MoveForm, SlotForm
from webapp.web.hosting_form import HostingForm


@bp.get("/visits/<reference>/programme/<id:slot_id>")
@edge.permission(Permission.ENQUIRY_READ)
def slot(reference: str, slot_id: int) -> Response:
    """Show one slot: who receives in it, and what the reader can do."""
    return _slot(reference, slot_id)


@bp.post("/visits/<reference>/programme/<id:slot_id>")
@edge.permission(Permission.ENQUIRY_DECIDE)
def edit_slot(reference: str, slot_id: int) -> AnyResponse:
    """Change a slot; those who were asked hear of it."""
    enquiry, visit = load(reference)
    form = SlotForm.sent(programme.one(db.session(), enquiry, slot_id))
    plan = form.plan(ZoneInfo(visit.timezone)) if form.validate() else None
    if plan is None:
        return _slot(reference, slot_id, 422, form=form)
    given: dict[str, Any] = {"version": parameters.sent_version(), "by": edge.acting()}
    try:
        with transaction() as session:
            programme.edit(session, held(session, enquiry), slot_id, plan, **given)
    except Invalid as error:
        form.refuse(error.faults)
        return _slot(reference, slot_id, 422, form=form)
    except Conflict:
        return _slot(reference, slot_id, 409, form=form, overtaken=True)
    return done(enquiry, _("Saved. Those who were asked hear what concerns them."), f"slot-{slot_id}")


@bp.post("/visits/<reference>/programme/<id:slot_id>/move")
@edge.permission(Permission.ENQUIRY_DECIDE)
def move_slot(reference: str, slot_id: int) -> AnyResponse:
    """Let a slot begin at another time, alone or with what follows."""
    enquiry, visit = load(reference)
    form = MoveForm()
    begins = form.moment(programme.one(db.session(), enquiry, slot_id), visit) if form.validate() else None
    if begins is None:
        form.begins.errors = form.begins.errors or [_("Enter when it begins.")]
        return _slot(reference, slot_id, 422, moving=form)
    rest = bool(form.with_rest.data)
    given: dict[str, Any] = {"with_rest": rest, "version": parameters.sent_version(), "by": edge.acting()}
    return _press(reference, slot_id, _("Moved."), lambda s, row: programme.move(s, row, slot_id, begins, **given))


@bp.post("/visits/<reference>/programme/<id:slot_id>/remove")
@edge.permission(Permission.ENQUIRY_DECIDE)
def remove_slot(reference: str, slot_id: int) -> AnyResponse:
    """Take a slot out; those who were asked hear that they are not needed."""
    given: dict[str, Any] = {"version": parameters.sent_version(), "by": edge.acting()}
    return _press(reference, slot_id, _("Taken out."), lambda s, row: programme.remove(s, row, slot_id, **given))


@bp.post("/visits/<reference>/programme/<id:slot_id>/hosts")
@edge.permission(Permission.ENQUIRY_DECIDE)
def invite_host(reference: str, slot_id: int) -> AnyResponse:
    """Ask someone to receive the visitors in a slot."""
    enquiry, _visit = load(reference)
    form = InviteForm()
    if not form.validate():
        return _slot(reference, slot_id, 422, inviting=form)
    try:
        with transaction() as session:
            hosting.invite(session, held(session, enquiry), slot_id, form.invitee(), by=edge.acting())
    except Invalid as error:
        form.refuse(error.faults)
        return _slot(reference, slot_id, 422, inviting=form)
    flash(_("Asked by email."), "good")
    return redirect(url_for("desk.slot", reference=enquiry.reference, slot_id=slot_id), 303)


@bp.post("/visits/<reference>/programme/<id:slot_id>/hosts/<id:host_id>/remove")
@edge.permission(Permission.ENQUIRY_DECIDE)
def remove_host(reference: str, slot_id: int, host_id: int) -> AnyResponse:
    """Ask someone no more."""
    by = edge.acting()
    return _press(
        reference,
        slot_id,
        _("Not asked any more."),
        lambda s, enquiry: hosting.release(s, enquiry, slot_id, host_id, by=by),
    )


@bp.post("/visits/<reference>/programme/<id:slot_id>/hosts/<id:host_id>/answer")
@edge.permission(Permission.ENQUIRY_READ)
def answer_slot(reference: str, slot_id: int, host_id: int) -> AnyResponse:
    """Take one's own answer, or one that the office heard."""
    enquiry, _visit = load(reference, seen=visit_visible)
    form = HostingForm()
    if not form.validate():
        return _slot(reference, slot_id, 422, answering=form)
    try:
        with transaction() as session:
            found = held(session, enquiry, seen=visit_visible)
            hosting.answer_at_desk(session, found, slot_id, host_id, form.reply(), by=edge.acting())
    except Invalid as error:
        form.refuse(error.faults)
        return _slot(reference, slot_id, 422, answering=form)
    flash(_("The answer is noted."), "good")
    if form.reply().answer is SlotAnswer.YES or loading.sees(db.session(), enquiry, actor=edge.actor()):
        return redirect(url_for("desk.slot", reference=enquiry.reference, slot_id=slot_id), 303)
    # Who said no does not see the visit any more.
    return redirect(url_for("desk.my_day"), 303)


def _press(reference: str, slot_id: int, said: str, verb: Callable[[Session, Enquiry], object]) -> AnyResponse:
    """Do what a button says; where someone else was quicker, nothing is done, and the page says so."""
    enquiry, _visit = load(reference)
    try:
        with transaction() as session:
            verb(session, held(session, enquiry))
    except Conflict:
        return _slot(reference, slot_id, 409, overtaken=True)
    return done(enquiry, said, f"slot-{slot_id}")


def _slot(
    reference: str,
    slot_id: int,
    code: int = 200,
    *,
    form: SlotForm | None = None,
    moving: MoveForm | None = None,
    inviting: InviteForm | None = None,
    answering: HostingForm | None = None,
    overtaken: bool = False,
) -> Response:
    """Show a slot as it is now, with what was typed into one of its forms."""
    db.session().expire_all()
    enquiry, visit = load(reference, seen=visit_visible)
    found = programme.one(db.session(), enquiry, slot_id)
    own = next((host for host in found.hosts if is_readers(host)), None)
    whole = loading.sees(db.session(), enquiry, actor=edge.actor())
    if own is None and not (whole or is_host(visit)):
        raise NotFound("slot")
    if form is not None:
        form.keep(found)
    mine = HostingForm(formdata=None)
    if own is not None and own.answer is not SlotAnswer.NONE:
        mine.answer.data, mine.note.data = own.answer.value, own.note
    forms = [each for each in (form, moving, inviting, answering) if each is not None]
    page = render_template(
        "desk/visits/slot.html",
        enquiry=enquiry,
        visit=visit,
        slot=found,
        rows=slot_rows(programme_mails.details_of(found), edge.language(), translations(edge.language())),
        own=own,
        plans=whole and edge.actor().can(Permission.ENQUIRY_DECIDE),
        form=form or SlotForm.of(found, visit),
        moving=moving or MoveForm(formdata=None),
        inviting=inviting or InviteForm(formdata=None),
        answering=answering or mine,
        faulty=next((each for each in forms if each.errors), None),
        overtaken=overtaken,
        whole=whole,
        city=city_of(visit),
    )
    return make_response(page, code)
