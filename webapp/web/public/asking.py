"""From a row of the table of questions to the fields that ask it, and from what was typed into these to its answer."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext
from flask_babel import lazy_gettext as _l
from wtforms import FormField

from webapp.questions import Question, Shape
from webapp.vocabulary import Language
from webapp.web import edge
from webapp.web.countries import countries
from webapp.web.fields import ChoiceField, ChoicesField, DayField, Email, NumberField, line, phone, text, typed
from webapp.web.languages import LanguageField
from webapp.web.prepared import Prepared
from webapp.web.public import choices
from webapp.web.windows import WindowForm

_WINDOWS = 3
_YES_NO = {"yes": True, "no": False}
# The attributes by which browsers know what is typed into a line.
_TYPED_AS: dict[Shape, dict[str, str]] = {
    Shape.EMAIL: {"type": "email", "spellcheck": "false"},
    Shape.PHONE: {"type": "tel"},
}


class FlexibleWindowForm(WindowForm):
    """One window of possible dates, and by how much they may move; without a last day it is one day."""

    class Meta(Prepared):
        """Its fields are copies."""

    end = DayField(_l("Last day, if later"))
    flex = ChoiceField(_l("Flexibility"), choices.slack, default="0")

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Take what was typed; one day alone is the first and the last."""
        super().process(*args, **kwargs)
        if self.start.data and not typed(self.end).strip():
            self.end.data = self.start.data


def _choice(question: Question, given: dict[str, Any]) -> Any:
    def offered() -> Any:
        return choices.offered(question.choices, empty=question.empty or None)

    return ChoiceField(choices=offered, default=question.default, **given)


def _several(question: Question, given: dict[str, Any]) -> Any:
    return ChoicesField(choices=lambda: choices.offered(question.choices), **given)


def _language(_question: Question, given: dict[str, Any]) -> Any:
    taken = {name: value for name, value in given.items() if value is not None}
    return LanguageField(keeps=False, default=lambda: edge.language().value, **taken)


def _number(question: Question, given: dict[str, Any]) -> Any:
    lowest, highest = question.bounds
    return NumberField(lowest=lowest, highest=highest, **given)


_FIELDS: dict[Shape, Callable[[Question, dict[str, Any]], Any]] = {
    Shape.LINE: lambda question, given: line(**given, **_limit(question)),
    Shape.TEXT: lambda question, given: text(**given, **_limit(question)),
    Shape.EMAIL: lambda question, given: line(checks=[Email()], **given, **_limit(question)),
    Shape.PHONE: lambda _question, given: phone(**given),
    Shape.CHOICE: _choice,
    Shape.CHOICES: _several,
    Shape.RANKED: _several,
    Shape.NEED: lambda _question, given: ChoiceField(choices=choices.yes_no, **given),
    Shape.NUMBER: _number,
    Shape.DAYS: _number,
    Shape.PEOPLE: _number,
    Shape.NETWORK: lambda _question, given: ChoiceField(choices=choices.networks, **given),
    Shape.COUNTRY: lambda _question, given: ChoiceField(choices=countries, **given),
    Shape.LANGUAGE: _language,
}


def _limit(question: Question) -> dict[str, Any]:
    return {} if question.limit is None else {"limit": question.limit}


def names(question: Question) -> list[str]:
    """Return the attributes of the form that hold the fields of a question: one, or one for each window of dates."""
    if question.shape is Shape.WINDOWS:
        return [f"{question.name}_{number}" for number in range(_WINDOWS)]
    return [question.name]


def fields(question: Question) -> dict[str, Any]:
    """Return the fields that ask a question, by `names`."""
    if question.shape is Shape.WINDOWS:
        return {name: FormField(FlexibleWindowForm, "", name="-".join(name.rsplit("_", 1))) for name in names(question)}
    keys = dict(_TYPED_AS.get(question.shape, {}))
    if question.autocomplete:
        keys["autocomplete"] = question.autocomplete
    given = {
        "label": lazy_gettext(question.label),
        "required": lazy_gettext(question.required) if question.required and not question.or_file else None,
        "description": lazy_gettext(question.hint) if question.hint else "",
        **({"render_kw": keys} if keys else {}),
    }
    return dict.fromkeys(names(question), _FIELDS[question.shape](question, given))


def answer(question: Question, asked: list[Any]) -> Any:
    """Return the answer that a checked form's fields of a question hold, as it is stored."""
    if question.shape is Shape.WINDOWS:
        parts = [window.form for window in asked]
        return [
            {"start": part.start.data.isoformat(), "end": part.end.data.isoformat(), "flex": int(part.flex.data or 0)}
            for part in parts
            if part.start.data and part.end.data
        ]
    (field,) = asked
    if question.shape in (Shape.CHOICES, Shape.RANKED):
        return list(field.data)
    if question.shape is Shape.NEED:
        return _YES_NO.get(field.data)
    return field.data


def column(question: Question, asked: list[Any]) -> Any:
    """Return the answer to a question that has a column, in the column's own type."""
    given = answer(question, asked) or ""
    if question.shape is Shape.LANGUAGE:
        return Language(given)
    return next(word for word in question.choices if word == given) if question.choices else given


def control(question: Question) -> str:
    """Return the id of the first control that asks a question, for links to it."""
    return f"{question.name}-0-start" if question.shape is Shape.WINDOWS else question.name
