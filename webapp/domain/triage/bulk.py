"""One change for many enquiries: each is checked, told and versioned by itself, and says how it is undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.enquiries import actions, assignment, held, loading
from webapp.domain.enquiries.workflow import TABLE
from webapp.domain.errors import Invalid
from webapp.domain.security.permissions import Actor
from webapp.domain.triage import tags
from webapp.models import Enquiry
from webapp.vocabulary import Action, Permission, Priority

_WITH_VALUE = (Action.ASSIGN, Action.PRIORITISE, Action.TAG, Action.UNTAG)
# These ask for more than one value, or ask someone by email.
_ONE_BY_ONE = (
    Action.CHECK,
    Action.RELATE,
    Action.MERGE,
    Action.ASK_APPROVAL,
    Action.CHASE_APPROVAL,
    Action.REFER,
    Action.CHASE_REFERRAL,
    Action.RECALL,
    Action.LINK,
    Action.SCREEN,
    Action.CONVERT,
    Action.SPLIT,
    Action.CORRECT_ADDRESS,
)
# What undoes an action of which no one has heard yet.
_INVERSE = {
    Action.MARK_SPAM: Action.UNMARK_SPAM,
    Action.UNMARK_SPAM: Action.MARK_SPAM,
}
# Actions of the workflow that staff may take on many at once: those that need no words.
MOVES = tuple(
    dict.fromkeys(
        row.action
        for row in TABLE
        if not (row.needs_text or row.needs_windows or row.by_partner)
        and row.permission not in (Permission.APPROVAL_GIVE, Permission.REFERRAL_GIVE)
        and row.action not in (*_WITH_VALUE, *_ONE_BY_ONE)
    )
)
ACTIONS = (*MOVES, *_WITH_VALUE)


@dataclass(frozen=True)
class BulkChange:
    """What is to be done; `value` is a person's id or nothing, a priority, or a tag's name."""

    action: Action
    value: str = ""

    @property
    def can_be_undone(self) -> bool:
        return self.action in (*_WITH_VALUE, *_INVERSE)

    @property
    def takes_back(self) -> bool:
        """It may be how another change is undone."""
        return self.action in (*_WITH_VALUE, *_INVERSE.values())


@dataclass(frozen=True)
class Done:
    """What was done to one enquiry; `inverse` is None where nothing changed or nothing takes it back."""

    version: int
    changed: bool
    inverse: BulkChange | None


def apply(
    session: Session,
    change: BulkChange,
    reference: str,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    settings: Settings,
) -> Done:
    """Do it to one enquiry in the version that was read. Raises NotFound, Conflict, NotAllowed, Invalid."""
    if change.action not in ACTIONS:
        raise Invalid({"action": "unknown"})
    found = loading.locked(session, reference, actor=actor)
    inverse = _inverse(found, change)
    given: dict[str, Any] = {"actor": actor, "now": now, "settings": settings, "version": version}
    event = _do(session, found, change, given)
    changed = event is not None
    return Done(found.version, changed, inverse if changed else None)


def _do(session: Session, found: Enquiry, change: BulkChange, given: Mapping[str, Any]) -> object:
    match change.action:
        case Action.ASSIGN:
            person_id = _number(change.value)
            return None if person_id == found.assignee_id else assignment.assign(session, found, person_id, **given)
        case Action.PRIORITISE:
            if change.value not in list(Priority):
                raise Invalid({"priority": "unknown"})
            return tags.prioritise(session, found, Priority(change.value), **given)
        case Action.TAG:
            return tags.tag(session, found, change.value, **given)
        case Action.UNTAG:
            return tags.untag(session, found, change.value, **given)
        case action:
            return actions.act(session, found, action, **given)


def _inverse(found: Enquiry, change: BulkChange) -> BulkChange | None:
    match change.action:
        case Action.ASSIGN:
            return BulkChange(Action.ASSIGN, str(found.assignee_id or ""))
        case Action.PRIORITISE:
            return BulkChange(Action.PRIORITISE, found.priority.value)
        case Action.TAG:
            return BulkChange(Action.UNTAG, change.value)
        case Action.UNTAG:
            return BulkChange(Action.TAG, change.value)
        # Whether it is genuine is decided once: the emails of a new enquiry leave with a yes.
        case action if action in _INVERSE and not held.is_held(found):
            return BulkChange(_INVERSE[action])
    return None


def _number(value: str) -> int | None:
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Invalid({"assignee": "unknown"})
    return int(value)
