"""What speaks for and against an enquiry, fact by fact, and what that suggests. A person always decides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from webapp.institution import Levels
from webapp.vocabulary import Advice, Kind, Level, Purpose, ScreeningResult, Status

_WELCOMED = (Status.ACCEPTED, Status.SCHEDULED, Status.COMPLETED)
_NOT_WELCOMED = (Status.DECLINED, Status.WITHDRAWN)
_POLITE = {Purpose.COURTESY, Purpose.BENCHMARKING}


class Fact(StrEnum):
    """What a line is about."""

    PARTNER = "partner"
    MEMBER = "member"
    NOTICE = "notice"
    LEVEL = "level"
    OUTCOME = "outcome"
    HISTORY = "history"
    SCREENING = "screening"


class Weight(StrEnum):
    """Which way a line points; a word, never a number."""

    FOR = "for"
    AGAINST = "against"
    NEUTRAL = "neutral"


@dataclass(frozen=True)
class Case:
    """What is known: `notice` are working days from today to the first day asked for (None: none is named).

    `recorded` says that the organisation has a record, `network` is the one asked through (its short name, or nothing),
    `memberships` are those on record, `became` counts the organisation's other enquiries by status.
    """

    kind: Kind
    answers: Mapping[str, Any] = field(default_factory=dict)
    recorded: bool = False
    partner: bool = False
    network: str = ""
    memberships: tuple[str, ...] = ()
    notice: int | None = None
    became: Mapping[Status, int] = field(default_factory=dict)
    screening: ScreeningResult | None = None
    levels: Levels = field(kw_only=True)

    @property
    def level(self) -> Level | None:
        """The level of the visit by its leader's rank, or None while nobody is named."""
        return self.levels.of(self.answers.get("leader_rank"))

    @property
    def needed(self) -> int:
        """The working days of notice that this visit needs."""
        return self.levels.needed(mode=self.answers.get("mode"), rank=self.answers.get("leader_rank"))

    @property
    def close(self) -> bool:
        """Whether the university owes the organisation more than courtesy."""
        return self.partner or bool(self.network and self.network in self.memberships)


@dataclass(frozen=True)
class Line:
    """One fact: what was found (a word for the page to put into a sentence), its numbers and names, its weight."""

    fact: Fact
    finding: str
    weight: Weight
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scorecard:
    """All lines, and what they suggest with the reason; nothing for a question, nor before a match is cleared."""

    lines: tuple[Line, ...]
    advice: Advice | None
    reason: str


def scorecard(case: Case) -> Scorecard:
    """Weigh a case."""
    lines = [_partner(case), _member(case)]
    if case.kind is Kind.VISIT:
        lines += [_notice(case), _level(case)]
    if case.kind is not Kind.QUESTION:
        lines.append(_outcome(case))
    lines.append(_history(case))
    if case.screening is not None:
        weight = Weight.AGAINST if case.screening is ScreeningResult.MATCH else Weight.NEUTRAL
        lines.append(Line(Fact.SCREENING, case.screening, weight))
    if case.screening is ScreeningResult.MATCH:
        return Scorecard(tuple(lines), None, "match")
    for reason, advice, kinds, holds in _RULES:
        if case.kind in kinds and holds(case):
            return Scorecard(tuple(lines), advice, reason)
    return Scorecard(tuple(lines), None, "")


def _partner(case: Case) -> Line:
    if case.partner:
        return Line(Fact.PARTNER, "partner", Weight.FOR)
    return Line(Fact.PARTNER, "recorded" if case.recorded else "unknown", Weight.NEUTRAL)


def _member(case: Case) -> Line:
    values = {"network": case.network, "networks": case.memberships}
    if case.network and case.network in case.memberships:
        return Line(Fact.MEMBER, "member", Weight.FOR, values)
    if case.memberships:
        return Line(Fact.MEMBER, "elsewhere", Weight.FOR, values)
    return Line(Fact.MEMBER, "none" if case.network else "no_network", Weight.NEUTRAL, values)


