"""Signing in to the desk and out of it."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from webapp.db import db, transaction
from webapp.domain.accounts import people, sessions, throttle
from webapp.domain.accounts.people import SignInRefused
from webapp.domain.accounts.sessions import PasswordEnded
from webapp.domain.accounts.throttle import Try
from webapp.models import Person
from webapp.tidying import emails
from webapp.web import edge, guesses, kept, limits, required_step, signing_in

bp = Blueprint("auth", __name__)


class SignInForm(FlaskForm):
    """Address and password; a fault of either is said of both."""

    email = EmailField(
        _l("Email"),
        [InputRequired(_l("Enter your email address.")), Length(max=320)],
        filters=[emails.bare],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Enter your password.")), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )
    # What was typed on a page of the desk whose sign-in had ended.
    kept = HiddenField()


@bp.before_request
def _take_language() -> None:
    edge.set_language(request.args.get("language"))


@bp.after_request
def _private(response: Response) -> Response:
    return edge.private(response)


@bp.route("/desk/sign-in", methods=["GET", "POST"])
@edge.public
@limits.by_network(limits.SIGN_IN, methods=["POST"])
def sign_in() -> AnyResponse | str:
    """Show the sign-in page; a sign-in that succeeds leads to the page that asked for it."""
    wanted = edge.desk_path(request.args.get("next", ""), url_for("desk.my_day"))
    if request.method == "GET" and edge.current_person() is not None:
        return redirect(wanted, 303)
    form = SignInForm()
    if not form.validate_on_submit():
        return _page(form, 400 if form.errors else 200)
    tried = guesses.tried(str(form.email.data))
    try:
        person = _verified(tried, str(form.password.data))
    except SignInRefused:
        form.form_errors.append(_("The email address or password is wrong."))
        return _page(form, 401)
    try:
        return signing_in.password_was_right(person, tried, form.kept.data or "", wanted)
    except PasswordEnded:
        with transaction() as session:
            throttle.not_looked_at(session, tried, now=edge.now())
            throttle.note_ended(session, email=tried.email, now=edge.now(), origin=edge.origin())
        form.form_errors.append(_("This one-time password has ended: it was good for 72 hours."))
        return _page(form, 401)


@bp.get("/desk/kept")
@edge.public
def kept_words() -> AnyResponse:
    """What the person had typed before this sign-in, to check and to send; once it was sent, the page it was on."""
    wanted, person = edge.desk_path(request.args.get("next", ""), url_for("desk.my_day")), edge.current_person()
    found = kept.waiting()
    if person is None or found is None or person.password_temporary or required_step.is_missing():
        return redirect(wanted, 303)
    if edge.chosen_language() is None:
        edge.set_language(person.language)
    return kept.page(found, "signed out", 200, onwards=wanted)


def _verified(tried: Try, password: str) -> Person:
    """The slow part, outside a writing transaction."""
    with guesses.counted(tried):
        try:
            return people.verify(db.session(), email=tried.email, password=password)
        except SignInRefused:
            with transaction() as session:
                throttle.record_refusal(session, email=tried.email, now=edge.now(), origin=edge.origin())
            raise


def _page(form: SignInForm, code: int) -> Response:
    return make_response(render_template("auth/sign_in.html", form=form), code)


@bp.post("/desk/sign-out")
@edge.public
def sign_out() -> AnyResponse:
    """End the sign-in on the server, so that its cookie opens nothing any more."""
    found, name = edge.current_sign_in(), edge.environment().provider_name
    by_provider = found is not None and found.by_provider
    with transaction() as session:
        sessions.close_session(session, edge.session_token(), now=edge.now(), origin=edge.origin())
    edge.sign_out()
    flash(_("You are signed out."), "good")
    if by_provider and name:
        flash(_("You are still signed in at %(name)s. Sign out there too where others use this computer.", name=name))
    response = redirect(url_for("auth.sign_in"), 303)
    # The next person at this screen reads no page of the desk with the button that goes back.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
