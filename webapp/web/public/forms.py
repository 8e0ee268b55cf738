"""The three typed forms of an enquiry. The kind decides the fields; what they share stands in `EnquiryForm`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, FormField, HiddenField, StringField

from webapp import labels
from webapp.vocabulary import Kind
from webapp.web import edge
from webapp.web.fields import (
    YES_NO,
    ChoiceField,
    ChoicesField,
    DayField,
    Email,
    NumberField,
    Phone,
    TickField,
    line,
    text,
)
from webapp.web.public import choices
from webapp.web.public.choices import offered

WINDOWS = 3
LONGEST_WINDOW = 31
YEARS_AHEAD = 3


def _auto(token: str, **more: str) -> dict[str, str]:
    return {"autocomplete": token, **more}


@dataclass(frozen=True)
class Section:
    """A part of a form: its anchor, its heading, and its fields by attribute, as page and check page show them."""

    id: str
    title: Any
    fields: tuple[str, ...]
    optional: bool = False


_YOU = Section(
    "you",
    _l("You and your organisation"),
    (
        "network",
        "contact_name",
        "contact_position",
        "contact_email",
        "phone",
        "organisation",
        "organisation_type",
        "country",
        "language",
        "on_behalf_of",
        "existing_link",
    ),
)
_FILES = Section("files", _l("Files and consent"), ("attachments", "consent"))


class EnquiryForm(FlaskForm):
    """What every enquiry asks. The request is protected by the application: the form may be rebuilt from a draft."""

    class Meta:
        csrf = False

    title: Any = ""
    sections: tuple[Section, ...] = ()

    kind = ChoiceField(_l("What would you like to arrange?"), choices.kinds)
    form_id = HiddenField()
    # The kind whose questions the page showed: it may differ from the one just chosen.
    shown = HiddenField()
    # People do not see it, programs fill it in.
    homepage = StringField(_l("Leave this empty"), render_kw={"autocomplete": "off", "tabindex": "-1"})

    network = ChoiceField(
        _l("Network"), choices.networks, description=_l("Choose “Not sure” and the office finds the right one.")
    )
    contact_name = line(
        _l("Your name"),
        required=_l("Enter your name."),
        description=_l("In the order and script you prefer"),
        render_kw=_auto("name"),
    )
    contact_position = line(_l("Your position"), render_kw=_auto("organization-title"))
    contact_email = line(
        _l("Email"),
        required=_l("Enter your email address."),
        limit=254,
        checks=[Email()],
        description=_l("Your tracking link is sent here"),
        render_kw=_auto("email", type="email", spellcheck="false"),
    )
    phone = line(
        _l("Phone"), limit=40, checks=[Phone()], description=_l("With country code"), render_kw=_auto("tel", type="tel")
    )
    organisation = line(
        _l("Organisation"), required=_l("Enter the name of your organisation."), render_kw=_auto("organization")
    )
    organisation_type = ChoiceField(
        _l("Kind of organisation"),
        lambda: offered(labels.ORGANISATION_TYPE, empty=gettext("Choose")),
        required=_l("Choose the kind of your organisation."),
    )
    country = ChoiceField(
        _l("Country or region"),
        choices.countries,
        required=_l("Choose your country or region."),
        render_kw=_auto("country"),
    )
    language = ChoiceField(_l("Language of our replies"), choices.languages, default=lambda: edge.language().value)
    on_behalf_of = line(_l("Asking for another organisation"), description=_l("Its name, if it is not your own"))
    existing_link = line(
        _l("Existing link with us"), description=_l("An agreement, a project or a person you work with")
    )

    subject = line(_l("In one line"), required=_l("Say in one line what this is about."))
    message = text(_l("Your message"), required=_l("Write your message."))

    attachments = MultipleFileField(_l("Files"))
    consent = TickField(_l("Consent"), required=_l("Agree to the use of these details, so that we may answer you."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = ["kind", *(name for section in self.sections for name in section.fields)]
        rest = [name for name in self._fields if name not in order]
        self._fields = {name: self._fields[name] for name in (*order, *rest)}

    def refuse(self, name: str, message: str) -> None:
        """Add an error that only the whole request shows to a field."""
        field = self[name]
        field.errors = [*field.errors, message]

    def typed_names(self) -> Iterator[str]:
        """The names of what is typed or chosen in this form, as the browser sends them; files are kept elsewhere."""
        for field in self:
            if isinstance(field, FormField):
                yield from (part.name for part in field)
            elif field.name not in _NOT_TYPED:
                yield field.name


_NOT_TYPED = frozenset({"attachments", "form_id", "shown", "homepage", "csrf_token", "kind"})


class QuestionForm(EnquiryForm):
    """A question needs nothing more."""

    title = _l("Ask a question")
    sections = (_YOU, Section("question", _l("Your question"), ("subject", "message")), _FILES)

    message = text(_l("Your question"), required=_l("Write your question."))


class CollaborationForm(EnquiryForm):
    """What a proposal to work together adds."""

    title = _l("Propose a collaboration")
    sections = (
        _YOU,
        Section("proposal", _l("Your proposal"), ("subject", "types", "message")),
        Section(
            "details",
            _l("Details"),
            (
                "disciplines",
                "levels",
                "numbers",
                "timeline",
                "funding",
                "university_contact",
                "rationale",
                "outcome",
            ),
            optional=True,
        ),
        _FILES,
    )

    subject = line(_l("The collaboration in one line"), required=_l("Say in one line what you propose."))
    message = text(_l("What do you have in mind?"), required=_l("Describe what you have in mind."))
    types = ChoicesField(
        _l("What kind of collaboration?"),
        lambda: offered(labels.COLLABORATION_TYPE),
        required=_l("Choose at least one kind of collaboration."),
        description=_l("Choose all that apply."),
    )
    disciplines = line(_l("Disciplines"), description=_l("Such as nursing, civil engineering, design"))
    levels = ChoicesField(_l("For whom?"), lambda: offered(labels.STUDY_LEVEL))
    numbers = line(_l("How many people?"), description=_l("Such as five students a year each way"))
    rationale = text(_l("Why with us?"))
    outcome = text(_l("What should come of it?"))
    timeline = line(_l("When should it begin, and for how long?"))
    funding = line(_l("Funding"), description=_l("Secured, applied for, or to be found"))
    university_contact = line(_l("Your contact here"), description=_l("A colleague of ours you have spoken to"))


class WindowForm(Form):
    """One window of possible dates."""

    start = DayField(_l("First day"))
    end = DayField(_l("Last day"))
    flex = ChoiceField(_l("Flexible by"), choices.slack, default="0")

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check each date, then the two together."""
        if super().validate(*args, **kwargs) and (fault := self._fault()):
            name, message = fault
            self[name].errors = [message]
        return not self.errors

    def _fault(self) -> tuple[str, str] | None:
        start, end = self.start.data, self.end.data
        if start and end:
            return fault_of(start, end)
        if start or end:
            name = "end" if start else "start"
            return name, _incomplete(name)
        return None


