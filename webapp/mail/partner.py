"""Emails to the partner. Anyone may type a stranger's address into the form: what leaves without staff having a
hand in it (receipt, link, withdrawal) carries nothing that the sender typed, not even a name."""

from gettext import NullTranslations

from webapp.i18n import date_long, datetime_long, translations
from webapp.labels import KIND_LONG, STATUS_PARTNER
from webapp.mail.plain import body_text, one_line
from webapp.mail.values import (
    TRACKING_TOKEN_SLOT,
    Block,
    Button,
    EmailContent,
    EnquiryDetails,
    FactTable,
    Institution,
    Paragraph,
    Quote,
    Small,
)
from webapp.vocabulary import Kind, MessageKind


def partner_receipt(enquiry: EnquiryDetails, institution: Institution) -> EmailContent:
    """Return the receipt of a new enquiry: reference, promise, tracking link. Echoes nothing that was typed."""
    t = translations(enquiry.language)
    promised = date_long(enquiry.promised_on, enquiry.language)
    return to_partner(
        MessageKind.PARTNER_RECEIPT,
        enquiry,
        institution,
        named=False,
        preview=t.gettext("We will reply by %(date)s.") % {"date": promised},
        heading=t.gettext("Thank you for your enquiry"),
        blocks=(
            Paragraph(
                t.gettext("It has been passed to the colleagues responsible. We will reply by %(date)s.")
                % {"date": promised},
                strong=(promised,),
            ),
            FactTable(
                (
                    *about(enquiry, t),
                    (t.gettext("Submitted"), datetime_long(enquiry.submitted_at, enquiry.language, institution.zone)),
                    (t.gettext("First answer by"), promised),
                )
            ),
            tracking(t.gettext("Follow your enquiry"), institution),
            Paragraph(
                t.gettext(
                    "On that page you can see how your enquiry is progressing and who is handling it, write to "
                    "us, or withdraw it. No account is needed."
                )
            ),
            Small(keep_secret(t)),
            Small(not_you(t)),
        ),
    )


def partner_link(enquiry: EnquiryDetails, institution: Institution) -> EmailContent:
    """Return the email that sends a lost tracking link again. Echoes nothing that was typed."""
    t = translations(enquiry.language)
    return to_partner(
        MessageKind.PARTNER_LINK,
        enquiry,
        institution,
        named=False,
        subject=t.gettext("The link to your enquiry"),
        preview=t.gettext("Here is the page of your enquiry again."),
        heading=t.gettext("Here is your link again"),
        blocks=(
            Paragraph(t.gettext("Someone asked us to email the link to your enquiry again. Here it is.")),
            FactTable(
                (
                    *about(enquiry, t),
                    (t.gettext("Submitted"), datetime_long(enquiry.submitted_at, enquiry.language, institution.zone)),
                    (t.gettext("Status"), t.gettext(STATUS_PARTNER[enquiry.status])),
                )
            ),
            tracking(t.gettext("Open your enquiry"), institution),
            Small(keep_secret(t)),
            Small(not_you(t)),
        ),
    )


def partner_message(enquiry: EnquiryDetails, institution: Institution, *, text: str, author: str) -> EmailContent:
    """Return what a member of staff wrote to the partner; `author` "" means the office."""
    t = translations(enquiry.language)
    if author:
        said = t.gettext("%(name)s has written to you about your enquiry.") % {"name": one_line(author)}
    else:
        said = t.gettext("The office has written to you about your enquiry.")
    return to_partner(
        MessageKind.PARTNER_MESSAGE,
        enquiry,
        institution,
        preview=one_line(text, 140),
        heading=t.gettext("A message about your enquiry"),
        blocks=(
            Paragraph(said),
            Quote("", body_text(text)),
            tracking(t.gettext("Read and answer"), institution),
            Paragraph(t.gettext("You can also reply to this email: a colleague at the office will read it.")),
            FactTable(tuple(about(enquiry, t))),
            Small(keep_secret(t)),
        ),
    )


