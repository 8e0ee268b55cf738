"""What gives the second step of one's own sign-ins: add it, remove it, and its recovery codes."""

from typing import Any

import segno
from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField
from wtforms.validators import Length

from webapp.db import db, transaction
from webapp.domain.accounts import authenticators, recovery_codes, second_step, sessions, waiting
from webapp.domain.accounts.authenticators import Offer
from webapp.domain.accounts.recovery_codes import NewCodes
from webapp.domain.errors import Invalid
from webapp.i18n import N_
from webapp.models import Person, SecondFactor
from webapp.vocabulary import Permission
from webapp.web import edge, fields, required_step
from webapp.web.desk.frame.blueprint import bp

_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
MANY = N_("You have ten already. Remove one that you do not use.")


class FactorForm(FlaskForm):
    """How something is called that gives a second step."""

    name = fields.line(
        _l("Name"),
        required=_l("Give it a name."),
        limit=60,
        description=_l("By which you know it again, such as “Phone” or “Blue key”."),
    )


class AuthenticatorForm(FactorForm):
    """The first code of an app, which shows that it has the secret."""

    code = fields.line(_l("Code that the app shows now"), required=_l("Enter the code."), limit=40, render_kw=_CODE)
    sealed = HiddenField(validators=[Length(max=1000)])


def shown() -> dict[str, Any]:
    """Return what one's account says of the second step."""
    person, session = me(), db.session()
    found = second_step.factors(session, person)
    return {
        "factors": found,
        "codes_left": recovery_codes.left(session, person) if found else 0,
        "codes_made": recovery_codes.NUMBER,
        "step_required": second_step.is_required_of(person, edge.environment()),
    }


@bp.route("/account/authenticator", methods=["GET", "POST"])
@edge.permission(Permission.ENQUIRY_READ)
@edge.asks_again("desk.add_authenticator", "GET", "POST")
@required_step.opens_before
def add_authenticator() -> AnyResponse:
    """Show a secret for an app, and add the app once it shows a right code."""
    form, person = AuthenticatorForm(name=_("My phone")), me()
    offered = authenticators.offer(person, edge.settings(), sealed=str(form.sealed.data or ""))
    if not form.validate_on_submit():
        return _offer(form, offered, 422 if form.errors else 200)
    if authenticators.has(second_step.factors(db.session(), person), offered, edge.settings()):
        flash(_("This app is added already."), "info")
        return redirect(url_for("desk.account"), 303)
    given: dict[str, Any] = {"name": str(form.name.data), "now": edge.now(), "settings": edge.settings()}
    made = authenticators.confirmed(offered, person, str(form.code.data), **given)
    if made is None:
        form.code.errors = [
            _("This code is not right. Codes change every half minute: enter the one that is shown now.")
        ]
        return _offer(form, offered, 422)
    try:
        return added(made)
    except Invalid:
        form.name.errors = [_(MANY)]
        return _offer(form, offered, 422)


def added(made: SecondFactor) -> AnyResponse:
    """Add something that gives a second step; shows the recovery codes that come with the first. Raises Invalid."""
    by, name, codes = edge.acting(), made.name, _codes_if_first()
    with transaction() as session:
        person = session.get_one(Person, by.actor.person_id)
        is_first = second_step.add(session, person, made, codes, keep=edge.session_token(), by=by)
    flash(_("“%(name)s” is added: it is a second step at sign-in from now on.", name=name), "good")
    if is_first:
        return _codes(codes)
    return redirect(url_for("desk.account"), 303)


def _codes_if_first() -> NewCodes:
    """The slow part, outside a writing transaction; who has a second step keeps the codes that there are."""
    return NewCodes((), ()) if waiting.is_asked_of(db.session(), me()) else recovery_codes.make()


@bp.post("/account/second-step/<id:factor_id>/remove")
@edge.permission(Permission.ENQUIRY_READ)
@edge.asks_again("desk.account")
def remove_second_step(factor_id: int) -> AnyResponse:
    """Remove something of one's own that gave a second step."""
    by = edge.acting()
    try:
        with transaction() as session:
            second_step.remove(session, session.get_one(Person, by.actor.person_id), factor_id, by=by)
    except Invalid:
        flash(_("You need a second step to sign in. Add another one first, then remove this one."), "bad")
        return redirect(url_for("desk.account"), 303)
    flash(_("It is removed."), "good")
    return redirect(url_for("desk.account"), 303)


@bp.post("/account/recovery-codes")
@edge.permission(Permission.ENQUIRY_READ)
@edge.asks_again("desk.account")
def renew_recovery_codes() -> Response:
    """Make new recovery codes, and show them once."""
    by, codes = edge.acting(), recovery_codes.make()
    with transaction() as session:
        second_step.renew_codes(session, session.get_one(Person, by.actor.person_id), codes, by=by)
    return _codes(codes, renewed=True)


def me() -> Person:
    """Return who is signed in."""
    return db.session().get_one(Person, edge.actor().person_id)


def _offer(form: AuthenticatorForm, offered: Offer, code: int) -> Response:
    form.sealed.data = offered.sealed
    image = segno.make(offered.uri, error="m").svg_inline(
        border=3, dark="#000", light="#fff", svgclass=None, lineclass=None, omitsize=True
    )
    key = " ".join(offered.secret[at : at + 4] for at in range(0, len(offered.secret), 4))
    given = {"form": form, "image": Markup(image), "key": key, "uri": offered.uri}  # noqa: S704 - from our own secret
    return make_response(render_template("desk/administration/authenticator.html", **given), code)


def _codes(codes: NewCodes, *, renewed: bool = False) -> Response:
    onwards = url_for("auth.kept_words") if sessions.kept_words(db.session(), edge.session_token()) else ""
    given = {"codes": codes.shown, "renewed": renewed, "onwards": onwards or url_for("desk.account")}
    return make_response(render_template("desk/administration/recovery_codes.html", **given))
