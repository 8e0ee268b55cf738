"""The email to the host of a visit: they receive it, it has changed, or they do not receive it any more."""

from webapp.i18n import translations
from webapp.mail.called_off import letters_withdrawn
from webapp.mail.liaison import answers_reach_office, organisation, summary, to_colleague
from webapp.mail.plain import body_text
from webapp.mail.values import (
    Addressee,
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
from webapp.mail.visit import colleague_rows, when
from webapp.vocabulary import MessageKind, VisitNews


def staff_hosting(
    enquiry: EnquiryDetails, institution: Institution, *, to: Addressee, news: VisitNews, text: str = ""
) -> EmailContent:
    """Return the news about a visit for its host; `text` is what was said of it, or ""."""
    t = translations(to.language)
    days = when(enquiry.visit, to.language) if enquiry.visit else ""
    said = {
        VisitNews.CONFIRMED: t.gettext("You are the host of the visit of %(organisation)s: %(when)s."),
        VisitNews.MOVED: t.gettext("The visit of %(organisation)s has changed: %(when)s."),
        VisitNews.CALLED_OFF: t.gettext("The visit of %(organisation)s does not take place as it was agreed."),
        VisitNews.OTHER_HOST: t.gettext("Someone else is the host of the visit of %(organisation)s now."),
    }[news] % {
        "organisation": organisation(enquiry, to),
        "when": days,
    }
    heading = {
        VisitNews.CONFIRMED: t.gettext("You are the host of a visit"),
        VisitNews.MOVED: t.gettext("A visit that you host has changed"),
        VisitNews.CALLED_OFF: t.gettext("A visit that you were to host is off"),
        VisitNews.OTHER_HOST: t.gettext("You no longer host this visit"),
    }[news]
    goes_on = news in (VisitNews.CONFIRMED, VisitNews.MOVED)
    blocks: list[Block] = [Paragraph(said)]
    if text.strip():
        blocks.append(Quote(t.gettext("What was said of it"), body_text(text)))
    blocks += letters_withdrawn(enquiry, to.language)
    if goes_on:
        blocks.append(FactTable(colleague_rows(enquiry, to, t)))
    if to.has_account:
        page = f"{institution.public_url}/desk/visits/{enquiry.reference}"
        blocks.append(Button(t.gettext("Open the visit"), page))
    blocks += [FactTable(summary(enquiry, institution, to, t, contact=False)), Small(answers_reach_office(t))]
    return to_colleague(MessageKind.STAFF_HOSTING, enquiry, to, preview=said, heading=heading, blocks=tuple(blocks))
