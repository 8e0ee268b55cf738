"""Form fields that refuse what cannot be shown, mailed or stored, say why, and keep what was typed."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, Form, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import Choice
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import TextInput

LINE = 200
TEXT = 5000
_REPLACEMENT = "\ufffd"
_LINE_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
# Unassigned for good, in half, or already replaced on the way; the last: three bytes that no server could decode.
_BROKEN = re.compile(
    "[\x00\ud800-\udfff\ufffd\ufdd0-\ufdef\ufffe\uffff]|%[Ee][Dd]%[AaBb][0-9A-Fa-f]%[89ABab][0-9A-Fa-f]"
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROLS_OF_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_TRUE_NOT = frozenset({"", "0", "false", "no", "off"})

Choices = Sequence[tuple[str, str]]


def storable(text: str) -> str:
    """Return the text without what no database column and no page takes; a replacement mark stands instead."""
    return re.sub("[\x00\ud800-\udfff]", _REPLACEMENT, text)


def tidy_line(text: str | None) -> str:
    """Return one line in NFC with single spaces."""
    return " ".join(unicodedata.normalize("NFC", storable(text or "")).split())


def tidy_text(text: str | None) -> str:
    """Return lines in NFC, ended by "\\n", without spaces at their ends or empty lines around them."""
    lines = unicodedata.normalize("NFC", storable(text or "")).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def typed(field: Field) -> str:
    """Return what was sent for a field, as it came."""
    return str(field.raw_data[0]) if field.raw_data else ""


class Required:
    """Refuses an empty answer with a sentence of the field's own."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms' protocol

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, _form: Form, field: Field) -> None:
        if field.process_errors:
            raise StopValidation
        if not field.data:
            raise StopValidation(str(self.message))


class Optional:
    """Ends the checks of an empty answer."""

    def __call__(self, _form: Form, field: Field) -> None:
        if not field.data and not typed(field).strip():
            raise StopValidation


class Plain:
    """Refuses characters that a line, or a text of several lines, must not have, and absurd lengths."""

    def __init__(self, limit: int, *, lines: bool = False) -> None:
        self.limit = limit
        self.lines = lines

    def __call__(self, _form: Form, field: Field) -> None:
        sent, label = typed(field), field.label.text
        if _BROKEN.search(sent):
            raise StopValidation(gettext("%(label)s: some characters arrived broken. Type them again.", label=label))
        if not self.lines:
            self._check_line(sent, label)
        elif _CONTROLS_OF_TEXT.search(sent):
            raise StopValidation(_control(label))
        if len(field.data or "") > self.limit:
            counts = {"limit": f"{self.limit:,}", "count": f"{len(field.data):,}"}
            raise StopValidation(
                gettext("%(label)s: use at most %(limit)s characters, not %(count)s.", label=label, **counts)
            )

    def _check_line(self, sent: str, label: str) -> None:
        if _LINE_BREAKS.search(sent):
            raise StopValidation(gettext("%(label)s: write it in one line, without a line break.", label=label))
        if _CONTROLS.search(sent):
            raise StopValidation(_control(label))
        if _DIRECTIONS.search(sent):
            raise StopValidation(
                gettext("%(label)s: remove the marks that turn the direction of writing.", label=label)
            )
        if "=?" in sent:
            raise StopValidation(gettext("%(label)s: remove “=?”, which mail programs take for a code.", label=label))


def _control(label: str) -> str:
    return gettext("%(label)s: remove the control characters, which cannot be shown.", label=label)


class Email:
    """Refuses what is no mail address, without asking the network."""

    def __call__(self, _form: Form, field: Field) -> None:
        try:
            found = validate_email(
                field.data,
                check_deliverability=False,
                allow_smtputf8=False,
                allow_domain_literal=False,
                test_environment=True,
            )
        except EmailNotValidError:
            raise StopValidation(gettext("Enter an email address like name@example.org.")) from None
        field.data = found.ascii_email or found.normalized


class Phone:
    """Refuses what cannot be a telephone number; without a country code the form's `country` is taken."""

    def __call__(self, form: Form, field: Field) -> None:
        country = form["country"].data if "country" in form else None
        try:
            possible = phonenumbers.is_possible_number(phonenumbers.parse(field.data, country or None))
        except phonenumbers.NumberParseException:
            possible = False
        if not possible:
            raise StopValidation(gettext("Enter a phone number with its country code, like +44 20 7946 0018."))


def line(
    label: Any, *, required: Any = None, limit: int = LINE, checks: Iterable[Any] = (), **given: Any
) -> StringField:
    """Return a field of one line; `required` is the sentence that asks for it where it is empty."""
    validators = [Plain(limit), Required(required) if required else Optional(), *checks]
    return StringField(label, validators, filters=[tidy_line], **given)


