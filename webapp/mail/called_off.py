"""What emails say of all that ends with a visit that is called off."""

from webapp.i18n import translations
from webapp.mail.values import Block, EnquiryDetails, Paragraph
from webapp.vocabulary import Language


def letters_withdrawn(enquiry: EnquiryDetails, language: Language) -> tuple[Block, ...]:
    """Return what is said of the invitation letters of a visit that was called off, where it had any."""
    numbers = enquiry.visit.letters_withdrawn if enquiry.visit else ()
    if not numbers:
        return ()
    said = translations(language).gettext(
        "The invitation letters for this visit are withdrawn; please do not use them any more: %(numbers)s."
    )
    return (Paragraph(said % {"numbers": language.writing.things.join(numbers)}),)


def freed(enquiry: EnquiryDetails, language: Language) -> tuple[Block, ...]:
    """Return what the office reads once a confirmed visit is off: its days are free, and who wanted them."""
    if enquiry.visit is None or not enquiry.visit.was_confirmed:
        return ()
    said = translations(language).gettext(
        "The visit had been confirmed: its room and its host are free again. The page of the visit shows who else "
        "wanted these days."
    )
    return (Paragraph(said),)
