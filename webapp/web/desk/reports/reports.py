"""The figures of a period: a page with charts and their tables, and the same as files."""

from collections.abc import Callable
from datetime import date

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from webapp import i18n, labels
from webapp.db import db
from webapp.domain.errors import Invalid
from webapp.domain.reports import figures, files
from webapp.domain.reports.figures import Figures, Report
from webapp.i18n import N_
from webapp.tidying import amounts
from webapp.vocabulary import Kind, Level, Permission, ReportBy, Status
from webapp.web import edge, shown
from webapp.web.desk.frame.blueprint import bp

# The columns of the table, in their order: how each is called, and what it is of a group.
_COLUMNS: tuple[tuple[str, Callable[[Figures], int | float | None]], ...] = (
    (N_("Enquiries"), lambda found: found.enquiries),
    (N_("Visits asked for"), lambda found: found.visits),
    (N_("Accepted"), lambda found: found.accepted),
    (N_("Declined"), lambda found: found.declined),
    (N_("Withdrawn"), lambda found: found.withdrawn),
    (N_("Still open"), lambda found: found.open),
    (N_("Visits confirmed"), lambda found: found.confirmed),
    (N_("Visits that took place"), lambda found: found.completed),
    (N_("Guests"), lambda found: found.guests),
    (N_("Answered in time, %"), lambda found: found.share_in_time),
    (N_("Working days to first answer, median"), lambda found: found.to_answer),
    (N_("Working days to decision, median"), lambda found: found.to_decision),
)


@bp.get("/reports")
@edge.permission(Permission.REPORT_READ)
def reports() -> Response:
    """Show the figures of a period; the last twelve months where none is named."""
    first, last, by_what, fault = _asked()
    found = None
    if not fault:
        try:
            found = figures.report(db.session(), first, last, by_what, by=edge.acting())
        except Invalid as error:
            fault = error.faults["to"]
    said = {
        "before": _("The last day is before the first day."),
        "long": _("Choose at most three years."),
        "day": _("Enter dates such as 2027-03-09."),
    }
    page = render_template(
        "desk/reports/reports.html",
        first=request.args.get("from") or first.isoformat(),
        last=request.args.get("to") or last.isoformat(),
        by=by_what,
        by_options=labels.options(labels.REPORT_BY, _),
        fault=said.get(fault, ""),
        report=found,
        months=_months(found) if found else [],
        names=_names(found) if found else {},
        columns=[_(label) for label, _value in _COLUMNS],
        cells=lambda each: [value(each) for _label, value in _COLUMNS],
        files={kind: _file(kind, first, last, by_what) for kind in ("csv", "xlsx")},
    )
    return make_response(page, 422 if fault else 200)


@bp.get("/reports.csv", defaults={"kind": "csv"})
@bp.get("/reports.xlsx", defaults={"kind": "xlsx"})
@edge.permission(Permission.REPORT_READ)
def report_file(kind: str) -> Response:
    """Hand out the same figures as a file. Raises Invalid where the period cannot be."""
    first, last, by_what, fault = _asked()
    if fault:
        raise Invalid({"from": fault})
    found = figures.report(db.session(), first, last, by_what, by=edge.acting())
    names = _names(found)
    head = [_(labels.REPORT_BY[by_what]), *(_(label) for label, _value in _COLUMNS)]
    rows: list[list[str | int | float | None]] = [list(head)]
    rows += [[names[key], *(value(each) for _label, value in _COLUMNS)] for key, each in found.groups]
    rows.append([_("All"), *(value(found.total) for _label, value in _COLUMNS)])
    content = files.as_csv(rows) if kind == "csv" else files.as_xlsx(rows, title=f"{first} {last}")
    response = make_response(content)
    response.content_type = (
        "text/csv; charset=utf-8"
        if kind == "csv"
        else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="report-{first}-{last}.{kind}"'
    return response


def _asked() -> tuple[date, date, ReportBy, str]:
    """Return the period and the grouping that were asked for, and "day" where a date means no day."""
    today = edge.today()
    last, first = today, today.replace(day=1).replace(year=today.year - 1)
    given = {name: request.args.get(name, "").strip() for name in ("from", "to")}
    read = {name: amounts.day(text) if text else None for name, text in given.items()}
    wrong = any(text and read[name] is None for name, text in given.items())
    asked = request.args.get("by", ReportBy.NETWORK.value)
    by_what = ReportBy(asked) if asked in set(ReportBy) else ReportBy.NETWORK
    return read["from"] or first, read["to"] or last, by_what, "day" if wrong else ""


def _file(kind: str, first: date, last: date, by_what: ReportBy) -> str:
    return f"{url_for('desk.report_file', kind=kind)}?from={first}&to={last}&by={by_what}"


def _months(found: Report) -> list[tuple[str, int]]:
    """Return each month as people read it, with what was submitted in it."""
    language = edge.language()
    return [(i18n.month_year(date.fromisoformat(f"{month}-01"), language), count) for month, count in found.months]


def _names(found: Report) -> dict[str, str]:
    """Return how each group of a report is called."""
    language = edge.language()
    networks = {str(row.id): row.short_name for row in shown.directory().entries}
    levels = {level.value: _(labels.LEVEL[level]) for level in Level}
    said: dict[ReportBy, Callable[[str], str]] = {
        ReportBy.NETWORK: lambda key: networks.get(key, key) if key else _("No network named"),
        ReportBy.COUNTRY: lambda key: labels.country_name(key, language) or key,
        ReportBy.LEVEL: lambda key: levels.get(key, _("No visit, or no rank named")),
        ReportBy.KIND: lambda key: _(labels.KIND_LONG[Kind(key)]),
        ReportBy.OUTCOME: lambda key: _(labels.STATUS_DESK[Status(key)]),
    }
    return {key: said[found.by](key) for key, _figures in found.groups}
