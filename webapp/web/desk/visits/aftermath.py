"""After a visit, at the desk: its outcome, promises, gifts, and what the partner said."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.enquiries import loading
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.visits import aftermath, gifts
from webapp.models import Enquiry
from webapp.vocabulary import Permission
from webapp.web import edge
from webapp.web.desk.enquiry import history
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.visits.aftermath_forms import DecisionForm, GiftForm, OutcomeForm, PromiseForm, refuse
from webapp.web.desk.visits.found import held, visit_of
from webapp.web.desk.visits.tasks import owner_sent
from webapp.web.guards import number


@bp.get("/visits/<reference>/after")
@edge.permission(Permission.ENQUIRY_READ)
def after_visit(reference: str) -> AnyResponse:
    """Show what came of a visit."""
    return _page(reference)


@bp.post("/visits/<reference>/outcome")
@edge.permission(Permission.ENQUIRY_DECIDE)
def note_outcome(reference: str) -> AnyResponse:
    """Note the outcome; or that someone has looked at what came of it since (`do=looked`), or has not (`do=undo`)."""
    visit_of(reference)
    do, version, form = request.form.get("do", ""), parameters.sent_version(), OutcomeForm()
    if do in ("looked", "undo"):
        with transaction() as session:
            aftermath.followed_up(session, held(session, reference), done=do == "looked", by=edge.acting())
        return _back(reference, "outcome")
    held_on = form.held_on.data
    if not form.validate() or held_on is None:
        return _page(reference, outcome=form)
    try:
        with transaction() as session:
            enquiry, by, text = held(session, reference), edge.acting(), form.outcome.data or ""
            made = form.agreements.data or 0
            aftermath.note_outcome(session, enquiry, text, held_on, agreements=made, by=by, version=version)
    except Invalid as error:
        refuse(form, error.faults)
        return _page(reference, outcome=form)
    except Conflict:
        return _page(reference, outcome=form, missed=version)
    flash(_("Saved."), "good")
    return _back(reference, "outcome")


@bp.post("/visits/<reference>/promises")
@edge.permission(Permission.ENQUIRY_DECIDE)
def change_promises(reference: str) -> AnyResponse:
    """Add a promise, or do with one what its button says (`do`): keep, undo, remove."""
    visit_of(reference)
    do, promise_id = request.form.get("do", "add"), number(request.form.get("promise", "")) or 0
    form = PromiseForm() if do == "add" else PromiseForm(formdata=None)
    if do == "add" and not form.validate():
        return _page(reference, promise=form)
    try:
        with transaction() as session:
            enquiry, by = held(session, reference), edge.acting()
            if do == "remove":
                aftermath.take_back(session, enquiry, promise_id, by=by)
            elif do in ("keep", "undo"):
                aftermath.keep(session, enquiry, promise_id, kept=do == "keep", by=by)
            else:
                aftermath.promise(session, enquiry, form.text.data or "", owner_sent(), form.due_on.data, by=by)
    except Invalid as error:
        refuse(form, error.faults)
        return _page(reference, promise=form)
    return _back(reference, "promises")


@bp.post("/visits/<reference>/gifts")
@edge.permission(Permission.ENQUIRY_DECIDE)
def change_gifts(reference: str) -> AnyResponse:
    """Register a gift, or do with one what its button says (`do`): decide what is done with it, remove it."""
    visit_of(reference)
    do, gift_id = request.form.get("do", "add"), number(request.form.get("gift", "")) or 0
    form = GiftForm() if do == "add" else GiftForm(formdata=None)
    decision = DecisionForm() if do == "decide" else None
    if (do == "add" and not form.validate()) or (decision is not None and not decision.validate()):
        return _page(reference, gift=form, decision=decision)
    try:
        with transaction() as session:
            enquiry, by = held(session, reference), edge.acting()
            if decision is not None:
                gifts.decide(session, enquiry, gift_id, decision.chosen(), decision.whereabouts.data or "", by=by)
            elif do == "remove":
                gifts.remove(session, enquiry, gift_id, by=by)
            else:
                gifts.register(session, enquiry, form.facts(), by=by)
    except Invalid as error:
        refuse(form, error.faults)
        return _page(reference, gift=form)
    return _back(reference, "gifts")


def _back(reference: str, anchor: str) -> AnyResponse:
    return redirect(url_for("desk.after_visit", reference=reference, _anchor=anchor), 303)


def _page(
    reference: str,
    *,
    outcome: OutcomeForm | None = None,
    promise: PromiseForm | None = None,
    gift: GiftForm | None = None,
    decision: DecisionForm | None = None,
    missed: int | None = None,
) -> AnyResponse:
    session = db.session()
    session.expire_all()
    enquiry, visit = visit_of(reference)
    known = aftermath.report(session, enquiry)
    forms: list[FlaskForm | None] = [outcome, promise, gift, decision]
    broken = next((form for form in forms if form is not None and form.errors), None)
    page = render_template(
        "desk/visits/after.html",
        enquiry=enquiry,
        visit=visit,
        report=known,
        outcome=outcome or OutcomeForm.of(known, visit),
        promises=aftermath.promises(session, enquiry),
        promise=promise or PromiseForm(formdata=None),
        gifts=gifts.gifts(session, enquiry),
        gift=gift or GiftForm.of(visit),
        decision=decision or DecisionForm(formdata=None),
        survey=aftermath.survey(session, enquiry),
        refused=broken,
        overtaken=missed is not None,
        changes=_changes(enquiry, missed),
    )
    return make_response(page, 409 if missed is not None else 422 if broken else 200)


def _changes(enquiry: Enquiry, missed: int | None) -> list[history.HistoryLine]:
    since = [] if missed is None else loading.changes_since(enquiry, missed)
    return [history.line(event, enquiry) for event in since]
