"""The programme of a visit as its partner reads it: in their language, and in another one where it has that too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from webapp.db import db
from webapp.domain.notifications import programme_mails
from webapp.domain.visits import programme
from webapp.models import Visit, VisitSlot
from webapp.vocabulary import Language, SlotAnswer, VisitState
from webapp.web import edge, former

Texts = tuple[tuple[Language, str], ...]


@dataclass(frozen=True)
class SlotShown:
    """One slot: its texts by language, the page's first, and who has said that they receive."""

    time: str
    titles: Texts
    purposes: Texts
    place: str
    people: tuple[str, ...]
    languages: str
    interpreter: str


Days = tuple[tuple[date, tuple[SlotShown, ...]], ...]


def is_for_partner(visit: Visit) -> bool:
    """Return whether the partner may have the programme: it is confirmed, and what is planned is shown to them."""
    if visit.state is not VisitState.CONFIRMED:
        return False
    return visit.shows_programme or not programme.of(db.session(), visit)


def shown(visit: Visit) -> Days:
    """Return the slots of a visit by day; nothing before it is confirmed, or where the office does not show them."""
    if visit.state is not VisitState.CONFIRMED or not visit.shows_programme:
        return ()
    zone = ZoneInfo(visit.timezone)
    slots = programme.of(db.session(), visit)
    days = groupby(slots, lambda slot: slot.starts_at.astimezone(zone).date())
    return tuple((day, tuple(_slot(each, zone) for each in found)) for day, found in days)


def _slot(slot: VisitSlot, zone: ZoneInfo) -> SlotShown:
    starts, ends = slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)
    return SlotShown(
        time=f"{starts:%H:%M}–{ends:%H:%M}",
        titles=_both(slot.title),
        purposes=_both(slot.purpose),
        place=programme_mails.place(slot, edge.language()),
        people=tuple(former.colleague(h.person.name) for h in slot.hosts if h.answer is SlotAnswer.YES),
        languages=slot.languages,
        interpreter=slot.interpreter,
    )


def _both(texts: Mapping[str, str]) -> Texts:
    """Return a text in the page's language, and in English on another page, in another on an English one."""
    page = edge.language()
    others = edge.languages() if page is Language.EN else (Language.EN,)
    found = [(page, texts[page])] if texts.get(page) else []
    second = next(((other, texts[other]) for other in others if other is not page and texts.get(other)), None)
    return (*found, second) if second else tuple(found)
