"""The figures of a period are made into a paper, as far as who asked sees enquiries. For the worker: the typesetter is
large."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.documents import reports
from webapp.documents.reports import Figures, Group
from webapp.documents.values import Issuer
from webapp.domain.errors import NotFound
from webapp.domain.papers import versions
from webapp.domain.papers.orders import Claimed
from webapp.domain.reports import figures, tables
from webapp.domain.reports.figures import Report
from webapp.domain.reports.papers import basis
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import staff
from webapp.domain.visits.making import Made
from webapp.models import Network, Person
from webapp.vocabulary import Language, ReportBy


def make(session: Session, claimed: Claimed, *, settings: Settings) -> Made:
    """Return what was asked for, of the figures as they are now. Raises NotFound where who asked has no account any
    more, NotPrintable with each character that no font has."""
    facts = claimed.facts
    person = session.get(Person, facts["person"])
    if person is None or not person.active or person.role is None:
        raise NotFound("person")
    by = Acting(staff(person), claimed.asked_at, settings)
    by_what = ReportBy(facts["by"])
    first, last = (date.fromisoformat(facts[day]) for day in ("first", "last"))
    found = figures.report(session, first, last, by_what, by=by)
    languages = tuple(dict.fromkeys((settings.spoken(person.language), settings.language, *settings.languages)))[:2]
    written = Figures(
        first=found.first,
        last=found.last,
        by=by_what,
        as_of=by.now,
        languages=languages,
        months=found.months,
        columns=tuple(label for label, _value in tables.COLUMNS),
        groups=_groups(session, found, languages),
        total=_cells(found.total),
    )
    issuer = Issuer.from_settings(settings, office={})
    content = versions.as_version(session, None, claimed.name, partial(reports.make, written, issuer))
    return Made(content, basis(found))


def _groups(session: Session, found: Report, languages: Sequence[Language]) -> tuple[Group, ...]:
    rows = session.execute(select(Network.id, Network.acronym, Network.name))
    known = {str(number): acronym or str(named["en"]) for number, acronym, named in rows}
    said = {language: tables.names(found, known, language) for language in languages}
    return tuple(
        Group({language: said[language][key] for language in languages}, _cells(each)) for key, each in found.groups
    )


def _cells(found: figures.Figures) -> tuple[int | float | None, ...]:
    return tuple(value(found) for _label, value in tables.COLUMNS)
