"""The year at a glance: which days count, which do not, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date, get_day_names
from flask import render_template, request

from webapp import labels
from webapp.db import db
from webapp.domain.calendar import closures, marked_days
from webapp.domain.calendar import office_calendar as domain
from webapp.domain.calendar.working_days import WEEKEND, Calendar
from webapp.i18n import LOCALES, N_, localised
from webapp.models import CalendarDay, Closure
from webapp.vocabulary import Permission
from webapp.web import edge, former
from webapp.web.desk.calendar.forms import YEARS
from webapp.web.desk.frame.blueprint import bp

HOLIDAY, CLOSURE = "holiday", "closure"
KINDS: dict[Any, str] = {HOLIDAY: N_("General holiday"), CLOSURE: N_("Unplanned closure"), **labels.DAY_KIND}


@dataclass(frozen=True)
class Cell:
    """One day of a month; `kind` is '' for a day like any other, 'weekend', or a key of KINDS, `label` its name."""

    day: date
    kind: str
    label: str


@dataclass(frozen=True)
class Month:
    """A month by weeks from Monday; None stands for the days of its neighbours."""

    name: str
    weeks: list[list[Cell | None]]


@dataclass(frozen=True)
class CalendarRow:
    """One line of the list: days in a row that have a name; `closure` is an unplanned closure's id."""

    first: date
    last: date
    name: str
    kind: str
    note: str = ""
    closure: int | None = None
    undone: bool = False


@bp.get("/calendar")
@edge.permission(Permission.ENQUIRY_READ)
def calendar() -> str:
    """Show twelve months, and every day that has a name."""
    session, today = db.session(), edge.today()
    year = _year(today)
    days = domain.around(session, date(year, 6, 1), settings=edge.settings(), language=edge.language())
    shut, marked = closures.of_year(session, year), marked_days.of_year(session, year)
    return render_template(
        "desk/calendar/year.html",
        year=year,
        years=[other for other in (year - 1, year + 1) if abs(other - today.year) <= YEARS],
        months=[_month(year, number, days, _closed(shut)) for number in range(1, 13)],
        weekdays=_weekdays(),
        kinds=KINDS,
        rows=_rows(year, days, marked, shut),
        changes=marked_days.changes(session, year),
        language_texts=lambda texts: localised(texts, edge.language()),
    )


def _year(today: date) -> int:
    asked = request.args.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today.year
    return min(max(year, today.year - YEARS), today.year + YEARS)


def _closed(shut: Sequence[Closure]) -> set[date]:
    return {day for each in shut if each.revoked_at is None for day in domain.days(each.first, each.last)}


def _month(year: int, number: int, days: Calendar, closed: set[date]) -> Month:
    first = date(year, number, 1)
    last = (first + timedelta(31)).replace(day=1) - timedelta(1)
    cells: list[Cell | None] = [None] * first.weekday()
    cells += [_cell(day, days, closed) for day in domain.days(first, last)]
    cells += [None] * (-len(cells) % 7)
    name = format_date(first, "LLLL", LOCALES[edge.language()])
    return Month(name, [cells[start : start + 7] for start in range(0, len(cells), 7)])


def _cell(day: date, days: Calendar, closed: set[date]) -> Cell:
    if day in closed:
        return Cell(day, CLOSURE, days.marks[day].name)
    if day in days.marks:
        return Cell(day, days.marks[day].kind, days.marks[day].name)
    if day in days.holidays:
        return Cell(day, HOLIDAY, days.holidays[day])
    return Cell(day, WEEKEND if days.why(day) else "", "")


def _weekdays() -> list[tuple[str, str]]:
    """Return each weekday from Monday, in one letter and in full."""
    locale = LOCALES[edge.language()]
    short, full = (get_day_names(width, "stand-alone", locale) for width in ("narrow", "wide"))
    return [(short[number], full[number]) for number in range(7)]


def _rows(year: int, days: Calendar, marked: Sequence[CalendarDay], shut: Sequence[Closure]) -> list[CalendarRow]:
    known = {row.day for row in marked}
    rows = [
        CalendarRow(day, day, name, HOLIDAY)
        for day, name in days.holidays.items()
        if day.year == year and day not in known
    ]
    rows += [
        CalendarRow(row.day, row.day, localised(row.name, edge.language()), row.kind, former.colleague(row.edited_by))
        for row in marked
    ]
    rows += [
        CalendarRow(
            each.first,
            each.last,
            localised(each.reason, edge.language()),
            CLOSURE,
            former.colleague(each.declared_by),
            each.id,
            each.revoked_at is not None,
        )
        for each in shut
    ]
    return sorted(rows, key=lambda row: (row.first, row.last))
