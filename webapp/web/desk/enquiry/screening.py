"""Saving a screening: a person says what they found, and nothing is decided by it."""

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import transaction
from webapp.domain.enquiries import loading, screening
from webapp.domain.errors import Conflict, Invalid, NotAllowed
from webapp.domain.search.references import read_reference
from webapp.vocabulary import Action, Permission, ScreeningResult
from webapp.web import edge, fields, purposes
from webapp.web.desk.enquiry.done import done
from webapp.web.desk.enquiry.page import ActionAttempt, page
from webapp.web.desk.enquiry.routes import LONGEST
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp


@bp.post("/enquiries/<reference>/actions/screen")
@edge.permission(Permission.ENQUIRY_READ)
@purposes.takes(Action.SCREEN)
def screen(reference: str) -> AnyResponse:
    """Keep the `result` with the `lists` that were looked at and a note (`text`); what is refused comes back."""
    found = read_reference(reference)
    given = {"result": request.form.get("result", ""), "lists": fields.tidy_line(request.form.get("lists"))}
    text = fields.tidy_text(request.form.get("text"))
    attempt = ActionAttempt(Action.SCREEN, parameters.sent_version(), text=text, assignee=None, more=given)
    try:
        _screen(found, attempt)
    except Conflict:
        return page(found, attempt, code=409)
    except NotAllowed:
        return page(found, attempt.refused("not allowed"), code=409)
    except Invalid as error:
        return page(found, attempt.refused(" ".join(error.faults)), code=400)
    return done(found, attempt.action, at="screening")


def _screen(reference: str, attempt: ActionAttempt) -> None:
    actor, result = edge.actor(), attempt.more["result"]
    if len(attempt.text) > LONGEST:
        raise Invalid({"note": "long"})
    with transaction() as session:
        screening.screen(
            session,
            loading.locked(session, reference, actor=actor),
            ScreeningResult(result) if result in set(ScreeningResult) else None,
            lists=attempt.more["lists"],
            note=attempt.text,
            version=attempt.version,
            by=edge.acting(),
        )
