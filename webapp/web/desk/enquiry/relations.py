"""Enquiries that belong together, from the page of one of them: linked, and merged after a question."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import transaction
from webapp.domain.enquiries import relations
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.domain.search.references import read_reference
from webapp.vocabulary import Action, Permission
from webapp.web import edge, fields
from webapp.web.desk.enquiry.page import ActionAttempt, page
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.frame.parameters import sent_version


@bp.post("/enquiries/<reference>/links")
@edge.permission(Permission.ENQUIRY_TRIAGE)
def link_enquiries(reference: str) -> AnyResponse:
    """Link an enquiry with another one, or remove the link."""
    here, other = _read(reference), fields.tidy_line(request.form.get("other"))
    off = "remove" in request.form
    given: dict[str, Any] = {"actor": edge.actor(), "now": edge.now(), "settings": edge.settings()}
    try:
        with transaction() as session:
            relations.relate(session, here, read_reference(other), off=off, **given)
    except (Invalid, NotFound, NotAllowed) as error:
        return page(here, _attempt(Action.RELATE, other).refused(_fault(error)), code=400)
    flash(_("The link is removed.") if off else _("The two enquiries are linked."), "good")
    return redirect(url_for("desk.enquiry", reference=here, _anchor="related"), 303)


@bp.post("/enquiries/<reference>/merge")
@edge.permission(Permission.ENQUIRY_DECIDE)
def merge_enquiries(reference: str) -> AnyResponse:
    """Merge an enquiry into another one; the page asked before, and reopening undoes it."""
    here, into = _read(reference), fields.tidy_line(request.form.get("into"))
    attempt = _attempt(Action.MERGE, "")
    given: dict[str, Any] = {"actor": edge.actor(), "now": edge.now(), "settings": edge.settings()}
    try:
        with transaction() as session:
            relations.merge(session, here, read_reference(into), version=attempt.version, **given)
    except Conflict:
        return page(here, attempt, code=409)
    except NotAllowed:
        return page(here, attempt.refused("not allowed"), code=409)
    except (Invalid, NotFound) as error:
        return page(here, _attempt(Action.MERGE, into).refused(_fault(error)), code=400)
    target = read_reference(into)
    said = _(
        "%(one)s is merged into this enquiry, and its partner gets an email. Reopening it separates them.", one=here
    )
    flash(said, "good")
    return redirect(url_for("desk.enquiry", reference=target, _anchor="related"), 303)


def _attempt(action: Action, text: str) -> ActionAttempt:
    return ActionAttempt(action, sent_version(), text, None)


def _fault(error: Exception) -> str:
    if isinstance(error, Invalid):
        return {"same": "same enquiry", "closed": "closed enquiry"}.get(error.faults["other"], "merged enquiry")
    return "no enquiry" if isinstance(error, NotFound) else "not allowed"


def _read(reference: str) -> str:
    found = read_reference(reference)
    if not found:
        raise NotFound("enquiry")
    return found
