"""Emails about several enquiries at once: a closure that moved promises, and what is due or late."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from gettext import NullTranslations

from webapp.i18n import N_, date_long, translations
from webapp.labels import KIND_LONG, OCCASION
from webapp.mail.partner import PartnerTexts, keep_secret, to_partner, tracking
from webapp.mail.plain import body_text, one_line
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
    decision_mark,
)
from webapp.vocabulary import Language, MessageKind, Occasion

# A list in an email is read, not searched: the rest is on the desk.
LONGEST_LIST = 40

NOTICE = {
    False: N_(
        "Our offices had to close unexpectedly. The date by which we promised to reply moves by the number of "
        "working days lost. We are sorry for the delay."
    ),
    True: N_(
        "We told you that our offices would be closed. They were not, after all, so we will reply by the earlier date."
    ),
}


@dataclass(frozen=True)
class DatedEnquiry:
    """One enquiry in a list: the date that was given before, where that moved, or why its answerer is reminded.

    `decision` is the number of the link by which the reader answers it, where they have one.
    """

    enquiry: EnquiryDetails
    before: date | None = None
    occasion: Occasion | None = None
    decision: int | None = None


def closure_notice(language: Language, *, undoing: bool) -> str:
    """Return the words proposed for the notice about a closure, or about its undoing."""
    return translations(language).gettext(NOTICE[undoing])


def partner_closure(
    dates: Sequence[DatedEnquiry], institution: Institution, *, text: str, undoing: bool = False
) -> EmailContent:
    """Return the notice that a closure moved what one partner was promised; `text` is what the office wrote.

    About one enquiry it belongs to its thread and carries the secret link; about several it carries none, for a link
    opens one of them. Echoes nothing that the partner typed. All enquiries must be those of one address.
    """
    enquiry = dates[0].enquiry
    t = PartnerTexts(enquiry, institution)
    heading = t.gettext("You will have our reply earlier after all") if undoing else t.gettext("New date for our reply")
    facts = FactTable(
        tuple(
            _line(each.enquiry, t.gettext(KIND_LONG[each.enquiry.kind]), _moved(each, enquiry.language))
            for each in dates
        )
    )
    blocks: list[Block] = [*_paragraphs(text), facts]
    if len(dates) == 1:
        blocks += [tracking(t.gettext("Open your %(enquiry)s"), institution), Small(keep_secret(t))]
    else:
        blocks += [
            Paragraph(t.gettext("You do not need to do anything; your existing links still work.")),
            Button(t.gettext("Have a link emailed to you again"), f"{institution.public_url}/track"),
        ]
    preview = one_line(text, 140)
    content = to_partner(
        MessageKind.PARTNER_CLOSURE,
        enquiry,
        institution,
        preview=preview,
        heading=heading,
        blocks=tuple(blocks),
        named=False,
    )
    if len(dates) == 1:
        return content
    return replace(
        content, subject=_subject([each.enquiry.reference for each in dates], t.gettext("Your enquiries to us"))
    )


def _subject(references: Sequence[str], text: str) -> str:
    return " ".join((*(f"[{reference}]" for reference in references[:3]), text))


def _paragraphs(text: str) -> list[Paragraph]:
    return [Paragraph(part) for part in re.split(r"\n\s*\n", body_text(text))]


def _line(enquiry: EnquiryDetails, what: str, when: str) -> tuple[str, str]:
    return enquiry.reference, f"{what}\n{when}"


def _answers(dates: Sequence[DatedEnquiry], institution: Institution, language: Language) -> dict[str, tuple[str, str]]:
    """Return the links by which the reader answers, by the labels of their rows."""
    words = translations(language).gettext("Answer %(reference)s")
    return {
        each.enquiry.reference: (
            words % {"reference": each.enquiry.reference},
            f"{institution.public_url}/decisions/{decision_mark(each.decision)}",
        )
        for each in dates
        if each.decision is not None
    }


def _moved(each: DatedEnquiry, language: Language) -> str:
    after = date_long(each.enquiry.promised_on, language)
    if each.before is None:
        return after
    values = {"after": after, "before": date_long(each.before, language)}
    # translators: two dates: the new one, and the one before it
    return translations(language).gettext("%(after)s (until now %(before)s)") % values


def liaison_closure(
    dates: Sequence[DatedEnquiry], institution: Institution, *, to: Addressee, text: str, undoing: bool = False
) -> EmailContent:
    """Return the list of what a closure moved among the enquiries that one person answers."""
    t = translations(to.language)
    if undoing:
        heading = t.gettext("Closure undone: replies are due earlier again")
    else:
        heading = t.gettext("New due dates after the closure")
    said = t.ngettext(
        "%(num)s reply that you are due to send has a new date. The partner will get an email.",
        "%(num)s replies that you are due to send have new dates. The partners will get an email.",
        len(dates),
    ) % {"num": len(dates)}
    rows = tuple(_line(each.enquiry, _who(each.enquiry), _moved(each, to.language)) for each in dates[:LONGEST_LIST])
    words = Quote(t.gettext("What partners read"), body_text(text))
    facts = FactTable(rows, _answers(dates[:LONGEST_LIST], institution, to.language))
    blocks: tuple[Block, ...] = (Paragraph(said), facts, *rest(dates, t), words, *_ways_on(to, institution, t))
    return to_staff(MessageKind.LIAISON_CLOSURE, to, heading=heading, preview=said, blocks=blocks)


def liaison_digest(
    dates: Sequence[DatedEnquiry], institution: Institution, *, to: Addressee, unlisted: Sequence[Occasion] = ()
) -> EmailContent:
    """Return what one person has to answer: once on a working day. Each of `dates` needs its occasion.

    `unlisted` are the occasions of what comes after them, and is only counted: no email lists more than LONGEST_LIST.
    """
    return _list(MessageKind.LIAISON_DIGEST, dates, institution, to, unlisted)


def liaison_urgent(
    dates: Sequence[DatedEnquiry], institution: Institution, *, to: Addressee, unlisted: Sequence[Occasion] = ()
) -> EmailContent:
    """Return what came to be due or late after the day's digest had left, as `liaison_digest` does."""
    return _list(MessageKind.LIAISON_URGENT, dates, institution, to, unlisted)


