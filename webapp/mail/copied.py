"""The copy of what the office wrote to a partner, for a colleague who is to know of it."""

from webapp.i18n import translations
from webapp.mail.liaison import summary, to_colleague
from webapp.mail.plain import body_text, one_line
from webapp.mail.values import Addressee, EmailContent, EnquiryDetails, FactTable, Institution, Paragraph, Quote, Small
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
