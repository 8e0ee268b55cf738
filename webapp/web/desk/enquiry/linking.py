"""Saying which organisation an enquiry comes from: a suggestion, another record, a new one, or none."""

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import transaction
from webapp.domain.enquiries import loading, origin
from webapp.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.domain.organisations import records as organisation_records
from webapp.domain.search.references import read_reference
from webapp.models import Organisation
from webapp.vocabulary import Action, Permission
from webapp.web import edge, purposes
from webapp.web.desk.enquiry.done import done, versioned, way_back
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
        undo, said = _link(found, request.form.get("organisation", ""), attempt.version)
    except Conflict:
        return page(found, attempt, code=409)
    except NotAllowed:
        return page(found, attempt.refused("not allowed"), code=409)
    except Invalid:
        return page(found, attempt.refused("unknown"), code=400)
    return done(found, attempt.action, at="origin", said=said, undo=undo)


def _link(reference: str, chosen: str, version: int) -> tuple[dict[str, str] | None, str]:
    """Link it, and return what takes that back and what is said of it."""
    actor = edge.actor()
    with transaction() as session:
        enquiry = loading.locked(session, reference, actor=actor)
        organisation: Organisation | None = None
        undo = way_back(enquiry, Action.LINK)
        if chosen == NEW:
            organisation = organisation_records.add(session, origin.facts_from(enquiry), by=edge.acting())
        elif chosen:
            try:
                organisation = organisation_records.locked(session, number(chosen) or 0, actor=actor)
            except NotFound as error:
                raise Invalid({"organisation": "unknown"}) from error
        origin.link_organisation(session, enquiry, organisation, version=version, by=edge.acting())
        return versioned(undo, enquiry), _said(organisation, is_new=chosen == NEW)


def _said(organisation: Organisation | None, *, is_new: bool) -> str:
    if organisation is None:
        return _("The link to the organisation is removed.")
    if is_new:
        return _("A record of %(organisation)s is made and linked.", organisation=organisation.name)
    return _("Linked to %(organisation)s.", organisation=organisation.name)
