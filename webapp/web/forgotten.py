"""A password of one's own without an administrator: asked for by address, and set behind a link from an email."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import EmailField
from wtforms.validators import InputRequired, Length

from webapp.db import db, transaction
from webapp.domain.accounts import own_links, passwords
from webapp.domain.errors import Gone, Invalid, NotAllowed, NotFound
from webapp.domain.link_requests import asking
from webapp.models import AccountLink
from webapp.tidying import emails
from webapp.vocabulary import LinkWanted
from webapp.web import edge, limits
from webapp.web.new_password import FirstPasswordForm

bp = Blueprint("forgotten", __name__)


class ForgottenForm(FlaskForm):
    """The address of an account, known or not: the answer is the same."""

    email = EmailField(
        _l("Email"),
        [InputRequired(_l("Enter your email address.")), Length(max=320)],
        filters=[emails.bare],
        render_kw={"autocomplete": "username"},
    )


@bp.before_request
def _take_language() -> None:
    edge.set_language(request.args.get("language"))


@bp.after_request
def _private(response: Response) -> Response:
    return edge.private(response)


@bp.errorhandler(NotFound)
def _unknown(_error: NotFound) -> Response:
    return make_response(render_template("auth/link_ended.html", known=False), 404)


@bp.errorhandler(Gone)
def _gone(error: Gone) -> Response:
    if not request.args.get("language"):
        edge.set_language(error.language)
    return make_response(render_template("auth/link_ended.html", known=True), 410)


@bp.get("/desk/forgotten")
@edge.public
def forgotten() -> str:
    """Ask for the address."""
    return render_template("auth/forgotten.html", form=ForgottenForm(formdata=None))


@bp.post("/desk/forgotten")
@edge.public
@limits.by_network(limits.LOST_LINK)
def ask() -> Response:
    """Say that an email is on its way if there is an account; the worker looks whether there is one."""
    form = ForgottenForm()
    if not form.validate():
        return make_response(render_template("auth/forgotten.html", form=form), 422)
    with transaction() as session:
        asking.ask(
            session,
            LinkWanted.PASSWORD,
            str(form.email.data),
            language=edge.language(),
            now=edge.now(),
            origin=edge.origin(),
        )
    return make_response(render_template("auth/asked.html"))


@bp.get("/desk/set-password/<secret:token>", strict_slashes=False)
@edge.public
def set_password(token: str) -> Response:
    """Show the form; opening the link changes nothing, no matter how often and by whom."""
    return _page(own_links.opened(db.session(), token, now=edge.now()), FirstPasswordForm(formdata=None))


@bp.post("/desk/set-password/<secret:token>", strict_slashes=False)
@edge.public
@limits.by_network(limits.SIGN_IN)
def take_password(token: str) -> AnyResponse:
    """Set the password; every sign-in of before ends, and so does the link."""
    found = own_links.opened(db.session(), token, now=edge.now())
    _speak(found)
    form, settings = FirstPasswordForm(), edge.settings()
    if not form.validate():
        return _page(found, form, 422)
    try:
        made = passwords.choose(found.person, str(form.new_password.data), settings=settings)
    except Invalid as error:
        form.say(error.faults)
        return _page(found, form, 422)
    try:
        with transaction() as session:
            own_links.set_password(session, token, made, now=edge.now(), settings=settings, origin=edge.origin())
    except NotAllowed as error:  # the account changed while the password was hashed
        raise Gone(language=found.person.language) from error
    flash(_("Your password is set. Sign in with it now."), "good")
    return redirect(url_for("auth.sign_in"), 303)


def _speak(found: AccountLink) -> None:
    if not request.args.get("language"):
        edge.set_language(found.person.language)


def _page(found: AccountLink, form: FirstPasswordForm, code: int = 200) -> Response:
    _speak(found)
    return make_response(render_template("auth/set_password.html", form=form, person=found.person), code)
