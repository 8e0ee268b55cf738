"""Approvals on an enquiry's page: who is asked, and how far it is."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, FormField

from webapp import labels
from webapp.domain.decisions.approvals import Approver
from webapp.vocabulary import Language
from webapp.web import fields
from webapp.web.desk.frame.colleagues import refusal
from webapp.web.languages import LanguageField


class ApproverForm(Form):
    """One person who is asked; both fields, or none."""

    name = fields.line(_l("Full name"))
    email = fields.line(_l("Email"), checks=[fields.Email()], render_kw={"type": "email", "autocomplete": "off"})
    language = LanguageField(_l("Language of the email"))

    def validate(self, extra_validators: dict[str, list[object]] | None = None) -> bool:
        """Check each field, then that both are there."""
        if super().validate(extra_validators) and bool(self.name.data) != bool(self.email.data):
            missing = self.email if self.name.data else self.name
            missing.errors = [_l("Enter name and address, or neither.")]
        return not self.errors


class ApproversForm(FlaskForm):
    """Up to three people, asked together or one after the other."""

    approvers_0 = FormField(ApproverForm, name="approvers-0")
    approvers_1 = FormField(ApproverForm, name="approvers-1")
    approvers_2 = FormField(ApproverForm, name="approvers-2")
    in_order = fields.TickField(_l("One after the other, in this order"))

    @property
    def rows(self) -> list[FormField]:
        return [self.approvers_0, self.approvers_1, self.approvers_2]

    @property
    def more_than_one(self) -> bool:
        """Return whether anything was entered beyond the first person."""
        return any(row.form.name.data or row.form.email.data for row in self.rows[1:])

    def refuse(self, faults: Mapping[str, str]) -> None:
        """Say by each person, numbered as `given` has them, why they cannot be asked; or once for all."""
        forms = [row.form for row in self.rows if row.form.email.data]
        for number, form in enumerate(forms):
            fault = faults.get(str(number)) or (faults.get("approvers") if form is forms[-1] else None)
            if fault in labels.NOT_NAMED:
                form.email.errors = [refusal(fault)]

    def given(self) -> list[Approver]:
        """Return who was entered."""
        forms = [row.form for row in self.rows]
        return [
            Approver(form.name.data, form.email.data, Language(form.language.data)) for form in forms if form.email.data
        ]