def liaison_moved(
    dates: Sequence[DatedEnquiry], institution: Institution, *, to: Addressee, missing: str, until: date
) -> EmailContent:
    """Return the list of what comes to one person at once, while another is away until a day."""
    t = translations(to.language)
    day = date_long(until, to.language)
    said = t.ngettext(
        "%(missing)s is away until %(until)s. You are covering %(num)s open enquiry until then.",
        "%(missing)s is away until %(until)s. You are covering %(num)s open enquiries until then.",
        len(dates),
    ) % {"missing": one_line(missing), "until": day, "num": len(dates)}
    rows = tuple(
        _line(each.enquiry, _who(each.enquiry), date_long(each.enquiry.promised_on, to.language))
        for each in dates[:LONGEST_LIST]
    )
    return to_staff(
        MessageKind.LIAISON_MOVED,
        to,
        heading=t.gettext("These enquiries are with you now"),
        preview=said,
        blocks=(
            Paragraph(said, strong=(day,)),
            FactTable(rows, _answers(dates[:LONGEST_LIST], institution, to.language)),
            *rest(dates, t),
            *([_desk(institution, t)] if to.has_account else _ways_on(to, institution, t)),
        ),
    )


# What can wait least comes first.
_ORDER = (Occasion.ESCALATED, Occasion.OVERDUE, Occasion.TODAY, Occasion.SOON)


def _list(
    kind: MessageKind,
    dates: Sequence[DatedEnquiry],
    institution: Institution,
    to: Addressee,
    unlisted: Sequence[Occasion],
) -> EmailContent:
    t = translations(to.language)
    occasions = [*(each.occasion for each in dates), *unlisted]
    counts = {occasion: occasions.count(occasion) for occasion in _ORDER}
    counted = (f"{t.gettext(OCCASION[occasion])}: {count}" for occasion, count in counts.items() if count)
    heading = t.ngettext(
        "%(num)s enquiry is waiting for a first reply",
        "%(num)s enquiries are waiting for a first reply",
        len(occasions),
    )
    closing = t.gettext(
        "A short message to the partner counts as a first reply too: accept, decline, or ask them something."
    )
    return to_staff(
        kind,
        to,
        heading=heading % {"num": len(occasions)},
        preview=to.language.writing.clauses.join(counted),
        blocks=(
            *_by_occasion(dates[:LONGEST_LIST], institution, to.language),
            *rest(occasions, t),
            *_ways_on(to, institution, t),
            Small(closing),
        ),
    )


def _by_occasion(dates: Sequence[DatedEnquiry], institution: Institution, language: Language) -> Iterator[Block]:
    for occasion in _ORDER:
        here = [each for each in dates if each.occasion is occasion]
        cases = [each.enquiry for each in here]
        if cases:
            head = translations(language).gettext(OCCASION[occasion])
            yield Paragraph(head, strong=(head,))
            rows = tuple(_line(enquiry, _who(enquiry), date_long(enquiry.promised_on, language)) for enquiry in cases)
            yield FactTable(rows, _answers(here, institution, language))


def _desk(institution: Institution, t: NullTranslations) -> Button:
    return Button(t.gettext("Open the desk"), f"{institution.public_url}/desk/")


def _ways_on(to: Addressee, institution: Institution, t: NullTranslations) -> Iterator[Block]:
    """Yield the desk for whom it opens to; for others the links of the list, and the office."""
    if to.has_account:
        yield _desk(institution, t)
        yield Small(t.gettext("Each can also be answered from the email about it: search for its reference."))
        return
    if to.decides:
        yield Small(
            t.gettext("The links are for you alone: each opens one enquiry, which you answer without signing in.")
        )
    yield Small(
        t.gettext("Questions, or should someone else answer? Write to %(email)s.") % {"email": institution.office_email}
    )


def _who(enquiry: EnquiryDetails) -> str:
    return ", ".join(filter(None, (one_line(enquiry.organisation, 60), enquiry.network_short)))


def rest(listed: Sequence[object], t: NullTranslations) -> tuple[Paragraph, ...]:
    """Return how many more there are than an email lists, or nothing."""
    more = len(listed) - LONGEST_LIST
    if more <= 0:
        return ()
    return (Paragraph(t.ngettext("And %(num)s more.", "And %(num)s more.", more) % {"num": more}),)


def to_staff(
    kind: MessageKind, to: Addressee, *, heading: str, preview: str, blocks: tuple[Block, ...]
) -> EmailContent:
    """Return an automatic email to someone of the university that belongs to no one enquiry."""
    t = translations(to.language)
    name = one_line(to.name, 80)
    return EmailContent(
        kind=kind,
        language=to.language,
        recipient_name=name,
        recipient_email=to.email,
        subject=heading,
        preview=preview,
        greeting=t.gettext("Dear %(name)s,") % {"name": name} if name else t.gettext("Dear colleagues,"),
        heading=heading,
        blocks=blocks,
    )
