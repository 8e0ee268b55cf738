"""Contacts at organisations: added on the record's page, edited on a page of their own."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.organisations import contacts
from webapp.domain.organisations import records as organisation_records
from webapp.models import Contact, Organisation
from webapp.vocabulary import Permission
from webapp.web import edge
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash
from webapp.web.desk.organisations.forms import ContactForm
from webapp.web.desk.organisations.organisations import ID


@bp.route(f"/organisations/{ID}/contacts/new", methods=["GET", "POST"])
@edge.permission(Permission.ORGANISATION_EDIT)
def new_contact(organisation_id: int) -> AnyResponse:
    """Add someone at an organisation."""
    form, actor = ContactForm(), edge.actor()
    found = organisation_records.record(db.session(), organisation_id, actor=actor)
    if not form.validate_on_submit():
        return _form(form, found, None, 400 if form.errors else 200)
    try:
        with transaction() as session:
            held = organisation_records.locked(session, organisation_id, actor=actor)
            contacts.add(session, held, form.facts(), by=edge.acting())
    except Invalid:
        form.email.errors = [_("Another contact has this address already.")]
        return _form(form, found, None, 400)
    flash(_("The contact is added."), "good")
    return redirect(url_for("desk.organisation", organisation_id=organisation_id), 303)


@bp.route("/organisations/contacts/<id:contact_id>", methods=["GET", "POST"])
@edge.permission(Permission.ORGANISATION_EDIT)
def contact(contact_id: int) -> AnyResponse:
    """Change a contact; what someone else changed meanwhile is taken in or shown beside what was typed."""
    actor = edge.actor()
    found = contacts.contact(db.session(), contact_id, actor=actor)
    form = ContactForm(data=vars(contacts.facts_of(found)))
    if not form.validate_on_submit():
        return _form(form, found.organisation, found, 400 if form.errors else 200)
    version = parameters.sent_version()
    try:
        with transaction() as session:
            held = contacts.contact(session, contact_id, actor=actor, lock=True)
            contacts.edit(session, held, form.facts(), version=version, by=edge.acting())
    except Invalid:
        form.email.errors = [_("Another contact has this address already.")]
        return _form(form, found.organisation, found, 400)
    except Conflict:
        found = contacts.contact(db.session(), contact_id, actor=actor)
        clash = meanwhile.of_form(form, found, version, vars(contacts.facts_of(found)))
        return _form(form, found.organisation, found, 409, clash)
    flash(_("Saved."), "good")
    return redirect(url_for("desk.organisation", organisation_id=found.organisation_id), 303)


def _form(
    form: ContactForm, at: Organisation, found: Contact | None, code: int, clash: Clash | None = None
) -> Response:
    resubmitted = form.is_submitted() and clash is None
    version = parameters.sent_version() if resubmitted else found.version if found else 0
    page = render_template(
        "desk/organisations/contact_form.html", form=form, organisation=at, contact=found, version=version, clash=clash
    )
    return make_response(page, code)
