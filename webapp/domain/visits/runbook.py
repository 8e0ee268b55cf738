"""The runbook: which steps a visit of each level needs, by default and as the office changed them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.history.uniqueness import alone
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import require
from webapp.models import RunbookStep
from webapp.paths import DATA
from webapp.vocabulary import Language, Level, Permission

LONGEST_TITLE = 200
# About a year of working days.
FARTHEST = 250
MOST = 40


@dataclass(frozen=True)
class Step:
    """One step: working days before the first day of a visit (negative) or after its last day."""

    position: int
    title: dict[str, Any]
    offset: int
    required: bool


@cache
def defaults() -> dict[Level, tuple[Step, ...]]:
    """Return the steps that come with the service."""
    raw = yaml.safe_load((DATA / "runbook.yaml").read_text(encoding="utf-8"))
    return {
        level: tuple(
            Step(
                position,
                {language: each[language] for language in Language if language in each},
                each["day"],
                each.get("required", False),
            )
            for position, each in enumerate(raw, start=1)
            if level in each.get("levels", list(Level))
        )
        for level in Level
    }


def steps(session: Session, level: Level) -> Sequence[Step]:
    """Return the steps of a level, first due first."""
    return _in_order(_own(session).get(level) or defaults()[level])


def all_steps(session: Session) -> dict[Level, tuple[Sequence[Step], bool]]:
    """Return the steps of each level, with whether they are the default ones: one statement."""
    own = _own(session)
    return {level: (_in_order(own.get(level) or defaults()[level]), level not in own) for level in Level}


def add(session: Session, level: Level, title: dict[str, str], offset: int, *, required: bool, by: Acting) -> None:
    """Add a step to a level, whose steps are the office's own from then on. Raises Invalid, and NotAllowed."""
    require(by.actor, Permission.CALENDAR_EDIT)
    cleaned = {name: " ".join(text.split()) for name, text in title.items()}
    if not cleaned.get(Language.EN):
        raise Invalid({"title": "needed"})
    if not -FARTHEST <= offset <= FARTHEST:
        raise Invalid({"days": "bounds"})
    _make_own(session, level)
    present = _own(session)[level]
    if len(present) >= MOST:
        raise Invalid({"title": "many"})
    session.add(
        RunbookStep(
            level=level,
            position=max((step.position for step in present), default=0) + 1,
            title={name: text for name, text in cleaned.items() if text},
            offset=offset,
            required=required,
        )
    )
    session.flush()


def remove(session: Session, level: Level, position: int, *, by: Acting) -> Step:
    """Take a step out of a level; visits that have it as a task keep it.

    Raises NotFound where it is gone, Invalid for the last one: a runbook without steps would be the default one.
    """
    require(by.actor, Permission.CALENDAR_EDIT)
    _make_own(session, level)
    present = _own(session)[level]
    found = next((step for step in present if step.position == position), None)
    if found is None:
        raise NotFound("step")
    if len(present) == 1:
        raise Invalid({"step": "last"})
    session.execute(delete(RunbookStep).where(RunbookStep.level == level, RunbookStep.position == position))
    return found


def reset(session: Session, level: Level, *, by: Acting) -> None:
    """Give a level its default steps again."""
    require(by.actor, Permission.CALENDAR_EDIT)
    alone(session, "runbook")
    session.execute(delete(RunbookStep).where(RunbookStep.level == level))


def _make_own(session: Session, level: Level) -> None:
    """Make rows of the default steps, where a level has none, before one of them is changed."""
    alone(session, "runbook")
    if level not in _own(session):
        session.add_all(
            RunbookStep(
                level=level, position=each.position, title=each.title, offset=each.offset, required=each.required
            )
            for each in defaults()[level]
        )
        session.flush()


def _own(session: Session) -> dict[Level, list[Step]]:
    found: dict[Level, list[Step]] = {}
    for row in session.scalars(select(RunbookStep).order_by(RunbookStep.position)):
        found.setdefault(row.level, []).append(Step(row.position, row.title, row.offset, row.required))
    return found


def _in_order(found: Sequence[Step]) -> list[Step]:
    return sorted(found, key=lambda step: (step.offset, step.position))
