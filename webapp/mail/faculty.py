"""Emails about referrals: the question to a faculty, that it is taken back, and what the faculty returned."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from webapp.i18n import date_long, localised, translations
from webapp.labels import FINDING_TOLD
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
from webapp.vocabulary import Finding, MessageKind


@dataclass(frozen=True)
class ReferralDetails:
    """What a faculty (its name by language) is asked, by whom, and by when its answer is wanted."""

    faculty: Mapping[str, str]
    question: str
    referred_by: str
    return_by: date
    reminder: bool = False


@dataclass(frozen=True)
class ReferralAnswer:
    """What a faculty (its name by language) found, in whose words."""

    faculty: Mapping[str, str]
    name: str
    finding: Finding
    note: str = ""


def faculty_asked(
    enquiry: EnquiryDetails, institution: Institution, *, to: Addressee, referred: ReferralDetails
) -> EmailContent:
    """Return the question to a faculty's contact, with the enquiry and the one link to return it by."""
    t = translations(to.language)
    day = date_long(referred.return_by, to.language)
    values = {
        "name": one_line(referred.referred_by) or t.gettext("The office"),
        "organisation": organisation(enquiry, to),
        "faculty": one_line(localised(referred.faculty, to.language)),
        "day": day,
    }
    if referred.reminder:
        said = t.gettext(
            "%(name)s referred an enquiry by %(organisation)s to %(faculty)s and still waits for your answer, which "
            "was asked for by %(day)s."
        )
    else:
        said = t.gettext(
            "%(name)s refers an enquiry by %(organisation)s to %(faculty)s and asks for your answer by %(day)s."
        )
    return to_colleague(
        MessageKind.FACULTY_ASKED,
        enquiry,
        to,
        preview=said % values,
        heading=t.gettext("Your faculty is asked about an enquiry"),
        blocks=(
            Paragraph(said % values, strong=(day,)),
            Quote(values["name"], body_text(referred.question)),
            Button(t.gettext("Read and answer"), f"{institution.public_url}/decisions/{DECISION_TOKEN_SLOT}"),
            Small(
                t.gettext(
                    "The button opens a page for you alone, without a password. Nothing happens before you answer "
                    "there. The office answers the partner: please do not write to them yet."
                )
            ),
            *quoted(enquiry.message, t),
            FactTable(summary(enquiry, institution, to, t)),
        ),
    )


def faculty_recalled(
    enquiry: EnquiryDetails, institution: Institution, *, to: Addressee, referred: ReferralDetails
) -> EmailContent:
    """Return the news that the office no longer needs a faculty's answer; it carries no link."""
    t = translations(to.language)
    said = t.gettext(
        "We asked %(faculty)s about an enquiry by %(organisation)s. This question has been settled; no reply is "
        "needed. Thank you for your time."
    ) % {"faculty": one_line(localised(referred.faculty, to.language)), "organisation": organisation(enquiry, to)}
    return to_colleague(
        MessageKind.FACULTY_RECALLED,
        enquiry,
        to,
        preview=said,
        heading=t.gettext("Your answer is no longer needed"),
        blocks=(Paragraph(said), FactTable(summary(enquiry, institution, to, t))),
    )


def liaison_returned(
    enquiry: EnquiryDetails, institution: Institution, *, to: Addressee, returned: ReferralAnswer
) -> EmailContent:
    """Return what a faculty found, in its words, for the answerer."""
    t = translations(to.language)
    faculty, name = one_line(localised(returned.faculty, to.language)), one_line(returned.name)
    finding = t.gettext(FINDING_TOLD[returned.finding])
    said = t.gettext("%(faculty)s has returned this enquiry: it %(finding)s.") % {
        "faculty": faculty,
        "finding": finding,
    }
    return to_colleague(
        MessageKind.LIAISON_RETURNED,
        enquiry,
        to,
        preview=said,
        heading=t.gettext("A faculty has answered"),
        blocks=(
            Paragraph(said, strong=(finding,)),
            *((Quote(name, body_text(returned.note)),) if returned.note.strip() else ()),
            Paragraph(t.gettext("The enquiry has stayed with you: please decide.")),
            *ways(enquiry, institution, to, t),
            FactTable(summary(enquiry, institution, to, t)),
        ),
    )
