"""What speaks for and against an enquiry, as its page says it: a sentence and a source for each fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from webapp import labels
from webapp.domain.enquiries.workflow import following
from webapp.domain.security.permissions import Actor
from webapp.domain.triage import suggestion
from webapp.domain.triage.scorecard import Fact, ScoredFact, Weight
from webapp.i18n import N_
from webapp.models import Enquiry
from webapp.vocabulary import IN_HAND, Action, Advice, LeaderRank, Letter, Level, Permission
from webapp.web import edge, shown

_SENTENCES: dict[tuple[Fact, str], str] = {
    (Fact.PARTNER, "partner"): N_("An existing partner of the university."),
    (Fact.PARTNER, "recorded"): N_("Known to the office, not a partner."),
    (Fact.PARTNER, "unknown"): N_("Not linked to a record yet."),
    (Fact.MEMBER, "member"): N_("A member of %(network)s, through which it asks."),
    (Fact.MEMBER, "elsewhere"): N_("A member of %(networks)s."),
    (Fact.MEMBER, "none"): N_("No membership of %(network)s is on record."),
    (Fact.MEMBER, "no_network"): N_("No network was named, and no membership is on record."),
    (Fact.NOTICE, "none"): N_("No dates are named."),
    (Fact.NOTICE, "past"): N_("The first date asked for has passed."),
    (Fact.NOTICE, "short"): N_("Working days of notice: %(given)s; needed: %(needed)s."),
    (Fact.NOTICE, "enough"): N_("Working days of notice: %(given)s; needed: %(needed)s."),
    (Fact.LEVEL, "none"): N_("The leader’s rank is not named."),
    # translators: the level of a visit, and the rank of its leader
    (Fact.LEVEL, "level"): N_("%(level)s: %(rank)s."),
    (Fact.OUTCOME, "missing"): N_("No expected outcome is named."),
    (Fact.OUTCOME, "named"): N_("An expected outcome is named."),
    (Fact.SCREENING, "clear"): N_("Screened: no one is on the lists."),
    (Fact.SCREENING, "match"): N_("Screened: a match is not cleared yet."),
    (Fact.SCREENING, "cleared"): N_("Screened: a match was cleared."),
    (Fact.HISTORY, "first"): N_("First enquiry from them."),
    (Fact.HISTORY, "earlier"): N_("Earlier enquiries: %(became)s."),
    (Fact.HISTORY, "welcomed"): N_("Earlier enquiries: %(became)s."),
    (Fact.HISTORY, "turned_down"): N_("Earlier enquiries, none of which was accepted: %(became)s."),
}
_SOURCES: dict[Fact, str] = {
    Fact.PARTNER: N_("record of the organisation"),
    Fact.MEMBER: N_("record of the organisation"),
    Fact.NOTICE: N_("dates in the enquiry, the office’s calendar"),
    Fact.LEVEL: N_("leader’s rank in the enquiry"),
    Fact.OUTCOME: N_("expected outcome in the enquiry"),
    Fact.HISTORY: N_("enquiries linked to the record"),
    Fact.SCREENING: N_("screening of this enquiry"),
}
_WEIGHTS: dict[Weight, tuple[str, str, str]] = {
    Weight.FOR: ("tick", "good", N_("in favour")),
    Weight.AGAINST: ("cross", "warn", N_("against")),
    Weight.NEUTRAL: ("ring", "", N_("note")),
}
_REASONS: dict[str, str] = {
    "match": N_("Review the screening’s match first."),
    "past": N_("The dates asked for have passed."),
    "turned_down": N_("It asked before without success, and there is no tie to it."),
    "vague_and_dateless": N_("Neither dates nor an expected outcome are named."),
    "short_and_modest": N_("The notice is short for a visit; a meeting online can be arranged sooner."),
    "short": N_("The notice is shorter than a visit of this level needs."),
    "polite": N_("A courtesy call, or a visit to learn from a service, can begin online."),
    "vague": N_("It does not say what outcome is hoped for."),
    "dateless": N_("No dates are named."),
    "unit": N_("It names whom it wants to meet; they are the better hosts."),
    "discipline": N_("The faculty of the discipline can best say whether it fits."),
    "fits": N_("Nothing on record counts against it."),
}


@dataclass(frozen=True)
class ShownFact:
    """One fact as it is shown: its mark with tone and word, the sentence, and where it comes from."""

    symbol: str
    tone: str
    weight: str
    sentence: str
    source: str


@dataclass(frozen=True)
class SuggestionPanel:
    """All facts, and what they suggest with the reason and how to follow it; no advice for a question."""

    lines: list[ShownFact]
    advice: Advice | None
    label: str
    reason: str
    follows: tuple[Action, Letter] | None = None


def panel(session: Session, enquiry: Enquiry, *, actor: Actor) -> SuggestionPanel | None:
    """Return the panel of an undecided enquiry (with its known organisation), for those who have a say in it."""
    has_a_say = actor.can(Permission.ENQUIRY_DECIDE) or actor.can(Permission.ORGANISATION_READ)
    if enquiry.status not in IN_HAND or not has_a_say:
        return None
    settings, today = edge.settings(), edge.today()
    days = shown.calendar(settings, today, edge.language())
    card = suggestion.suggested(session, enquiry, actor=actor, today=today, days=days, settings=settings)
    lines = [_shown(line) for line in card.lines]
    if card.advice is None:
        return SuggestionPanel(lines, None, "", _(_REASONS[card.reason]) if card.reason else "")
    return SuggestionPanel(
        lines, card.advice, _(labels.ADVICE[card.advice]), _(_REASONS[card.reason]), following(card.advice)
    )


def _shown(line: ScoredFact) -> ShownFact:
    symbol, tone, weight = _WEIGHTS[line.weight]
    sentence = _(_SENTENCES[line.fact, line.result]) % _words(line.values)
    return ShownFact(symbol, tone, _(weight), sentence, _(_SOURCES[line.fact]))


def _words(values: Mapping[str, Any]) -> dict[str, str]:
    """Return a line's values as people read them."""
    words = {name: str(value) for name, value in values.items()}
    if "networks" in values:
        words["networks"] = _(", ").join(values["networks"])
    if "level" in values:
        words["level"] = _(labels.LEVEL[Level(values["level"])])
        words["rank"] = _(labels.LEADER_RANK[LeaderRank(values["rank"])])
    if "became" in values:
        counts = values["became"]
        shown = [f"{_(label)} {counts[status]}" for status, label in labels.STATUS_DESK.items() if counts.get(status)]
        words["became"] = _(", ").join(shown)
    return words
