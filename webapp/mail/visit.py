"""What emails say of a visit: when in both zones, where, with whom; and the emails about its dates and its size."""

from collections.abc import Callable
from gettext import NullTranslations

from webapp.i18n import short_range, time_span, translations, zone_of
from webapp.mail.called_off import letters_withdrawn
from webapp.mail.liaison import answers_reach_office, organisation, summary, to_colleague, ways
from webapp.mail.partner import PartnerTexts, about, keep_secret, to_partner, tracking
from webapp.mail.plain import body_text, one_line
from webapp.mail.values import (
    TRACKING_TOKEN_SLOT,
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
    VisitDetails,
)
from webapp.vocabulary import Language, MessageKind, VisitMode

Rows = tuple[tuple[str, str], ...]


def when(visit: VisitDetails, language: Language) -> str:
    """Return a visit's days, with its time where that is known; "" where no day is."""
    if visit.starts_at and visit.ends_at:
        return time_span(visit.starts_at, visit.ends_at, language, visit.zone)
    if visit.first_day and visit.last_day:
        return short_range(visit.first_day, visit.last_day, language)
    return ""


def when_there(visit: VisitDetails, country: str, language: Language) -> str:
    """Return a visit's time in its partner's country; "" where that is the same, or the country has several."""
    if not (visit.starts_at and visit.ends_at):
        return ""
    zone = zone_of(country, visit.starts_at)
    if (
        zone is None
        or visit.starts_at.astimezone(zone).utcoffset() == visit.starts_at.astimezone(visit.zone).utcoffset()
    ):
        return ""
    return time_span(visit.starts_at, visit.ends_at, language, zone)


def visit_rows(visit: VisitDetails, country: str, language: Language, gettext: Callable[[str], str]) -> Rows:
    """Return the rows that say when and where a visit is, and with whom, without those that are not known yet."""
    online = visit.mode is VisitMode.ONLINE
    rows = (
        (gettext("When"), when(visit, language)),
        (gettext("In your time"), when_there(visit, country, language)),
        (gettext("Join at") if online else gettext("Place"), one_line(visit.place.get(language, ""), 400)),
        (gettext("Your host"), one_line(visit.host)),
        (gettext("Size of the group"), str(visit.guests or "")),
    )
    return tuple((label, value) for label, value in rows if value)


def partner_dates(enquiry: EnquiryDetails, institution: Institution, *, text: str) -> EmailContent:
    """Return the days that a partner is offered, with a button for each: it opens a page on which they choose it."""
    t = PartnerTexts(enquiry, institution)
    page = f"{institution.public_url}/track/{TRACKING_TOKEN_SLOT}/dates"
    buttons = [
        Button(short_range(each.first, each.last, enquiry.language), f"{page}?option={each.number}")
        for each in (enquiry.visit.offered if enquiry.visit else ())
    ]
    return to_partner(
        MessageKind.PARTNER_DATES,
        enquiry,
        institution,
        preview=one_line(text, 140),
        heading=t.gettext("Which of these dates suits you?"),
        blocks=(
            Quote(t.gettext("From the office"), body_text(text)),
            *buttons,
            Paragraph(
                t.gettext(
                    "Each button opens a page on which you confirm your choice. Nothing happens before you press the "
                    "button there. If none of the dates suits you, say so on the same page."
                )
            ),
            Button(t.gettext("None of these"), page),
            FactTable(tuple(about(enquiry, t))),
            Small(keep_secret(t)),
        ),
    )


def partner_visit_moved(enquiry: EnquiryDetails, institution: Institution, *, text: str) -> EmailContent:
    """Return the news that a confirmed visit has another day, time, place or host."""
    t = PartnerTexts(enquiry, institution)
    said = t.gettext("Your visit has changed. This is how it is now.")
    return _news(
        MessageKind.PARTNER_VISIT_MOVED, enquiry, institution, (t.gettext("Your visit has changed"), said), text
    )


def partner_visit_postponed(enquiry: EnquiryDetails, institution: Institution, *, text: str) -> EmailContent:
    """Return the news that the day of a confirmed visit no longer holds, and that another is to be agreed."""
    t = PartnerTexts(enquiry, institution)
    said = t.gettext(
        "We are sorry: we cannot receive you on the day that was agreed. The office will agree another date with you."
    )
    heading = t.gettext("Your visit is postponed")
    return _news(MessageKind.PARTNER_VISIT_POSTPONED, enquiry, institution, (heading, said), text)


def _news(
    kind: MessageKind, enquiry: EnquiryDetails, institution: Institution, happened: tuple[str, str], text: str
) -> EmailContent:
    t, (heading, said) = PartnerTexts(enquiry, institution), happened
    rows = visit_rows(enquiry.visit, enquiry.country, enquiry.language, t.gettext) if enquiry.visit else ()
    quote: tuple[Block, ...] = (Quote(t.gettext("From the office"), body_text(text)),) if text.strip() else ()
    return to_partner(
        kind,
        enquiry,
        institution,
        preview=said,
        heading=heading,
        blocks=(
            Paragraph(said),
            *quote,
            *letters_withdrawn(enquiry, enquiry.language),
            *((FactTable(rows),) if rows else ()),
            tracking(t.gettext("Open your %(enquiry)s"), institution),
            FactTable(tuple(about(enquiry, t))),
            Small(keep_secret(t)),
        ),
    )


