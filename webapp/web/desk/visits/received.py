"""The page of a visit for who receives it, whole or in one slot, and sees nothing else of its enquiry."""

from zoneinfo import ZoneInfo

from flask import Response, make_response, render_template
from flask_babel import gettext as _

from webapp.db import db
from webapp.domain.notifications import programme_mails, visit_mails
from webapp.domain.visits import arrivals, papers_memory, programme, tasks
from webapp.i18n import city, time_span
from webapp.mail.visit import desk_rows
from webapp.models import Enquiry, Visit
from webapp.web import edge
from webapp.web.desk.visits import papers
from webapp.web.desk.visits.programme import is_readers


def page(enquiry: Enquiry, visit: Visit) -> Response:
    """Show when, where and who comes, the reader's own slots and tasks, and the papers for hosts."""
    session, language, zone = db.session(), edge.language(), ZoneInfo(visit.timezone)
    shown = render_template(
        "desk/visits/received.html",
        enquiry=enquiry,
        visit=visit,
        rows=desk_rows(visit_mails.details_of(visit), enquiry.country, language, _),
        purposes=[each[language] for each in papers_memory.purposes(enquiry.answers, (language,))],
        delegates=arrivals.delegates(session, enquiry),
        full_name=arrivals.full_name,
        slots=[slot for slot in programme.of(session, visit) if any(map(is_readers, slot.hosts))],
        is_own=is_readers,
        span=lambda slot: time_span(slot.starts_at, slot.ends_at, language, zone),
        place=lambda slot: programme_mails.place(slot, language),
        tasks=tasks.own(session, enquiry, actor=edge.actor()),
        papers=papers.panel(enquiry, visit, whole=False),
        city=city(zone, language),
    )
    return make_response(shown)
