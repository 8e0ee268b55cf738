"""Enquiries that belong together, from the page of one of them: linked, and merged after a question."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import transaction
from webapp.domain.enquiries import relations
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.domain.search.references import read_reference
from webapp.vocabulary import Action, Permission
from webapp.web import edge, fields, purposes
from webapp.web.desk.enquiry.done import done
from webapp.web.desk.enquiry.page import ActionAttempt, page
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp


@bp.post("/enquiries/<reference>/links")
@edge.permission(Permission.ENQUIRY_TRIAGE)
@purposes.takes(Action.RELATE)
def link_enquiries(reference: str) -> AnyResponse:
    """Link an enquiry with another one, or remove the link."""
    here, other = _read(reference), fields.tidy_line(request.form.get("other"))
    off = "remove" in request.form
    by = edge.acting()
    try:
        with transaction() as session:
            relations.relate(session, here, read_reference(other), off=off, by=by)
    except (Invalid, NotFound, NotAllowed) as error:
        return page(here, _attempt(Action.RELATE, other).refused(_fault(error)), code=400)
    undo = {"other": other} if off else {"other": other, "remove": "1"}
    return done(here, Action.RELATE, at="related", said=_("The link is removed.") if off else "", undo=undo)


@bp.post("/enquiries/<reference>/merge")
@edge.permission(Permission.ENQUIRY_DECIDE)
@purposes.takes(Action.MERGE)
def merge_enquiries(reference: str) -> AnyResponse:
    """Merge an enquiry into another one; the page asked before, and reopening undoes it."""
    here, into = _read(reference), fields.tidy_line(request.form.get("into"))
    attempt = _attempt(Action.MERGE, "")
    by = edge.acting()
    try:
        with transaction() as session:
            relations.merge(session, here, read_reference(into), version=attempt.version, by=by)
    except Conflict:
        return page(here, attempt, code=409)
    except NotAllowed:
        return page(here, attempt.refused("not allowed"), code=409)
    except (Invalid, NotFound) as error:
        return page(here, _attempt(Action.MERGE, into).refused(_fault(error)), code=400)
    target = read_reference(into)
    flash(_(labels.ACTION[Action.MERGE].done, one=here), "good")
    return redirect(url_for("desk.enquiry", reference=target, _anchor="related"), 303)


def _attempt(action: Action, text: str) -> ActionAttempt:
    return ActionAttempt(action, parameters.sent_version(), text, None)


def _fault(error: Exception) -> str:
    if isinstance(error, Invalid):
        return {"same": "same enquiry", "closed": "closed enquiry"}.get(error.faults["other"], "merged enquiry")
    return "no enquiry" if isinstance(error, NotFound) else "not allowed"


def _read(reference: str) -> str:
    found = read_reference(reference)
    if not found:
        raise NotFound("enquiry")
    return found
