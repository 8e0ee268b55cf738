"""One's own account: password and language."""

from collections.abc import Sequence

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.accounts import own_links, passwords, sessions, throttle
from webapp.domain.errors import Invalid
from webapp.models import Person, StaffSession
from webapp.vocabulary import Language, Permission
from webapp.web import edge, kept
from webapp.web.desk.administration import sign_ins
from webapp.web.desk.administration.account_forms import LanguageForm
from webapp.web.desk.frame.blueprint import bp
from webapp.web.new_password import PasswordForm


@bp.get("/account")
@edge.permission(Permission.ENQUIRY_READ)
@edge.before_password
def account() -> Response:
    """Show one's own password and language."""
    return _page(PasswordForm(formdata=None), _language_form())


@bp.post("/account")
@bp.post("/account/password", endpoint="change_password_there")
@edge.permission(Permission.ENQUIRY_READ)
@edge.before_password
def change_password() -> AnyResponse:
    """Set a new password; all sign-ins of this account end, and a new one begins in this browser."""
    form = PasswordForm()
    if not form.validate():
        return _page(form, _language_form(), 400)
    try:
        made = _new_password(form)
    except Invalid as error:
        form.say(error.faults)
        return _page(form, _language_form(), 400)
    settings, waits = edge.settings(), sessions.kept_words(db.session(), edge.session_token())
    with transaction() as session:
        person = session.get_one(Person, edge.actor().person_id)
        own_links.change(session, person, made, now=edge.now(), settings=settings)
        token = sessions.open_session(session, person, now=edge.now(), kept=waits, **edge.whereabouts())
    edge.sign_in(token, form_token=kept.token_for(person.id))
    flash(_("Your password is changed. You are signed out everywhere else."), "good")
    return redirect(url_for("auth.kept_words" if waits else "desk.account"), 303)


def _new_password(form: PasswordForm) -> passwords.NewPassword:
    """The slow part, outside a writing transaction; wrong guesses count as refused sign-ins do."""
    person = db.session().get_one(Person, edge.actor().person_id)
    given = {"email": person.email, "address": get_remote_address()}
    throttle.check_sign_in_throttle(db.session(), **given, now=edge.now())
    old, new = str(form.old_password.data), str(form.new_password.data)
    try:
        return passwords.hash_new_password(person, old=old, new=new, settings=edge.settings())
    except Invalid as error:
        if "old_password" in error.faults:
            with transaction() as session:
                throttle.record_refusal(session, **given, now=edge.now())
        raise


@bp.post("/account/language")
@edge.permission(Permission.ENQUIRY_READ)
@edge.before_password
def change_language() -> AnyResponse:
    """Set the language of the desk and of emails to oneself."""
    form = LanguageForm()
    if not form.validate():
        return _page(PasswordForm(formdata=None), form, 400)
    person_id = edge.actor().person_id
    with transaction() as session:
        session.get_one(Person, person_id).language = Language(form.language.data)
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
    return LanguageForm(formdata=None, language=edge.language().value)


def _page(password: PasswordForm, language: LanguageForm, code: int = 200) -> Response:
    return make_response(
        render_template(
            "desk/administration/account.html",
            password=password,
            languages=language,
            sign_ins=[(found, sessions.is_token_of(found, edge.session_token())) for found in _sign_ins()],
        ),
        code,
    )


def _sign_ins() -> Sequence[StaffSession]:
    person = edge.current_person()
    return sign_ins.of(person) if person is not None else ()
