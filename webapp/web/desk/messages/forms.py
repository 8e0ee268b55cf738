"""The form of a message's corrected address."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp.web import fields
from webapp.web.desk.frame.fields import EMAIL_INPUT


class AddressForm(FlaskForm):
    """A message's corrected address."""

    email = fields.line(
        _l("Email"), required=_l("Enter the email address."), checks=[fields.Email()], render_kw=EMAIL_INPUT
    )
