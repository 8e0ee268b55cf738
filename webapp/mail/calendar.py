"""Mails about several enquiries at once: a closure that moved promises, and what is due or late."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from gettext import NullTranslations

from webapp.i18n import N_, date_long, translations
from webapp.labels import KIND_LONG, OCCASION
from webapp.mail.partner import keep_secret, letter, tracking
from webapp.mail.plain import body_text, one_line
from webapp.mail.values import (
    Addressee,
    Block,
    Button,
    Case,
    Facts,
    House,
    Mail,
    Paragraph,
    Quote,
    Small,
    decision_mark,
)
from webapp.vocabulary import Language, MessageKind, Occasion

# A list in a mail is read, not searched: the rest stands on the desk.
LONGEST_LIST = 40

NOTICE = {
    False: N_(
        "Our offices had to close unexpectedly. The date by which we promised you a first answer moves by the "
        "working days that were lost. We are sorry for the delay."
    ),
    True: N_(
        "We told you that our offices would be closed. They were not, after all, and the date by which you have our "
        "first answer is the earlier one again."
    ),
}


@dataclass(frozen=True)
class Dated:
    """One enquiry in a list: the date that was told before, where that moved, or why its answerer is reminded.

    `decision` is the number of the link by which the reader answers it, where they have one.
    """

    case: Case
    before: date | None = None
    occasion: Occasion | None = None
    decision: int | None = None


def closure_notice(language: Language, *, undoing: bool) -> str:
    """Return the words proposed for the notice about a closure, or about its undoing."""
    return translations(language).gettext(NOTICE[undoing])


def partner_closure(dates: Sequence[Dated], house: House, *, text: str, undoing: bool = False) -> Mail:
    """Return the notice that a closure moved what one partner was promised; `text` is what the office wrote.

    About one enquiry it belongs to its thread and carries the secret link; about several it carries none, for a link
    opens one of them. Echoes nothing that the partner typed. All cases must be those of one address.
    """
    case = dates[0].case
    t = translations(case.language)
    heading = t.gettext("You have our first answer earlier again") if undoing else t.gettext("Our first answer moves")
    facts = Facts(
        tuple(_line(each.case, t.gettext(KIND_LONG[each.case.kind]), _moved(each, case.language)) for each in dates)
    )
    blocks: list[Block] = [*_paragraphs(text), facts]
    if len(dates) == 1:
        blocks += [tracking(t.gettext("Open your enquiry"), house), Small(keep_secret(t))]
    else:
        blocks += [
            Paragraph(t.gettext("You need do nothing. The link that we mailed you for each enquiry still opens it.")),
            Button(t.gettext("Have a link mailed to you again"), f"{house.public_url}/track"),
        ]
    preview = one_line(text, 140)
    mail = letter(
        MessageKind.PARTNER_CLOSURE, case, house, preview=preview, heading=heading, blocks=tuple(blocks), named=False
    )
    if len(dates) == 1:
        return mail
    return replace(mail, subject=_subject([each.case.reference for each in dates], t.gettext("Your enquiries to us")))


def _subject(references: Sequence[str], text: str) -> str:
    return " ".join((*(f"[{reference}]" for reference in references[:3]), text))


def _paragraphs(text: str) -> list[Paragraph]:
    return [Paragraph(part) for part in re.split(r"\n\s*\n", body_text(text))]


def _line(case: Case, what: str, when: str) -> tuple[str, str]:
    return case.reference, f"{what}\n{when}"


def _answers(dates: Sequence[Dated], house: House, language: Language) -> dict[str, tuple[str, str]]:
    """The links by which the reader answers, by the labels of their rows."""
    words = translations(language).gettext("Answer %(reference)s")
    return {
        each.case.reference: (
            words % {"reference": each.case.reference},
            f"{house.public_url}/decisions/{decision_mark(each.decision)}",
        )
        for each in dates
        if each.decision is not None
    }


def _moved(each: Dated, language: Language) -> str:
    after = date_long(each.case.promised_on, language)
    if each.before is None:
        return after
    values = {"after": after, "before": date_long(each.before, language)}
    return translations(language).gettext("%(after)s (until now %(before)s)") % values


def liaison_closure(dates: Sequence[Dated], house: House, *, to: Addressee, text: str, undoing: bool = False) -> Mail:
    """Return the list of what a closure moved among the enquiries that one person answers."""
    t = translations(to.language)
    if undoing:
        heading = t.gettext("A closure was undone: answers are due earlier again")
    else:
        heading = t.gettext("A closure moved the answers that you owe")
    said = t.ngettext(
        "%(num)s answer that you owe has a new date. The partners are told by mail.",
        "%(num)s answers that you owe have new dates. The partners are told by mail.",
        len(dates),
    ) % {"num": len(dates)}
    rows = tuple(_line(each.case, _who(each.case), _moved(each, to.language)) for each in dates[:LONGEST_LIST])
    words = Quote(t.gettext("What partners read"), body_text(text))
    facts = Facts(rows, _answers(dates[:LONGEST_LIST], house, to.language))
    blocks: tuple[Block, ...] = (Paragraph(said), facts, *rest(dates, t), words, *_ways_on(to, house, t))
    return to_staff(MessageKind.LIAISON_CLOSURE, to, heading=heading, preview=said, blocks=blocks)


def liaison_digest(dates: Sequence[Dated], house: House, *, to: Addressee) -> Mail:
    """Return what one person has to answer: once on a working day. Each of `dates` needs its occasion."""
    return _list(MessageKind.LIAISON_DIGEST, dates, house, to)


def liaison_urgent(dates: Sequence[Dated], house: House, *, to: Addressee) -> Mail:
    """Return what came to be due or late after the day's digest had left. Each of `dates` needs its occasion."""
    return _list(MessageKind.LIAISON_URGENT, dates, house, to)


