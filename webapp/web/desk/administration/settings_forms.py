"""What administrators choose about the office, a form for each part of it; the fields are the settings' names."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import Field, Form
from wtforms.validators import StopValidation

from webapp import labels
from webapp.domain.enquiries.screening import LONGEST_LISTS
from webapp.institution import (
    LARGEST_GROUP,
    LONGEST_COLLEAGUES,
    LONGEST_KEPT,
    LONGEST_NOTICE,
    LONGEST_PHONE,
    LONGEST_PROMISE,
    LONGEST_WALK,
    MOST_ASKED,
    MOST_ASKED_A_DAY,
    MOST_VISITS,
    NAMES,
    colleagues_in,
    is_colleagues_name,
    name_field,
)
from webapp.vocabulary import HostRank, InterpreterSeat, Language, Level, TableShape, Weekday
from webapp.web import fields
from webapp.web.desk.frame.versioned import VersionedForm
from webapp.web.languages import InLanguages, in_each


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


def _count(name: str, highest: int) -> Field:
    return fields.NumberField(_label(name), 1, highest, required=_l("Enter a number."))


def _months(name: str) -> Field:
    return fields.NumberField(_label(name), 1, LONGEST_KEPT, required=_l("Enter a number of months."))


def _level(name: str) -> Field:
    return fields.ChoiceField(_label(name), lambda: labels.options(labels.LEVEL, _), required=_l("Choose a level."))


def _host(name: str) -> Field:
    return fields.ChoiceField(_label(name), lambda: labels.options(labels.HOST_RANK, _), required=_l("Choose a rank."))


def _seated(name: str, words: Mapping[Any, str]) -> Field:
    return fields.ChoiceField(_label(name), lambda: labels.options(words, _), required=_l("Choose one."))


def _told(name: str, usual: str) -> Field:
    # translators: what holds where the office's settings say nothing
    said = LazyString(lambda: _("Where left empty: %(usual)s", usual=_(usual)))
    return _line(name, 200, description=said)


class OfficeForm(InLanguages, VersionedForm):
    """One part of the office's settings."""

    def in_language(self, language: Language) -> set[str]:
        """Return the names of the institution in a language."""
        return {name_field(name, language) for name in NAMES}

    @property
    def names(self) -> list[str]:
        """Which settings it holds."""
        return [field.name for field in self if field.name in labels.OFFICE_FIELD]

    def chosen(self) -> dict[str, Any]:
        """Return the values of a valid form, by the settings' names."""
        return {name: "" if self[name].data is None else self[name].data for name in self.names}


class InstitutionForm(OfficeForm):
    """Names, phone and colour; the names in each language are added below."""

    office_phone = _line(
        "office_phone",
        LONGEST_PHONE,
        description=_l("Printed on papers and invitation letters of visits; without it no letter can be issued."),
    )
    brand = _line(
        "brand",
        7,
        required=_l("Enter a colour like #1b3a6b: a hash and six digits or letters from a to f."),
        checks=[Colour()],
        description=_l("As stylesheets write it, for example #1b3a6b."),
    )

    def named(self) -> Iterator[Iterator[Field]]:
        """Yield the names of the institution, each in the languages that are on."""
        return (self.worded(partial(name_field, name)) for name in NAMES)

    def chosen(self) -> dict[str, Any]:
        """Return the values of a valid form, the colour as stylesheets usually have it."""
        found = super().chosen()
        return {**found, "brand": found["brand"].lower()}


for _name, _limit, _needed in (
    ("institution", 80, _l("Enter the institution’s name in English.")),
    ("institution_short", 30, _l("Enter a short name in English.")),
    ("institution_address", 120, None),
):
    for _each, _field in in_each(
        partial(name_field, _name), fields.line, labels.OFFICE_FIELD[_name], limit=_limit, required=_needed
    ).items():
        setattr(InstitutionForm, _each, _field)


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
    level_signing = _level("level_signing")
    level_senior = _level("level_senior")
    host_a = _host("host_a")
    tell_a = _told("tell_a", labels.TELL[Level.A])
    approve_a = _told("approve_a", labels.APPROVE[Level.A])
    host_b = _host("host_b")
    tell_b = _told("tell_b", labels.TELL[Level.B])
    approve_b = _told("approve_b", labels.APPROVE[Level.B])
    host_c = _host("host_c")
    tell_c = _told("tell_c", labels.TELL[Level.C])
    approve_c = _told("approve_c", labels.APPROVE[Level.C])
    notice_a = _days("notice_a", LONGEST_NOTICE)
    notice_b = _days("notice_b", LONGEST_NOTICE)
    notice_c = _days("notice_c", LONGEST_NOTICE)
    notice_online = _days("notice_online", LONGEST_NOTICE)

    def chosen(self) -> dict[str, Any]:
        """Return the values of a valid form, levels and ranks as words of the vocabulary."""
        words = {"level": Level, "host": HostRank}
        return {
            name: words.get(name.partition("_")[0], lambda same: same)(value)
            for name, value in super().chosen().items()
        }


