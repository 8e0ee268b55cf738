"""The email with the link by which someone continues a form that they began. Nothing typed is echoed."""

from datetime import date

from webapp.i18n import date_long, translations
from webapp.mail.values import SAVED_FORM_TOKEN_SLOT, Button, EmailContent, Institution, Paragraph, Small
from webapp.vocabulary import Language, MessageKind


def person_saved_form(email: str, institution: Institution, *, language: Language, until: date) -> EmailContent:
    """Return the email to an address for which a form was saved; its link opens until a day."""
    t = translations(language)
    day = date_long(until, language)
    prefix = "" if language == institution.languages[0] else f"/{language}"
    page = f"{institution.public_url}{prefix}/enquiries/saved/{SAVED_FORM_TOKEN_SLOT}"
    kept = t.gettext("The form is kept until %(date)s; files that came with it for one day.") % {"date": day}
    return EmailContent(
        kind=MessageKind.PERSON_SAVED_FORM,
        language=language,
        recipient_name="",
        recipient_email=email,
        subject=t.gettext("Your saved form"),
        preview=kept,
        greeting="",
        heading=t.gettext("Your saved form"),
        blocks=(
            Paragraph(t.gettext("You saved a form that has not been sent yet. Continue it here, in any browser.")),
            Button(t.gettext("Continue the form"), page),
            Paragraph(kept, strong=(day,)),
            Small(
                t.gettext(
                    "In another browser you will be asked for this email address. If you did not save a form, you do "
                    "not need to do anything. Do not pass this link on."
                )
            ),
        ),
    )
