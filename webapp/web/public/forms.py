"""The typed forms of an enquiry, one for each kind, made from the table of questions."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import MultiDict
from wtforms import Field, FormField, HiddenField, StringField

from webapp import questions
from webapp.questions import Question, Questionnaire, Section, Shape
from webapp.vocabulary import Kind
from webapp.web.fields import ChoiceField, TickField
from webapp.web.prepared import Prepared
from webapp.web.public import asking, choices
from webapp.web.windows import incomplete

_NOT_FOR_BROWSERS = {
    "autocomplete": "off",
    "tabindex": "-1",
    "data-1p-ignore": "",
    "data-bwignore": "",
    "data-lpignore": "true",
    "data-form-type": "other",
}


class EnquiryForm(FlaskForm):
    """What every enquiry sends; a kind's own form has the fields of its questions too.

    The request is protected by the application: the form may be rebuilt from a draft.
    """

    class Meta(Prepared):
        """Its fields are copies, and need no token."""

        csrf = False

    asks: Questionnaire

    kind = ChoiceField(_("What would you like to arrange?"), choices.kinds)
    form_id = HiddenField("")
    # The kind whose questions the page showed: it may differ from the one just chosen.
    shown = HiddenField("")
    # People do not see it, programs fill it in. Its name says nothing to browsers and password managers.
    leave_empty = StringField(_("Leave this empty"), render_kw=_NOT_FOR_BROWSERS)

    attachments = MultipleFileField(_("Files"))
    consent = TickField(_("Consent"), required=_("Agree to the use of these details, so that we may answer you."))

    def __init__(self, *args: Any, has_files: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_files = has_files
        asked = [question for section in self.sections for question in self.asks.within(section)]
        order = ["kind", *(name for question in asked for name in asking.names(question)), "attachments", "consent"]
        rest = [name for name in self._fields if name not in order]
        self._fields: dict[str, Field] = {name: self._fields[name] for name in (*order, *rest)}

    @property
    def title(self) -> str:
        return gettext(self.asks.title)

    @property
    def sections(self) -> tuple[Section, ...]:
        return self.asks.sections

    def fields_of(self, question: Question) -> list[Field]:
        """Return the fields that ask a question: one, or one for each window of dates."""
        return [self[name] for name in asking.names(question)]

    def notes_of(self, question: Question) -> dict[str, str]:
        """Return what is said beside choices of a question, by choice."""
        return {choice: gettext(note) for choice, note in question.notes.items()}

    @property
    def windows(self) -> list[FormField]:
        """Return the windows of dates that this kind asks for, if it does."""
        return [field for field in self if isinstance(field, FormField)]

    def shows(self, question: Question) -> bool:
        """Return whether a question is on the page: what is asked no more, only with the answer that it had."""
        return not question.former or self.is_answered([question])

    def is_answered(self, asked: Iterable[Question]) -> bool:
        """Return whether anything was typed or refused in answer to some questions, beside what is preset."""
        return self.holds(field for question in asked if not question.is_preset for field in self.fields_of(question))

    def holds(self, fields: Iterable[Field]) -> bool:
        """Return whether any of some fields holds anything, or an error."""
        return any(field.errors or _is_typed(field) for field in fields)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check each field; the first window of dates must be there, and what a file stands for may be empty."""
        valid = super().validate(*args, **kwargs)
        for question in self.asks.questions:
            asked = self.fields_of(question)
            if question.shape is Shape.WINDOWS:
                valid = _given(asked[0].form) and valid
            elif question.or_file and not (self.has_files or asked[0].data or asked[0].errors):
                asked[0].errors = [gettext(question.required)]
                valid = False
        return valid

    def refuse(self, name: str, message: str) -> None:
        """Add an error that only the whole request shows to a field; where this kind has none of it, to the kind."""
        field = next((part for part in parts_of(self) if part.name == name), self.kind)
        field.errors = [*field.errors, message]

    def typed_names(self) -> Iterator[str]:
        """Yield the names of what is typed or chosen in this form, as the browser sends them, without the files."""
        for field in self:
            if isinstance(field, FormField):
                yield from (part.name for part in field)
            elif field.name not in _NOT_TYPED:
                yield field.name


_NOT_TYPED = frozenset({"attachments", "form_id", "shown", "leave_empty", "csrf_token", "kind"})


def _is_typed(field: Field) -> bool:
    """Return whether a field holds anything; of a window of dates, one of its days."""
    if isinstance(field, FormField):
        return any(_is_typed(field.form[name]) for name in ("start", "end"))
    return any(str(value).strip() for value in field.raw_data or ())


def _given(window: Any) -> bool:
    """Return whether a window has both days, and say at each what is missing."""
    for part in (window.start, window.end):
        if not part.errors and not part.data and not window.errors:
            part.errors = [incomplete(part.short_name)]
    return not window.errors


def form_of(kind: Kind) -> type[EnquiryForm]:
    """Return the form of a kind, as the table of questions is now."""
    return _form(questions.TABLE[kind])


@cache
def _form(asks: Questionnaire) -> type[EnquiryForm]:
    fields = {name: field for question in asks.questions for name, field in asking.fields(question).items()}
    return type("KindForm", (EnquiryForm,), {"asks": asks, **fields})


def build(kind: Kind, typed: MultiDict[str, str] | None, *, has_files: bool = False, **hidden: str) -> EnquiryForm:
    """Return the form of a kind, filled with what was typed, if anything was; nothing is checked yet.

    `has_files` says that files come with it, which may stand for its message.
    """
    values = MultiDict(typed or {})
    for name, value in {"kind": kind.value, "shown": kind.value, **hidden}.items():
        values.setlist(name, [value])
    return form_of(kind)(formdata=values, has_files=has_files)


def names_of(kind: Kind) -> frozenset[str]:
    """Return the names of what a kind's form asks."""
    return _names(questions.TABLE[kind])


@cache
def _names(asks: Questionnaire) -> frozenset[str]:
    return frozenset(_form(asks)(formdata=None).typed_names())


def parts_of(form: EnquiryForm) -> Iterator[Field]:
    """Return the fields of a form, and in place of a window the fields that it has."""
    for field in form:
        yield from field if isinstance(field, FormField) else (field,)


def field_errors(form: EnquiryForm) -> dict[str, list[str]]:
    """Return the messages of a checked form by the field's name."""
    return {part.name: list(part.errors) for part in parts_of(form) if part.errors}
