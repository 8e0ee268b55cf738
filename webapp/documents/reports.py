"""The figures of a period on paper: charts beside their numbers, and the whole table, in two languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from webapp import i18n, labels
from webapp.documents.typesetting import check, pdf
from webapp.documents.values import Issuer, Texts
from webapp.documents.words import Runs, Words
from webapp.i18n import N_
from webapp.vocabulary import Language, ReportBy

# The chart of groups has room for so many; the table has all.
_MOST_BARS = 14
# Which columns the head of the page has.
_TILES = (0, 6, 9, 10, 11, 12)


@dataclass(frozen=True)
class Group:
    """A line of the table: what the group is called, and its cells in the order of the columns."""

    name: Texts
    cells: tuple[int | float | None, ...]


@dataclass(frozen=True)
class Figures:
    """What the paper says. `columns` are texts of the catalogues; the first is what bars are drawn of."""

    first: date
    last: date
    by: ReportBy
    as_of: datetime
    languages: tuple[Language, ...]
    # Such as `2026-11`, with how many.
    months: tuple[tuple[str, int], ...]
    columns: tuple[str, ...]
    groups: tuple[Group, ...]
    total: tuple[int | float | None, ...]


def make(figures: Figures, issuer: Issuer, *, version: int = 1) -> bytes:
    """Return the paper; the same values give the same bytes. Raises NotPrintable where no font has a character."""
    check(figures, issuer)
    words = Words(figures.languages)
    title, period = words.label(N_("Figures")), words.days(figures.first, figures.last)
    said = words.label(N_("Version %(number)s"), number=version)
    heading = f"{title[0]['text']} · {period[0]['text']}"
    day = figures.as_of.astimezone(issuer.zone).date()
    as_of = words.label(N_("As of %(day)s"), day={each: i18n.date_long(day, each) for each in figures.languages})
    values = {
        "reference": f"{figures.first}/{figures.last}",
        "reference-run": as_of[0],
        "institution": words.said(issuer.name),
        "footer": words.own(" · ".join((heading, as_of[0]["text"], said[0]["text"]))),
        "labels": words.labels(
            sheet=N_("Figures"),
            months=N_("Enquiries by month"),
            month=N_("Month"),
            all=N_("All"),
            by=labels.REPORT_BY[figures.by],
            note=N_(
                "Counted by the day of submission, without spam. What is overdue is not in time. Working days as the "
                "calendar has them."
            ),
        ),
        "period": period,
        "tiles": [
            {"label": words.label(figures.columns[each]), "value": _cell(figures.total[each])} for each in _TILES
        ],
        "months": _bars([(words.month(month), count) for month, count in figures.months]),
        "groups": _bars([(words.said(each.name), each.cells[0] or 0) for each in figures.groups[:_MOST_BARS]]),
        "columns": [words.label(text) for text in figures.columns],
        "rows": [{"name": words.said(each.name), "cells": list(map(_cell, each.cells))} for each in figures.groups],
        "total": list(map(_cell, figures.total)),
    }
    return pdf(
        "report",
        values,
        title=words.own(heading),
        language=figures.languages[0],
        brand=issuer.brand,
        made_at=figures.as_of,
    )


def _bars(rows: Sequence[tuple[Runs, int | float]]) -> list[Mapping[str, Any]]:
    most = max((count for _name, count in rows), default=0)
    return [{"name": name, "count": f"{count:g}", "share": 100 * count / most if most else 0} for name, count in rows]


def _cell(value: int | float | None) -> str:
    return "–" if value is None else f"{value:g}"
