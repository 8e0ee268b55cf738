"""Sign-ins that have not ended: one's own, to look at and to end, and those of others for administrators."""

from collections.abc import Sequence

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.accounts import administration, sessions
from webapp.models import Person, StaffSession
from webapp.vocabulary import Permission
from webapp.web import edge, required_step
from webapp.web.desk.frame.blueprint import bp


def of(person: Person) -> Sequence[StaffSession]:
    """Return the sign-ins of a person that have not ended, the one used last first."""
    return sessions.listed(db.session(), person, now=edge.now(), settings=edge.environment())


@bp.post("/account/sign-ins/<id:sign_in_id>/end")
@edge.permission(Permission.ENQUIRY_READ)
@required_step.opens_before
def end_sign_in(sign_in_id: int) -> AnyResponse:
    """End one of one's own sign-ins."""
    by = edge.acting()
    with transaction() as session:
        sessions.end(session, sign_in_id, by=by)
    flash(_("That sign-in has ended."), "good")
    return redirect(url_for("desk.account"), 303)


@bp.post("/account/sign-ins/end")
@edge.permission(Permission.ENQUIRY_READ)
@required_step.opens_before
def end_other_sign_ins() -> AnyResponse:
    """End all of one's own sign-ins but this one."""
    by, keep = edge.acting(), edge.session_token()
    with transaction() as session:
        sessions.end_others(session, keep=keep, by=by)
    flash(_("You are signed out everywhere else."), "good")
    return redirect(url_for("desk.account"), 303)


@bp.post("/people/<id:person_id>/sign-ins/end")
@edge.permission(Permission.PERSON_MANAGE)
@edge.asks_again("desk.person")
def end_sign_ins_of(person_id: int) -> AnyResponse:
    """End all sign-ins of a person."""
    by = edge.acting()
    with transaction() as session:
        found = administration.person(session, person_id, actor=by.actor)
        administration.end_sign_ins(session, found, by=by)
    flash(_("%(name)s is signed out everywhere.", name=found.name), "good")
    return redirect(url_for("desk.person", person_id=person_id), 303)
