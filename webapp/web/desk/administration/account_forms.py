"""The forms of one's own account."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp.web import fields
from webapp.web.desk.frame.fields import language_options


class LanguageForm(FlaskForm):
    """The language of the desk, and of emails to oneself."""

    language = fields.ChoiceField(
        _l("Language"),
        language_options,
        required=_l("Choose a language."),
        description=_l("For these pages and the emails that you receive."),
    )