def _notice(case: Case) -> Line:
    if case.notice is None:
        return Line(Fact.NOTICE, "none", Weight.NEUTRAL)
    values = {"given": case.notice, "needed": case.needed}
    if _past(case):
        return Line(Fact.NOTICE, "past", Weight.AGAINST, values)
    return Line(Fact.NOTICE, *(("short", Weight.AGAINST) if _short(case) else ("enough", Weight.FOR)), values)


def _level(case: Case) -> Line:
    if case.level is None:
        return Line(Fact.LEVEL, "none", Weight.NEUTRAL)
    weight = Weight.NEUTRAL if case.level is Level.C else Weight.FOR
    return Line(Fact.LEVEL, "level", weight, {"level": case.level, "rank": case.answers["leader_rank"]})


def _outcome(case: Case) -> Line:
    if _vague(case):
        return Line(Fact.OUTCOME, "missing", Weight.AGAINST)
    return Line(Fact.OUTCOME, "named", Weight.FOR)


def _history(case: Case) -> Line:
    total = sum(case.became.values())
    values = {"total": total, "became": dict(case.became)}
    if any(case.became.get(status) for status in _WELCOMED):
        return Line(Fact.HISTORY, "welcomed", Weight.FOR, values)
    if _turned_down(case):
        return Line(Fact.HISTORY, "turned_down", Weight.AGAINST, values)
    return Line(Fact.HISTORY, "earlier" if total else "first", Weight.NEUTRAL, values)


def _vague(case: Case) -> bool:
    return not str(case.answers.get("outcome") or "").strip()


def _dateless(case: Case) -> bool:
    return case.notice is None


def _past(case: Case) -> bool:
    return case.notice is not None and case.notice < 0


def _short(case: Case) -> bool:
    return case.notice is not None and case.notice < case.needed


def _turned_down(case: Case) -> bool:
    """Asked at least twice, and never welcomed."""
    refused = sum(case.became.get(status, 0) for status in _NOT_WELCOMED)
    return refused >= 2 and not any(case.became.get(status) for status in _WELCOMED)


def _modest(case: Case) -> bool:
    """Led by nobody whom the university's leaders receive, from somewhere that it has no tie to."""
    return case.level in (None, Level.C) and not case.close


def _polite(case: Case) -> bool:
    """Courtesy is all that is named; an enquiry that came as another kind names no purposes, which says nothing."""
    purposes = set(case.answers.get("purposes") or ())
    return bool(purposes) and purposes <= _POLITE


_VISITS = frozenset({Kind.VISIT})
_COLLABORATIONS = frozenset({Kind.COLLABORATION})
_BOTH = _VISITS | _COLLABORATIONS
# The first that holds: its reason, what it suggests, for which kinds. Questions are simply answered.
_RULES: tuple[tuple[str, Advice, frozenset[Kind], Callable[[Case], bool]], ...] = (
    ("past", Advice.OTHER_DATES, _VISITS, _past),
    ("turned_down", Advice.DECLINE, _BOTH, lambda case: _turned_down(case) and not case.close),
    ("vague_and_dateless", Advice.ASK, _VISITS, lambda case: _vague(case) and _dateless(case)),
    ("short_and_modest", Advice.ONLINE, _VISITS, lambda case: _short(case) and _modest(case)),
    ("short", Advice.OTHER_DATES, _VISITS, _short),
    ("polite", Advice.ONLINE, _VISITS, lambda case: _polite(case) and _modest(case) and not _dateless(case)),
    ("vague", Advice.ASK, _BOTH, _vague),
    ("dateless", Advice.ASK, _VISITS, _dateless),
    ("unit", Advice.REFER, _VISITS, lambda case: bool(case.answers.get("units")) and _modest(case)),
    ("discipline", Advice.REFER, _COLLABORATIONS,
     lambda case: bool(case.answers.get("disciplines")) and not case.close),
    ("fits", Advice.ACCEPT, _BOTH, lambda _case: True),
)  # fmt: skip
