"""What speaks for and against an enquiry, fact by fact, and what that suggests. A person always decides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from webapp import questions
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
class EnquiryFacts:
    """What is known: `notice` are working days from today to the first day asked for (None: none is named).

    `recorded` says that the organisation has a record, `network` is the one asked through (its short name, or nothing),
    `memberships` are those of its record, `became` counts the organisation's other enquiries by status.
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
        """The level of the visit by its leader's rank, or None while no one is named."""
        return self.levels.of(questions.RANK.of(self.answers))

    @property
    def needed(self) -> int:
        """The working days of notice that this visit needs."""
        return self.levels.needed(mode=questions.MODE.of(self.answers), rank=questions.RANK.of(self.answers))

    @property
    def close(self) -> bool:
        """Whether the university owes the organisation more than courtesy."""
        return self.partner or bool(self.network and self.network in self.memberships)


@dataclass(frozen=True)
class ScoredFact:
    """One fact: what was found (a word for the page to put into a sentence), its numbers and names, its score."""

    fact: Fact
    result: str
    weight: Weight
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scorecard:
    """All lines, and what they suggest with the reason; nothing for a question, nor before a match is cleared."""

    lines: tuple[ScoredFact, ...]
    advice: Advice | None
    reason: str


def scorecard(facts: EnquiryFacts) -> Scorecard:
    """Score an enquiry."""
    lines = [_partner(facts), _member(facts)]
    if facts.kind is Kind.VISIT:
        lines += [_notice(facts), _level(facts)]
    if facts.kind is not Kind.QUESTION:
        lines.append(_outcome(facts))
    lines.append(_history(facts))
    if facts.screening is not None:
        weight = Weight.AGAINST if facts.screening is ScreeningResult.MATCH else Weight.NEUTRAL
        lines.append(ScoredFact(Fact.SCREENING, facts.screening, weight))
    if facts.screening is ScreeningResult.MATCH:
        return Scorecard(tuple(lines), None, "match")
    for reason, advice, kinds, holds in _RULES:
        if facts.kind in kinds and holds(facts):
            return Scorecard(tuple(lines), advice, reason)
    return Scorecard(tuple(lines), None, "")


def _partner(facts: EnquiryFacts) -> ScoredFact:
    if facts.partner:
        return ScoredFact(Fact.PARTNER, "partner", Weight.FOR)
    return ScoredFact(Fact.PARTNER, "recorded" if facts.recorded else "unknown", Weight.NEUTRAL)


def _member(facts: EnquiryFacts) -> ScoredFact:
    values = {"network": facts.network, "networks": facts.memberships}
    if facts.network and facts.network in facts.memberships:
        return ScoredFact(Fact.MEMBER, "member", Weight.FOR, values)
    if facts.memberships:
        return ScoredFact(Fact.MEMBER, "elsewhere", Weight.FOR, values)
    return ScoredFact(Fact.MEMBER, "none" if facts.network else "no_network", Weight.NEUTRAL, values)


def _notice(facts: EnquiryFacts) -> ScoredFact:
    if facts.notice is None:
        return ScoredFact(Fact.NOTICE, "none", Weight.NEUTRAL)
    values = {"given": facts.notice, "needed": facts.needed}
    if _past(facts):
        return ScoredFact(Fact.NOTICE, "past", Weight.AGAINST, values)
    return ScoredFact(Fact.NOTICE, *(("short", Weight.AGAINST) if _short(facts) else ("enough", Weight.FOR)), values)


def _level(facts: EnquiryFacts) -> ScoredFact:
    if facts.level is None:
        return ScoredFact(Fact.LEVEL, "none", Weight.NEUTRAL)
    weight = Weight.NEUTRAL if facts.level is Level.C else Weight.FOR
    return ScoredFact(Fact.LEVEL, "level", weight, {"level": facts.level, "rank": questions.RANK.of(facts.answers)})


