"""The fields of a new password, wherever one is chosen, and what is said of one that cannot be taken."""

from collections.abc import Mapping

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, ValidationError
from wtforms.validators import InputRequired, Length

from webapp.i18n import N_

_FAULTS: Mapping[tuple[str, str], str] = {
    ("old_password", "wrong"): N_("That is not your current password."),
    ("new_password", "short"): N_("Use at least 12 characters, for example four words."),
    ("new_password", "long"): N_("Use at most 200 characters."),
    ("new_password", "same"): N_("This is the password that you have. Choose another one."),
    ("new_password", "own"): N_(
        "This is made of your name, your address or the name of the university, which anyone would try first. "
        "Use four words that have nothing to do with you."
    ),
    ("new_password", "pattern"): N_(
        "This repeats itself or follows the keyboard or the alphabet. Use four words that have nothing to do with each "
        "other."
    ),
    ("new_password", "common"): N_(
        "Many people use a password like this, so it is soon guessed. Use four words that have nothing to do with each "
        "other."
    ),
}


class PasswordForm(FlaskForm):
    """A new password of one's own, by the one that one has; programs may leave the last field out."""

    old_password = PasswordField(
        _l("Current password"),
        [InputRequired(_l("Enter the password that you signed in with.")), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = PasswordField(
        _l("New password"),
        [InputRequired(_l("Enter a new password."))],
        description=_l("At least 12 characters. Four words that have nothing to do with each other are good."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(_l("New password again"), render_kw={"autocomplete": "new-password"})

    def validate_again(self, field: PasswordField) -> None:
        if field.name in request.form and field.data != self.new_password.data:
            raise ValidationError(_("The two new passwords differ."))

    def say(self, faults: Mapping[str, str]) -> None:
        """Say beside each field what the domain found wrong with it."""
        for fault in faults.items():
            self[fault[0]].errors = [_(_FAULTS[fault])]


class FirstPasswordForm(PasswordForm):
    """A new password of someone whose link, and not whose password, says who they are."""

    old_password = None
