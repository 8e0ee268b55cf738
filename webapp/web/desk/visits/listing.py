"""Visits on a calendar: a month, a week with rooms and hosts as lanes, or a list of days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import render_template, request, url_for
from flask_babel import gettext as _

from webapp import labels
from webapp.db import db
from webapp.domain.calendar import office_calendar
from webapp.domain.calendar.working_days import Calendar
from webapp.domain.notifications import visit_mails
from webapp.domain.visits import calendar, tasks, visits
from webapp.domain.visits.calendar import Stretch
from webapp.i18n import date_range, month_year
from webapp.models import Leave, Trip, Visit
from webapp.tidying import amounts
from webapp.vocabulary import Permission, VisitState
from webapp.web import addresses, edge
from webapp.web.desk.frame.blueprint import bp
from webapp.web.desk.visits import lanes
from webapp.web.desk.visits.tasks import prepared

VIEWS = ("month", "week", "agenda")
# How many days a list shows.
_AGENDA = 60
_YEARS = 5


@dataclass(frozen=True)
class Day:
    """One day: its visits, who is away, and why it does not count ("" where it does)."""

    day: date
    visits: Sequence[Visit] = ()
    away: Sequence[Leave] = ()
    trips: Sequence[Trip] = ()
    closed: str = ""
    within: bool = True


@dataclass(frozen=True)
class Entry:
    """A visit as each of its days shows it: its page, state and hours ("" where it has none), and what else is said."""

    address: str
    state: str
    hours: str
    organisation: str
    notes: Sequence[str]


@bp.get("/visits")
@edge.permission(Permission.ENQUIRY_READ)
def visits_list() -> str:
    """Show visits of a month, a week or the coming weeks, from a day on."""
    view = request.args.get("view", "month")
    view = view if view in VIEWS else "month"
    session, today = db.session(), edge.today()
    following = calendar.following(session, today, actor=edge.actor()) if not request.args.get("from") else None
    asked = _asked()
    # Without a day of its own it opens where the next visit is, and the page says so.
    leaps = following is not None and following > _span(view, _start(view, asked))[1]
    start = _start(view, following if leaps and following else asked)
    first, last = _span(view, start)
    stretch = calendar.between(session, first, last, actor=edge.actor(), where=view != "month")
    known = office_calendar.around(session, start, settings=edge.settings(), language=edge.language())
    days = [_day(each, stretch, known, view, start) for each in office_calendar.days(first, last)]
    return render_template(
        "desk/visits/visits.html",
        view=view,
        title=_title(view, start, last),
        start=start,
        before=_before(view, start),
        after=_after(view, start),
        weeks=[days[number : number + 7] for number in range(0, len(days), 7)] if view != "agenda" else [],
        days=[each for each in days if each.visits or each.away or each.trips] if view == "agenda" else days,
        lanes=lanes.of(calendar.with_slots(session, stretch), [each.day for each in days]) if view == "week" else [],
        views={each: f"{url_for('desk.visits_list')}?view={each}&from={start.isoformat()}" for each in VIEWS},
        entries=_entries(stretch),
        clock=_clock,
        visit_place=lambda visit: visit_mails.place(visit, edge.language()),
        today=today,
        leaps=leaps,
        none_ahead=following is None and not request.args.get("from"),
        following=following,
    )


def _entries(stretch: Stretch) -> dict[int, Entry]:
    """Return how each visit is shown, by its id."""
    prepared, address = _prepared(stretch), addresses.of_enquiries("desk.visit")
    states = {state: _(labels.VISIT_STATE[state]).lower() for state in VisitState}
    found = {}
    for visit in stretch.visits:
        starts, ends = visit.starts_at, visit.ends_at
        hours = f"{_clock(visit, starts)}–{_clock(visit, ends)}" if starts and ends else ""
        state = "" if visit.state is VisitState.CONFIRMED else states[visit.state]
        notes = [note for note in (state, prepared.get(visit.enquiry_id)) if note]
        found[visit.id] = Entry(
            address(visit.enquiry.reference), visit.state.value, hours, visit.enquiry.organisation, notes
        )
    return found


def _clock(visit: Visit, at: datetime) -> str:
    return f"{visits.local(visit, at):%H:%M}"


def _prepared(stretch: Stretch) -> dict[int, str]:
    """Return in words how far each confirmed visit is prepared, by its enquiry."""
    numbers = [visit.enquiry_id for visit in stretch.visits if visit.state is VisitState.CONFIRMED]
    found = tasks.readiness(db.session(), numbers, actor=edge.actor())
    said = {each: prepared(each).lower() for each in set(found.values())}
    return {number: said[each] for number, each in found.items()}


def _asked() -> date:
    found = amounts.day(request.args.get("from", ""))
    today = edge.today()
    return found if found is not None and abs(found.year - today.year) <= _YEARS else today


def _start(view: str, asked: date) -> date:
    if view == "month":
        return asked.replace(day=1)
    return asked - timedelta(asked.weekday()) if view == "week" else asked


def _span(view: str, start: date) -> tuple[date, date]:
    """Return the first and last day that are shown: whole weeks, and of a list so many days."""
    if view == "agenda":
        return start, start + timedelta(_AGENDA - 1)
    last = _after("month", start) - timedelta(1) if view == "month" else start
    return start - timedelta(start.weekday()), last + timedelta(6 - last.weekday())


def _after(view: str, start: date) -> date:
    if view == "month":
        return (start + timedelta(31)).replace(day=1)
    return start + timedelta(7 if view == "week" else _AGENDA)


def _before(view: str, start: date) -> date:
    if view == "month":
        return (start - timedelta(1)).replace(day=1)
    return start - timedelta(7 if view == "week" else _AGENDA)


def _day(day: date, stretch: Stretch, known: Calendar, view: str, start: date) -> Day:
    named = known.marks[day].name if day in known.marks else known.holidays.get(day, "")
    within = view != "month" or day.month == start.month
    return Day(day, stretch.on(day), stretch.away_on(day), stretch.trips_on(day), named, within)


def _title(view: str, start: date, last: date) -> str:
    return month_year(start, edge.language()) if view == "month" else date_range(start, last, edge.language())
