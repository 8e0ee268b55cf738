"""What of an enquiry is or was with faculties, as its page shows it, and the form that refers it to one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from webapp import labels
from webapp.domain.decisions import referrals
from webapp.domain.decisions.referrals import ReferralRequest
from webapp.i18n import localised
from webapp.models import Enquiry, Referral
from webapp.web import edge, fields, shown
from webapp.web.desk.frame.colleagues import refusal
from webapp.web.planned_day import PlannedDayField

_FAULTS = {
    ("faculty", "needed"): _l("Choose whom to ask."),
    ("faculty", "asked"): _l("This faculty has the enquiry already. Remind it, or recall the enquiry first."),
    ("text", "needed"): _l("Write what you would like to know."),
    ("return_by", "needed"): _l("Enter a day."),
    ("return_by", "past"): _l("This day is over."),
    ("return_by", "long"): _l("Enter a day within the next 59 days."),
}


def _faculties() -> list[tuple[str, str]]:
    rows = shown.faculties()
    return [("", _("Choose …")), *((str(row.id), localised(row.name, edge.language())) for row in rows)]


class ReferralForm(FlaskForm):
    """Who is asked what, and by when the answer is wanted."""

    faculty = fields.ChoiceField(_l("Faculty or department"), _faculties, required=_l("Choose whom to ask."))
    question = fields.text(
        _l("Question to the faculty"),
        required=_l("Write what you would like to know."),
        description=_l("The partner is not notified. The faculty’s contact answers from an email."),
    )
    return_by = PlannedDayField(_l("Back by"), description=_l("The promised date does not change."))

    def asking(self) -> ReferralRequest:
        """Return what was entered."""
        chosen = self.faculty.data
        return ReferralRequest(int(chosen) if chosen else None, self.question.data or "", self.return_by.data)

    def refuse(self, faults: Mapping[str, str]) -> None:
        """Say by each field why it was not taken."""
        for name, fault in faults.items():
            text = refusal(fault) if fault in labels.NOT_NAMED else _FAULTS[name, fault]
            self["question" if name == "text" else name].errors = [text]


@dataclass(frozen=True)
class ReferralPanel:
    """The referrals of an enquiry, latest first, and the form for another one; `offered` tells whether there is whom
    to ask.
    """

    rows: Sequence[Referral]
    form: ReferralForm
    offered: bool
    today: date

    @property
    def waiting(self) -> bool:
        return any(row.is_open for row in self.rows)


def referred(session: Session, enquiry: Enquiry, tried: ReferralForm | None, *, any_made: bool = True) -> ReferralPanel:
    """Return what the page of an enquiry shows of its referrals; `tried` is the form as someone sent it.

    Where it is known that none was made (not `any_made`), none is looked for.
    """
    today = edge.today()
    form = tried
    if form is None:
        days = shown.calendar(edge.settings(), today, edge.language())
        form = ReferralForm(formdata=None, return_by=referrals.usual_return(enquiry, today=today, days=days))
    rows = list(reversed(referrals.of(session, enquiry))) if any_made else []
    return ReferralPanel(rows, form, len(form.faculty.choices) > 1, today)
