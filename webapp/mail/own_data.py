"""The email with the link by which someone reads what is kept about their address. Nothing typed is echoed."""

from datetime import date

from webapp.i18n import date_long, translations
from webapp.mail.values import OWN_DATA_TOKEN_SLOT, Button, EmailContent, Institution, Paragraph, Small
from webapp.vocabulary import Language, MessageKind


def person_own_data(email: str, institution: Institution, *, language: Language, until: date) -> EmailContent:
    """Return the email to an address about which someone asked what is kept; its link opens until a day."""
    t = translations(language)
    day = date_long(until, language)
    return EmailContent(
        kind=MessageKind.PERSON_OWN_DATA,
        language=language,
        recipient_name="",
        recipient_email=email,
        subject=t.gettext("What is kept about you"),
        preview=t.gettext("The link opens until %(date)s.") % {"date": day},
        greeting="",
        heading=t.gettext("What is kept about you"),
        blocks=(
            Paragraph(t.gettext("Someone asked what this service keeps about your address. If it was you, open it.")),
            Button(t.gettext("See what is kept"), f"{institution.public_url}/my-data/{OWN_DATA_TOKEN_SLOT}"),
            Paragraph(
                t.gettext("There you can download it all, or ask for it to be erased. The link opens until %(date)s.")
                % {"date": day},
                strong=(day,),
            ),
            Small(t.gettext("If you did not ask for this, you do not need to do anything. Do not pass this link on.")),
        ),
    )
