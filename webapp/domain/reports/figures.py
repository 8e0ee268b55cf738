"""Figures of a period: how many enquiries and visits by what, what became of them, and how soon they were answered."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime, time, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Row, and_, case, func, select
from sqlalchemy.orm import Session

from webapp import questions
from webapp.domain.calendar import office_calendar
from webapp.domain.calendar.working_days import WHOLE, Calendar
from webapp.domain.errors import Invalid
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import require, visible
from webapp.models import Enquiry, Event, Visit, VisitReport
from webapp.vocabulary import Action, ActorKind, Kind, Permission, ReportBy, Status, VisitState

LONGEST = 3 * 366
_NO_ENQUIRY = (Status.SPAM, Status.SUSPECT)
_WON = (Status.ACCEPTED, Status.SCHEDULED, Status.COMPLETED)
_OURS = (ActorKind.STAFF, ActorKind.LIAISON)


@dataclass(frozen=True)
class Figures:
    """What one group, or all, came to. Medians are working days, None where nothing was answered or decided yet."""

    enquiries: int
    visits: int
    accepted: int
    declined: int
    withdrawn: int
    open: int
    # Visits that were confirmed, whatever became of them, and those that took place.
    confirmed: int
    completed: int
    guests: int
    agreements: int
    answered: int
    # Answered by the promised day, and not overdue; and what is overdue on the day of the report.
    in_time: int
    overdue: int
    # Answered or overdue: what was in time, or was not.
    promised: int
    to_answer: float | None
    to_decision: float | None

    @property
    def share_in_time(self) -> int | None:
        """The percentage of first answers that came by the promised day; what is overdue did not."""
        return round(100 * self.in_time / self.promised) if self.promised else None


@dataclass(frozen=True)
class Report:
    """The figures of a period: of each group, by its key, in the order in which they are read; and of all."""

    first: date
    last: date
    by: ReportBy
    groups: tuple[tuple[str, Figures], ...]
    total: Figures
    # By month, `2026-11`, however the report is grouped: what was submitted, and the percentage answered in time.
    months: tuple[tuple[str, int], ...]
    in_time: tuple[tuple[str, int | None], ...]


def report(session: Session, first: date, last: date, by_what: ReportBy, *, by: Acting) -> Report:
    """Return the figures of what was submitted from one day to another, as far as the actor sees it: two statements.

    Raises Invalid where the days are the wrong way round, more than LONGEST, or at the ends of the calendar.
    """
    require(by.actor, Permission.REPORT_READ)
    check(first, last)
    rows = session.execute(_query(first, last, by)).all()
    known = _Days(session, by)
    grouped: dict[str, list[Row[Any]]] = defaultdict(list)
    months: dict[str, list[Row[Any]]] = {f"{day:%Y-%m}": [] for day in office_calendar.days(first, last)}
    for row in rows:
        grouped[_key(row, by_what, by)].append(row)
        months[_month(row, by)].append(row)
    groups = [(key, _figures(found, known, by)) for key, found in grouped.items()]
    groups.sort(key=lambda group: group[0] if by_what is ReportBy.MONTH else (-group[1].enquiries, group[0]))
    return Report(
        first,
        last,
        by_what,
        tuple(groups),
        _figures(rows, known, by),
        tuple((month, len(found)) for month, found in months.items()),
        tuple((month, _figures(found, known, by).share_in_time) for month, found in months.items()),
    )


def _month(row: Row[Any], by: Acting) -> str:
    return f"{row.submitted_at.astimezone(by.settings.zone):%Y-%m}"


def check(first: date, last: date) -> None:
    """Raise Invalid where no figures can be of these days, as `report` does."""
    if last < first:
        raise Invalid({"to": "before"})
    if (last - first).days > LONGEST:
        raise Invalid({"to": "long"})
    # Their midnights elsewhere, and the day after the last, are days that no calendar has.
    if first.year == MINYEAR or last.year == MAXYEAR:
        raise Invalid({"to": "day"})


def _query(first: date, last: date, by: Acting) -> Any:
    zone = by.settings.zone
    starts, ends = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(1)))
    answered = func.min(case((and_(Event.public, Event.actor_kind.in_(_OURS)), Event.at)))
    decided = func.min(case((Event.action.in_((Action.ACCEPT, Action.DECLINE)), Event.at)))
    found = (Enquiry.submitted_at >= starts, Enquiry.submitted_at < ends, Enquiry.status.not_in(_NO_ENQUIRY))
    columns = (
        *(Enquiry.id, Enquiry.kind, Enquiry.status, Enquiry.network_id, Enquiry.country, Enquiry.submitted_at),
        *(
            Enquiry.promised_on,
            Enquiry.due_on,
            Enquiry.answers,
            Visit.state,
            Visit.level,
            Visit.guests,
            Visit.confirmed_at,
            VisitReport.agreements,
        ),
    )
    times = (
        select(Event.enquiry_id, answered.label("answered_at"), decided.label("decided_at"))
        .where(Event.enquiry_id.in_(select(Enquiry.id).where(*found)))
        .group_by(Event.enquiry_id)
        .subquery()
    )
    return (
        select(*columns, times.c.answered_at, times.c.decided_at)
        .outerjoin(Visit, Visit.enquiry_id == Enquiry.id)
        .outerjoin(VisitReport, VisitReport.enquiry_id == Enquiry.id)
        .outerjoin(times, times.c.enquiry_id == Enquiry.id)
        .where(*found, visible(by.actor))
        .order_by(Enquiry.submitted_at, Enquiry.id)
    )


class _Days:
    """Working days between two times, whole ones, from the calendar of the years that they lie in."""

    def __init__(self, session: Session, by: Acting) -> None:
        self._session, self._by = session, by
        self._known: dict[int, Calendar] = {}
        self._sums: dict[date, int] = {}

    def between(self, start: datetime, end: datetime) -> int:
        first, last = (at.astimezone(self._by.settings.zone).date() for at in (start, end))
        return sum(self._halves(day) for day in office_calendar.days(first + timedelta(1), last)) // WHOLE

    def _halves(self, day: date) -> int:
        if day not in self._sums:
            if day.year not in self._known:
                middle = date(day.year, 6, 30)
                self._known[day.year] = office_calendar.around(self._session, middle, settings=self._by.settings)
            self._sums[day] = self._known[day.year].halves(day)
        return self._sums[day]


def _key(row: Row[Any], by_what: ReportBy, by: Acting) -> str:
    if by_what is ReportBy.LEVEL:
        level = row.level or (by.settings.levels.of(questions.RANK.of(row.answers)) if row.kind is Kind.VISIT else None)
        return str(level.value) if level else ""
    values: Mapping[ReportBy, Any] = {
        ReportBy.NETWORK: row.network_id,
        ReportBy.COUNTRY: row.country,
        ReportBy.KIND: row.kind.value,
        ReportBy.OUTCOME: row.status.value,
        ReportBy.MONTH: _month(row, by),
    }
    return str(values[by_what] or "")


def _figures(rows: Iterable[Row[Any]], known: _Days, by: Acting) -> Figures:
    rows = list(rows)
    answers = [(row, known.between(row.submitted_at, row.answered_at)) for row in rows if row.answered_at]
    decisions = [known.between(row.submitted_at, row.decided_at) for row in rows if row.decided_at]
    zone, overdue = by.settings.zone, {row.id for row in rows if row.due_on < by.today}
    on_time = {row.id for row, _ in answers if row.answered_at.astimezone(zone).date() <= row.promised_on}
    confirmed = [row for row in rows if row.confirmed_at is not None]
    over = (Status.DECLINED, Status.WITHDRAWN)
    return Figures(
        enquiries=len(rows),
        visits=sum(row.kind is Kind.VISIT for row in rows),
        accepted=sum(row.status in _WON for row in rows),
        declined=sum(row.status is Status.DECLINED for row in rows),
        withdrawn=sum(row.status is Status.WITHDRAWN for row in rows),
        open=sum(row.status not in (*_WON, *over) for row in rows),
        confirmed=len(confirmed),
        completed=sum(row.kind is Kind.VISIT and row.status is Status.COMPLETED for row in rows),
        guests=sum(row.guests or 0 for row in confirmed if row.state is VisitState.CONFIRMED),
        agreements=sum(row.agreements or 0 for row in rows),
        answered=len(answers),
        in_time=len(on_time - overdue),
        overdue=len(overdue),
        promised=len(overdue | {row.id for row, _ in answers}),
        to_answer=median([days for _, days in answers]) if answers else None,
        to_decision=median(decisions) if decisions else None,
    )
