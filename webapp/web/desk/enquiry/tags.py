"""Priority, tags and checklist of one enquiry, from its page."""

from collections.abc import Callable

from flask import request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import transaction
from webapp.domain.enquiries import loading
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.domain.search.references import read_reference
from webapp.domain.triage import checklist, tags
from webapp.models import Enquiry
from webapp.vocabulary import Action, Permission, Priority
from webapp.web import edge, fields, purposes
from webapp.web.desk.enquiry.done import done, versioned, way_back
from webapp.web.desk.enquiry.page import ActionAttempt, page
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.guards import number

WayBack = dict[str, str] | None


@bp.post("/enquiries/<reference>/priority")
@edge.permission(Permission.ENQUIRY_TRIAGE)
@purposes.takes(Action.PRIORITISE)
def set_priority(reference: str) -> AnyResponse:
    """Set the priority; someone who set another one meanwhile is not overwritten."""
    wanted = request.form.get("priority", "")
    if wanted not in list(Priority):
        return page(_read(reference), _attempt(Action.PRIORITISE).refused("unknown word"), code=400)

    def change(session: Session, found: Enquiry) -> WayBack:
        before, by = way_back(found, Action.PRIORITISE), edge.acting()
        tags.prioritise(session, found, Priority(wanted), version=_attempt(Action.PRIORITISE).version, by=by)
        return versioned(before, found)

    return _changed(reference, Action.PRIORITISE, change, "")


@bp.post("/enquiries/<reference>/tags")
@edge.permission(Permission.ENQUIRY_TRIAGE)
@purposes.takes(Action.TAG)
def change_tags(reference: str) -> AnyResponse:
    """Add or remove one tag; tags are in no one's way, so no version is compared."""
    name, off = fields.tidy_line(request.form.get("tag")), "remove" in request.form

    def change(session: Session, found: Enquiry) -> WayBack:
        verb = tags.untag if off else tags.tag
        verb(session, found, name, by=edge.acting())
        return {"tag": name} if off else {"tag": name, "remove": "1"}

    return _changed(reference, Action.UNTAG if off else Action.TAG, change, "marks")


@bp.post("/enquiries/<reference>/checklist")
@edge.permission(Permission.ENQUIRY_NOTE)
@purposes.takes(Action.CHECK)
def change_checklist(reference: str) -> AnyResponse:
    """Add a line, tick one off, open it again or remove it."""
    sent, did = request.form.get("item", ""), request.form.get("do", "")
    item = (number(sent) or 0) if sent else None
    text = fields.tidy_line(request.form.get("text"))

    def change(session: Session, found: Enquiry) -> WayBack:
        by = edge.acting()
        if item is None:
            return {"item": str(checklist.add(session, found, text, by=by).id), "do": "remove"}
        if did == "remove":
            return {"text": checklist.remove(session, found, item, by=by)}
        checklist.tick(session, found, item, done=did == "tick", by=by)
        return {"item": str(item), "do": "untick" if did == "tick" else "tick"}

    return _changed(reference, Action.CHECK, change, "checklist")


def _changed(reference: str, action: Action, change: Callable[[Session, Enquiry], WayBack], at: str) -> AnyResponse:
    """Change a locked enquiry in one transaction, or show its page with the reason why not.

    `change` returns what takes it back.
    """
    reference = _read(reference)
    try:
        with transaction() as session:
            undo = change(session, loading.locked(session, reference, actor=edge.actor()))
    except Conflict:
        return page(reference, _attempt(action), code=409)
    except NotAllowed:
        return page(reference, _attempt(action).refused("not allowed"), code=409)
    except Invalid as error:
        return page(reference, _attempt(action).refused(next(iter(error.faults.values()))), code=400)
    return done(reference, action, at=at, undo=undo)


def _attempt(action: Action) -> ActionAttempt:
    typed = request.form.get("tag") or request.form.get("text")
    return ActionAttempt(action, parameters.sent_version(), fields.tidy_line(typed), None)


def _read(reference: str) -> str:
    found = read_reference(reference)
    if not found:
        raise NotFound("enquiry")
    return found
