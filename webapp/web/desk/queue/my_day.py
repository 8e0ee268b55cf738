"""My day: what needs one person now, each part a few rows with a link to all of it; and notes that are put aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.db import db, transaction
from webapp.domain.notifications import visit_mails
from webapp.domain.security.permissions import ONLY_READ, SEE_ALL, Actor
from webapp.domain.triage import mentions
from webapp.domain.triage import my_day as domain
from webapp.domain.triage.queue import COUNT_LIMIT
from webapp.domain.visits import aftermath, calendar, receiving, tasks, visits
from webapp.i18n import localised, time_span
from webapp.models import Enquiry, Visit
from webapp.vocabulary import Permission, Role, VisitState
from webapp.web import edge
from webapp.web import shown as memory
from webapp.web.desk.enquiry import walk
from webapp.web.desk.enquiry.due import due
from webapp.web.desk.frame.blueprint import bp

_AHEAD = timedelta(6)
_SHOWN_VISITS = 20


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
    session, today = db.session(), edge.today()
    known = domain.Known(memory.networks(), memory.everyone(), memory.absences(today))
    day = domain.my_day(session, actor=actor, today=today, known=known, settings=edge.settings())
    week = calendar.visits_between(session, today, today + _AHEAD, actor=actor, limit=_SHOWN_VISITS)
    whose = "ours" if actor.can(Permission.ENQUIRY_ASSIGN) else "me"
    rows = [*day.due.rows, *day.new.rows, *day.wrote.rows]
    walk.remember(list(dict.fromkeys(row.reference for row in rows)), url_for("desk.my_day"))
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
        week=week,
        figures=_figures(day, week, actor, whose),
        confirmed=VisitState.CONFIRMED,
        clock=lambda visit: "–".join(f"{visits.local(visit, at):%H:%M}" for at in (visit.starts_at, visit.ends_at)),
        limit=COUNT_LIMIT,
        span=lambda row, visit: time_span(row.starts_at, row.ends_at, edge.language(), ZoneInfo(visit.timezone)),
        place=lambda visit: visit_mails.place(visit, edge.language()),
        hosts=actor.role is Role.HOST,
        reads=actor.role in ONLY_READ,
    )


def _figures(day: domain.MyDay, week: Sequence[Visit], actor: Actor, whose: str) -> list[tuple[str, int, str, bool]]:
    """Return four figures: what each counts, how many, where they are listed, and whether that is late."""
    if actor.role is Role.HOST:
        return []
    mine: dict[str, Any] = {} if actor.role in ONLY_READ else {"assignee": whose}
    third = "unassigned" if actor.role in SEE_ALL else "new"
    said = {"unassigned": _("Unassigned"), "new": _("New for you")}
    only = mine if third == "new" else {}
    late = day.counts["overdue"]
    return [
        (_("Overdue"), late, url_for("desk.queue", view="overdue", **mine), late > 0),
        (_("Due this week"), day.counts["week"], url_for("desk.queue", view="week", **mine), False),
        (said[third], day.counts[third], url_for("desk.queue", view=third, **only), False),
        (_("Visits in the next seven days"), len(week), url_for("desk.visits_list", view="agenda"), False),
    ]


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
