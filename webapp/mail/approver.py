"""Mails about approvals: the question to somebody outside the desk, and its outcome to whoever answers."""

from dataclasses import dataclass

from webapp.i18n import translations
from webapp.mail.liaison import letter, organisation, summary, ways
from webapp.mail.plain import body_text, one_line
from webapp.mail.values import DECISION_TOKEN_MARK, Addressee, Button, Case, Facts, House, Mail, Paragraph, Quote, Small
from webapp.vocabulary import MessageKind


@dataclass(frozen=True)
class Request:
    """What an approver is asked, and by whom (no name: the office); `reminder` says that they were asked before."""

    question: str
    asked_by: str = ""
    reminder: bool = False


def approver_asked(case: Case, house: House, *, to: Addressee, request: Request) -> Mail:
    """Return the question to an approver, with the enquiry and the one link to approve it or not."""
    t = translations(to.language)
    who = one_line(request.asked_by) or t.gettext("The office")
    values = {"name": who, "organisation": organisation(case, to)}
    if request.reminder:
        said = t.gettext("%(name)s asked for your approval of an enquiry by %(organisation)s, and still waits for it.")
    else:
        said = t.gettext("%(name)s asks for your approval of an enquiry by %(organisation)s.")
    return letter(
        MessageKind.APPROVER_ASKED,
        case,
        to,
        preview=said % values,
        heading=t.gettext("Your approval is asked for"),
        blocks=(
            Paragraph(said % values),
            *((Quote(who, body_text(request.question)),) if request.question.strip() else ()),
            Button(t.gettext("Read and answer"), f"{house.public_url}/decisions/{DECISION_TOKEN_MARK}"),
            Small(
                t.gettext(
                    "The button opens a page for you alone, without a password. Nothing happens before you answer "
                    "there."
                )
            ),
            Quote(t.gettext("What they wrote"), body_text(case.message)),
            Facts(summary(case, house, to, t)),
        ),
    )


def liaison_approval(case: Case, house: House, *, to: Addressee, name: str, approved: bool, note: str) -> Mail:
    """Return the outcome of an approval: given by all who were asked, or refused by somebody, with their note."""
    t = translations(to.language)
    if approved:
        said = t.gettext("%(name)s has approved; nobody else was asked, or all have.") % {"name": one_line(name)}
        heading = t.gettext("The approval is given")
    else:
        said = t.gettext("%(name)s has not approved.") % {"name": one_line(name)}
        heading = t.gettext("The approval is refused")
    return letter(
        MessageKind.LIAISON_APPROVAL,
        case,
        to,
        preview=said,
        heading=heading,
        blocks=(
            Paragraph(said),
            *((Quote(one_line(name), body_text(note)),) if note.strip() else ()),
            Paragraph(t.gettext("The enquiry is being reviewed again: please decide.")),
            *ways(case, house, to, t),
            Facts(summary(case, house, to, t)),
        ),
    )
