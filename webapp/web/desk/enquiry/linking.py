"""Saying which organisation an enquiry comes from: a suggestion, another record, a new one, or none."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp import labels
from webapp.db import transaction
from webapp.domain.enquiries import loading, origin
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.domain.organisations import records as organisation_records
from webapp.domain.search.references import read_reference
from webapp.models import Organisation
from webapp.vocabulary import Action, Permission
from webapp.web import edge, purposes
from webapp.web.desk.enquiry.page import ActionAttempt, page
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.guards import number

NEW = "new"


@bp.post("/enquiries/<reference>/actions/link")
@edge.permission(Permission.ENQUIRY_READ)
@purposes.takes(Action.LINK)
def link(reference: str) -> AnyResponse:
    """Link to the record `organisation`: an id, `new` for one made from the enquiry, or nothing for none."""
    found = read_reference(reference)
    attempt = ActionAttempt(Action.LINK, parameters.sent_version(), text="", assignee=None)
    try:
        _link(found, request.form.get("organisation", ""), attempt.version)
    except Conflict:
        return page(found, attempt, code=409)
    except NotAllowed:
        return page(found, attempt.refused("not allowed"), code=409)
    except Invalid:
        return page(found, attempt.refused("unknown"), code=400)
    flash(_(labels.ACTION[attempt.action].done), "good")
    here = url_for("desk.enquiry", reference=found)
    return redirect(edge.desk_path(request.form.get("back", ""), here), 303)


def _link(reference: str, chosen: str, version: int) -> None:
    actor = edge.actor()
    with transaction() as session:
        enquiry = loading.locked(session, reference, actor=actor)
        organisation: Organisation | None = None
        if chosen == NEW:
            organisation = organisation_records.add(session, origin.facts_from(enquiry), by=edge.acting())
        elif chosen:
            try:
                organisation = organisation_records.locked(session, number(chosen) or 0, actor=actor)
            except NotFound as error:
                raise Invalid({"organisation": "unknown"}) from error
        origin.link_organisation(session, enquiry, organisation, version=version, by=edge.acting())
