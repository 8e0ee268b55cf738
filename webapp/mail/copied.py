"""What colleagues read of an enquiry that is not theirs to answer: a copy of a message, a note that names them."""

from webapp.i18n import translations
from webapp.mail.liaison import summary, to_colleague
from webapp.mail.plain import body_text, one_line
from webapp.mail.values import (
    Addressee,
    Button,
    EmailContent,
    EnquiryDetails,
    FactTable,
    Institution,
    Paragraph,
    Quote,
    Small,
)
from webapp.vocabulary import MessageKind


def staff_copied(
    enquiry: EnquiryDetails, institution: Institution, *, to: Addressee, text: str, author: str
) -> EmailContent:
    """Return the copy of what `author` wrote to the partner, for a colleague; it opens nothing of the partner's."""
    t = translations(to.language)
    files = (t.gettext("Files"), "\n".join(map(one_line, enquiry.attachment_names)))
    return to_colleague(
        MessageKind.STAFF_COPIED,
        enquiry,
        to,
        preview=one_line(text, 140),
        heading=t.gettext("A copy of a message to the partner"),
        blocks=(
            Paragraph(t.gettext("%(name)s wrote to the partner and sends you a copy.") % {"name": one_line(author)}),
            Quote(t.gettext("The message"), body_text(text)),
            FactTable((*summary(enquiry, institution, to, t), *([files] if files[1] else []))),
            Small(t.gettext("The partner does not see who has a copy. Replies to this email reach the office.")),
        ),
    )


def staff_mentioned(
    enquiry: EnquiryDetails, institution: Institution, *, to: Addressee, text: str, author: str
) -> EmailContent:
    """Return the note in which `author` names the reader; it is for people of the university only."""
    t = translations(to.language)
    said = t.gettext("%(name)s names you in a note about this enquiry.") % {"name": one_line(author)}
    return to_colleague(
        MessageKind.STAFF_MENTIONED,
        enquiry,
        to,
        preview=one_line(text, 140),
        heading=t.gettext("You are named in a note"),
        blocks=(
            Paragraph(said),
            Quote(t.gettext("The note"), body_text(text)),
            Button(t.gettext("Open on the desk"), f"{institution.public_url}/desk/enquiries/{enquiry.reference}"),
            FactTable(summary(enquiry, institution, to, t)),
            Small(t.gettext("Notes are internal: the partner never sees them.")),
        ),
    )
