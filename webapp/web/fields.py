"""Form fields that take what was typed as it is meant, refuse what cannot be kept, say why, and keep it in sight."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, Form, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import Choice
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from webapp import tidying
from webapp.i18n import N_
from webapp.tidying import amounts, emails, phones, sites
from webapp.tidying import line as tidy_line
from webapp.tidying import text as tidy_text
from webapp.web.offered import Choices, Known

LINE = 200
TEXT = 5000
_PHONE = 100
_TRUE_NOT = frozenset({"", "0", "false", "no", "off"})


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
        if not field.data and not tidy_line(typed(field)):
            raise StopValidation


class Plain:
    """Refuses characters that a line, or a text of several lines, must not have, and absurd lengths."""

    def __init__(self, limit: int, *, lines: bool = False) -> None:
        self.limit = limit
        self.lines = lines

    def __call__(self, _form: Form, field: Field) -> None:
        data, label = field.data or "", field.label.text
        if fault := tidying.broken(typed(field)):
            raise StopValidation(self._where(label, fault))
        if not self.lines and "=?" in data:
            raise StopValidation(gettext("%(label)s: remove “=?”, which email programs take for a code.", label=label))
        if len(data) > self.limit:
            counts = {"limit": f"{self.limit:,}", "count": f"{len(data):,}"}
            raise StopValidation(
                gettext("%(label)s: use at most %(limit)s characters, not %(count)s.", label=label, **counts)
            )

    def _where(self, label: str, fault: tidying.Fault) -> str:
        # translators: the name of a field, and the number of a line in it
        place = gettext("%(label)s, line %(line)s", label=label, line=fault.line) if self.lines else label
        if not fault.before:
            return gettext("%(label)s: the first character arrived broken. Type it again.", label=place)
        return gettext(
            "%(label)s: a character after “%(before)s” arrived broken. Type it again.",
            label=place,
            before=fault.before,
        )


_NO_ADDRESS = {
    "none": N_("what you typed has no @."),
    "no local": N_("nothing is before the @."),
    "no domain": N_("nothing is after the @."),
    "at": N_("it has more than one @."),
    "several": N_("these are more than one: %(part)s."),
    "space": N_("“%(part)s” has a space in it."),
    "local character": N_("“%(character)s” cannot be part of “%(part)s”, before the @."),
    "domain character": N_("“%(character)s” cannot be part of “%(part)s”, after the @."),
    "local dots": N_("“%(part)s”, before the @, has two dots in a row."),
    "domain dots": N_("“%(part)s”, after the @, has two dots in a row."),
    "local edge": N_("“%(part)s”, before the @, cannot begin or end with a dot."),
    "domain edge": N_("“%(part)s”, after the @, cannot begin or end with a dot."),
    "long": N_("the part before the @ is too long."),
    "ending": N_("“%(part)s”, after the @, has no ending such as .org."),
    "other": N_("“%(part)s”, after the @, cannot be."),
}


class Email:
    """Takes an address out of what is around it; refuses what is none, and says which part, without the network."""

    def __call__(self, _form: Form, field: Field) -> None:
        try:
            field.data = emails.read(field.data)
        except emails.NoAddress as error:
            why = gettext(_NO_ADDRESS[error.why], part=error.part, character=error.character)
            raise StopValidation(gettext("Enter an email address like name@example.org: %(why)s", why=why)) from None


_NO_PHONE = {
    "digits": N_("“%(part)s” has no digits. Leave it empty if you would rather not give one."),
    "short": N_("“%(part)s” is too short."),
    "long": N_("“%(part)s” is too long."),
    "country": N_("no country has the code of “%(part)s”."),
    "code": N_("“%(part)s” has none, and no country is chosen."),
}


class Phone:
    """Refuses what cannot be a telephone number; without a country code the form's `country` is taken."""

    def __call__(self, form: Form, field: Field) -> None:
        if not field.data:
            return
        try:
            phones.check(field.data, (form["country"].data or "") if "country" in form else None)
        except phones.NoPhone as error:
            why = gettext(_NO_PHONE[error.why], part=error.part)
            message = gettext("Enter a phone number with its country code, like +44 20 7946 0018: %(why)s", why=why)
            raise StopValidation(message) from None


