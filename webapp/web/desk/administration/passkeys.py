"""Adding a passkey to one's own account."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField
from wtforms.validators import Length

from webapp.db import db
from webapp.domain.accounts import passkeys as domain
from webapp.domain.accounts import second_step
from webapp.domain.accounts.passkeys import PasskeyRefused, Site
from webapp.domain.errors import Invalid, NotFound
from webapp.vocabulary import FactorKind, Permission
from webapp.web import edge, passkey_challenge, required_step
from webapp.web.desk.administration.second_step import MANY, FactorForm, added, me
from webapp.web.desk.frame.blueprint import bp


class PasskeyForm(FactorForm):
    """What the browser made, and how it is called."""

    credential = HiddenField(validators=[Length(max=20_000)])


@bp.route("/account/passkey", methods=["GET", "POST"])
@edge.permission(Permission.ENQUIRY_READ)
@edge.asks_again("desk.add_passkey", "GET", "POST")
@required_step.opens_before
def add_passkey() -> AnyResponse:
    """Show the button that lets the browser make a passkey, and add what it made."""
    form, at = PasskeyForm(name=_("This device")), _site()
    if not form.validate_on_submit():
        return _page(form, 422 if form.errors else 200)
    given: dict[str, Any] = {"name": str(form.name.data), "at": at, "now": edge.now()}
    try:
        made = domain.made(str(form.credential.data), passkey_challenge.taken(), me(), **given)
        return added(made)
    except PasskeyRefused:
        form.form_errors.append(_("No passkey was added. Try again, or use an authenticator app."))
    except Invalid as error:
        if error.faults["name"] == "known":
            flash(_("This passkey is added already."), "info")
            return redirect(url_for("desk.account"), 303)
        form.name.errors = [_(MANY)]
    return _page(form, 422)


@bp.post("/account/passkey/options")
@edge.permission(Permission.ENQUIRY_READ)
@edge.asks_again("desk.add_passkey")
@required_step.opens_before
def passkey_options() -> Response:
    """Return what a browser needs to make a passkey for the person who is signed in."""
    person, at = me(), _site()
    known = second_step.factors(db.session(), person, FactorKind.PASSKEY)
    challenge = passkey_challenge.begin()
    return passkey_challenge.answer(domain.creation(person, known, challenge, at=at, settings=edge.settings()))


def _site() -> Site:
    at = domain.site(edge.environment())
    if at is None:
        raise NotFound("passkeys")
    return at


def _page(form: PasskeyForm, code: int) -> Response:
    return make_response(render_template("desk/administration/passkey.html", form=form), code)
