"""One's own account: password and language."""

from collections.abc import Sequence

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.accounts import administration, own_links, passwords, sessions, throttle
from webapp.domain.accounts.throttle import Try
from webapp.domain.errors import Conflict, Invalid
from webapp.models import Person, StaffSession
from webapp.vocabulary import Language, Permission
from webapp.web import edge, guesses, kept, required_step
from webapp.web.desk.administration import second_step, sign_ins
from webapp.web.desk.administration.account_forms import LanguageForm
from webapp.web.desk.frame import clash as meanwhile
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.clash import Clash
from webapp.web.new_password import PasswordForm


@bp.get("/account")
@edge.permission(Permission.ENQUIRY_READ)
@edge.before_password
@required_step.opens_before
def account() -> Response:
    """Show one's own password and language."""
    return _page(PasswordForm(formdata=None), _language_form())


@bp.post("/account")
@bp.post("/account/password", endpoint="change_password_there")
@edge.permission(Permission.ENQUIRY_READ)
@edge.before_password
@required_step.opens_before
def change_password() -> AnyResponse:
    """Set a new password; all sign-ins of this account end, and a new one begins in this browser."""
    form = PasswordForm()
    if not form.validate():
        return _page(form, _language_form(), 400)
    by = edge.acting()
    tried = guesses.tried(db.session().get_one(Person, by.actor.person_id).email)
    try:
        made = _new_password(form, tried)
    except Invalid as error:
        form.say(error.faults)
        return _page(form, _language_form(), 400)
    waits = sessions.kept_words(db.session(), edge.session_token())
    sign_in = edge.current_sign_in()
    had_step = sign_in is not None and (sign_in.second_step or sign_in.by_provider)
    with transaction() as session:
        throttle.succeeded(session, tried, now=by.now)
        person = session.get_one(Person, by.actor.person_id)
        own_links.change(session, person, made, by=by)
        given = {"kept": waits, "second_step": had_step, **edge.whereabouts()}
        token = sessions.open_session(session, person, now=by.now, **given)
    edge.sign_in(token, form_token=kept.token_for(person.id))
    flash(_("Your password is changed. You are signed out everywhere else."), "good")
    return redirect(url_for("auth.kept_words" if waits else "desk.account"), 303)


def _new_password(form: PasswordForm, tried: Try) -> passwords.NewPassword:
    """The slow part, outside a writing transaction; wrong guesses count as refused sign-ins do."""
    by = edge.acting()
    person = db.session().get_one(Person, by.actor.person_id)
    old, new = str(form.old_password.data), str(form.new_password.data)
    with guesses.counted(tried):
        try:
            return passwords.hash_new_password(person, old=old, new=new, settings=edge.settings())
        except Invalid as error:
            with transaction() as session:
                if "old_password" in error.faults:
                    throttle.record_guess(session, by=by)
                else:
                    throttle.succeeded(session, tried, now=by.now)
            raise


@bp.post("/account/language")
@edge.permission(Permission.ENQUIRY_READ)
@edge.before_password
@required_step.opens_before
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
    listed = [(found, sessions.is_token_of(found, edge.session_token())) for found in _sign_ins()]
    given = {"password": password, "languages": language, "clash": clash, "sign_ins": listed, **second_step.shown()}
    return make_response(render_template("desk/administration/account.html", **given), code)


def _sign_ins() -> Sequence[StaffSession]:
    person = edge.current_person()
    return sign_ins.of(person) if person is not None else ()
