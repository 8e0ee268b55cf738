"""Emails to the partner about how the office arranges a request: as another kind, or divided into two."""

from webapp.i18n import date_long
from webapp.mail.partner import PartnerTexts, about, keep_secret, to_partner, tracking
from webapp.mail.plain import body_text
from webapp.mail.values import Block, EmailContent, EnquiryDetails, FactTable, Institution, Paragraph, Quote, Small
from webapp.vocabulary import CLOCK_STATUSES, Kind, MessageKind


def partner_converted(enquiry: EnquiryDetails, institution: Institution, *, text: str = "") -> EmailContent:
    """Return the news that the enquiry is handled as the kind that it has now; `text` is what staff wrote with it."""
    t = PartnerTexts(enquiry, institution)
    said = t.gettext("We think that this is what your message asks for.")
    blocks: list[Block] = [Paragraph(said)]
    if text.strip():
        blocks.append(Quote(t.gettext("From the office"), body_text(text)))
    kept = t.gettext("All your answers and files are kept. If we need anything more, we will ask you.")
    blocks.append(Paragraph(kept))
    if enquiry.status in CLOCK_STATUSES:
        promised = date_long(enquiry.promised_on, enquiry.language)
        same = t.gettext("Our promise has not changed: we will reply by %(date)s.", date=promised)
        blocks.append(Paragraph(same, strong=(promised,)))
    blocks += [
        tracking(t.gettext("Open your %(enquiry)s"), institution),
        Paragraph(t.gettext("If this is not what you meant, reply to this email and we will change it back.")),
        FactTable(tuple(about(enquiry, t))),
        Small(keep_secret(t)),
    ]
    return to_partner(
        MessageKind.PARTNER_CONVERTED,
        enquiry,
        institution,
        preview=said,
        heading=_handled_as(enquiry.kind, t),
        blocks=tuple(blocks),
    )


def _handled_as(kind: Kind, t: PartnerTexts) -> str:
    return {
        Kind.VISIT: t.gettext("We are handling your enquiry as a delegation visit"),
        Kind.COLLABORATION: t.gettext("We are handling your enquiry as a collaboration"),
        Kind.QUESTION: t.gettext("We are handling your enquiry as a question"),
    }[kind]


def partner_split(enquiry: EnquiryDetails, institution: Institution, *, origin: str) -> EmailContent:
    """Return the news that a part of the enquiry `origin` (its reference) continues as this one, with its own link."""
    t = PartnerTexts(enquiry, institution)
    said = t.gettext(
        "Your request %(origin)s covers two matters. So that each gets its own answer, we have divided it into "
        "two: the second has the reference %(reference)s.",
        origin=origin,
        reference=enquiry.reference,
    )
    blocks: list[Block] = [
        Paragraph(said, strong=(origin, enquiry.reference)),
        Quote(t.gettext("What continues under the new reference"), body_text(enquiry.message)),
    ]
    if enquiry.status in CLOCK_STATUSES:
        promised = date_long(enquiry.promised_on, enquiry.language)
        blocks.append(Paragraph(t.gettext("We will reply by %(date)s.", date=promised), (promised,)))
    blocks += [
        tracking(t.gettext("Follow your second enquiry"), institution),
        Paragraph(
            t.gettext(
                "The first continues as %(origin)s, with everything that you sent, and your existing link "
                "remains valid. You do not need to do anything.",
                origin=origin,
            )
        ),
        Paragraph(t.gettext("If it is one matter after all, reply to this email and we will combine the two again.")),
        FactTable(tuple(about(enquiry, t))),
        Small(keep_secret(t)),
    ]
    heading = t.gettext("We have divided your request into two")
    return to_partner(
        MessageKind.PARTNER_SPLIT, enquiry, institution, preview=said, heading=heading, blocks=tuple(blocks)
    )