class CapacityForm(OfficeForm):
    """How many visits the office receives, how long guests walk, and how they are seated."""

    visits_half_day = _count("visits_half_day", MOST_VISITS)
    visits_day = _count("visits_day", MOST_VISITS)
    walk_minutes = _count("walk_minutes", LONGEST_WALK)
    walk_minutes_group = _count("walk_minutes_group", LONGEST_WALK)
    walk_group = _count("walk_group", LARGEST_GROUP)
    table_shape = _seated("table_shape", labels.TABLE_SHAPE)
    host_faces_door = fields.TickField(
        _label("host_faces_door"), description=_l("Where a long side of the table faces the door; customs differ.")
    )
    interpreter_seat = _seated("interpreter_seat", labels.INTERPRETER_SEAT)

    def chosen(self) -> dict[str, Any]:
        """Return the values of a valid form, seats as words of the vocabulary."""
        words = {"table_shape": TableShape, "interpreter_seat": InterpreterSeat}
        return {name: words.get(name, lambda same: same)(value) for name, value in super().chosen().items()}


class _DaysOff(fields.ChoicesField):
    """Days of the week, in their order."""

    def iter_choices(self) -> Iterator[fields.Choice]:
        for value, label in self.known():
            yield fields.Choice(value, label, value in self.data, {})


class WeekForm(OfficeForm):
    """When the office works, apart from its calendar."""

    weekend = _DaysOff(_label("weekend"), lambda: labels.options(labels.WEEKDAY, _))
    reminders_from = fields.NumberField(_label("reminders_from"), 0, 23, required=_l("Enter an hour from 0 to 23."))
    reminders_until = fields.NumberField(_label("reminders_until"), 1, 24, required=_l("Enter an hour from 1 to 24."))

    def validate_weekend(self, field: Field) -> None:
        """Refuse a week without a day on which anything counts."""
        if len(field.data) == len(Weekday):
            raise StopValidation(_("Leave at least one day on which the office works."))

    def validate_reminders_until(self, field: Field) -> None:
        """Refuse an end that is not after the beginning."""
        if field.data is not None and self.reminders_from.data is not None and field.data <= self.reminders_from.data:
            raise StopValidation(_("Enter a later hour than that from which reminders leave."))

    def chosen(self) -> dict[str, Any]:
        """Return the values of a valid form, days as words of the vocabulary."""
        found = super().chosen()
        return {**found, "weekend": tuple(day for day in Weekday if day in found["weekend"])}


class Colleagues:
    """Refuses what is neither a domain nor an address, by its name."""

    def __call__(self, _form: Form, field: Field) -> None:
        for each in colleagues_in(field.data):
            if not is_colleagues_name(each):
                raise StopValidation(
                    _("“%(entry)s” is neither a domain, such as example.org, nor an email address.", entry=each)
                )


class ColleaguesForm(OfficeForm):
    """Who is a colleague, and how many may be asked."""

    colleague_domains = _line(
        "colleague_domains",
        LONGEST_COLLEAGUES,
        checks=[Colleagues()],
        description=_l(
            "Domains such as example.org, and single addresses elsewhere, parted by commas. A domain does not "
            "include those below it. Where no domain is named, it is that of the office’s address."
        ),
    )
    asked_per_enquiry = _count("asked_per_enquiry", MOST_ASKED)
    asked_per_day = _count("asked_per_day", MOST_ASKED_A_DAY)

    def chosen(self) -> dict[str, Any]:
        """Return the values of a valid form, domains and addresses as they are kept."""
        found = super().chosen()
        return {**found, "colleague_domains": ", ".join(colleagues_in(found["colleague_domains"]))}


class PrivacyForm(OfficeForm):
    """For how long personal data are kept."""

    keep_enquiries = _months("keep_enquiries")
    keep_spam = _months("keep_spam")
    keep_messages = _months("keep_messages")
    keep_contacts = _months("keep_contacts")
    keep_colleagues = _months("keep_colleagues")
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
