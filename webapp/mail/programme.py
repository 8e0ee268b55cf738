"""The emails about one slot of a visit's programme: to who is to receive in it, and to who arranges the visit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from webapp.i18n import localised, time_span, translations
from webapp.mail.liaison import answers_reach_office, organisation, summary, to_colleague
from webapp.mail.plain import body_text, one_line
from webapp.mail.values import (
    DECISION_TOKEN_SLOT,
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
from webapp.vocabulary import Language, MessageKind, SlotNews

_ASKING = (SlotNews.ASKED, SlotNews.REMINDED, SlotNews.MOVED)


@dataclass(frozen=True)
class SlotDetails:
    """One slot: its title, purpose and place by language, when it is, and what is spoken there."""

    title: Mapping[str, str]
    purpose: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    place: Mapping[Language, str]
    languages: str = ""
    interpreter: str = ""


def slot_rows(slot: SlotDetails, language: Language, t: NullTranslations) -> tuple[tuple[str, str], ...]:
    """Return the rows that say what a slot is, without those that are not known."""
    rows = (
        (t.gettext("Part of the programme"), one_line(localised(slot.title, language))),
        (t.gettext("When"), time_span(slot.starts_at, slot.ends_at, language, slot.zone)),
        (t.gettext("Place"), one_line(slot.place.get(language, ""), 400)),
        (t.gettext("Purpose"), body_text(localised(slot.purpose, language))),
        (t.gettext("Languages"), one_line(slot.languages)),
        (t.gettext("Interpreter"), one_line(slot.interpreter)),
    )
    return tuple((label, value) for label, value in rows if value)


def staff_slot(
    enquiry: EnquiryDetails, institution: Institution, *, to: Addressee, slot: SlotDetails, news: SlotNews
) -> EmailContent:
    """Return the news about a slot for who is to receive the visitors in it; what asks carries a link to answer by."""
    t = translations(to.language)
    heading, said = _said(news, t)
    values = {
        "organisation": organisation(enquiry, to),
        "title": one_line(localised(slot.title, to.language)),
        "when": time_span(slot.starts_at, slot.ends_at, to.language, slot.zone),
    }
    blocks: list[Block] = [Paragraph(said % values, strong=(values["when"],))]
    if news in _ASKING:
        blocks.append(Button(t.gettext("Read and answer"), f"{institution.public_url}/decisions/{DECISION_TOKEN_SLOT}"))
        blocks.append(
            Small(
                t.gettext(
                    "The button opens a page for you alone, without a password: say yes or no, or name a colleague "
                    "instead. Nothing happens before you answer there."
                )
            )
        )
    elif to.has_account:
        page = f"{institution.public_url}/desk/visits/{enquiry.reference}/programme"
        blocks.append(Button(t.gettext("Open the programme"), page))
    if news is not SlotNews.OFF:
        blocks.append(FactTable(slot_rows(slot, to.language, t)))
    blocks += [FactTable(summary(enquiry, institution, to, t, contact=False)), Small(answers_reach_office(t))]
    return to_colleague(
        MessageKind.STAFF_SLOT, enquiry, to, preview=said % values, heading=heading, blocks=tuple(blocks)
    )


def _said(news: SlotNews, t: NullTranslations) -> tuple[str, str]:
    return {
        SlotNews.ASKED: (
            t.gettext("Can you receive a visit?"),
            t.gettext("%(organisation)s visits us. You are asked to receive them for “%(title)s”: %(when)s."),
        ),
        SlotNews.REMINDED: (
            t.gettext("Can you receive a visit? Your answer is missing"),
            t.gettext("%(organisation)s comes soon, and your answer is missing for “%(title)s”: %(when)s."),
        ),
        SlotNews.MOVED: (
            t.gettext("A part of a visit has another time"),
            t.gettext(
                "“%(title)s” in the visit of %(organisation)s has another time: %(when)s. Please say whether you can "
                "receive them then."
            ),
        ),
        SlotNews.CHANGED: (
            t.gettext("A part of a visit has changed"),
            t.gettext("“%(title)s” in the visit of %(organisation)s has changed. The time is still %(when)s."),
        ),
        SlotNews.AGREED: (
            t.gettext("You receive a visit"),
            t.gettext("Thank you. You receive %(organisation)s for “%(title)s”: %(when)s."),
        ),
        SlotNews.LEFT: (
            t.gettext("You do not receive this visit"),
            t.gettext(
                "Thank you for telling us. You do not receive %(organisation)s for “%(title)s”, %(when)s. It goes out "
                "of your calendar."
            ),
        ),
        SlotNews.OFF: (
            t.gettext("You are not needed for this visit"),
            t.gettext(
                "“%(title)s” in the visit of %(organisation)s, %(when)s, does not take place as planned. You do "
                "not have to receive them then."
            ),
        ),
    }[news]


def liaison_slot(
    enquiry: EnquiryDetails,
    institution: Institution,
    *,
    to: Addressee,
    slot: SlotDetails,
    name: str,
    instead: str = "",
    note: str = "",
) -> EmailContent:
    """Return the news that `name` cannot receive visitors in a slot; `instead` is the colleague whom they named."""
    t = translations(to.language)
    values = {
        "name": one_line(name),
        "instead": one_line(instead),
        "title": one_line(localised(slot.title, to.language)),
        "when": time_span(slot.starts_at, slot.ends_at, to.language, slot.zone),
        "organisation": organisation(enquiry, to),
    }
    if instead:
        heading = t.gettext("A host has named a colleague instead")
        said = t.gettext(
            "%(name)s does not receive %(organisation)s for “%(title)s”, %(when)s, and named %(instead)s instead, who "
            "has been asked."
        )
    else:
        heading = t.gettext("A host cannot receive a visit")
        said = t.gettext("%(name)s cannot receive %(organisation)s for “%(title)s”: %(when)s.")
    page = f"{institution.public_url}/desk/visits/{enquiry.reference}/programme"
    return to_colleague(
        MessageKind.LIAISON_SLOT,
        enquiry,
        to,
        preview=said % values,
        heading=heading,
        blocks=(
            Paragraph(said % values),
            *((Quote(values["name"], body_text(note)),) if note.strip() else ()),
            Button(t.gettext("Open the programme"), page),
            FactTable((*slot_rows(slot, to.language, t), *summary(enquiry, institution, to, t))),
            Small(answers_reach_office(t)),
        ),
    )