def fault_of(start: date, end: date) -> tuple[str, str] | None:
    """Return which of the two dates of a window cannot be, with a sentence that says why, or None."""
    today = edge.today()
    if end < start:
        return "end", gettext("The last day is before the first day.")
    if start < today:
        return "start", gettext("The first day has passed.")
    if end - start >= timedelta(LONGEST_WINDOW):
        return "end", gettext("Choose at most %(days)s days, or another window.", days=LONGEST_WINDOW)
    if end > today + timedelta(366 * YEARS_AHEAD):
        return "end", gettext("Choose dates within the next %(years)s years.", years=YEARS_AHEAD)
    return None


def _incomplete(name: str) -> str:
    return gettext("Enter the first day.") if name == "start" else gettext("Enter the last day.")


class VisitForm(EnquiryForm):
    """What the plan of a delegation's visit adds."""

    title = _l("Plan a delegation visit")
    sections = (
        _YOU,
        Section("purpose", _l("Purpose"), ("subject", "purposes", "message", "outcome")),
        Section("dates", _l("Dates"), ("mode", "windows_0", "windows_1", "windows_2", "days")),
        Section(
            "party",
            _l("Your delegation"),
            ("leader_name", "leader_title", "leader_rank", "group_size", "working_language", "interpreter"),
        ),
        Section("wishes", _l("On the day"), ("units", "senior", "activities", "letters", "payer"), optional=True),
        _FILES,
    )

    subject = line(_l("The visit in one line"), required=_l("Say in one line what the visit is about."))
    message = text(
        _l("Whom would you like to meet, and about what?"),
        required=_l("Say whom you would like to meet, and about what."),
        description=_l("Units, people, topics. Plain words are fine."),
    )
    purposes = ChoicesField(
        _l("What should the visit achieve?"),
        lambda: offered(labels.PURPOSE),
        required=_l("Choose at least one purpose."),
        description=_l("Choose all that apply; you put them in order on the next page."),
    )
    outcome = text(_l("What should come of it?"))

    mode = ChoiceField(_l("How would you meet?"), lambda: offered(labels.VISIT_MODE), default="in_person")
    windows_0 = FormField(WindowForm, name="windows-0")
    windows_1 = FormField(WindowForm, name="windows-1")
    windows_2 = FormField(WindowForm, name="windows-2")
    days = NumberField(_l("Days that you need"), 1, LONGEST_WINDOW, description=_l("If fewer than a window has"))

    leader_name = line(_l("Leader of the delegation"), required=_l("Enter the name of the delegation’s leader."))
    leader_title = line(_l("Title or office held"))
    leader_rank = ChoiceField(
        _l("Rank"),
        lambda: offered(labels.LEADER_RANK, empty=gettext("Choose")),
        required=_l("Choose the leader’s rank."),
        description=_l("Decides who receives you"),
    )
    group_size = NumberField(
        _l("People in the group"),
        1,
        500,
        required=_l("Enter how many people come."),
        description=_l("Your best guess"),
    )
    working_language = line(_l("Working language"), description=_l("In which you would speak"))
    interpreter = ChoiceField(_l("Do you need an interpreter?"), lambda: YES_NO)

    units = text(_l("Units and people to meet, most important first"), limit=2000)
    senior = line(_l("Senior leaders that you hope to meet"))
    activities = ChoicesField(_l("What would you like to do?"), lambda: offered(labels.ACTIVITY))
    letters = ChoiceField(_l("Do you need invitation letters for visas?"), lambda: YES_NO)
    payer = ChoiceField(_l("Who pays for travel and stay?"), lambda: offered(labels.PAYER, empty=gettext("Not said")))

    @property
    def windows(self) -> list[FormField]:
        return [self[f"windows_{number}"] for number in range(WINDOWS)]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check each field; the first window must be there."""
        valid = super().validate(*args, **kwargs)
        first = self.windows_0.form
        for part in (first.start, first.end):
            if not part.errors and not part.data and not first.errors:
                part.errors = [_incomplete(part.short_name)]
        return valid and not first.errors


FORMS: dict[Kind, type[EnquiryForm]] = {
    Kind.VISIT: VisitForm,
    Kind.COLLABORATION: CollaborationForm,
    Kind.QUESTION: QuestionForm,
}


def build(kind: Kind, typed: MultiDict[str, str] | None, **hidden: str) -> EnquiryForm:
    """Return the form of a kind, filled with what was typed, if anything was; nothing is checked yet."""
    values = MultiDict(typed or {})
    for name, value in {"kind": kind.value, "shown": kind.value, **hidden}.items():
        values.setlist(name, [value])
    return FORMS[kind](formdata=values)


def names_of(kind: Kind) -> frozenset[str]:
    """Return the names of what a kind's form asks."""
    return frozenset(FORMS[kind](formdata=None).typed_names())


def field_errors(form: EnquiryForm) -> dict[str, list[str]]:
    """Return the messages of a checked form by the field's name."""
    found: dict[str, list[str]] = {}
    for field in form:
        parts: Iterator[Field] = iter(field) if isinstance(field, FormField) else iter([field])
        found.update({part.name: list(part.errors) for part in parts if part.errors})
    return found
