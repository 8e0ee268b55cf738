"""Organisations: the list, a record with its enquiries, contacts and history, and its form."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db, transaction
from webapp.domain.enquiries import loading
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.domain.history import changes as history_changes
from webapp.domain.organisations import merging
from webapp.domain.organisations import records as organisation_records
from webapp.domain.search.references import read_reference
from webapp.domain.triage import queue
from webapp.domain.triage.orders import Order
from webapp.domain.triage.queue import Filters
from webapp.domain.visits import gifts
from webapp.models import Organisation
from webapp.vocabulary import Permission, RecordType, Status
from webapp.web import edge, fields
from webapp.web.desk.enquiry.due import due
from webapp.web.desk.frame import changes as record_changes
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.parameters import position
from webapp.web.desk.organisations.forms import ContactForm, OrganisationForm, shown
from webapp.web.guards import number
from webapp.web.unknown import unknown

ID = "<id:organisation_id>"
_LONGEST_SEARCH = 200


@bp.get("/organisations")
@edge.permission(Permission.ORGANISATION_READ)
def organisation_list() -> str:
    """Show all records by name; for an enquiry (`enquiry`) or a merge (`into`) each row can be chosen."""
    session, actor = db.session(), edge.actor()
    text = fields.tidy_line(request.args.get("q"))[:_LONGEST_SEARCH]
    country = request.args.get("country", "")
    after = parameters.place(request.args.get("after", ""))
    page = organisation_records.listed(session, actor=actor, text=text, country=country, after=after)
    reference = read_reference(request.args.get("enquiry", ""))
    if request.args.get("enquiry") and not reference:
        raise NotFound("enquiry")
    into = parameters.named(request.args.get("into", ""), "organisation")
    names = {
        code: labels.country_name(code, edge.language())
        for code in organisation_records.countries(session, actor=actor)
    }
    chosen = {"q": text, "country": country, "enquiry": reference, "into": into}
    link: dict[str, Any] = {name: value for name, value in chosen.items() if value}
    fails = bool(country) and country not in names
    without = url_for("desk.organisation_list", **{name: value for name, value in link.items() if name != "country"})
    return render_template(
        "desk/organisations/organisations.html",
        page=page,
        text=text,
        country=country,
        countries=[*sorted(names.items(), key=lambda item: item[1]), *([(country, country)] if fails else [])],
        unknown=[unknown(_("Country or region"), country, without)] if fails else [],
        names=names,
        enquiry=loading.enquiry(session, reference, actor=actor) if reference else None,
        into=organisation_records.record(session, into, actor=actor) if into else None,
        link=link,
        paged=after is not None,
    )


@bp.get(f"/organisations/{ID}")
@edge.permission(Permission.ORGANISATION_READ)
def organisation(organisation_id: int) -> AnyResponse:
    """Show one record; one that became part of another leads there."""
    session, actor = db.session(), edge.actor()
    found = organisation_records.record(session, organisation_id, actor=actor)
    if found.merged_into_id is not None:
        return redirect(url_for("desk.organisation", organisation_id=found.merged_into_id), 303)
    after = position(request.args.get("after", ""))
    filters = Filters(statuses=tuple(Status), organisation_id=found.id, order=Order.NEWEST)
    enquiries = queue.queue(session, filters, actor=actor, after=after)
    return make_response(
        render_template(
            "desk/organisations/organisation.html",
            organisation=found,
            country=labels.country_name(found.country, edge.language()),
            enquiries=enquiries,
            paged=after is not None,
            dues={row.id: due(row) for row in enquiries.rows},
            became=organisation_records.what_became(session, found.id, actor=actor),
            remembered=organisation_records.REMEMBERED,
            merges=merging.merges(session, found),
            ledger=gifts.ledger(session, found.id, actor=actor, today=edge.today()),
            history=[
                record_changes.line(change)
                for change in history_changes.history(session, RecordType.ORGANISATION, found.id)
            ],
            contact_form=ContactForm(formdata=None),
        )
    )


@bp.route("/organisations/new", methods=["GET", "POST"])
@edge.permission(Permission.ORGANISATION_EDIT)
def new_organisation() -> AnyResponse:
    """Make a record by hand."""
    form, actor = OrganisationForm(country=edge.settings().institution_country), edge.actor()
    if not form.validate_on_submit():
        return _form(form, None, 400 if form.errors else 200)
    try:
        with transaction() as session:
            known = organisation_records.namesake(session, str(form.name.data), actor=actor)
            # A box that was ticked for one record says nothing of another that was made since.
            if known is not None and number(request.form.get("anyway", "")) != known.id:
                return _form(form, None, 409, known=known)
            made = organisation_records.add(session, form.facts(), by=edge.acting()).id
    except Invalid:
        return _refused(form, None)
    flash(_("The record is created."), "good")
    return redirect(url_for("desk.organisation", organisation_id=made), 303)


@bp.route(f"/organisations/{ID}/edit", methods=["GET", "POST"])
@edge.permission(Permission.ORGANISATION_EDIT)
def edit_organisation(organisation_id: int) -> AnyResponse:
    """Change a record; what someone else changed meanwhile is taken in or shown beside what was typed."""
    actor = edge.actor()
    found = organisation_records.record(db.session(), organisation_id, actor=actor)
    if found.merged_into_id is not None:
        if request.method == "POST":
            raise NotAllowed("it is part of another record now")
        return redirect(url_for("desk.organisation", organisation_id=found.merged_into_id), 303)
    form = OrganisationForm(data=_current(found))
    if not form.validate_on_submit():
        version = parameters.sent_version() if form.is_submitted() else found.version
        return _form(form, found, 400 if form.errors else 200, version=version)
    try:
        with transaction() as session:
            held = organisation_records.locked(session, organisation_id, actor=actor)
            version = parameters.sent_version()
            organisation_records.edit(session, held, form.facts(), version=version, by=edge.acting())
    except Invalid:
        return _refused(form, found)
    except Conflict:
        return _overtaken(form, organisation_id)
    flash(_("Saved."), "good")
    return redirect(url_for("desk.organisation", organisation_id=organisation_id), 303)


def _current(found: Organisation) -> dict[str, Any]:
    return shown(organisation_records.plain(organisation_records.facts_of(found)))


def _overtaken(form: OrganisationForm, organisation_id: int) -> Response:
    session = db.session()
    session.expire_all()
    found = organisation_records.record(session, organisation_id, actor=edge.actor())
    clash = meanwhile.of_form(form, found, parameters.sent_version(), _current(found), shown)
    return _form(form, found, 409, version=found.version, clash=clash)


def _refused(form: OrganisationForm, found: Organisation | None) -> Response:
    form.name.errors = [_("Enter a name with letters or digits.")]
    return _form(form, found, 400, version=parameters.sent_version())


def _form(form: OrganisationForm, found: Organisation | None, code: int, **more: Any) -> Response:
    return make_response(render_template("desk/organisations/form.html", form=form, organisation=found, **more), code)
