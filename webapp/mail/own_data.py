"""Emails about one's own data: the link to it, and how a request for erasure was decided. Nothing typed is echoed."""

from datetime import date
from gettext import NullTranslations

from webapp.i18n import date_long, translations
from webapp.mail.plain import body_text
from webapp.mail.values import OWN_DATA_TOKEN_SLOT, Block, Button, EmailContent, Institution, Paragraph, Quote, Small
from webapp.vocabulary import DataRequestOutcome, Language, MessageKind


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


def person_decided(
    email: str, institution: Institution, *, language: Language, outcome: DataRequestOutcome, reason: str = ""
) -> EmailContent:
    """Return the email that tells how a request for erasure was decided; `reason` is what the office wrote."""
    t = translations(language)
    heading, said, then = _decided(outcome, reason, t)
    office = t.gettext("Questions? Write to the office at %(email)s.") % {"email": institution.office_email}
    return EmailContent(
        kind=MessageKind.PERSON_DECIDED,
        language=language,
        recipient_name="",
        recipient_email=email,
        subject=heading,
        preview=said,
        greeting="",
        heading=heading,
        blocks=(Paragraph(said), then, Small(office)),
    )


def _decided(outcome: DataRequestOutcome, reason: str, t: NullTranslations) -> tuple[str, str, Block]:
    if outcome is DataRequestOutcome.REFUSED:
        return (
            t.gettext("Your data have not been erased"),
            t.gettext("You asked us to erase what this service keeps about your address. The office has refused this."),
            Quote(t.gettext("The reason"), body_text(reason)),
        )
    if outcome is DataRequestOutcome.PARTLY:
        kept = t.gettext(
            "What is on legal hold has to be kept until the hold ends. Then it is erased too, and we will email you. "
            "You do not need to do anything."
        )
        return (
            t.gettext("Your data have been erased, except what is on legal hold"),
            t.gettext("As you asked, we have erased what this service kept about your address, with one exception."),
            Paragraph(kept),
        )
    return (
        t.gettext("Your data have been erased"),
        t.gettext("As you asked, we have erased what this service kept about your address."),
        Paragraph(t.gettext("Figures without your name remain. This email is erased here as well, after seven days.")),
    )
