"""One's own account: password and language."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.accounts import administration, passwords
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.history import audit
from webapp.models import Person
from webapp.vocabulary import AuditKind, Language, Permission
from webapp.web import edge
from webapp.web.desk.administration.account_forms import LanguageForm, PasswordForm
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash


@bp.get("/account")
@edge.permission(Permission.ENQUIRY_READ)
def account() -> Response:
    """Show one's own password and language."""
    return _page(PasswordForm(), _language_form())


@bp.post("/account/password")
@edge.permission(Permission.ENQUIRY_READ)
def change_password() -> AnyResponse:
    """Set a new password; other sign-ins of this account end."""
    form = PasswordForm()
    if not form.validate():
        return _page(form, _language_form(), 400)
    old, new = str(form.old_password.data), str(form.new_password.data)
    person_id = edge.actor().person_id
    try:
        made = passwords.hash_new_password(db.session().get_one(Person, person_id), old=old, new=new)
    except Invalid:
        with transaction() as session:
            audit.note(session, AuditKind.PASSWORD_REFUSED, edge.actor(), now=edge.now())
        form.old_password.errors = [_("That is not your current password.")]
        return _page(form, _language_form(), 400)
    by, keep = edge.acting(), edge.session_token()
    with transaction() as session:
        passwords.change_password(session, session.get_one(Person, person_id), made, keep=keep, by=by)
    flash(_("Your password is changed. You are signed out everywhere else."), "good")
    return redirect(url_for("desk.account"), 303)


@bp.post("/account/language")
@edge.permission(Permission.ENQUIRY_READ)
def change_language() -> AnyResponse:
    """Set the language of the desk and of emails to oneself."""
    form = LanguageForm()
    if not form.validate():
        return _page(PasswordForm(formdata=None), form, 400)
    person_id, version = edge.actor().person_id, parameters.sent_version()
    try:
        with transaction() as session:
            held = session.get_one(Person, person_id, with_for_update=True)
            wanted = Language(form.language.data)
            administration.choose_language(session, held, wanted, version=version, by=edge.acting())
    except Conflict:
        found = db.session().get_one(Person, person_id)
        clash = meanwhile.of_form(form, found, version, {"language": found.language.value})
        return _page(PasswordForm(formdata=None), form, 409, clash)
    edge.set_language(form.language.data)
    flash(_("The desk is now in your language."), "good")
    return redirect(url_for("desk.account"), 303)


@bp.post("/account/keys")
@edge.permission(Permission.ENQUIRY_READ)
def change_shortcuts() -> AnyResponse:
    """Switch the single keys of the desk on or off."""
    person_id, wanted = edge.actor().person_id, "shortcuts" in request.form
    with transaction() as session:
        session.get_one(Person, person_id).shortcuts = wanted
    flash(_("Single keys are on.") if wanted else _("Single keys are off."), "good")
    return redirect(url_for("desk.account"), 303)


@bp.get("/keys")
@edge.permission(Permission.ENQUIRY_READ)
def keys() -> str:
    """Show what each key does; the same sheet opens by its key."""
    return render_template("desk/administration/keys.html")


def _language_form() -> LanguageForm:
    person = edge.current_person()
    return LanguageForm(formdata=None, language=person.language.value if person else None)


def _page(password: PasswordForm, language: LanguageForm, code: int = 200, clash: Clash | None = None) -> Response:
    page = render_template("desk/administration/account.html", password=password, languages=language, clash=clash)
    return make_response(page, code)
