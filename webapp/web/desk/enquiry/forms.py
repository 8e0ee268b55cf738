"""The form that says as what an enquiry is handled."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp import labels
from webapp.vocabulary import Kind
from webapp.web import fields


class KindForm(FlaskForm):
    """As what an enquiry is handled."""

    kind = fields.ChoiceField(
        _l("Type of enquiry"), lambda: labels.options(labels.KIND_LONG, _), required=_l("Choose the type of enquiry.")
    )

    def offer(self, present: Kind) -> None:
        """Offer every other kind than the present one."""
        self.kind.choices = [option for option in labels.options(labels.KIND_LONG, _) if option[0] != present]

    def refuse_present(self) -> None:
        """Say that it is handled as the chosen kind already."""
        self.kind.errors = [_("It is already of this type.")]
