"""Signing in with a passkey: in the place of the password, or as the second step after it."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from webapp.db import db, transaction
from webapp.domain.accounts import passkeys, second_step
from webapp.domain.accounts.passkeys import PasskeyRefused, Signed, Site
from webapp.domain.accounts.sessions import PasswordEnded
from webapp.domain.errors import NotFound
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import staff
from webapp.models import Person
from webapp.vocabulary import FactorKind
from webapp.web import edge, limits, passkey_challenge, signing_in

bp = Blueprint("passkey", __name__)


class PasskeyForm(FlaskForm):
    """What the browser made of the challenge."""

    credential = HiddenField(validators=[InputRequired(), Length(max=20_000)])
    kept = HiddenField()


@bp.before_request
def _take_language() -> None:
    edge.set_language(request.args.get("language"))


@bp.after_request
def _private(response: Response) -> Response:
    return edge.private(response)


@bp.app_context_processor
def _offers() -> dict[str, bool]:
    return {"passkeys_work": passkeys.site(edge.environment()) is not None}


@bp.post("/desk/sign-in/passkey/options")
@edge.public
@limits.by_network(limits.SIGN_IN)
def options() -> Response:
    """Return what a browser has to sign: with any passkey, or after a password with one of that person's."""
    at, found = _site(), signing_in.waits() if "waits" in request.args else None
    known = second_step.factors(db.session(), found.person, FactorKind.PASSKEY) if found is not None else ()
    return passkey_challenge.answer(passkeys.request(known, passkey_challenge.begin(), at=at))


@bp.post("/desk/sign-in/passkey")
@edge.public
@limits.by_network(limits.SIGN_IN)
def take() -> AnyResponse:
    """Sign in whom the passkey names; it knew who held it, so that no password is asked for."""
    form = PasskeyForm()
    try:
        if not form.validate():
            raise PasskeyRefused
        challenge = passkey_challenge.taken()
        return _enter(passkeys.signed(db.session(), str(form.credential.data), challenge, at=_site()), form)
    except PasskeyRefused as error:
        _note(error)
        flash(_("This passkey is not known here, or was removed. Sign in with your password."), "bad")
    except PasswordEnded:
        flash(_("This one-time password has ended: it was good for 72 hours."), "bad")
    wanted = edge.desk_path(request.args.get("next", ""), url_for("desk.my_day"))
    return redirect(url_for("auth.sign_in", next=wanted, language=edge.chosen_language()), 303)


def _enter(signed: Signed, form: PasskeyForm) -> AnyResponse:
    person = db.session().get_one(Person, signed.factor.person_id)
    by, found = Acting(staff(person, edge.origin()), edge.now(), edge.settings()), signing_in.waits()
    waited = found.kept if found is not None and found.person_id == person.id else ""
    packed = str(form.kept.data or "")
    wanted = edge.desk_path(request.args.get("next", ""), url_for("desk.my_day"))
    answer = signing_in.enter(
        person.id,
        signing_in.own_words(packed, person.id) or waited,
        wanted,
        proof=lambda session, owner: second_step.take_passkey(session, owner, signed, by=by),
    )
    signing_in.tell_of_others_words(packed, person.id)
    return answer


def _note(error: PasskeyRefused) -> None:
    """The log tells whose passkey it was, where it is known; what names no one is not kept."""
    if error.factor is not None:
        with transaction() as session:
            person = session.get_one(Person, error.factor.person_id)
            by = Acting(staff(person, edge.origin()), edge.now(), edge.settings())
            second_step.refused(session, person, last=False, by=by)


def _site() -> Site:
    at = passkeys.site(edge.environment())
    if at is None:
        raise NotFound("passkeys")
    return at
