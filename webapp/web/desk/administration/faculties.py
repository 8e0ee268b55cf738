"""Faculties and departments: the list, and the form of each record with its history."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import db, transaction
from webapp.domain.directory import faculties as domain
from webapp.domain.directory.faculties import FacultyFacts
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.history import changes
from webapp.i18n import N_
from webapp.models import Faculty
from webapp.vocabulary import Language, Permission, RecordType
from webapp.web import edge, fields, paging
from webapp.web.desk.frame import changes as record_changes
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash
from webapp.web.desk.frame.colleagues import refusal
from webapp.web.desk.frame.versioned import VersionedForm
from webapp.web.languages import InLanguages, LanguageField, in_each, name_in

PAGE = 100


class FacultyForm(InLanguages, VersionedForm):
    """What staff say of a faculty or department; its names in each language are added below."""

    contact_name = fields.line(
        _l("Who answers for it"),
        required=_l("Enter the name of the person who answers."),
        description=_l("They answer from emails and need no account."),
    )
    email = fields.line(
        _l("Email"),
        required=_l("Enter the email address."),
        checks=[fields.Email()],
        render_kw={"type": "email", "autocomplete": "off"},
    )
    language = LanguageField(_l("Language of emails"))
    active = fields.TickField(_l("Active: enquiries can be referred to it"))

    def facts(self) -> FacultyFacts:
        """Return what a checked form says."""
        return FacultyFacts(
            name=self.texts(),
            contact_name=str(self.contact_name.data),
            email=str(self.email.data),
            language=Language(self.language.data),
            active=bool(self.active.data),
        )


for _name, _field in in_each(name_in, fields.line, N_("Name"), required=_l("Enter the name in English.")).items():
    setattr(FacultyForm, _name, _field)


@bp.get("/faculties")
@edge.permission(Permission.FACULTY_EDIT)
def faculties() -> str:
    """Show the records, those that are active first."""
    found = domain.listed(db.session(), actor=edge.actor())
    part = paging.rows(found, lambda row: row.id, PAGE)
    return render_template("desk/administration/faculties.html", faculties=part.items, part=part)


@bp.route("/faculties/new", methods=["GET", "POST"])
@edge.permission(Permission.FACULTY_EDIT)
def new_faculty() -> AnyResponse:
    """Add a faculty or department."""
    form = FacultyForm(language=edge.language().value, active=True)
    if not form.validate_on_submit():
        return _form(form, None, 400 if form.errors else 200)
    try:
        with transaction() as session:
            domain.add(session, form.facts(), by=edge.acting())
    except Invalid as error:
        return _refused(form, None, error)
    flash(_("%(name)s is added.", name=form["name_en"].data), "good")
    return redirect(url_for("desk.faculties"), 303)


@bp.route("/faculties/<id:faculty_id>", methods=["GET", "POST"])
@edge.permission(Permission.FACULTY_EDIT)
def faculty(faculty_id: int) -> AnyResponse:
    """Change a record; what someone else changed meanwhile is taken in or shown beside what was typed."""
    actor = edge.actor()
    found = domain.faculty(db.session(), faculty_id, actor=actor)
    form = FacultyForm(data=domain.facts_of(found).fields)
    if not form.validate_on_submit():
        return _form(form, found, 400 if form.errors else 200)
    version = parameters.sent_version()
    try:
        with transaction() as session:
            held = domain.faculty(session, faculty_id, actor=actor, lock=True)
            domain.edit(session, held, form.facts(), version=version, by=edge.acting())
    except Invalid as error:
        return _refused(form, domain.faculty(db.session(), faculty_id, actor=actor), error)
    except Conflict:
        found = domain.faculty(db.session(), faculty_id, actor=actor)
        return _form(form, found, 409, meanwhile.of_form(form, found, version, domain.facts_of(found).fields))
    flash(_("Saved."), "good")
    return redirect(url_for("desk.faculties"), 303)


def _refused(form: FacultyForm, found: Faculty | None, error: Invalid) -> Response:
    for name, fault in error.faults.items():
        if fault == "known":
            form[name].errors = [_("Another faculty or department has this name already.")]
        else:
            form[name].errors = [refusal(fault) if fault in labels.NOT_NAMED else _("Fill this in.")]
    return _form(form, found, 400)


def _form(form: FacultyForm, found: Faculty | None, code: int, clash: Clash | None = None) -> Response:
    resubmitted = form.is_submitted() and clash is None
    page = render_template(
        "desk/administration/faculty_form.html",
        form=form,
        faculty=found,
        version=parameters.sent_version() if resubmitted else found.version if found else 0,
        clash=clash,
        history=[record_changes.line(each) for each in changes.history(db.session(), RecordType.FACULTY, found.id)]
        if found
        else [],
    )
    return make_response(page, code)
