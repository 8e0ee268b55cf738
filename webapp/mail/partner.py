"""Emails to the partner. Anyone may type a stranger's address into the form: what leaves without staff having a
hand in it (receipt, link, withdrawal) carries nothing that the sender typed, not even a name."""

from webapp.i18n import date_long, datetime_long, translations
from webapp.labels import KIND_LONG, STATUS_PARTNER, enquiry_word
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


class PartnerTexts:
    """The texts of emails about one enquiry, in its partner's language.

    `%(enquiry)s` in a text is what an enquiry of this kind is called, `%(institution)s` the institution's short name.
    """

    def __init__(self, enquiry: EnquiryDetails, institution: Institution) -> None:
        self._catalogue = translations(enquiry.language)
        self._given = {
            "enquiry": enquiry_word(enquiry.kind, self.pgettext),
            "institution": institution.short_name[enquiry.language],
        }

    def gettext(self, text: str, **given: str) -> str:
        """Return a text with what it names in its places."""
        return str(self._catalogue.gettext(text)) % (self._given | given)

    def pgettext(self, meaning: str, text: str) -> str:
        """Return a word that means two things."""
        return str(self._catalogue.pgettext(meaning, text))


def partner_receipt(enquiry: EnquiryDetails, institution: Institution) -> EmailContent:
    """Return the receipt of a new enquiry: reference, promise, tracking link. Echoes nothing that was typed."""
    t = PartnerTexts(enquiry, institution)
    promised = date_long(enquiry.promised_on, enquiry.language)
    return to_partner(
        MessageKind.PARTNER_RECEIPT,
        enquiry,
        institution,
        named=False,
        preview=t.gettext("We will reply by %(date)s.", date=promised),
        heading=t.gettext("Thank you for your %(enquiry)s"),
        blocks=(
            Paragraph(
                t.gettext(
                    "It has been passed to the colleagues responsible. We will reply by %(date)s.", date=promised
                ),
                strong=(promised,),
            ),
            FactTable(
                (
                    *about(enquiry, t),
                    (t.gettext("Submitted"), datetime_long(enquiry.submitted_at, enquiry.language, institution.zone)),
                    (t.gettext("First answer by"), promised),
                )
            ),
            tracking(t.gettext("Follow your %(enquiry)s"), institution),
            Paragraph(
                t.gettext(
                    "On that page you can see how your %(enquiry)s is progressing and who is handling it, write to "
                    "us, or withdraw it. No account is needed."
                )
            ),
            Small(keep_secret(t)),
            Small(not_you(t)),
        ),
    )


def partner_link(enquiry: EnquiryDetails, institution: Institution) -> EmailContent:
    """Return the email that sends a lost tracking link again. Echoes nothing that was typed."""
    t = PartnerTexts(enquiry, institution)
    return to_partner(
        MessageKind.PARTNER_LINK,
        enquiry,
        institution,
        named=False,
        subject=t.gettext("The link to your %(enquiry)s"),
        preview=t.gettext("Here is the page of your %(enquiry)s again."),
        heading=t.gettext("Here is your link again"),
        blocks=(
            Paragraph(t.gettext("Someone asked us to email the link to your %(enquiry)s again. Here it is.")),
            FactTable(
                (
                    *about(enquiry, t),
                    (t.gettext("Submitted"), datetime_long(enquiry.submitted_at, enquiry.language, institution.zone)),
                    (t.gettext("Status"), t.gettext(STATUS_PARTNER[enquiry.status])),
                )
            ),
            tracking(t.gettext("Open your %(enquiry)s"), institution),
            Small(keep_secret(t)),
            Small(not_you(t)),
        ),
    )


def partner_message(enquiry: EnquiryDetails, institution: Institution, *, text: str, author: str) -> EmailContent:
    """Return what a member of staff wrote to the partner; `author` "" means the office."""
    t = PartnerTexts(enquiry, institution)
    if author:
        said = t.gettext("%(name)s has written to you about your %(enquiry)s.", name=one_line(author))
    else:
        said = t.gettext("The office has written to you about your %(enquiry)s.")
    names = "\n".join(map(one_line, enquiry.attachment_names))
    files = ((t.gettext("Files on your page"), names),) if names else ()
    return to_partner(
        MessageKind.PARTNER_MESSAGE,
        enquiry,
        institution,
        preview=one_line(text, 140),
        heading=t.gettext("A message about your %(enquiry)s"),
        blocks=(
            Paragraph(said),
            Quote("", body_text(text)),
            tracking(t.gettext("Read and answer"), institution),
            Paragraph(t.gettext("You can also reply to this email: a colleague at the office will read it.")),
            FactTable((*about(enquiry, t), *files)),
            Small(keep_secret(t)),
        ),
    )


def partner_merged(enquiry: EnquiryDetails, institution: Institution, *, into: str) -> EmailContent:
    """Return the news that this enquiry was merged into another one of the same partner; `into` is its reference."""
    t = PartnerTexts(enquiry, institution)
    said = t.gettext(
        "Thank you for writing again. This matter has reached us more than once, so we have combined your "
        "enquiries. They continue as %(reference)s.",
        reference=into,
    )
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
            tracking(t.gettext("Open your %(enquiry)s"), institution),
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
    """Return an email to the partner; `named` only where staff saw the name, `subject` only outside the thread."""
    t = PartnerTexts(enquiry, institution)
    name = one_line(enquiry.contact_name, 80) if named else ""
    return EmailContent(
        kind=kind,
        language=enquiry.language,
        recipient_name=name,
        recipient_email=enquiry.contact_email,
        subject=f"[{enquiry.reference}] {subject or _subject(enquiry, t)}",
        preview=preview,
        greeting=t.gettext("Dear %(name)s,", name=name) if name else "",
        heading=heading,
        blocks=blocks,
    )


def _subject(enquiry: EnquiryDetails, t: PartnerTexts) -> str:
    """Return the one subject of all emails of an enquiry: some email programs split a thread where it changes."""
    texts = {
        Kind.VISIT: t.gettext("Your enquiry to %(institution)s: delegation visit"),
        Kind.COLLABORATION: t.gettext("Your enquiry to %(institution)s: collaboration"),
        Kind.QUESTION: t.gettext("Your enquiry to %(institution)s: question"),
    }
    return texts[enquiry.asked_as or enquiry.kind]


def about(enquiry: EnquiryDetails, t: PartnerTexts) -> list[tuple[str, str]]:
    """Return the rows that say which enquiry it is, in words that are all ours."""
    rows = [
        (t.gettext("Reference"), enquiry.reference),
        (t.pgettext("its kind", "Enquiry"), t.gettext(KIND_LONG[enquiry.kind])),
    ]
    network = enquiry.network(enquiry.language)
    if network:
        rows.append((t.gettext("Network"), network))
    return rows


def tracking(label: str, institution: Institution) -> Button:
    """Return the button to the enquiry's page; the secret is put in by delivery."""
    return Button(label, f"{institution.public_url}/track/{TRACKING_TOKEN_SLOT}")


def keep_secret(t: PartnerTexts) -> str:
    """Return the caution that goes with the secret link."""
    return t.gettext("Keep this link private: anyone who has it can read your %(enquiry)s and write in your name.")


def not_you(t: PartnerTexts) -> str:
    """Return what a stranger whose address was typed in needs to know."""
    return t.gettext(
        "If you did not send this %(enquiry)s, please ignore this email; someone may have entered your address by "
        "mistake."
    )
