"""The words of a paper in its languages: labels from the catalogues, the office's texts, days and times."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from webapp import i18n
from webapp.documents.faces import Run, run
from webapp.documents.people import Delegate, Person, Written
from webapp.documents.values import Texts, Visit
from webapp.labels import country_name
from webapp.vocabulary import Language

Runs = list[Run]


class Words:
    """What a paper says, in each of its languages; what comes out the same in both is said once."""

    def __init__(self, languages: tuple[Language, ...]) -> None:
        self.languages = languages

    @property
    def chinese(self) -> Language:
        """In whose forms Han is set that both places write."""
        return next((each for each in self.languages if each.base == "zh"), Language.ZH_HANT)

    def label(self, text: str, **given: Any) -> Runs:
        """Return a text of the catalogues (`N_`) in each language; a value by language is put into its own."""
        said = {language: str(i18n.translations(language).gettext(text)) for language in self.languages}
        for language in said if given else ():
            said[language] %= {
                name: value[language] if isinstance(value, Mapping) else value for name, value in given.items()
            }
        return self._each(said)

    def labels(self, **texts: str) -> dict[str, Runs]:
        """Return several texts of the catalogues by their names in the template."""
        return {name: self.label(text) for name, text in texts.items()}

    def said(self, texts: Texts) -> Runs:
        """Return what the office wrote, in each language that it wrote it in, else in the one that there is."""
        present = {language: texts[language] for language in self.languages if texts.get(language)}
        if present:
            return self._each(present)
        return [self.own(next((text for text in texts.values() if text), ""))] if any(texts.values()) else []

    def beside(self, texts: Texts) -> list[Run | None]:
        """Return what the office wrote as columns, one for each language; what no column reads goes into the first."""
        columns: list[Run | None] = []
        for language in self.languages:
            near = (text for each, text in texts.items() if Language(each).base == language.base and text)
            text = texts.get(language) or next(near, "")
            columns.append(run(text, language) if text else None)
        if not any(columns) and (found := self.said(texts)):
            columns[0] = found[0]
        return columns

    def one(self, texts: Texts) -> Run:
        """Return what the office wrote in the first language that has it."""
        return next(iter(self.said(texts)), self.own(""))

    def own(self, text: str) -> Run:
        """Return what someone typed, in its own script."""
        return run(text, self.chinese)

    def day(self, value: date) -> Runs:
        """Return a day with its weekday."""
        return self._each({language: i18n.date_long(value, language) for language in self.languages})

    def days(self, first: date, last: date) -> Runs:
        """Return the days of a visit: one with its weekday, several as a range."""
        if first == last:
            return self.day(first)
        return self._each({language: i18n.date_range(first, last, language) for language in self.languages})

    def month(self, month: str) -> Runs:
        """Return a month such as `2026-11`."""
        first = date.fromisoformat(f"{month}-01")
        return self._each({language: i18n.month_year(first, language) for language in self.languages})

    def moment(self, value: datetime, zone: ZoneInfo) -> Runs:
        """Return day and time in a zone, which is named."""
        written = {
            language: i18n.bracketed(
                i18n.date_long(value.astimezone(zone).date(), language) + language.writing.clock + clock(value, zone),
                i18n.city(zone, language),
                language,
            )
            for language in self.languages
        }
        return self._each(written)

    def country(self, code: str) -> Runs:
        """Return the name of a country or region."""
        return self._each({language: country_name(code, language) for language in self.languages}) if code else []

    def _each(self, texts: Mapping[Language, str]) -> Runs:
        runs = [run(text, language) for language, text in texts.items() if text]
        return [
            each for number, each in enumerate(runs) if each["text"] not in {other["text"] for other in runs[:number]}
        ]

    def person(self, person: Person, visit: Visit | None = None) -> dict[str, Any]:
        """Return someone for a template: as themselves, and in the other language or None."""
        hidden = isinstance(person, Delegate) and person.state_office and visit is not None and visit.cross_strait
        return {
            "own": self._written(person.own, hidden=hidden),
            "other": self._written(person.other, hidden=hidden) if person.other else None,
            "country": self._country_of(person, visit),
        }

    def _country_of(self, person: Person, visit: Visit | None) -> Runs:
        if visit is None or visit.cross_strait or not visit.countries_shown or not isinstance(person, Delegate):
            return []
        return self.country(person.country)

    def _written(self, written: Written, *, hidden: bool) -> dict[str, Run]:
        position = "" if hidden else written.position
        return {
            "name": self.own(written.name),
            "addressed": self.own(written.addressed),
            # Where an office of a state is left out, the academic title takes its place.
            "position": self.own(position or written.academic_title),
            "title": self.own(written.academic_title if position else ""),
            "organisation": self.own(written.organisation),
        }


def clock(value: datetime, zone: ZoneInfo) -> str:
    """Return the time of day in a zone, of 24 hours."""
    return value.astimezone(zone).strftime("%H:%M")


def hours(starts_at: datetime, ends_at: datetime | None, zone: ZoneInfo) -> str:
    """Return from when to when; what ends on another day says nothing of its end."""
    begins = clock(starts_at, zone)
    if ends_at is None or ends_at <= starts_at:
        return begins
    return f"{begins}–{clock(ends_at, zone)}"
