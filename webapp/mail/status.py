"""The email that tells a partner what changed and what comes next, for each status that they see."""

from dataclasses import dataclass

from webapp.i18n import date_long, short_range
from webapp.labels import STATUS_PARTNER
from webapp.mail.called_off import letters_withdrawn
from webapp.mail.partner import PartnerTexts, about, keep_secret, not_you, to_partner, tracking
from webapp.mail.plain import body_text, one_line
from webapp.mail.values import Block, EmailContent, EnquiryDetails, FactTable, Institution, Paragraph, Quote, Small
from webapp.mail.visit import visit_rows
from webapp.vocabulary import Kind, MessageKind, Status


def partner_status(
    enquiry: EnquiryDetails, institution: Institution, *, text: str = "", reopened: bool = False
) -> EmailContent:
    """Return the email about the status that the enquiry has now: what changed, what comes next.

    `text` is what staff wrote with it; it is left out of a withdrawal, where it is the sender's own. `reopened` tells
    a review that begins anew. Raises KeyError for the statuses that partners are not written to about.
    """
    t = PartnerTexts(enquiry, institution)
    news = _news_reopened(t) if reopened else news_of(enquiry, institution)
    withdrawn = enquiry.status is Status.WITHDRAWN
    blocks: list[Block] = [news.happened]
    if text.strip() and not withdrawn:
        blocks.append(Quote(news.quote_label, body_text(text)))
    status = (t.gettext("Status"), t.gettext(STATUS_PARTNER[enquiry.status]))
    blocks += [
        *letters_withdrawn(enquiry, enquiry.language),
        news.next,
        *_planned(enquiry, t),
        tracking(news.button, institution),
        FactTable((*about(enquiry, t), status)),
        Small(keep_secret(t)),
    ]
    if withdrawn:
        blocks.append(Small(not_you(t)))
    return to_partner(
        MessageKind.PARTNER_STATUS,
        enquiry,
        institution,
        named=not withdrawn,
        preview=news.happened.text,
        heading=news.heading,
        blocks=tuple(blocks),
    )


def _planned(enquiry: EnquiryDetails, t: PartnerTexts) -> tuple[Block, ...]:
    """Return when and where a visit is, once that is confirmed."""
    if enquiry.visit is None or enquiry.status is not Status.SCHEDULED:
        return ()
    return (FactTable(visit_rows(enquiry.visit, enquiry.country, enquiry.language, t.gettext)),)


@dataclass(frozen=True)
class News:
    """What changed and what comes next."""

    heading: str
    happened: Paragraph
    next: Paragraph
    button: str
    quote_label: str


def news_of(enquiry: EnquiryDetails, institution: Institution) -> News:
    """Return what its status tells the partner of an enquiry. Raises KeyError where partners are not written to."""
    return _NEWS[enquiry.status](enquiry, PartnerTexts(enquiry, institution))


def _news_in_review(enquiry: EnquiryDetails, t: PartnerTexts) -> News:
    promised = date_long(enquiry.promised_on, enquiry.language)
    if enquiry.answerer_name:
        who = t.gettext("%(name)s is looking at it now.", name=one_line(enquiry.answerer_name))
    else:
        who = t.gettext("The office is looking at it now.")
    return News(
        t.gettext("Your %(enquiry)s is being reviewed"),
        Paragraph(who),
        Paragraph(t.gettext("We will reply by %(date)s.", date=promised), strong=(promised,)),
        t.gettext("Follow your %(enquiry)s"),
        _from_office(t),
    )


def _news_reopened(t: PartnerTexts) -> News:
    return News(
        t.gettext("Your %(enquiry)s is open again"),
        Paragraph(t.gettext("We have opened your %(enquiry)s again and are looking at it.")),
        Paragraph(t.gettext("You do not need to do anything now. We will write to you as soon as there is an answer.")),
        t.gettext("Follow your %(enquiry)s"),
        _from_office(t),
    )


def _news_awaiting_partner(_enquiry: EnquiryDetails, t: PartnerTexts) -> News:
    return News(
        t.gettext("We have a question about your %(enquiry)s"),
        Paragraph(t.gettext("Before we can continue, we need an answer from you.")),
        Paragraph(
            t.gettext(
                "Please answer on the page of your %(enquiry)s. The reply date is on hold until we hear from you. "
                "You can also reply to this email: it goes to the office, where a colleague will take it up."
            )
        ),
        t.gettext("Answer the question"),
        t.gettext("Our question"),
    )


