"""The forms behind links in emails: one answer to an enquiry, one approval, one return by a faculty."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField

from webapp import labels, tidying
from webapp.domain.decisions import by_link
from webapp.domain.decisions.by_link import Answer
from webapp.i18n import N_
from webapp.models import Enquiry
from webapp.vocabulary import ApprovalOutcome, DecisionChoice, Finding
from webapp.web import fields
from webapp.web.planned_day import PlannedDayField
from webapp.web.windows import WindowsForm

# In the order of the form: the way forward first.
CHOICES = (
    DecisionChoice.ACCEPT,
    DecisionChoice.PROPOSE_DATES,
    DecisionChoice.ASK_PARTNER,
    DecisionChoice.DECLINE,
    DecisionChoice.PASS_ON,
    DecisionChoice.AWAY,
)
NOTES = {
    DecisionChoice.ACCEPT: N_("The partner will get an email."),
    DecisionChoice.PROPOSE_DATES: N_("The partner is asked whether another date suits."),
    DecisionChoice.ASK_PARTNER: N_("Counting is paused until they answer."),
    DecisionChoice.DECLINE: N_("The partner will get an email with your reason."),
    DecisionChoice.PASS_ON: N_("They get an email with their own link; yours ends."),
}
DONE = {
    DecisionChoice.ACCEPT: N_("Thank you. You have accepted; the partner will get an email."),
    DecisionChoice.PROPOSE_DATES: N_("Thank you. Your dates are on their way to the partner."),
    DecisionChoice.ASK_PARTNER: N_("Thank you. Your question is on its way to the partner."),
    DecisionChoice.DECLINE: N_("Thank you. You have declined; the partner will get an email."),
    DecisionChoice.PASS_ON: N_("Thank you. Your colleague has the enquiry now."),
    DecisionChoice.AWAY: N_("Thank you. You will be covered until you are back."),
}
_FAULTS = {
    ("choice", "screening"): _l("The office has to screen the parties before this can be accepted."),
    ("choice", "match"): _l("The office has to clear a match of its screening before this can be accepted."),
    ("text", "needed"): _l("Write a few words first."),
    ("colleague", "needed"): _l("Enter your colleague’s address or name."),
    ("colleague", "refused"): _l(
        "It could not be passed on to this person. Enter an address of the university, or the full name of someone "
        "who answers here; else please ask the office."
    ),
    ("colleague", "self"): _l("Enter someone other than yourself."),
    ("until", "needed"): _l("Enter your last day away."),
    ("until", "before start"): _l("This day is over."),
    ("until", "past"): _l("This day is over."),
    ("until", "long"): _l("Enter a day within the next 30 days; for longer, please tell the office."),
    ("until", "unknown"): _l("Please tell the office: you are no longer active here."),
    ("until", "overlap"): _l("You are entered as away on some of these days already."),
}


def _choices() -> list[tuple[str, str]]:
    return [(choice.value, _(labels.CHOICE[choice])) for choice in CHOICES]


class DecisionForm(WindowsForm):
    """One answer; which fields count depends on the choice."""

    version = HiddenField()
    choice = fields.ChoiceField(_l("Your answer"), _choices, required=_l("Choose your answer."))
    text = fields.text(
        _l("Your words"), description=_l("To the partner, or to your colleague. Needed where you ask or decline.")
    )
    colleague = fields.line(_l("Your colleague"), description=_l("An address of the university, or the full name."))
    until = PlannedDayField(_l("Last day away"))

    def offer(self, enquiry: Enquiry) -> None:
        """Offer what can be answered now."""
        possible = {choice.value for choice in by_link.choices(enquiry)}
        self.choice.choices = [(value, label) for value, label in _choices() if value in possible]

    def validate_colleague(self, field: StringField) -> None:
        """A name is looked up; an address must be one."""
        if self.choice.data == DecisionChoice.PASS_ON and "@" in tidying.folded(field.data):
            fields.Email()(self, field)

    def answer(self) -> Answer:
        return Answer(
            DecisionChoice(self.choice.data),
            text=self.text.data or "",
            windows=self.given(),
            colleague=self.colleague.data or "",
            until=self.until.data,
        )

    def refuse(self, faults: dict[str, str]) -> None:
        """Say by each field why the answer was not taken."""
        for name, fault in faults.items():
            if name == "windows":
                self.ask_for_the_first()
            else:
                self[name].errors = [_FAULTS[name, fault]]


def _outcomes() -> list[tuple[str, str]]:
    return labels.options(labels.OUTCOME, _)


class ApprovalForm(FlaskForm):
    """An approval, given or refused."""

    outcome = fields.ChoiceField(_l("Your answer"), _outcomes, required=_l("Choose your answer."))
    note = fields.text(_l("Note"), description=_l("For the colleagues who asked. Needed where you do not approve."))

    def answer(self) -> ApprovalOutcome:
        return ApprovalOutcome(self.outcome.data)


def _findings() -> list[tuple[str, str]]:
    return labels.options(labels.FINDING, _)


class FindingForm(FlaskForm):
    """What a faculty returns."""

    finding = fields.ChoiceField(_l("Your answer"), _findings, required=_l("Choose your answer."))
    note = fields.text(
        _l("Your words"), description=_l("For the colleagues who asked, not the partner. Needed unless you can help.")
    )

    def answer(self) -> Finding:
        return Finding(self.finding.data)
