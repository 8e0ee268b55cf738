"""The forms of one's own account."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from webapp.domain.accounts.passwords import SHORTEST_PASSWORD
from webapp.web.desk.frame.versioned import VersionedForm
from webapp.web.languages import LanguageField

LONGEST_PASSWORD = 200


class PasswordForm(FlaskForm):
    """A password of one's own."""

    old_password = PasswordField(
        _l("Current password"),
        [InputRequired(_l("Enter the password that you signed in with.")), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = PasswordField(
        _l("New password"),
        [
            InputRequired(_l("Enter a new password.")),
            Length(SHORTEST_PASSWORD, LONGEST_PASSWORD, _l("Use 12 to 200 characters, for example four words.")),
        ],
        description=_l("At least 12 characters. Four words that have nothing to do with each other are good."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("New password again"),
        [EqualTo("new_password", _l("The two new passwords differ."))],
        render_kw={"autocomplete": "new-password"},
    )


class LanguageForm(VersionedForm):
    """The language of the desk, and of emails to oneself."""

    language = LanguageField(_l("Language"), description=_l("For these pages and the emails that you receive."))
