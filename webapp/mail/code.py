"""The email with the code by which someone sends a form while many come from their network. Nothing typed is echoed."""

from webapp.i18n import translations
from webapp.mail.values import CODE_SLOT, EmailContent, Paragraph, Small
from webapp.vocabulary import Language, MessageKind


def person_code(email: str, language: Language) -> EmailContent:
    """Return the email with a code for one form; delivery puts it in."""
    t = translations(language)
    return EmailContent(
        kind=MessageKind.PERSON_CODE,
        language=language,
        recipient_name="",
        recipient_email=email,
        subject=t.gettext("Your code to send the form"),
        preview=t.gettext("The code is good for fifteen minutes."),
        greeting="",
        heading=t.gettext("Your code to send the form"),
        blocks=(
            Paragraph(t.gettext("Someone is sending us a form with your address. If it is you, enter these digits:")),
            Paragraph(CODE_SLOT, strong=(CODE_SLOT,)),
            Paragraph(t.gettext("The code is good for fifteen minutes.")),
            Small(
                t.gettext(
                    "If it was not you, nothing was sent, and you do not need to do anything. Do not pass the code on."
                )
            ),
        ),
    )
