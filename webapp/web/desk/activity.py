"""What the whole office did lately, in the enquiries that the reader sees."""

from flask import render_template, request
from flask_babel import gettext as _

from webapp.db import db
from webapp.domain import activity as domain
from webapp.domain import triage
from webapp.vocabulary import ActorKind, Permission
from webapp.web import edge
from webapp.web.desk import history
from webapp.web.desk.blueprint import bp

_LARGEST = 2**31 - 1


@bp.get("/activity")
@edge.permission(Permission.ENQUIRY_READ)
def activity() -> str:
    """Newest events first, of everybody, of one person, or of the partners."""
    session, who = db.session(), request.args.get("who", "")
    before = min(request.args.get("before", default=_LARGEST, type=int), _LARGEST)
    people = [(str(person.id), person.name) for person in triage.assignable(session)]
    found = domain.activity(
        session,
        actor=edge.actor(),
        before=before,
        person_id=int(who) if who in dict(people) else None,
        by=ActorKind.PARTNER if who == "partners" else None,
    )
    return render_template(
        "desk/activity.html",
        lines=[(event.enquiry, history.line(event, event.enquiry)) for event in found.events],
        who=who if who in {*dict(people), "partners"} else "",
        people=[("", _("Everybody")), ("partners", _("Partners")), *people],
        next=found.before,
        paged=before != _LARGEST,
    )
