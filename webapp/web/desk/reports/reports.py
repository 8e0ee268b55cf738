"""The figures of a period: a page with charts and their tables, and the same as files."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp import i18n, labels
from webapp.db import db, transaction
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.reports import figures, files, papers, tables
from webapp.domain.reports.figures import Report
from webapp.tidying import amounts
from webapp.vocabulary import OrderState, Permission, ReportBy
from webapp.web import edge, shown
from webapp.web.desk.frame import made as progress
from webapp.web.desk.frame.blueprint import bp

Number = TypeVar("Number", int, int | None)


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
        months=_months(found.months) if found else [],
        in_time=[(month, share) for month, share in _months(found.in_time) if share is not None] if found else [],
        names=_names(found) if found else {},
        columns=[_(label) for label, _value in tables.COLUMNS],
        cells=lambda each: [value(each) for _label, value in tables.COLUMNS],
        files={kind: _file(kind, first, last, by_what) for kind in ("csv", "xlsx")},
        paper=_paper(found, first, last, by_what) if found else None,
        here=_page(first, last, by_what),
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
    head = [_(labels.REPORT_BY[by_what]), *(_(label) for label, _value in tables.COLUMNS)]
    rows: list[list[str | int | float | None]] = [list(head)]
    rows += [[names[key], *(value(each) for _label, value in tables.COLUMNS)] for key, each in found.groups]
    rows.append([_("All"), *(value(found.total) for _label, value in tables.COLUMNS)])
    content = files.as_csv(rows) if kind == "csv" else files.as_xlsx(rows, title=f"{first} {last}")
    response = make_response(content)
    response.content_type = (
        "text/csv; charset=utf-8"
        if kind == "csv"
        else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="report-{first}-{last}.{kind}"'
    return response


@bp.post("/reports")
@edge.permission(Permission.REPORT_READ)
def make_report() -> AnyResponse:
    """Have the figures of a period made as a paper; the page shows how far it is. Raises Invalid as `report_file`."""
    first, last, by_what, fault = _asked(request.form)
    if fault:
        raise Invalid({"from": fault})
    with transaction() as session:
        papers.ask(session, first, last, by_what, by=edge.acting())
    flash(_("The paper is being made. Load the page again in a moment."), "good")
    return redirect(_page(first, last, by_what), 303)


@bp.get("/reports.pdf")
@edge.permission(Permission.REPORT_READ)
def report_paper() -> AnyResponse:
    """Hand out the paper that was made of these figures; where there is none, a page with the button for it."""
    first, last, by_what, fault = _asked()
    if fault:
        raise Invalid({"from": fault})
    try:
        content = papers.content(db.session(), first, last, by_what, by=edge.acting())
    except NotFound:
        return _not_made(first, last, by_what)
    response = make_response(content)
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="report-{first}-{last}.pdf"'
    return response


def _not_made(first: date, last: date, by_what: ReportBy) -> Response:
    """Say that a paper is not there, and how far it is where it was asked for."""
    order = papers.standing(db.session(), first, last, by_what, by=edge.acting()).order
    page = render_template(
        "desk/reports/not_made.html",
        first=first,
        last=last,
        by=by_what,
        period=i18n.date_range(first, last, edge.language()),
        said=progress.said(order),
        waits=order is not None and order.state is OrderState.WAITING,
        href=_file("pdf", first, last, by_what),
        here=_page(first, last, by_what),
    )
    return make_response(page, 404)


def _page(first: date, last: date, by_what: ReportBy) -> str:
    return f"{url_for('desk.reports')}?from={first}&to={last}&by={by_what}#paper"


def _paper(found: Report, first: date, last: date, by_what: ReportBy) -> dict[str, Any]:
    """Return how far the paper of these figures is, for the page."""
    standing = papers.standing(db.session(), first, last, by_what, by=edge.acting())
    order, state = standing.order, standing.order.state if standing.order else None
    said = progress.said(order)
    if order is not None and state is OrderState.MADE and order.basis != papers.basis(found):
        said = _("Out of date: the figures have changed since")
    return {
        "made": standing.made,
        "waits": state is OrderState.WAITING,
        "said": said,
        "texts": [(text, f"{character} (U+{ord(character):04X})") for _where, text, character in order.problems]
        if order
        else [],
        "href": _file("pdf", first, last, by_what),
    }


def _asked(given: Mapping[str, str] | None = None) -> tuple[date, date, ReportBy, str]:
    """Return the period and the grouping that were asked for, and "day" where a date means no day."""
    asked_for = request.args if given is None else given
    today = edge.today()
    last, first = today, today.replace(day=1).replace(year=today.year - 1)
    typed = {name: asked_for.get(name, "").strip() for name in ("from", "to")}
    read = {name: amounts.day(text) if text else None for name, text in typed.items()}
    wrong = any(text and read[name] is None for name, text in typed.items())
    asked = asked_for.get("by", ReportBy.NETWORK.value)
    by_what = ReportBy(asked) if asked in set(ReportBy) else ReportBy.NETWORK
    return read["from"] or first, read["to"] or last, by_what, "day" if wrong else ""


def _file(kind: str, first: date, last: date, by_what: ReportBy) -> str:
    address = url_for("desk.report_paper") if kind == "pdf" else url_for("desk.report_file", kind=kind)
    return f"{address}?from={first}&to={last}&by={by_what}"


def _months(found: Sequence[tuple[str, Number]]) -> list[tuple[str, Number]]:
    """Return each month as people read it, with its number."""
    language = edge.language()
    return [(i18n.month_year(date.fromisoformat(f"{month}-01"), language), number) for month, number in found]


def _names(found: Report) -> dict[str, str]:
    """Return how each group of a report is called."""
    networks = {str(row.id): row.short_name for row in shown.directory().entries}
    return tables.names(found, networks, edge.language())