def _outcome(facts: EnquiryFacts) -> ScoredFact:
    if _vague(facts):
        return ScoredFact(Fact.OUTCOME, "missing", Weight.AGAINST)
    return ScoredFact(Fact.OUTCOME, "named", Weight.FOR)


def _history(facts: EnquiryFacts) -> ScoredFact:
    total = sum(facts.became.values())
    values = {"total": total, "became": dict(facts.became)}
    if any(facts.became.get(status) for status in _WELCOMED):
        return ScoredFact(Fact.HISTORY, "welcomed", Weight.FOR, values)
    if _turned_down(facts):
        return ScoredFact(Fact.HISTORY, "turned_down", Weight.AGAINST, values)
    return ScoredFact(Fact.HISTORY, "earlier" if total else "first", Weight.NEUTRAL, values)


def _vague(facts: EnquiryFacts) -> bool:
    """Neither an outcome nor, for a visit, what it should achieve is named."""
    aims = set(questions.PURPOSES.of(facts.answers) or ()) - {Purpose.OTHER}
    return not aims and not str(questions.OUTCOME.of(facts.answers) or "").strip()


def _dateless(facts: EnquiryFacts) -> bool:
    return facts.notice is None


def _past(facts: EnquiryFacts) -> bool:
    return facts.notice is not None and facts.notice < 0


def _short(facts: EnquiryFacts) -> bool:
    return facts.notice is not None and facts.notice < facts.needed


def _turned_down(facts: EnquiryFacts) -> bool:
    """Asked at least twice, and never welcomed."""
    refused = sum(facts.became.get(status, 0) for status in _NOT_WELCOMED)
    return refused >= 2 and not any(facts.became.get(status) for status in _WELCOMED)


def _modest(facts: EnquiryFacts) -> bool:
    """Led by no one whom the university's leaders receive, from somewhere that it has no tie to."""
    return facts.level in (None, Level.C) and not facts.close


def _polite(facts: EnquiryFacts) -> bool:
    """Courtesy is all that is named; an enquiry that came as another kind names no purposes, which says nothing."""
    purposes = set(questions.PURPOSES.of(facts.answers) or ())
    return bool(purposes) and purposes <= _POLITE


def _names_unit(facts: EnquiryFacts) -> bool:
    purposes = questions.PURPOSES.of(facts.answers) or ()
    return bool(questions.UNITS.of(facts.answers)) or Purpose.BENCHMARKING in purposes


_VISITS = frozenset({Kind.VISIT})
_COLLABORATIONS = frozenset({Kind.COLLABORATION})
_BOTH = _VISITS | _COLLABORATIONS
# The first that holds: its reason, what it suggests, for which kinds. Questions are simply answered.
_RULES: tuple[tuple[str, Advice, frozenset[Kind], Callable[[EnquiryFacts], bool]], ...] = (
    ("past", Advice.OTHER_DATES, _VISITS, _past),
    ("turned_down", Advice.DECLINE, _BOTH, lambda facts: _turned_down(facts) and not facts.close),
    ("vague_and_dateless", Advice.ASK, _VISITS, lambda facts: _vague(facts) and _dateless(facts)),
    ("short_and_modest", Advice.ONLINE, _VISITS, lambda facts: _short(facts) and _modest(facts)),
    ("short", Advice.OTHER_DATES, _VISITS, _short),
    ("polite", Advice.ONLINE, _VISITS, lambda facts: _polite(facts) and _modest(facts) and not _dateless(facts)),
    ("vague", Advice.ASK, _BOTH, _vague),
    ("dateless", Advice.ASK, _VISITS, _dateless),
    ("unit", Advice.REFER, _VISITS, lambda facts: _names_unit(facts) and _modest(facts)),
    ("discipline", Advice.REFER, _COLLABORATIONS,
     lambda facts: bool(questions.DISCIPLINES.of(facts.answers)) and not facts.close),
    ("fits", Advice.ACCEPT, _BOTH, lambda _facts: True),
)  # fmt: skip