def partner_merged(enquiry: EnquiryDetails, institution: Institution, *, into: str) -> EmailContent:
    """Return the news that this enquiry continues in another one of the same partner; `into` is its reference."""
    t = translations(enquiry.language)
    said = t.gettext(
        "Thank you for writing again. This matter has reached us more than once, so we have combined your "
        "enquiries. They continue as %(reference)s."
    ) % {"reference": into}
    return to_partner(
        MessageKind.PARTNER_MERGED,
        enquiry,
        institution,
        preview=said,
        heading=t.gettext("We have combined your two enquiries"),
        blocks=(
            Paragraph(said, strong=(into,)),
            Paragraph(
                t.gettext("Nothing is lost: we have kept your messages and files. You do not need to do anything.")
            ),
            tracking(t.gettext("Open your enquiry"), institution),
            Paragraph(t.gettext("If they are separate matters, reply to this email and we will separate them.")),
            FactTable(tuple(about(enquiry, t))),
            Small(keep_secret(t)),
        ),
    )


def to_partner(
    kind: MessageKind,
    enquiry: EnquiryDetails,
    institution: Institution,
    *,
    preview: str,
    heading: str,
    blocks: tuple[Block, ...],
    subject: str | None = None,
    named: bool = True,
) -> EmailContent:
    """Return an email to the partner; `named` where staff have seen the name, `subject` only outside the thread."""
    t = translations(enquiry.language)
    name = one_line(enquiry.contact_name, 80) if named else ""
    return EmailContent(
        kind=kind,
        language=enquiry.language,
        recipient_name=name,
        recipient_email=enquiry.contact_email,
        subject=f"[{enquiry.reference}] {subject or _subject(enquiry, institution, t)}",
        preview=preview,
        greeting=t.gettext("Dear %(name)s,") % {"name": name} if name else "",
        heading=heading,
        blocks=blocks,
    )


def _subject(enquiry: EnquiryDetails, institution: Institution, t: NullTranslations) -> str:
    """The same in all emails of an enquiry, for some mail programs part a thread where the subject changes."""
    texts = {
        Kind.VISIT: t.gettext("Your enquiry to %(institution)s: delegation visit"),
        Kind.COLLABORATION: t.gettext("Your enquiry to %(institution)s: collaboration"),
        Kind.QUESTION: t.gettext("Your enquiry to %(institution)s: question"),
    }
    return with_institution(texts[enquiry.asked_as or enquiry.kind], enquiry, institution)


def about(enquiry: EnquiryDetails, t: NullTranslations) -> list[tuple[str, str]]:
    """Return the rows that say which enquiry it is, in words that are all ours."""
    rows = [
        (t.gettext("Reference"), enquiry.reference),
        (t.gettext("Enquiry"), t.gettext(KIND_LONG[enquiry.kind])),
    ]
    network = enquiry.network(enquiry.language)
    if network:
        rows.append((t.gettext("Network"), network))
    return rows


def tracking(label: str, institution: Institution) -> Button:
    """Return the button to the enquiry's page; the secret is put in by delivery."""
    return Button(label, f"{institution.public_url}/track/{TRACKING_TOKEN_SLOT}")


def with_institution(text: str, enquiry: EnquiryDetails, institution: Institution) -> str:
    """Return a translated text with the institution's short name in its place."""
    return text % {"institution": institution.short_name[enquiry.language]}


def keep_secret(t: NullTranslations) -> str:
    """Return the caution that goes with the secret link."""
    return t.gettext("Keep this link private: anyone who has it can read your enquiry and write in your name.")


def not_you(t: NullTranslations) -> str:
    """Return what a stranger whose address was typed in needs to know."""
    return t.gettext(
        "If you did not send this enquiry, please ignore this email; someone may have entered your address by mistake."
    )
