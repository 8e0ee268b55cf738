"""The email to someone who was entered as away by the link of an email to them."""

from datetime import date

from webapp.i18n import date_range, translations
from webapp.mail.liaison import to_colleague
from webapp.mail.values import (
    DECISION_TOKEN_SLOT,
    Addressee,
    Button,
    EmailContent,
    EnquiryDetails,
    FactTable,
    Institution,
    Paragraph,
)
from webapp.vocabulary import MessageKind


def liaison_away(
    enquiry: EnquiryDetails, institution: Institution, *, to: Addressee, days: tuple[date, date]
) -> EmailContent:
    """Return what was entered, from the first to the last day, and how it is ended."""
    t = translations(to.language)
    when = date_range(*days, to.language)
    said = t.gettext("You are entered as away for %(network)s: %(days)s.") % {
        "network": enquiry.network(to.language), "days": when
    }  # fmt: skip
    how = t.gettext(
        "This was entered by the link in an email to you about enquiry %(reference)s. Was it not you, or are you back "
        "sooner? “I am back” opens a page where you can end it."
    ) % {"reference": enquiry.reference}
    at_desk = (Button(t.gettext("End it on the desk"), f"{institution.public_url}/desk/leave"),)
    return to_colleague(
        MessageKind.LIAISON_AWAY,
        enquiry,
        to,
        preview=said,
        heading=t.gettext("You are entered as away"),
        blocks=(
            Paragraph(said, strong=(when,)),
            Paragraph(t.gettext("On these days your deputy, the network’s mailbox or the office answers for it.")),
            Paragraph(how),
            Button(t.gettext("I am back"), f"{institution.public_url}/decisions/{DECISION_TOKEN_SLOT}/back"),
            *(at_desk if to.has_account else ()),
            FactTable(((t.gettext("Network"), enquiry.network(to.language)), (t.gettext("Away"), when))),
        ),
    )
