"""Emails to the partner about how the office arranges a request: as another kind, or divided into two."""

from gettext import NullTranslations

from webapp.i18n import date_long, translations
from webapp.mail.partner import about, keep_secret, to_partner, tracking
from webapp.mail.plain import body_text
from webapp.mail.values import Block, EmailContent, EnquiryDetails, FactTable, Institution, Paragraph, Quote, Small
from webapp.vocabulary import CLOCK_STATUSES, Kind, MessageKind


def partner_converted(enquiry: EnquiryDetails, institution: Institution, *, text: str = "") -> EmailContent:
    """Return the news that the enquiry is handled as the kind that it has now; `text` is what staff wrote with it."""
    t = translations(enquiry.language)
    said = _now_handled_as(enquiry, t)
    blocks: list[Block] = [Paragraph(said)]
    if text.strip():
        blocks.append(Quote(t.gettext("From the office"), body_text(text)))
    kept = t.gettext("All your answers and files are kept. Should we need anything more, we ask you.")
    blocks.append(Paragraph(kept))
    if enquiry.status in CLOCK_STATUSES:
        promised = date_long(enquiry.promised_on, enquiry.language)
        same = t.gettext("Our promise is the same: expect a first answer by %(date)s.") % {"date": promised}
        blocks.append(Paragraph(same, strong=(promised,)))
    blocks += [
        tracking(t.gettext("Open your enquiry"), institution),
        Paragraph(t.gettext("Did you mean it differently? Answer this mail, and we change it back.")),
        FactTable(tuple(about(enquiry, t))),
        Small(keep_secret(t)),
    ]
    heading = t.gettext("We have changed the kind of your enquiry")
    return to_partner(
        MessageKind.PARTNER_CONVERTED, enquiry, institution, preview=said, heading=heading, blocks=tuple(blocks)
    )


def _now_handled_as(enquiry: EnquiryDetails, t: NullTranslations) -> str:
    return {
        Kind.VISIT: t.gettext("Your request is now handled as a delegation visit, because that is what it asks for."),
        Kind.COLLABORATION: t.gettext(
            "Your request is now handled as a collaboration, because that is what it asks for."
        ),
        Kind.QUESTION: t.gettext("Your request is now handled as a question, because that is what it asks."),
    }[enquiry.kind]


def partner_split(enquiry: EnquiryDetails, institution: Institution, *, origin: str) -> EmailContent:
    """Return the news that a part of the enquiry `origin` (its reference) continues as this one, with its own link."""
    t = translations(enquiry.language)
    said = t.gettext(
        "Your request %(origin)s holds two matters. So that each gets an answer of its own, we have divided it into "
        "two: the second one has the reference %(reference)s."
    ) % {"origin": origin, "reference": enquiry.reference}
    blocks: list[Block] = [
        Paragraph(said, strong=(origin, enquiry.reference)),
        Quote(t.gettext("What goes on under the new reference"), body_text(enquiry.message)),
    ]
    if enquiry.status in CLOCK_STATUSES:
        promised = date_long(enquiry.promised_on, enquiry.language)
        blocks.append(Paragraph(t.gettext("Expect a first answer by %(date)s.") % {"date": promised}, (promised,)))
    blocks += [
        tracking(t.gettext("Follow your second enquiry"), institution),
        Paragraph(
            t.gettext(
                "The first one goes on as %(origin)s, with all that you sent, and the link that you have stays good. "
                "You need do nothing."
            )
            % {"origin": origin}
        ),
        Paragraph(t.gettext("Is it one matter after all? Answer this mail, and we put the two together again.")),
        FactTable(tuple(about(enquiry, t))),
        Small(keep_secret(t)),
    ]
    heading = t.gettext("We have divided your request into two")
    return to_partner(
        MessageKind.PARTNER_SPLIT, enquiry, institution, preview=said, heading=heading, blocks=tuple(blocks)
    )
