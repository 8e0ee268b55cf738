"""My day: what needs one person now, each part a few rows with a link to all of it; and notes that are put aside."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.triage import mentions
from webapp.domain.triage import my_day as domain
from webapp.domain.visits import aftermath, receiving, tasks
from webapp.i18n import localised, time_span
from webapp.models import Enquiry
from webapp.vocabulary import Permission, Role
from webapp.web import edge, shown
from webapp.web.desk.enquiry.due import due
from webapp.web.desk.frame.blueprint import bp


@dataclass(frozen=True)
class Duty:
    """Something to do now for a visit, and where that is noted."""

    title: str
    due_on: date
    enquiry: Enquiry
    way: str


@bp.get("/my-day")
@edge.permission(Permission.ENQUIRY_READ)
def my_day() -> str:
    """Show what needs the reader now, in plain parts."""
    actor = edge.actor()
    known = domain.Known(shown.networks(), shown.everyone(), shown.absences(edge.today()))
    day = domain.my_day(db.session(), actor=actor, today=edge.today(), settings=edge.settings(), known=known)
    whose = "ours" if actor.can(Permission.ENQUIRY_ASSIGN) else "me"
    rows = [*day.due.rows, *day.new.rows, *day.wrote.rows]
    parts = [
        ("due", _("Due today or overdue"), day.due, {"view": "week", "assignee": whose}, _("All due this week")),
        ("wrote", _("The partner answered"), day.wrote, {"view": "wrote", "assignee": whose}, _("Show all")),
        ("new", _("New for you"), day.new, {"view": "new", "assignee": whose}, _("Show all new")),
    ]  # fmt: skip
    return render_template(
        "desk/queue/my_day.html",
        day=day,
        parts=parts,
        duties=_duties(),
        dues={row.id: due(row) for row in rows},
        slots=receiving.upcoming(db.session(), actor=actor, now=edge.now()),
        visits=receiving.visits_of(db.session(), actor=actor, now=edge.now()),
        span=lambda row, visit: time_span(row.starts_at, row.ends_at, edge.language(), ZoneInfo(visit.timezone)),
        hosts=actor.role is Role.HOST,
    )


def _duties() -> list[Duty]:
    """Return what the reader has to do now for visits: tasks, promises, and the look at what came of one."""
    given: dict[str, Any] = {"actor": edge.actor(), "today": edge.today(), "limit": domain.SHOWN}
    session, after = db.session(), "desk.after_visit"
    found = [
        *((localised(row.title, edge.language()), row.due_on, row.enquiry, "desk.visit")
          for row in tasks.due_for(session, **given)),
        *((row.text, row.due_on, row.enquiry, after) for row in aftermath.promises_due(session, **given)),
        *((_("Look at what came of the visit"), row.follow_up_on, row.enquiry, after)
          for row in aftermath.follow_ups_due(session, **given)),
    ]  # fmt: skip
    duties = [
        Duty(title, due_on, enquiry, url_for(way, reference=enquiry.reference))
        for title, due_on, enquiry, way in found
        if due_on is not None
    ]
    return sorted(duties, key=lambda duty: duty.due_on)


@bp.post("/my-day/mentions/<id:mention_id>")
@edge.permission(Permission.ENQUIRY_READ)
def put_mention_aside(mention_id: int) -> AnyResponse:
    """Take a note that names the reader out of their day."""
    with transaction() as session:
        mentions.put_aside(session, mention_id, by=edge.acting())
    return redirect(url_for("desk.my_day", _anchor="mentions"), 303)
