"""Forms of the calendar: a marked day, the days of a closure, its reason, and the notice about it."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from wtforms import Field

from webapp import labels
from webapp.i18n import N_, translations
from webapp.vocabulary import DayKind, Language
from webapp.web import edge, fields
from webapp.web.desk.frame.versioned import VersionedForm
from webapp.web.languages import InLanguages, in_each, in_language, name_in
from webapp.web.planned_day import PlannedDayField

# How far a day may lie from this year.
YEARS = 3
LONGEST_NAME = 80
# The reasons that one press gives, in every language.
PRESETS = {
    "typhoon": N_("Tropical cyclone warning signal no. 8"),
    "rain": N_("Black rainstorm warning"),
}


class NamedForm(InLanguages, VersionedForm):
    """Something with a name in each language, of which English is needed; its fields are added below."""

    def keep_names(self, names: Mapping[str, Any]) -> None:
        """Keep the names in languages that no field shows."""
        self.unseen = {name_in(each): str(names.get(each, "")) for each in Language if name_in(each) not in self}

    def show_names(self, names: Mapping[str, Any]) -> None:
        """Put names into the fields, and keep the others."""
        self.keep_names(names)
        for language in edge.languages():
            self[name_in(language)].data = str(names.get(language, ""))


for _name, _field in in_each(
    name_in,
    fields.line,
    N_("Name"),
    required=_l("Enter a name in English."),
    limit=LONGEST_NAME,
    description=_l("Partners read it where we say how a date came about."),
).items():
    setattr(NamedForm, _name, _field)


class DayForm(NamedForm):
    """A day as the office marks it."""

    day = PlannedDayField(_l("Day"))
    kind = fields.ChoiceField(
        _l("The office is"), lambda: labels.options(labels.DAY_KIND, _), required=_l("Choose what the day is.")
    )

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check each field, and that the day is one which promises may count."""
        super().validate(*args, **kwargs)
        if not self.day.errors and self.day.data is None:
            self.day.errors = [_("Enter the day.")]
        elif self.day.data is not None and abs(self.day.data.year - edge.today().year) > YEARS:
            self.day.errors = [_("Choose a day within %(years)s years of today.", years=YEARS)]
        return not self.errors

    def chosen_kind(self) -> DayKind:
        """Return the kind that was chosen."""
        return DayKind(self.kind.data)


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what changes say of a day as the fields of its form hold it."""
    fields = {"day_kind": "kind", "name": "name_en"}
    return {fields.get(name, name): value for name, value in values.items()}


class ClosureForm(NamedForm):
    """The days of a closure and its reason; the last day is the first one where it is left empty."""

    first = PlannedDayField(_l("First day"))
    last = PlannedDayField(_l("Last day"), description=_l("The same day, if it is only one."))

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check each field, then the days together."""
        super().validate(*args, **kwargs)
        fault = None if self.first.errors or self.last.errors else self._fault()
        if fault:
            self[fault[0]].errors = [fault[1]]
        return not self.errors

    def _fault(self) -> tuple[str, str] | None:
        if self.first.data is None:
            return "first", _("Enter the first day.")
        last, today = self.last.data or self.first.data, edge.today()
        if last < self.first.data:
            return "last", _("The last day is before the first day.")
        if last - self.first.data >= timedelta(30):
            return "last", _("A closure takes at most 30 days. Mark longer ones in the calendar.")
        if abs((self.first.data - today).days) > 366:
            return "first", _("Choose days within a year of today.")
        return None

    def days(self) -> tuple[date, date]:
        """Return the first and the last day of a valid form."""
        assert self.first.data is not None
        return self.first.data, self.last.data or self.first.data


def preset(key: str) -> dict[Language, str]:
    """Return a reason that one press gives, by language; nothing for an unknown key."""
    if key not in PRESETS:
        return {}
    return {language: translations(language).gettext(PRESETS[key]) for language in edge.languages()}


class NoticeForm(InLanguages, FlaskForm):
    """The notice about a closure, in every language of those who read it; its fields are added below."""

    def in_language(self, language: Language) -> set[str]:
        """Return the field of a language: its code."""
        return {language.suffix}

    def notices(self) -> dict[str, str]:
        """Return the words by language."""
        return self.texts(lambda language: language.suffix)

    def shown(self) -> Iterator[Field]:
        """Yield the fields that the page shows."""
        return self.worded(lambda language: language.suffix)


def _needed(language: Language) -> str:
    return _("Write a few words in this language: %(language)s.", language=language.writing.name)


for _language in Language:
    _notice = fields.text(
        LazyString(lambda language: in_language(_("Your words"), language), _language),
        required=LazyString(_needed, _language),
        render_kw={"lang": _language.writing.html},
    )
    setattr(NoticeForm, _language.suffix, _notice)
