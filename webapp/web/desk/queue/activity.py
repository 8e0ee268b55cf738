"""What the whole office did lately, in the enquiries that the reader sees."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from webapp.db import db
from webapp.domain.enquiries import assignment
from webapp.domain.triage import activity as domain
from webapp.models import Person
from webapp.vocabulary import ActorKind, Permission
from webapp.web import edge, former
from webapp.web.desk.enquiry import history
from webapp.web.desk.frame import parameters
from webapp.web.desk.frame.blueprint import bp
from webapp.web.unknown import unknown


@bp.get("/activity")
@edge.permission(Permission.ENQUIRY_READ)
def activity() -> str:
    """Show newest events first, of everyone, of one person, or of the partners."""
    session, who = db.session(), request.args.get("who", "")
    before = parameters.place(request.args.get("before", ""))
    everyone = assignment.everyone(session)
    person = next((person for person in everyone if str(person.id) == who), None)
    fails = bool(who) and who != "partners" and person is None
    page: dict[str, Any] = {
        "before": before,
        "person_id": person and person.id,
        "by": ActorKind.PARTNER if who == "partners" else None,
    }
    found = domain.ActivityPage((), None) if fails else domain.activity(session, actor=edge.actor(), **page)
    return render_template(
        "desk/queue/activity.html",
        lines=[(event.enquiry, history.line(event, event.enquiry)) for event in found.events],
        who=who,
        people=_people(everyone, who, fails=fails),
        unknown=[unknown(_("Done by"), who, url_for("desk.activity"))] if fails else [],
        next=found.before,
        paged=before is not None,
    )


def _people(everyone: Sequence[Person], who: str, *, fails: bool) -> list[tuple[str, str]]:
    """Return whose activity can be chosen: those who work on enquiries, and the person whom the address names."""
    named = [person for person in everyone if assignment.can_be_given(person) or str(person.id) == who]
    people = [
        (str(person.id), person.name if person.active else _closed(former.colleague(person.name))) for person in named
    ]
    return [("", _("Everyone")), ("partners", _("Partners")), *people, *([(who, who)] if fails else [])]


def _closed(name: str) -> str:
    return _("%(name)s (account closed)", name=name)