# What can wait least stands first.
_ORDER = (Occasion.ESCALATED, Occasion.OVERDUE, Occasion.TODAY, Occasion.SOON)


def _list(kind: MessageKind, dates: Sequence[Dated], house: House, to: Addressee) -> Mail:
    t = translations(to.language)
    counts = {occasion: sum(each.occasion is occasion for each in dates) for occasion in _ORDER}
    told = (f"{t.gettext(OCCASION[occasion])}: {count}" for occasion, count in counts.items() if count)
    heading = t.ngettext("%(num)s first answer is waited for", "%(num)s first answers are waited for", len(dates))
    closing = t.gettext("A few words to the partner are a first answer too: accept, decline, or ask them something.")
    return to_staff(
        kind,
        to,
        heading=heading % {"num": len(dates)},
        preview=(", " if to.language is Language.EN else "，").join(told),
        blocks=(
            *_by_occasion(dates[:LONGEST_LIST], house, to.language),
            *rest(dates, t),
            *_ways_on(to, house, t),
            Small(closing),
        ),
    )


def _by_occasion(dates: Sequence[Dated], house: House, language: Language) -> Iterator[Block]:
    for occasion in _ORDER:
        here = [each for each in dates if each.occasion is occasion]
        cases = [each.case for each in here]
        if cases:
            head = translations(language).gettext(OCCASION[occasion])
            yield Paragraph(head, strong=(head,))
            rows = tuple(_line(case, _who(case), date_long(case.promised_on, language)) for case in cases)
            yield Facts(rows, _answers(here, house, language))


def _ways_on(to: Addressee, house: House, t: NullTranslations) -> Iterator[Block]:
    """The desk for whom it opens to; for others the links of the list, and the office."""
    if to.has_account:
        yield Button(t.gettext("Open the desk"), f"{house.public_url}/desk/")
        yield Small(
            t.gettext("Each can also be answered from the email that you had about it: look for its reference.")
        )
        return
    if to.decides:
        yield Small(
            t.gettext("The links are for you alone: each opens one enquiry, which you answer without signing in.")
        )
    yield Small(
        t.gettext("Questions, or somebody else should answer? Write to %(email)s.") % {"email": house.office_email}
    )


def _who(case: Case) -> str:
    return ", ".join(filter(None, (one_line(case.organisation, 60), case.network_short)))


def rest(listed: Sequence[object], t: NullTranslations) -> tuple[Paragraph, ...]:
    """Return how many more there are than a mail lists, or nothing."""
    more = len(listed) - LONGEST_LIST
    if more <= 0:
        return ()
    return (Paragraph(t.ngettext("And %(num)s more.", "And %(num)s more.", more) % {"num": more}),)


def to_staff(kind: MessageKind, to: Addressee, *, heading: str, preview: str, blocks: tuple[Block, ...]) -> Mail:
    """Return an automatic mail to somebody of the university that belongs to no one enquiry."""
    t = translations(to.language)
    name = one_line(to.name, 80)
    return Mail(
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
