"""The forms of the tracking pages: a message, a withdrawal, a lost link."""

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import EmailField, StringField
from wtforms.validators import ValidationError

from webapp.domain.search.references import read_reference
from webapp.web import uploads
from webapp.web.fields import Email, Plain, Required, line, text, tidy_line

_LONGEST_ADDRESS = 254


class MessageForm(FlaskForm):
    """What the partner writes to the office."""

    message = text(_l("Your message"), required=_l("Enter your message."), render_kw={"rows": 6})
    attachments = MultipleFileField(_l("Files"))

    def refuse(self, messages: list[str]) -> None:
        """Say why files were not taken, and which have to be chosen again: browsers do not keep them."""
        given = [uploads.file_name(file.filename) for file in request.files.getlist("attachments") if file.filename]
        again = gettext("Nothing was sent. Please choose the files again: %(names)s.", names=", ".join(given))
        self.attachments.errors = [*messages, again] if given else messages


class WithdrawalForm(FlaskForm):
    """Why the partner withdraws, if they care to say."""

    reason = text(_l("Reason"), description=_l("The person handling it will read it."), render_kw={"rows": 4})


class OwnDataForm(FlaskForm):
    """The address about which someone asks."""

    email = EmailField(
        _l("Email"),
        [Plain(_LONGEST_ADDRESS), Required(_l("Enter your email address.")), Email()],
        filters=[tidy_line],
        render_kw={"autocomplete": "email"},
    )


class LostLinkForm(FlaskForm):
    """The address that enquiries were sent from, and which of them, if that is known."""

    email = EmailField(
        _l("Email"),
        [Plain(_LONGEST_ADDRESS), Required(_l("Enter your email address.")), Email()],
        description=_l("The address that you gave with the enquiry."),
        filters=[tidy_line],
        render_kw={"autocomplete": "email"},
    )
    reference = line(
        _l("Reference"),
        description=_l(
            "Such as LD-7K3Q-9XWT; it is in the subject line of every email about the enquiry. Leave it empty to get "
            "the links of all your open enquiries."
        ),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )

    def validate_reference(self, field: StringField) -> None:
        if field.data and not read_reference(field.data):
            raise ValidationError(gettext("Enter a reference like LD-7K3Q-9XWT."))
