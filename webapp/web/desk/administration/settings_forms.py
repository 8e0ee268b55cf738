"""What administrators choose about the office, a form for each part of it; the fields are the settings' names."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form
from wtforms.validators import StopValidation

from webapp import labels
from webapp.domain.enquiries.screening import LONGEST_LISTS
from webapp.institution import LONGEST_KEPT, LONGEST_NOTICE, LONGEST_PROMISE
from webapp.vocabulary import Level
from webapp.web import fields
from webapp.web.desk.frame.versioned import VersionedForm

_NAME, _SHORT, _ADDRESS = 80, 30, 120


class Colour:
    """Refuses what is no colour of a stylesheet."""

    def __call__(self, _form: Form, field: Field) -> None:
        if not re.fullmatch("#[0-9a-fA-F]{6}", field.data):
            raise StopValidation(_("Enter a colour like #1b3a6b: a hash and six digits or letters from a to f."))


def _label(name: str) -> Any:
    return _l(labels.OFFICE_FIELD[name])


def _line(name: str, limit: int, **given: Any) -> Field:
    return fields.line(_label(name), limit=limit, **given)


def _days(name: str, highest: int) -> Field:
    return fields.NumberField(_label(name), 1, highest, required=_l("Enter a number of days."))


def _months(name: str) -> Field:
    return fields.NumberField(_label(name), 1, LONGEST_KEPT, required=_l("Enter a number of months."))


def _level(name: str) -> Field:
    return fields.ChoiceField(_label(name), lambda: labels.options(labels.LEVEL, _), required=_l("Choose a level."))


class OfficeForm(VersionedForm):
    """One part of the office's settings."""

    @property
    def names(self) -> list[str]:
        """Which settings it holds."""
        return [field.name for field in self if field.name in labels.OFFICE_FIELD]

    def chosen(self) -> dict[str, Any]:
        """Return the values of a valid form, by the settings' names."""
        return {name: "" if self[name].data is None else self[name].data for name in self.names}


class InstitutionForm(OfficeForm):
    """Names and colour."""

    institution = _line("institution", _NAME, required=_l("Enter the institution’s name in English."))
    institution_zh_hant = _line("institution_zh_hant", _NAME)
    institution_zh_hans = _line("institution_zh_hans", _NAME)
    institution_short = _line("institution_short", _SHORT, required=_l("Enter a short name in English."))
    institution_short_zh_hant = _line("institution_short_zh_hant", _SHORT)
    institution_short_zh_hans = _line("institution_short_zh_hans", _SHORT)
    institution_address = _line("institution_address", _ADDRESS, required=_l("Enter an address in English."))
    institution_address_zh_hant = _line("institution_address_zh_hant", _ADDRESS)
    institution_address_zh_hans = _line("institution_address_zh_hans", _ADDRESS)
    brand = _line(
        "brand",
        7,
        required=_l("Enter a colour like #1b3a6b: a hash and six digits or letters from a to f."),
        checks=[Colour()],
        description=_l("As stylesheets write it, for example #1b3a6b."),
    )

    def chosen(self) -> dict[str, Any]:
        """Return the values of a valid form, the colour as stylesheets usually have it."""
        found = super().chosen()
        return {**found, "brand": found["brand"].lower()}


class PromisesForm(OfficeForm):
    """Within how many working days a first answer is promised."""

    promise_days_visit = _days("promise_days_visit", LONGEST_PROMISE)
    promise_days_collaboration = _days("promise_days_collaboration", LONGEST_PROMISE)
    promise_days_question = _days("promise_days_question", LONGEST_PROMISE)


class LevelsForm(OfficeForm):
    """The level of a visit by its leader's rank, and the notice that each level needs."""

    level_head_of_state = _level("level_head_of_state")
    level_minister = _level("level_minister")
    level_president = _level("level_president")
    level_vice_president = _level("level_vice_president")
    level_dean = _level("level_dean")
    level_director = _level("level_director")
    level_professor = _level("level_professor")
    level_other = _level("level_other")
    notice_a = _days("notice_a", LONGEST_NOTICE)
    notice_b = _days("notice_b", LONGEST_NOTICE)
    notice_c = _days("notice_c", LONGEST_NOTICE)
    notice_online = _days("notice_online", LONGEST_NOTICE)

    def chosen(self) -> dict[str, Any]:
        """Return the values of a valid form, levels as words of the vocabulary."""
        found = super().chosen()
        return {name: Level(value) if name.startswith("level_") else value for name, value in found.items()}


class PrivacyForm(OfficeForm):
    """For how long personal data are kept."""

    keep_enquiries = _months("keep_enquiries")
    keep_spam = _months("keep_spam")
    keep_messages = _months("keep_messages")
    keep_contacts = _months("keep_contacts")
    keep_leave = _months("keep_leave")


class ScreeningForm(OfficeForm):
    """Whether and how parties are screened."""

    screening_required = fields.TickField(
        _label("screening_required"),
        description=_l(
            "Nothing can be accepted until someone has checked the parties against lists of restricted parties, "
            "or cleared a match. The service itself looks nothing up and decides nothing."
        ),
    )
    screening_lists = fields.line(
        _label("screening_lists"),
        limit=LONGEST_LISTS,
        description=_l("Their names appear in the form of each screening, and can be changed there."),
    )
