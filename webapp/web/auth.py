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
from webapp.domain.accounts.throttle import TooManySignIns
from webapp.models import Person
from webapp.tidying import emails
from webapp.web import edge, kept, required_step, signing_in
from webapp.web.limits import SIGN_IN_PER_ADDRESS, limiter

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
@limiter.limit(SIGN_IN_PER_ADDRESS, methods=["POST"])
def sign_in() -> AnyResponse | str:
    """Show the sign-in page; a sign-in that succeeds leads to the page that asked for it."""
    wanted = edge.desk_path(request.args.get("next", ""), url_for("desk.queue"))
    if request.method == "GET" and edge.current_person() is not None:
        return redirect(wanted, 303)
    form = SignInForm()
    if not form.validate_on_submit():
        return _page(form, 400 if form.errors else 200)
    try:
        person = _verified(form)
    except SignInRefused:
        form.form_errors.append(_("The email address or password is wrong."))
        return _page(form, 401)
    try:
        return signing_in.password_was_right(person, form.kept.data or "", wanted)
    except PasswordEnded:
        with transaction() as session:
            throttle.note_ended(session, email=str(form.email.data), now=edge.now(), origin=edge.origin())
        form.form_errors.append(_("This one-time password has ended: it was good for 72 hours."))
        return _page(form, 401)


@bp.get("/desk/kept")
@edge.public
def kept_words() -> AnyResponse:
    """What the person had typed before this sign-in, to check and to send; once it was sent, the page it was on."""
    wanted, person = edge.desk_path(request.args.get("next", ""), url_for("desk.queue")), edge.current_person()
    found = kept.waiting()
    if person is None or found is None or person.password_temporary or required_step.is_missing():
        return redirect(wanted, 303)
    if edge.chosen_language() is None:
        edge.set_language(person.language)
    return kept.page(found, "signed out", 200, onwards=wanted)


def _verified(form: SignInForm) -> Person:
    """The slow part, outside a writing transaction; a refusal is remembered for the throttle."""
    email, origin = str(form.email.data), edge.origin()
    try:
        throttle.check_sign_in_throttle(db.session(), email=email, address=origin.address, now=edge.now())
        return people.verify(db.session(), email=email, password=str(form.password.data))
    except TooManySignIns:
        with transaction() as session:
            throttle.note_stopped(session, email=email, now=edge.now(), origin=origin)
        raise
    except SignInRefused:
        with transaction() as session:
            throttle.record_refusal(session, email=email, now=edge.now(), origin=origin)
        raise


def _page(form: SignInForm, code: int) -> Response:
    return make_response(render_template("auth/sign_in.html", form=form), code)


@bp.post("/desk/sign-out")
@edge.public
def sign_out() -> AnyResponse:
    """End the sign-in on the server, so that its cookie opens nothing any more."""
    with transaction() as session:
        sessions.close_session(session, edge.session_token(), now=edge.now(), origin=edge.origin())
    edge.sign_out()
    flash(_("You are signed out."), "good")
    return redirect(url_for("auth.sign_in"), 303)
