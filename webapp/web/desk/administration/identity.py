"""One's own account and single sign-on: linked with an identity of the provider, and the link ended."""

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import transaction
from webapp.domain.accounts import single_sign_on
from webapp.domain.errors import Invalid
from webapp.i18n import N_
from webapp.models import Person
from webapp.vocabulary import Permission
from webapp.web import edge, provider
from webapp.web.desk.frame.blueprint import bp

_FAULTS = {
    "other": N_("Your account is linked with another identity. End that link first."),
    "taken": N_("Someone else's account is linked with this identity. Nothing was changed."),
    "only": N_("You have no password yet, and could not sign in any more. Set one first."),
}


@bp.get("/account/sign-on")
@edge.permission(Permission.ENQUIRY_READ)
def found_identity() -> AnyResponse:
    """Show whom the provider found, and ask whether to link it: it may know someone else in this browser."""
    identity = provider.found_for(edge.actor().person_id or 0)
    if identity is None:
        return _done(_("That took too long, or was done already. Please start again."), "warn")
    return make_response(render_template("desk/administration/identity.html", identity=identity))


@bp.post("/account/sign-on")
@edge.permission(Permission.ENQUIRY_READ)
@edge.asks_again("desk.found_identity")
def link_identity() -> AnyResponse:
    """Link one's own account with whom the provider found just now."""
    by = edge.acting()
    identity = provider.found_for(by.actor.person_id or 0)
    if identity is None:
        return _done(_("That took too long, or was done already. Please start again."), "warn")
    provider.forget_found()
    try:
        with transaction() as session:
            single_sign_on.link(session, session.get_one(Person, by.actor.person_id), identity, by=by)
    except Invalid as error:
        return _refused(error)
    return _done(_("Linked. From now on you can sign in with %(name)s.", name=edge.environment().provider_name), "good")


@bp.post("/account/sign-on/end")
@edge.permission(Permission.ENQUIRY_READ)
@edge.asks_again("desk.account")
def unlink_identity() -> AnyResponse:
    """End the link of one's own account; the password stays."""
    by = edge.acting()
    try:
        with transaction() as session:
            single_sign_on.unlink(session, session.get_one(Person, by.actor.person_id), by=by)
    except Invalid as error:
        return _refused(error)
    return _done(_("The link has ended. Sign in with your password from now on."), "good")


def _refused(error: Invalid) -> AnyResponse:
    fault = error.faults["identity"]
    return _done(_(_FAULTS[fault]), "bad")


def _done(message: str, tone: str) -> AnyResponse:
    flash(message, tone)
    return redirect(url_for("desk.account"), 303)