def line(
    label: Any,
    *,
    required: Any = None,
    limit: int = LINE,
    checks: Iterable[Any] = (),
    tidy: Callable[[str | None], str] = tidy_line,
    **given: Any,
) -> StringField:
    """Return a field of one line; `required` is the sentence that asks for it where it is empty."""
    validators = [Plain(limit), Required(required) if required else Optional(), *checks]
    return StringField(label, validators, filters=[tidy], **given)


def phone(label: Any, **given: Any) -> StringField:
    """Return an optional field of a telephone number, which stays as it was typed."""
    return line(label, limit=_PHONE, checks=[Phone()], tidy=phones.shown, **given)


def page_address(label: Any, **given: Any) -> StringField:
    """Return a field of a page's address; one that begins with a host gets its https://."""
    return line(label, tidy=sites.page, **given)


def text(label: Any, *, required: Any = None, limit: int = TEXT, **given: Any) -> TextAreaField:
    """Return a field of several lines."""
    validators = [Plain(limit, lines=True), Required(required) if required else Optional()]
    return TextAreaField(label, validators, filters=[tidy_text], **given)


class ChoiceField(Known, SelectField):
    """One of a closed set, as a select or radio buttons; `choices` is called for each form, in the page’s language."""

    def __init__(self, label: Any, choices: Callable[[], Choices], *, required: Any = None, **given: Any) -> None:
        validators = [Required(required) if required else Optional()]
        super().__init__(label, validators, **{"filters": [tidy_line], "default": "", **given})
        self.offer = choices

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002
        self.refuse_unknown([self.data] if self.data else [], self.label.text)

    def iter_choices(self) -> Iterator[Choice]:
        options = self.known()
        if self.data and self.data not in dict(options):
            options.append((self.data, self.data))
        for value, label in options:
            yield Choice(value, label, value == (self.data or ""), {})


class ChoicesField(Known, SelectMultipleField):
    """Several of a closed set in the order in which they were sent; the chosen ones come first, so that it stays."""

    def __init__(self, label: Any, choices: Callable[[], Choices], *, required: Any = None, **given: Any) -> None:
        validators = [Required(required) if required else Optional()]
        super().__init__(label, validators, **{"filters": [_distinct], "default": (), **given})
        self.offer = choices

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
    return list(dict.fromkeys(tidy_line(str(value)) for value in values or () if tidy_line(str(value))))


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
    """A date as browsers send it, `2027-03-09`, or as people write it where that means one day."""

    widget = _DateInput()

    def __init__(self, label: Any, **given: Any) -> None:
        super().__init__(label, [Optional()], **given)

    def _value(self) -> str:
        return self.data.isoformat() if self.data else tidy_line(typed(self))

    def process_formdata(self, valuelist: list[Any]) -> None:
        sent = tidy_line(valuelist[0]) if valuelist else ""
        self.data = amounts.day(sent)
        if sent and self.data is None:
            raise ValueError(gettext("%(label)s: enter a date such as 2027-03-09.", label=self.label.text))


class NumberField(Field):
    """A whole number in a range, typed into a plain field: browsers' number fields swallow what is none."""

    widget = TextInput()

    def __init__(self, label: Any, lowest: int, highest: int, *, required: Any = None, **given: Any) -> None:
        self.lowest, self.highest = lowest, highest
        keys = {"inputmode": "numeric", **given.pop("render_kw", {})}
        super().__init__(label, [Required(required) if required else Optional()], render_kw=keys, **given)

    def _value(self) -> str:
        return tidy_line(typed(self)) if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        sent = tidy_line(valuelist[0]) if valuelist else ""
        if not sent:
            return
        number = amounts.number(sent)
        if number is None or not self.lowest <= number <= self.highest:
            limits = {"lowest": self.lowest, "highest": self.highest}
            message = gettext(
                "%(label)s: enter a whole number from %(lowest)s to %(highest)s.", label=self.label.text, **limits
            )
            raise ValueError(message)
        self.data = number


YES_NO = (("yes", _("Yes")), ("no", _("No")))
