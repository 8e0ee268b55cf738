"""The list at the door: who of a delegation has come; each press can be sent twice, and be undone."""

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.errors import Invalid
from webapp.domain.visits import arrivals, visits
from webapp.vocabulary import Permission
from webapp.web import edge, fields
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.visits.found import held, visit_of
from webapp.web.guards import number


class WalkInForm(FlaskForm):
    """Someone who came without having been named."""

    name = fields.line(_l("Full name"), limit=arrivals.LONGEST_NAME, required=_l("Enter the name."))


@bp.get("/visits/<reference>/arrivals", endpoint="arrivals")
@edge.permission(Permission.ENQUIRY_READ)
def arrivals_page(reference: str) -> AnyResponse:
    """Show who comes, in their order of precedence, with who is here."""
    return _page(reference, WalkInForm(formdata=None))


@bp.post("/visits/<reference>/arrivals")
@edge.permission(Permission.ENQUIRY_NOTE)
def note_arrival(reference: str) -> AnyResponse:
    """Note that someone is here (`do=here`) or is not after all (`do=undo`), or add who came unannounced (`do=add`)."""
    visit_of(reference)
    do = request.form.get("do", "here")
    form = WalkInForm() if do == "add" else WalkInForm(formdata=None)
    if do == "add" and not form.validate():
        return _page(reference, form)
    try:
        with transaction() as session:
            enquiry, by = held(session, reference), edge.acting()
            if do == "add":
                who = arrivals.walk_in(session, enquiry, form.name.data or "", by=by)
            else:
                sent = number(request.form.get("delegate", "")) or 0
                who = arrivals.note(session, enquiry, sent, arrived=do != "undo", by=by)
            where = f"d-{who.id}"
    except Invalid:
        form.name.errors = [_("The list is full.")]
        return _page(reference, form)
    return redirect(url_for("desk.arrivals", reference=reference, _anchor=where), 303)


def _page(reference: str, form: WalkInForm) -> AnyResponse:
    db.session().expire_all()
    enquiry, visit = visit_of(reference)
    delegates = arrivals.delegates(db.session(), enquiry)
    page = render_template(
        "desk/visits/arrivals.html",
        enquiry=enquiry,
        delegates=delegates,
        here=sum(1 for each in delegates if each.arrived_at),
        full_name=arrivals.full_name,
        clock=lambda at: f"{visits.local(visit, at):%H:%M}",
        guests=visit.guests,
        form=form,
    )
    return make_response(page, 422 if form.errors else 200)
