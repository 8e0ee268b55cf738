"""Emails about approvals: the question to someone outside the desk, and its outcome to the answerer."""

from dataclasses import dataclass

from webapp.i18n import translations
from webapp.mail.liaison import organisation, summary, to_colleague, ways
from webapp.mail.plain import body_text, one_line
from webapp.mail.quoting import quoted
from webapp.mail.values import (
    DECISION_TOKEN_SLOT,
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


@dataclass(frozen=True)
class ApprovalRequest:
    """What an approver is asked, and by whom (no name: the office); `reminder` says that they were asked before."""

    question: str
    asked_by: str = ""
    reminder: bool = False


def approver_asked(
    enquiry: EnquiryDetails, institution: Institution, *, to: Addressee, request: ApprovalRequest
) -> EmailContent:
    """Return the question to an approver, with the enquiry and the one link to approve it or not."""
    t = translations(to.language)
    who = one_line(request.asked_by) or t.gettext("The office")
    values = {"name": who, "organisation": organisation(enquiry, to)}
    if request.reminder:
        said = t.gettext("%(name)s asked for your approval of an enquiry by %(organisation)s, and still waits for it.")
    else:
        said = t.gettext("%(name)s asks for your approval of an enquiry by %(organisation)s.")
    return to_colleague(
        MessageKind.APPROVER_ASKED,
        enquiry,
        to,
        preview=said % values,
        heading=t.gettext("Your approval is asked for"),
        blocks=(
            Paragraph(said % values),
            *((Quote(who, body_text(request.question)),) if request.question.strip() else ()),
            Button(t.gettext("Read and answer"), f"{institution.public_url}/decisions/{DECISION_TOKEN_SLOT}"),
            Small(
                t.gettext(
                    "The button opens a page for you alone, without a password. Nothing happens before you answer "
                    "there."
                )
            ),
            *quoted(enquiry.message, t),
            FactTable(summary(enquiry, institution, to, t)),
        ),
    )


def liaison_approval(
    enquiry: EnquiryDetails, institution: Institution, *, to: Addressee, name: str, approved: bool, note: str
) -> EmailContent:
    """Return the outcome of an approval: given by all who were asked, or refused by someone, with their note."""
    t = translations(to.language)
    if approved:
        said = t.gettext("%(name)s has approved. All approvals are in.") % {"name": one_line(name)}
        heading = t.gettext("The approval is given")
    else:
        said = t.gettext("%(name)s has not approved.") % {"name": one_line(name)}
        heading = t.gettext("The approval is refused")
    return to_colleague(
        MessageKind.LIAISON_APPROVAL,
        enquiry,
        to,
        preview=said,
        heading=heading,
        blocks=(
            Paragraph(said),
            *((Quote(one_line(name), body_text(note)),) if note.strip() else ()),
            Paragraph(t.gettext("The enquiry is being reviewed again: please decide.")),
            *ways(enquiry, institution, to, t),
            FactTable(summary(enquiry, institution, to, t)),
        ),
    )
