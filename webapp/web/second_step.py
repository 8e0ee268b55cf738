"""The second step at sign-in: a code of an authenticator app, a recovery code, or a passkey."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.accounts import passkeys, recovery_codes, second_step, waiting
from webapp.domain.accounts.second_step import SecondStepRefused
from webapp.domain.errors import NotFound
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import staff
from webapp.models import Person, WaitingSignIn
from webapp.vocabulary import FactorKind
from webapp.web import edge, fields, guesses, limits, signing_in

bp = Blueprint("second_step", __name__)
_ONE_TIME = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
_RECOVERY = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


class CodeForm(FlaskForm):
    """What an authenticator app shows."""

    code = fields.line(
        _l("Code of your authenticator app"), required=_l("Enter the code."), limit=40, render_kw=_ONE_TIME
    )


class RecoveryForm(FlaskForm):
    """One of the codes that were kept for this."""

    recovery_code = fields.line(_l("Recovery code"), required=_l("Enter the code."), limit=40, render_kw=_RECOVERY)


@bp.before_request
def _take_language() -> None:
    edge.set_language(request.args.get("language"))


@bp.after_request
def _private(response: Response) -> Response:
    return edge.private(response)


@bp.get("/desk/sign-in/second-step")
@edge.public
def ask() -> AnyResponse:
    """Ask for the second step of the sign-in that waits in this browser."""
    found = signing_in.waits()
    return _page(found) if found is not None else _begin_anew()


@bp.post("/desk/sign-in/second-step")
@edge.public
@limits.by_network(limits.SIGN_IN)
def take() -> AnyResponse:
    """Take a code; the tries are few, and each is counted before anything is looked at."""
    found = signing_in.waits()
    if found is None:
        return _begin_anew()
    form: FlaskForm = RecoveryForm() if "recovery_code" in request.form else CodeForm()
    if not form.validate():
        return _page(found, form, 422)
    try:
        tried, token = guesses.tried(found.person.email), signing_in.waiting_token()
        guesses.count(tried, lambda session: waiting.count(session, token, now=edge.now()))
        proof = _proof(form, found.person)
        return signing_in.enter(found.person_id, found.kept, _wanted(), tried=tried, proof=proof, must_wait=True)
    except NotFound:
        return _begin_anew()
    except SecondStepRefused:
        return _refused(found, form)


def _proof(form: FlaskForm, person: Person) -> Callable[[Session, Person], None]:
    """Return what takes the code in the transaction that lets in; the slow part is done by then."""
    by = _acting(person)
    if isinstance(form, RecoveryForm):
        row_id = recovery_codes.found(db.session(), person, str(form.recovery_code.data))
        return lambda session, owner: second_step.take_recovery_code(session, owner, row_id, by=by)
    code = str(form.code.data)
    return lambda session, owner: second_step.take_code(session, owner, code, by=by)


def _refused(found: WaitingSignIn, form: FlaskForm) -> AnyResponse:
    last = found.tries >= waiting.TRIES
    with transaction() as session:
        person = session.get_one(Person, found.person_id)
        second_step.refused(session, person, last=last, by=_acting(person))
    if last:
        signing_in.forget_waiting()
        flash(_("Too many wrong codes. Please sign in from the beginning."), "bad")
        return redirect(url_for("auth.sign_in", next=_wanted()), 303)
    for field in form:
        if field.name in ("code", "recovery_code"):
            field.errors = [_("This code is wrong, or was used before.")]
    return _page(found, form, 401)


def _begin_anew() -> AnyResponse:
    signing_in.forget_waiting()
    flash(
        _("Please sign in from the beginning: the second step is waited for ten minutes, in the same browser."), "warn"
    )
    return redirect(url_for("auth.sign_in", next=_wanted()), 303)


def _acting(person: Person) -> Acting:
    return Acting(staff(person, edge.origin()), edge.now(), edge.settings())


def _wanted() -> str:
    return edge.desk_path(request.args.get("next", ""), url_for("desk.my_day"))


def _page(found: WaitingSignIn, form: FlaskForm | None = None, code: int = 200) -> Response:
    if edge.chosen_language() is None:
        edge.set_language(found.person.language)
    kinds = {factor.kind for factor in second_step.factors(db.session(), found.person)}
    given = {
        "email": found.person.email,
        "form": form or CodeForm(formdata=None),
        "code_form": form if isinstance(form, CodeForm) else CodeForm(formdata=None),
        "recovery_form": form if isinstance(form, RecoveryForm) else RecoveryForm(formdata=None),
        "has_app": FactorKind.AUTHENTICATOR in kinds,
        "has_passkey": FactorKind.PASSKEY in kinds and passkeys.site(edge.environment()) is not None,
        "here": url_for("second_step.take", next=request.args.get("next"), language=edge.chosen_language()),
    }
    return make_response(render_template("auth/second_step.html", **given), code)
