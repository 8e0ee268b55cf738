"""What clashes with days of a visit, in words: a strip for each range asked, the next free days, and its level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from webapp import labels, questions
from webapp.config import Settings
from webapp.domain.visits import clashes, levels
from webapp.domain.visits.clashes import Alternative, Clash
from webapp.domain.visits.hours import When
from webapp.domain.visits.levels import FoundLevel
from webapp.i18n import N_, date_range
from webapp.models import Enquiry, Visit
from webapp.vocabulary import LeaderRank, Level, LevelCause, OptionState, VisitMode
from webapp.web import edge

# By how much clashes with a day: its mark, its tone, and the word beside them.
FREE, SOFT, HARD = (
    ("tick", "good", N_("free")),
    ("ring", "warn", N_("with a warning")),
    ("cross", "bad", N_("not possible")),
)


@dataclass(frozen=True)
class Tile:
    """One day of a strip: what is said of it by a mark, a tone and a word."""

    day: date
    mark: str
    tone: str
    word: str


@dataclass(frozen=True)
class SaidClash:
    """What clashes with some of the days, as a sentence; `days` is empty where it is about all of them."""

    sentence: str
    hard: bool
    days: str
    reference: str


@dataclass(frozen=True)
class Strip:
    """A range of days, day by day, and what clashes with it."""

    first: date
    last: date
    tiles: list[Tile]
    said: list[SaidClash]


@dataclass(frozen=True)
class Clashing:
    """A strip for each range, and the next free days where there is none among them."""

    strips: list[Strip]
    alternative: Alternative | None

    def __bool__(self) -> bool:
        return bool(self.strips)


def of_enquiry(session: Session, enquiry: Enquiry) -> Clashing:
    """Return what clashes with the days that a partner asked for."""
    return _of(session, enquiry, None, _asked(enquiry))


def of_visit(session: Session, enquiry: Enquiry, visit: Visit) -> Clashing:
    """Return what clashes with a visit's days, its place and host; while it has none, those offered, or asked for."""
    if visit.first_day is not None and visit.last_day is not None:
        own = When(visit.first_day, visit.last_day, visit.starts_at, visit.ends_at)
        return _of(session, enquiry, visit, [own])
    offered = [When(each.first_day, each.last_day) for each in visit.options if each.state is OptionState.OFFERED]
    return _of(session, enquiry, visit, offered or _asked(enquiry))


def possible_days(found: Clashing) -> list[tuple[date, date]]:
    """Return the stretches of the strips' days on which nothing hard is in the way, in their order."""
    stretches: list[tuple[date, date]] = []
    for strip in found.strips:
        free = [tile.day for tile in strip.tiles if tile.tone != HARD[1]]
        for place, day in enumerate(free):
            if place and day == free[place - 1] + timedelta(1):
                stretches[-1] = (stretches[-1][0], day)
            else:
                stretches.append((day, day))
    return stretches


def _asked(enquiry: Enquiry) -> list[When]:
    windows = questions.WINDOWS.of(enquiry.answers) or ()
    return [When(date.fromisoformat(window["start"]), date.fromisoformat(window["end"])) for window in windows]


def _of(session: Session, enquiry: Enquiry, visit: Visit | None, whens: Sequence[When]) -> Clashing:
    """Return a strip for each range. They are read together: more ranges cost no more statements."""
    more = _circumstances(enquiry, visit)
    each = [clashes.each_day(when, more["settings"].zone) for when in whens]
    place = (visit.room_id, visit.host_id) if visit else (None, None)
    every = [*whens, *(day for days in each for day in days)]
    found = iter(clashes.clashes_for(session, every, *place, enquiry.country, **more))
    said = [next(found) for _when in whens]
    strips = [
        Strip(when.first_day, when.last_day, [_tile(day, next(found)) for day in days], _said(when, of_when))
        for when, days, of_when in zip(whens, each, said, strict=True)
    ]
    if not strips or any(tile.tone == FREE[1] for strip in strips for tile in strip.tiles):
        return Clashing(strips, None)
    # For as long as the visit is to last, from the end of what is preferred.
    length = min(int(questions.DAYS.of(enquiry.answers) or 1), len(strips[0].tiles))
    after = replace(each[0][-1], last_day=strips[0].last + timedelta(length - 1)) if length > 1 else each[0][-1]
    return Clashing(strips, clashes.next_free(session, after, *place, enquiry.country, **more))


def _circumstances(enquiry: Enquiry, visit: Visit | None) -> clashes.Circumstances:
    settings = edge.settings()
    return {
        "now": edge.now(),
        "settings": settings,
        "guests": visit.guests if visit and visit.guests else questions.GROUP_SIZE.of(enquiry.answers),
        "level": level(enquiry, visit, settings).level,
        "online": (visit.mode if visit else questions.MODE.of(enquiry.answers)) == VisitMode.ONLINE,
        "besides": visit.id if visit else None,
        "actor": edge.actor(),
        "language": edge.language(),
    }


def _tile(when: When, found: Sequence[Clash]) -> Tile:
    mark, tone, word = HARD if any(clash.hard for clash in found) else SOFT if found else FREE
    return Tile(when.first_day, mark, tone, _(word))


def _said(when: When, found: Sequence[Clash]) -> list[SaidClash]:
    """Return each sentence once, with the days that it is about."""
    days: dict[tuple[str, bool, str], list[str]] = {}
    for clash in found:
        about = days.setdefault((sentence(clash), clash.hard, clash.reference), [])
        if (clash.first_day, clash.last_day) != (when.first_day, when.last_day):
            about.append(str(date_range(clash.first_day, clash.last_day, edge.language())))
    return [SaidClash(said, hard, _(", ").join(about), reference) for (said, hard, reference), about in days.items()]


def sentence(clash: Clash) -> str:
    """Return what clashes with a visit, in words."""
    # translators: a visit of which the reader may not know whose it is
    what = clash.what or _("another visit")
    return _(labels.CLASH[clash.kind]) % {"what": what, "minutes": clash.minutes}


def level(enquiry: Enquiry, visit: Visit | None, settings: Settings) -> FoundLevel:
    """Return the level of a visit, by its ask or as the office chose."""
    chosen, reason = (visit.level, visit.level_reason) if visit else (None, "")
    return levels.level(enquiry.answers, settings, chosen=chosen, reason=reason)


def level_words(found: FoundLevel) -> Mapping[str, Any]:
    """Return a level with its reason and what follows from it, in words."""
    what = found.what
    if found.cause is LevelCause.RANK:
        what = _(labels.LEADER_RANK[LeaderRank(found.what)])
    return {
        "level": _(labels.LEVEL[found.level]),
        "why": _(labels.LEVEL_CAUSE[found.cause]) % {"what": what},
        "by_rule": _(labels.LEVEL[found.by_rule]) if found.by_rule is not found.level else "",
        "host": _(labels.HOST_RANK[found.host]),
        "notice": found.notice,
        "tell": found.tell or _(labels.TELL[Level(found.level)]),
        "approve": found.approve or _(labels.APPROVE[Level(found.level)]),
    }