def _news_accepted(enquiry: EnquiryDetails, t: PartnerTexts) -> News:
    if enquiry.kind is Kind.VISIT:
        happened = t.gettext("%(institution)s would be glad to receive your delegation.")
        following = _after_acceptance(enquiry, t)
    elif enquiry.kind is Kind.COLLABORATION:
        happened = t.gettext("%(institution)s would be glad to work on this with you.")
        following = t.gettext("Next, the office will put you in touch with the colleagues concerned.")
    else:
        happened = t.gettext("We have taken up your question.")
        following = t.gettext("Next, you will get our answer by email and on the page of your %(enquiry)s.")
    return News(
        t.gettext("Your %(enquiry)s has been accepted"),
        Paragraph(happened),
        Paragraph(following),
        t.gettext("Open your %(enquiry)s"),
        _from_office(t),
    )


def _after_acceptance(enquiry: EnquiryDetails, t: PartnerTexts) -> str:
    """Return what comes next for a visit: days that its partner chose already are named, and not asked for again."""
    visit = enquiry.visit
    if visit is not None and visit.first_day and visit.last_day:
        days = short_range(visit.first_day, visit.last_day, enquiry.language)
        return t.gettext(
            "You chose %(days)s. Next, the office will confirm time and place. You can name your delegates on the page "
            "of your %(enquiry)s now.",
            days=days,
        )
    if visit is not None and visit.offered:
        return t.gettext(
            "Next, please choose one of the dates that we offered, on the page of your %(enquiry)s. We ask for the "
            "names of your delegates only after that."
        )
    return t.gettext(
        "Next, the office will agree the date with you. We ask for the names of your delegates only after that."
    )


def _news_scheduled(_enquiry: EnquiryDetails, t: PartnerTexts) -> News:
    return News(
        t.gettext("Your visit is confirmed"),
        Paragraph(t.gettext("We look forward to receiving your delegation.")),
        Paragraph(
            t.gettext("Next, the office will prepare the programme with you. Please tell us early if anything changes.")
        ),
        t.gettext("Open your %(enquiry)s"),
        _from_office(t),
    )


def _news_completed(enquiry: EnquiryDetails, t: PartnerTexts) -> News:
    if enquiry.kind is Kind.VISIT:
        heading = t.gettext("Thank you for your visit")
        happened = t.gettext("It was a pleasure to receive your delegation. This %(enquiry)s is now completed.")
    else:
        heading = t.gettext("Your %(enquiry)s is completed")
        happened = t.gettext(
            "We have done what we could for your %(enquiry)s and closed it. Thank you for writing to us."
        )
    return News(
        heading,
        Paragraph(happened),
        Paragraph(
            t.gettext("Is anything still open? Write to us on the page of your %(enquiry)s, or reply to this email.")
        ),
        t.gettext("Open your %(enquiry)s"),
        _from_office(t),
    )


def _news_declined(enquiry: EnquiryDetails, t: PartnerTexts) -> News:
    if enquiry.visit is not None and enquiry.visit.was_confirmed:
        return News(
            t.gettext("Your visit is cancelled"),
            Paragraph(t.gettext("We are sorry: we have to cancel your visit. Please change your travel plans.")),
            Paragraph(t.gettext("You are welcome to ask again, for another time or through another network.")),
            t.gettext("Open your %(enquiry)s"),
            t.gettext("The reason"),
        )
    happened = t.gettext(
        "We are sorry: %(institution)s cannot take up your %(enquiry)s this time. Thank you for thinking of us."
    )
    return News(
        t.gettext("Not possible this time"),
        Paragraph(happened),
        Paragraph(t.gettext("You are welcome to ask again, for another time or through another network.")),
        t.gettext("Open your %(enquiry)s"),
        t.gettext("The reason"),
    )


def _news_withdrawn(_enquiry: EnquiryDetails, t: PartnerTexts) -> News:
    return News(
        t.gettext("Your %(enquiry)s has been withdrawn"),
        Paragraph(t.gettext("As asked on its page, we have withdrawn your %(enquiry)s and stopped working on it.")),
        Paragraph(
            t.gettext(
                "You do not need to do anything more. If you change your mind, write to us on the page of your "
                "%(enquiry)s."
            )
        ),
        t.gettext("Open your %(enquiry)s"),
        "",
    )


_NEWS = {
    Status.IN_REVIEW: _news_in_review,
    Status.AWAITING_PARTNER: _news_awaiting_partner,
    Status.ACCEPTED: _news_accepted,
    Status.SCHEDULED: _news_scheduled,
    Status.COMPLETED: _news_completed,
    Status.DECLINED: _news_declined,
    Status.WITHDRAWN: _news_withdrawn,
}


def _from_office(t: PartnerTexts) -> str:
    return t.gettext("From the office")
