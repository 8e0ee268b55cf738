"""The level of a visit: from its leader's rank and its wishes, or as the office chose, and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webapp import questions
from webapp.institution import InstitutionSettings
from webapp.vocabulary import Activity, HostRank, LeaderRank, Level, LevelCause, VisitMode

# Grades of the Mainland's civil service, higher ones first: of 副厅级 only the second half is looked for.
_GRADES: tuple[tuple[Level, tuple[str, ...]], ...] = (
    (Level.A, ("国级", "國級", "部级", "部級", "部长级", "部長級", "省级", "省級")),
    (Level.B, ("厅级", "廳級", "厅局级", "廳局級", "司局级", "司局級", "司级", "局级")),
    (Level.C, ("处级", "處級", "科级", "科級")),
)
_FALLING = tuple(Level)


@dataclass(frozen=True)
class FoundLevel:
    """A visit's level, why it is that, and what follows from it.

    `what` is what the cause speaks of: a rank of the vocabulary, or words of the partner or the office. `by_rule` is
    what the office's table says, also where the office chose otherwise. Empty `tell` and `approve` mean the usual ones.
    """

    level: Level
    cause: LevelCause
    what: str
    by_rule: Level
    host: HostRank
    notice: int
    tell: str
    approve: str


def level(
    answers: Mapping[str, Any], settings: InstitutionSettings, *, chosen: Level | None = None, reason: str = ""
) -> FoundLevel:
    """Return the level of a visit from the answers of its form; `chosen` is the office's, with its `reason`.

    The leader's post decides. A grade counts only where no post is named: a university's president is received as one
    at whatever grade. A wish for a signing or for our leaders raises a visit, and lowers none.
    """
    found, cause, what = by_rule, _cause, _what = _rule(answers, settings)
    if chosen is not None:
        found, cause, what = chosen, LevelCause.OFFICE, reason
    online = questions.MODE.of(answers) == VisitMode.ONLINE
    return FoundLevel(
        level=found,
        cause=cause,
        what=what,
        by_rule=by_rule,
        host=getattr(settings, f"host_{found}"),
        notice=settings.levels.online if online else settings.levels.notice[found],
        tell=getattr(settings, f"tell_{found}"),
        approve=getattr(settings, f"approve_{found}"),
    )


def _rule(answers: Mapping[str, Any], settings: InstitutionSettings) -> tuple[Level, LevelCause, str]:
    found, cause, what = _of_leader(answers, settings)
    if Activity.SIGNING in (questions.ACTIVITIES.of(answers) or ()) and _above(settings.level_signing, found):
        found, cause, what = settings.level_signing, LevelCause.SIGNING, ""
    senior = str(questions.SENIOR.of(answers) or "").strip()
    leaders = bool(senior) or Activity.LEADERS in (questions.ACTIVITIES.of(answers) or ())
    if leaders and _above(settings.level_senior, found):
        found, cause, what = settings.level_senior, LevelCause.SENIOR if senior else LevelCause.LEADERS, senior
    return found, cause, what


def _of_leader(answers: Mapping[str, Any], settings: InstitutionSettings) -> tuple[Level, LevelCause, str]:
    rank = questions.RANK.of(answers)
    if rank and rank != LeaderRank.OTHER:
        return settings.levels.ranks[LeaderRank(rank)], LevelCause.RANK, str(rank)
    title = str(questions.LEADER_TITLE.of(answers) or "")
    for graded, names in _GRADES:
        for name in names:
            if name in title:
                return graded, LevelCause.GRADE, title.strip()
    if rank:
        return settings.levels.ranks[LeaderRank.OTHER], LevelCause.RANK, str(rank)
    return Level.C, LevelCause.UNKNOWN, ""


def _above(one: Level, other: Level) -> bool:
    return _FALLING.index(one) < _FALLING.index(other)
