"""Figures as people read them: what each column is called, and each group."""

from collections.abc import Callable, Mapping
from datetime import date

from webapp import labels
from webapp.domain.reports.figures import Figures, Report
from webapp.i18n import N_, month_year, translations
from webapp.vocabulary import Kind, Language, Level, ReportBy, Status

# The columns in their order: how each is called, and what it is of a group.
COLUMNS: tuple[tuple[str, Callable[[Figures], int | float | None]], ...] = (
    (N_("Enquiries"), lambda found: found.enquiries),
    (N_("Visits asked for"), lambda found: found.visits),
    (N_("Accepted"), lambda found: found.accepted),
    (N_("Declined"), lambda found: found.declined),
    (N_("Withdrawn"), lambda found: found.withdrawn),
    (N_("Still open"), lambda found: found.open),
    (N_("Visits confirmed"), lambda found: found.confirmed),
    (N_("Visits that took place"), lambda found: found.completed),
    (N_("Guests"), lambda found: found.guests),
    (N_("Agreements that came of visits"), lambda found: found.agreements),
    (N_("Answered in time, %"), lambda found: found.share_in_time),
    (N_("Working days to first answer, median"), lambda found: found.to_answer),
    (N_("Working days to decision, median"), lambda found: found.to_decision),
)


def names(found: Report, networks: Mapping[str, str], language: Language) -> dict[str, str]:
    """Return how each group of a report is called in a language; `networks` are short names by id."""
    said = translations(language).gettext
    levels = {level.value: said(labels.LEVEL[level]) for level in Level}
    known: dict[ReportBy, Callable[[str], str]] = {
        ReportBy.NETWORK: lambda key: networks.get(key, key) if key else said(N_("No network named")),
        ReportBy.COUNTRY: lambda key: labels.country_name(key, language) or key,
        ReportBy.LEVEL: lambda key: levels.get(key, said(N_("No visit, or no rank named"))),
        ReportBy.KIND: lambda key: said(labels.KIND_LONG[Kind(key)]),
        ReportBy.OUTCOME: lambda key: said(labels.STATUS_DESK[Status(key)]),
        ReportBy.MONTH: lambda key: month_year(date.fromisoformat(f"{key}-01"), language),
    }
    return {key: known[found.by](key) for key, _figures in found.groups}
