"""The three typed forms of an enquiry. The kind decides the fields; what they share is in `EnquiryForm`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import MultiDict
from wtforms import Field, FormField, HiddenField, StringField

from webapp import labels
from webapp.vocabulary import Kind
from webapp.web import edge, languages
from webapp.web.countries import countries
from webapp.web.fields import (
    YES_NO,
    ChoiceField,
    ChoicesField,
    Email,
    NumberField,
    TickField,
    line,
    phone,
    text,
)
from webapp.web.public import choices
from webapp.web.public.choices import offered
from webapp.web.windows import LONGEST_WINDOW, WindowForm, incomplete

WINDOWS = 3


def _auto(token: str, **more: str) -> dict[str, str]:
    return {"autocomplete": token, **more}


_NOT_FOR_BROWSERS = {
    **_auto("off", tabindex="-1"),
    "data-1p-ignore": "",
    "data-bwignore": "",
    "data-lpignore": "true",
    "data-form-type": "other",
}


@dataclass(frozen=True)
class FormSection:
    """A part of a form: its anchor, its heading, and its fields by attribute, as page and check page show them."""

    id: str
    title: Any
    fields: tuple[str, ...]
    optional: bool = False


_YOU = FormSection(
    "you",
    _("You and your organisation"),
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
_FILES = FormSection("files", _("Files and consent"), ("attachments", "consent"))


class EnquiryForm(FlaskForm):
    """What every enquiry asks. The request is protected by the application: the form may be rebuilt from a draft."""

    class Meta:
        csrf = False

    title: Any = ""
    sections: tuple[FormSection, ...] = ()

    kind = ChoiceField(_("What would you like to arrange?"), choices.kinds)
    form_id = HiddenField()
    # The kind whose questions the page showed: it may differ from the one just chosen.
    shown = HiddenField()
    # People do not see it, programs fill it in. Its name says nothing to browsers and password managers.
    leave_empty = StringField(_("Leave this empty"), render_kw=_NOT_FOR_BROWSERS)

    network = ChoiceField(
        _("Network"), choices.networks, description=_("Choose “Not sure” and the office will find the right one.")
    )
    contact_name = line(
        _("Your name"),
        required=_("Enter your name."),
        description=_("In the order and script you prefer"),
        render_kw=_auto("name"),
    )
    contact_position = line(_("Your position"), render_kw=_auto("organization-title"))
    contact_email = line(
        _("Email"),
        required=_("Enter your email address."),
        limit=254,
        checks=[Email()],
        description=_("We send your tracking link here"),
        render_kw=_auto("email", type="email", spellcheck="false"),
    )
    phone = phone(_("Phone"), description=_("With country code"), render_kw=_auto("tel", type="tel"))
    organisation = line(
        _("Organisation"), required=_("Enter the name of your organisation."), render_kw=_auto("organization")
    )
    organisation_type = ChoiceField(
        _("Type of organisation"),
        lambda: offered(labels.ORGANISATION_TYPE, empty=gettext("Choose")),
        required=_("Choose the type of your organisation."),
    )
    country = ChoiceField(
        _("Country or region"),
        countries,
        required=_("Choose your country or region."),
        render_kw=_auto("country"),
    )
    language = languages.LanguageField(_("Reply to me in"), keeps=False, default=lambda: edge.language().value)
    on_behalf_of = line(_("On behalf of another organisation"), description=_("Its name, if it is not your own"))
    existing_link = line(_("Existing ties with us"), description=_("An agreement, a project or a person you work with"))

    subject = line(_("Subject"), required=_("Say in one line what this is about."))
    message = text(_("Your message"), required=_("Write your message."))

    attachments = MultipleFileField(_("Files"))
    consent = TickField(_("Consent"), required=_("Agree to the use of these details, so that we may answer you."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = ["kind", *(name for section in self.sections for name in section.fields)]
        rest = [name for name in self._fields if name not in order]
        self._fields: dict[str, Field] = {name: self._fields[name] for name in (*order, *rest)}

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


class QuestionForm(EnquiryForm):
    """A question needs nothing more."""

    title = _("Ask a question")
    sections = (_YOU, FormSection("question", _("Your question"), ("subject", "message")), _FILES)

    message = text(_("Your question"), required=_("Write your question."))


class CollaborationForm(EnquiryForm):
    """What a proposal to work together adds."""

    title = _("Propose a collaboration")
    sections = (
        _YOU,
        FormSection("proposal", _("Your proposal"), ("subject", "types", "message")),
        FormSection(
            "details",
            _("Details"),
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

    subject = line(_("Subject of the collaboration"), required=_("Say in one line what you propose."))
    message = text(_("What do you have in mind?"), required=_("Describe what you have in mind."))
    types = ChoicesField(
        _("What kind of collaboration?"),
        lambda: offered(labels.COLLABORATION_TYPE),
        required=_("Choose at least one kind of collaboration."),
        description=_("Choose all that apply."),
    )
    disciplines = line(_("Disciplines"), description=_("Such as nursing, civil engineering, design"))
    levels = ChoicesField(_("For whom?"), lambda: offered(labels.STUDY_LEVEL))
    numbers = line(_("How many people?"), description=_("Such as five students a year each way"))
    rationale = text(_("Why our university?"))
    outcome = text(_("What outcome do you hope for?"))
    timeline = line(_("When should it begin, and for how long?"))
    funding = line(_("Funding"), description=_("Secured, applied for, or to be found"))
    university_contact = line(
        _("Your contact at our university"), description=_("A colleague of ours you have spoken to")
    )


class FlexibleWindowForm(WindowForm):
    """One window of possible dates, and by how much they may move."""

    flex = ChoiceField(_("Flexibility"), choices.slack, default="0")


class VisitForm(EnquiryForm):
    """What the plan of a delegation's visit adds."""

    title = _("Plan a delegation visit")
    sections = (
        _YOU,
        FormSection("purpose", _("Purpose"), ("subject", "purposes", "message", "outcome")),
        FormSection("dates", _("Dates"), ("mode", "windows_0", "windows_1", "windows_2", "days")),
        FormSection(
            "party",
            _("Your delegation"),
            ("leader_name", "leader_title", "leader_rank", "group_size", "working_language", "interpreter"),
        ),
        FormSection("wishes", _("On the day"), ("units", "senior", "activities", "letters", "payer"), optional=True),
        _FILES,
    )

    subject = line(_("Subject of the visit"), required=_("Say in one line what the visit is about."))
    message = text(
        _("Whom would you like to meet, and about what?"),
        required=_("Say whom you would like to meet, and about what."),
        description=_("Units, people, topics. Plain words are fine."),
    )
    purposes = ChoicesField(
        _("What should the visit achieve?"),
        lambda: offered(labels.PURPOSE),
        required=_("Choose at least one purpose."),
        description=_("Choose all that apply; you put them in order on the next page."),
    )
    outcome = text(_("What outcome do you hope for?"))

    mode = ChoiceField(_("In person or online?"), lambda: offered(labels.VISIT_MODE), default="in_person")
    windows_0 = FormField(FlexibleWindowForm, name="windows-0")
    windows_1 = FormField(FlexibleWindowForm, name="windows-1")
    windows_2 = FormField(FlexibleWindowForm, name="windows-2")
    days = NumberField(
        _("Length of visit in days"), 1, LONGEST_WINDOW, description=_("If shorter than the dates above")
    )

    leader_name = line(_("Leader of the delegation"), required=_("Enter the name of the delegation’s leader."))
    leader_title = line(_("Title or office held"))
    leader_rank = ChoiceField(
        _("Rank of the leader"),
        lambda: offered(labels.LEADER_RANK, empty=gettext("Choose")),
        required=_("Choose the leader’s rank."),
        description=_("So that we find the right host"),
    )
    group_size = NumberField(
        _("Number of delegates"),
        1,
        500,
        required=_("Enter the number of delegates."),
        description=_("An estimate is fine"),
    )
    working_language = line(_("Language of the meetings"), description=_("The language you would speak"))
    interpreter = ChoiceField(_("Do you need an interpreter?"), lambda: YES_NO)

    units = text(_("Units and people to meet, most important first"), limit=2000)
    senior = line(_("University leaders you hope to meet"))
    activities = ChoicesField(_("What would you like to do?"), lambda: offered(labels.ACTIVITY))
    letters = ChoiceField(_("Do you need invitation letters for visas?"), lambda: YES_NO)
    payer = ChoiceField(
        _("Who covers travel and accommodation?"), lambda: offered(labels.PAYER, empty=gettext("Not specified"))
    )

    @property
    def windows(self) -> list[FormField]:
        return [self[f"windows_{number}"] for number in range(WINDOWS)]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check each field; the first window must be there."""
        valid = super().validate(*args, **kwargs)
        first = self.windows_0.form
        for part in (first.start, first.end):
            if not part.errors and not part.data and not first.errors:
                part.errors = [incomplete(part.short_name)]
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


def parts_of(form: EnquiryForm) -> Iterator[Field]:
    """Return the fields of a form, and in place of a window the fields that it has."""
    for field in form:
        yield from field if isinstance(field, FormField) else (field,)


def field_errors(form: EnquiryForm) -> dict[str, list[str]]:
    """Return the messages of a checked form by the field's name."""
    return {part.name: list(part.errors) for part in parts_of(form) if part.errors}
