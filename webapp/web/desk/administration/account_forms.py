"""The forms of one's own account."""

from flask_babel import lazy_gettext as _l

from webapp.web.desk.frame.versioned import VersionedForm
from webapp.web.languages import LanguageField


class LanguageForm(VersionedForm):
    """The language of the desk, and of emails to oneself."""

    language = LanguageField(_l("Language"), description=_l("For these pages and the emails that you receive."))