def text(label: Any, *, required: Any = None, limit: int = TEXT, **given: Any) -> TextAreaField:
    """Return a field of several lines."""
    validators = [Plain(limit, lines=True), Required(required) if required else Optional()]
    return TextAreaField(label, validators, filters=[tidy_text], **given)


class _Known:
    """What one choice and several share: unknown ones are refused, and stay in sight."""

    choices: Any
    data: Any

    def known(self) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in self.choices or ()]

    def refuse_unknown(self, values: Iterable[str], label: str) -> None:
        allowed = {str(value) for value, _ in self.choices or ()}
        if any(value not in allowed for value in values):
            raise ValidationError(gettext("%(label)s: choose from the list.", label=label))


class ChoiceField(_Known, SelectField):
    """One of a closed set, as a select or radio buttons; `choices` is called for each form, in the page’s language."""

    def __init__(self, label: Any, choices: Callable[[], Choices], *, required: Any = None, **given: Any) -> None:
        validators = [Required(required) if required else Optional()]
        super().__init__(label, validators, choices=choices, **{"filters": [tidy_line], "default": "", **given})

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002
        self.refuse_unknown([self.data] if self.data else [], self.label.text)

    def iter_choices(self) -> Iterator[Choice]:
        options = self.known()
        if self.data and self.data not in dict(options):
            options.append((self.data, self.data))
        for value, label in options:
            yield Choice(value, label, value == (self.data or ""), {})


class ChoicesField(_Known, SelectMultipleField):
    """Several of a closed set in the order in which they were sent; the chosen ones come first, so that it stays."""

    def __init__(self, label: Any, choices: Callable[[], Choices], *, required: Any = None, **given: Any) -> None:
        validators = [Required(required) if required else Optional()]
        super().__init__(label, validators, choices=choices, **{"filters": [_distinct], "default": (), **given})

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002
        self.refuse_unknown(self.data, self.label.text)

    def iter_choices(self) -> Iterator[Choice]:
        labels = dict(self.known())
        for value in self.data:
            yield Choice(value, labels.get(value, value), True, {})
        for value, label in labels.items():
            if value not in self.data:
                yield Choice(value, label, False, {})


def _distinct(values: Iterable[Any] | None) -> list[str]:
    return list(dict.fromkeys(tidy_line(str(value)) for value in values or () if str(value).strip()))


class TickField(BooleanField):
    """Yes or no; any value that does not say no is a yes."""

    def __init__(self, label: Any, *, required: Any = None, **given: Any) -> None:
        super().__init__(label, [Required(required)] if required else [], **given)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = any(str(value).strip().lower() not in _TRUE_NOT for value in valuelist)


class _DateInput(TextInput):
    """The browser's own date control; plain text for what it could not show, so that a broken date stays."""

    def __call__(self, field: Field, **given: Any) -> Any:
        valid = field.data is not None or not field._value()
        return super().__call__(field, **{"type": "date" if valid else "text", **given})


class DayField(Field):
    """A date as browsers send it, `2027-03-09`."""

    widget = _DateInput()

    def __init__(self, label: Any, **given: Any) -> None:
        super().__init__(label, [Optional()], **given)

    def _value(self) -> str:
        return tidy_line(typed(self)) if self.raw_data else self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        sent = tidy_line(valuelist[0]) if valuelist else ""
        if sent:
            self.data = _iso_date(sent)
            if self.data is None:
                raise ValueError(gettext("%(label)s: enter a date such as 2027-03-09.", label=self.label.text))


def _iso_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else None
    except ValueError:
        return None


class NumberField(Field):
    """A whole number in a range, typed into a plain field: browsers' number fields swallow what is none."""

    widget = TextInput()

    def __init__(self, label: Any, lowest: int, highest: int, *, required: Any = None, **given: Any) -> None:
        self.lowest, self.highest = lowest, highest
        keys = {"inputmode": "numeric", **given.pop("render_kw", {})}
        super().__init__(label, [Required(required) if required else Optional()], render_kw=keys, **given)

    def _value(self) -> str:
        return tidy_line(typed(self)) if self.raw_data else "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        sent = tidy_line(valuelist[0]) if valuelist else ""
        if not sent:
            return
        number = int(sent) if re.fullmatch(r"[0-9０-９]{1,9}", sent) else None
        if number is None or not self.lowest <= number <= self.highest:
            limits = {"lowest": self.lowest, "highest": self.highest}
            message = gettext(
                "%(label)s: enter a whole number from %(lowest)s to %(highest)s.", label=self.label.text, **limits
            )
            raise ValueError(message)
        self.data = number


YES_NO = (("yes", _("Yes")), ("no", _("No")))