def liaison_dates(
    enquiry: EnquiryDetails, institution: Institution, *, to: Addressee, days: str, text: str
) -> EmailContent:
    """Return what the partner says of the days that they were offered: `days` in words, or "" where none suits."""
    t = translations(to.language)
    who = {"organisation": organisation(enquiry, to), "days": days}
    if days:
        heading = t.gettext("The partner has chosen a date")
        said = t.gettext("%(organisation)s would like to come on %(days)s. The visit is tentative now.") % who
    else:
        heading = t.gettext("None of the dates suits the partner")
        said = t.gettext("None of the dates that were offered suits %(organisation)s.") % who
    return _told(MessageKind.LIAISON_DATES, enquiry, institution, to, (heading, said, text))


def liaison_group(
    enquiry: EnquiryDetails, institution: Institution, *, to: Addressee, size: tuple[int | None, int], text: str
) -> EmailContent:
    """Return the news that another number of people comes; `size` is before and after, None where none was named."""
    t, (before, after) = translations(to.language), size
    values = {"organisation": organisation(enquiry, to), "before": before, "after": after}
    if before is None:
        said = t.gettext("%(organisation)s now expects to come with %(after)s people.") % values
    else:
        said = t.gettext("%(organisation)s now expects to come with %(after)s people, not %(before)s.") % values
    heading = t.gettext("The size of the delegation has changed")
    return _told(MessageKind.LIAISON_GROUP, enquiry, institution, to, (heading, said, text))


def liaison_roster(
    enquiry: EnquiryDetails, institution: Institution, *, to: Addressee, delegates: int, asked: int
) -> EmailContent:
    """Return the news that a partner sent who comes; `asked` is how many changes of a confirmed list wait, if any."""
    t = translations(to.language)
    who = {"organisation": organisation(enquiry, to), "num": asked or delegates}
    if asked:
        heading = t.gettext("The list of delegates is to be changed")
        said = t.ngettext(
            "%(organisation)s asks for %(num)s change of the list. Nothing is changed before you take it in.",
            "%(organisation)s asks for %(num)s changes of the list. Nothing is changed before you take them in.",
            asked,
        )
    else:
        heading = t.gettext("The partner has said who comes")
        said = t.ngettext(
            "The list of delegates of %(organisation)s has %(num)s person now.",
            "The list of delegates of %(organisation)s has %(num)s persons now.",
            delegates,
        )
    later = t.gettext("Within half an hour of this email, you hear nothing more of the same kind.")
    page = f"{institution.public_url}/desk/visits/{enquiry.reference}/roster"
    return to_colleague(
        MessageKind.LIAISON_ROSTER,
        enquiry,
        to,
        preview=said % who,
        heading=heading,
        blocks=(
            Paragraph(said % who),
            Small(later),
            Button(t.gettext("Open the list of delegates"), page),
            FactTable((*colleague_rows(enquiry, to, t), *summary(enquiry, institution, to, t))),
            Small(answers_reach_office(t)),
        ),
    )


def _told(
    kind: MessageKind, enquiry: EnquiryDetails, institution: Institution, to: Addressee, happened: tuple[str, str, str]
) -> EmailContent:
    t, (heading, said, text) = translations(to.language), happened
    quote = (Quote(t.gettext("What they wrote"), body_text(text)),) if text.strip() else ()
    return to_colleague(
        kind,
        enquiry,
        to,
        preview=said,
        heading=heading,
        blocks=(
            Paragraph(said),
            *quote,
            *letters_withdrawn(enquiry, to.language),
            *ways(enquiry, institution, to, t),
            FactTable((*colleague_rows(enquiry, to, t), *summary(enquiry, institution, to, t))),
            Small(answers_reach_office(t)),
        ),
    )


def colleague_rows(enquiry: EnquiryDetails, to: Addressee, t: NullTranslations) -> Rows:
    """Return the rows that say of a visit what a colleague must know of it."""
    return desk_rows(enquiry.visit, enquiry.country, to.language, t.gettext) if enquiry.visit else ()


def desk_rows(visit: VisitDetails, country: str, language: Language, gettext: Callable[[str], str]) -> Rows:
    """Return what `visit_rows` does, as colleagues read it."""
    rows = (
        (gettext("When"), when(visit, language)),
        (gettext("For the partner"), when_there(visit, country, language)),
        (gettext("Place"), one_line(visit.place.get(language, ""), 400)),
        (gettext("Host"), one_line(visit.host)),
        (gettext("Size of the group"), str(visit.guests or "")),
    )
    return tuple((label, value) for label, value in rows if value)
