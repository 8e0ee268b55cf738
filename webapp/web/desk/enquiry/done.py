"""After an act on an enquiry: back to where one was on its page, with one notice, which can take it back."""

from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.models import Enquiry
from webapp.vocabulary import Action
from webapp.web import edge


def done(
    reference: str, action: Action, *, at: str = "", said: str = "", undo: Mapping[str, str] | None = None
) -> AnyResponse:
    """Lead back to the part `at`, or wherever the form says. `undo` is what the same form has to send to take it back.

    To undo is to act like anyone else: what others changed meanwhile is theirs, and the page says so.
    """
    said = said or _(labels.ACTION[action].done)
    back = edge.desk_path(request.form.get("back", ""), "")
    if undo is None:
        flash(said, "good")
    else:
        cookie["undo"] = {"said": said, "to": request.path, "fields": dict(undo), "back": back}
    return redirect(back or url_for("desk.enquiry", reference=reference, _anchor=at or None), 303)


def way_back(before: Enquiry, action: Action) -> dict[str, str] | None:
    """Return what takes an action back that is about to be taken, but for the version; None where nothing does."""
    match action:
        case Action.ASSIGN:
            return {"assignee": str(before.assignee_id or "")}
        case Action.PRIORITISE:
            return {"priority": before.priority.value}
        case Action.LINK:
            return {"organisation": str(before.organisation_id or "")}
    return None


def versioned(undo: Mapping[str, str] | None, after: Enquiry) -> dict[str, str] | None:
    """Return a way back that holds for the version that an act has left behind."""
    return None if undo is None else {**undo, "version": str(after.version)}
