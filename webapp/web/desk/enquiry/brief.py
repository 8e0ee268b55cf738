"""An enquiry on one sheet of paper, for a meeting: what is asked, its status, and what was said last."""

from zoneinfo import ZoneInfo

from flask import render_template
from flask_babel import gettext as _

from webapp import labels
from webapp.db import db
from webapp.domain.enquiries import loading, visiting
from webapp.domain.errors import NotFound
from webapp.domain.notifications import visit_mails
from webapp.domain.search.references import read_reference
from webapp.domain.security.permissions import ONLY_READ
from webapp.i18n import date_range, time_span
from webapp.models import Enquiry, Event, Visit
from webapp.vocabulary import AuditKind, EventKind, Kind, Permission
from webapp.web import audited, edge
from webapp.web.desk.enquiry import answering, history, suggestion
from webapp.web.desk.enquiry.due import promised
from webapp.web.desk.frame.blueprint import bp

# What fits on a page: so much of each text, and so many of the latest words of partner and office.
LONGEST, WORDS = 1200, 3
_SAID = (EventKind.PARTNER_MESSAGE, EventKind.OFFICE_MESSAGE, EventKind.NOTE)


@bp.get("/enquiries/<reference>/brief")
@edge.permission(Permission.ENQUIRY_READ)
def enquiry_brief(reference: str) -> str:
    """Show one enquiry as a page to print."""
    read = read_reference(reference)
    if not read:
        raise NotFound("enquiry")
    session, actor = db.session(), edge.actor()
    found = loading.enquiry(session, read, actor=actor)
    if actor.role in ONLY_READ:
        audited.look(AuditKind.ENQUIRY_VIEWED, read, actor=actor)
    visit = visiting.of(session, found) if found.kind is Kind.VISIT else None
    return render_template(
        "desk/enquiry/brief.html",
        enquiry=found,
        answers=labels.answer_rows(found.kind, found.answers, _, edge.language()),
        country=labels.country_name(found.country, edge.language()),
        answering=answering.answering(found),
        promised=promised(found),
        suggestion=suggestion.panel(session, found, actor=actor),
        said=[history.line(event, found) for event in _last(found)],
        visit_when=_when(visit) if visit is not None else "",
        visit=visit,
        visit_place=visit_mails.place(visit, edge.language()) if visit is not None else "",
        longest=LONGEST,
        now=edge.now(),
    )


def _last(found: Enquiry) -> list[Event]:
    """Return the latest words of partner and office, and the latest notes, oldest first."""
    return [event for event in found.events if event.kind in _SAID and event.text][-WORDS:]


def _when(visit: Visit) -> str:
    """Return when a visit is, as far as that is known."""
    if visit.starts_at is not None and visit.ends_at is not None:
        return time_span(visit.starts_at, visit.ends_at, edge.language(), ZoneInfo(visit.timezone))
    if visit.first_day is None or visit.last_day is None:
        return ""
    return date_range(visit.first_day, visit.last_day, edge.language())
