"""Fields of work, regions and headings of groups: the list, and the form of each word."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.directory import terms as domain
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.domain.history import changes
from webapp.i18n import N_
from webapp.models import Term
from webapp.vocabulary import Permission, RecordType, TermKind
from webapp.web import edge, fields
from webapp.web.desk.frame import changes as record_changes
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash
from webapp.web.desk.frame.versioned import VersionedForm
from webapp.web.languages import InLanguages, in_each, name_in

_ADDED = (TermKind.SCOPE, TermKind.REGION)


class TermForm(InLanguages, VersionedForm):
    """A word in each language; the fields are added below."""


for _name, _field in in_each(
    name_in, fields.line, N_("Word"), limit=80, required=_l("Enter the word in English.")
).items():
    setattr(TermForm, _name, _field)


@bp.get("/terms")
@edge.permission(Permission.NETWORK_EDIT)
def terms() -> str:
    """Show every word by kind, with how many entries use it."""
    found = domain.listed(db.session(), actor=edge.actor())
    return render_template("desk/networks/terms.html", terms=found, added=_ADDED)


@bp.route("/terms/new", methods=["GET", "POST"])
@edge.permission(Permission.NETWORK_EDIT)
def new_term() -> AnyResponse:
    """Add a field of work or a region."""
    kind, form = _kind(), TermForm()
    if not form.validate_on_submit():
        return _form(form, kind, None, 400 if form.errors else 200)
    try:
        with transaction() as session:
            domain.add(session, kind, form.texts(), by=edge.acting())
    except Invalid:
        return _known(form, kind, None)
    flash(_("%(name)s is added.", name=form["name_en"].data), "good")
    return redirect(url_for("desk.terms"), 303)


@bp.route("/terms/<id:term_id>", methods=["GET", "POST"])
@edge.permission(Permission.NETWORK_EDIT)
def term(term_id: int) -> AnyResponse:
    """Word it otherwise; entries keep it."""
    actor = edge.actor()
    found = domain.term(db.session(), term_id, actor=actor)
    form = TermForm(data=domain.fields_of(found.label))
    if not form.validate_on_submit():
        return _form(form, found.kind, found, 400 if form.errors else 200)
    version = parameters.sent_version()
    try:
        with transaction() as session:
            held = domain.term(session, term_id, actor=actor, lock=True)
            domain.edit(session, held, form.texts(), version=version, by=edge.acting())
    except Invalid:
        return _known(form, found.kind, domain.term(db.session(), term_id, actor=actor))
    except Conflict:
        found = domain.term(db.session(), term_id, actor=actor)
        clash = meanwhile.of_form(form, found, version, domain.fields_of(found.label))
        return _form(form, found.kind, found, 409, clash)
    flash(_("Saved."), "good")
    return redirect(url_for("desk.terms"), 303)


@bp.post("/terms/<id:term_id>/delete")
@edge.permission(Permission.NETWORK_EDIT)
def delete_term(term_id: int) -> AnyResponse:
    """Delete a word that no entry uses."""
    actor, version = edge.actor(), parameters.sent_version()
    try:
        with transaction() as session:
            held = domain.term(session, term_id, actor=actor, lock=True)
            name = held.label["en"]
            domain.remove(session, held, version=version, by=edge.acting())
    except NotAllowed:
        flash(_("An entry uses this word now. It was not deleted."), "warn")
        return redirect(url_for("desk.term", term_id=term_id), 303)
    except Conflict:
        found = domain.term(db.session(), term_id, actor=actor)
        form = TermForm(formdata=None, data=domain.fields_of(found.label))
        return _form(form, found.kind, found, 409, meanwhile.of_button(found, version))
    flash(_("%(name)s is deleted.", name=name), "good")
    return redirect(url_for("desk.terms"), 303)


def _kind() -> TermKind:
    asked = request.args.get("kind", TermKind.SCOPE.value)
    if asked not in {kind.value for kind in _ADDED}:
        raise NotFound("kind of word")
    return TermKind(asked)


def _known(form: TermForm, kind: TermKind, found: Term | None) -> Response:
    form["name_en"].errors = [_("Another one is called so already.")]
    return _form(form, kind, found, 400)


def _form(form: TermForm, kind: TermKind, found: Term | None, code: int, clash: Clash | None = None) -> Response:
    resubmitted = form.is_submitted() and clash is None
    here = domain.listed(db.session(), actor=edge.actor())[kind] if found else ()
    page = render_template(
        "desk/networks/term.html",
        form=form,
        kind=kind,
        term=found,
        used=next((each.used for each in here if found and each.term.id == found.id), 0),
        version=parameters.sent_version() if resubmitted else found.version if found else 0,
        clash=clash,
        history=[record_changes.line(each) for each in changes.history(db.session(), RecordType.TERM, found.id)]
        if found
        else [],
    )
    return make_response(page, code)
