"""Forms of the calendar: a marked day, the days of a closure, its reason, and the notice about it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp import labels
from webapp.i18n import N_, translations
from webapp.vocabulary import DayKind, Language
from webapp.web import edge, fields
from webapp.web.desk.frame.versioned import VersionedForm

# How far a day may lie from this year.
YEARS = 3
LONGEST_NAME = 80
# The reasons that one press gives, in every language.
PRESETS = {
    "typhoon": N_("Tropical cyclone warning signal no. 8"),
    "rain": N_("Black rainstorm warning"),
}


class NamedForm(VersionedForm):
    """Something with a name in three languages, of which English is needed."""

    name_en = fields.line(_l("Name in English"), required=_l("Enter a name in English."), limit=LONGEST_NAME)
    name_zh_hant = fields.line(
        _l("Name in Traditional Chinese"),
        limit=LONGEST_NAME,
        description=_l("Partners read it where we say how a date came about. Without it they read the English one."),
    )
    name_zh_hans = fields.line(_l("Name in Simplified Chinese"), limit=LONGEST_NAME)

    def names(self) -> dict[str, str]:
        """Return the names by language."""
        return {language.value: self[_field(language)].data or "" for language in Language}

    def show_names(self, names: Mapping[str, Any]) -> None:
        """Put names into the fields."""
        for language in Language:
            self[_field(language)].data = str(names.get(language, ""))


def _field(language: Language) -> str:
    return f"name_{language.value.replace('-', '_')}"


class DayForm(NamedForm):
    """A day as the office marks it."""

    day = fields.DayField(_l("Day"))
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

    first = fields.DayField(_l("First day"))
    last = fields.DayField(_l("Last day"), description=_l("The same day, if it is only one."))

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


def preset(key: str) -> dict[str, str]:
    """Return a reason that one press gives, by language; nothing for an unknown key."""
    if key not in PRESETS:
        return {}
    return {language.value: translations(language).gettext(PRESETS[key]) for language in Language}


class NoticeForm(FlaskForm):
    """The notice about a closure, in the three languages of those who read it."""

    en = fields.text(_l("In English"), required=_l("Write a few words in English."))
    zh_hant = fields.text(_l("In Traditional Chinese"), required=_l("Write a few words in Traditional Chinese."))
    zh_hans = fields.text(_l("In Simplified Chinese"), required=_l("Write a few words in Simplified Chinese."))

    def texts(self) -> dict[str, str]:
        """Return the words by language."""
        return {language.value: self[language.value.replace("-", "_")].data or "" for language in Language}
