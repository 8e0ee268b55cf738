"""One change for many enquiries: each is checked, told and versioned by itself, and says how it is undone."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.domain.enquiries import actions, assignment, held, loading
from webapp.domain.enquiries.workflow import TABLE
from webapp.domain.errors import Invalid
from webapp.domain.security.acting import Acting
from webapp.domain.triage import tags
from webapp.models import Enquiry
from webapp.vocabulary import Action, Priority


@dataclass(frozen=True)
class BulkChange:
    """What is to be done; `value` is a person's id or nothing, a priority, or a tag's name."""

    action: Action
    value: str = ""

    @property
    def can_be_undone(self) -> bool:
        """Another change takes it back, and it may itself be how another is undone."""
        return TABLE[self.action].inverse is not None


@dataclass(frozen=True)
class Done:
    """What was done to one enquiry; `inverse` is None where nothing changed or nothing takes it back."""

    version: int
    changed: bool
    inverse: BulkChange | None


def moves() -> tuple[Action, ...]:
    """Return the actions that staff may take on many at once with nothing more to say."""
    return tuple(row.action for row in TABLE.values() if row.in_bulk and not row.takes_value)


def apply(session: Session, change: BulkChange, reference: str, *, version: int, by: Acting) -> Done:
    """Do it to one enquiry in the version that was read. Raises NotFound, Conflict, NotAllowed, Invalid."""
    if not TABLE[change.action].in_bulk:
        raise Invalid({"action": "unknown"})
    found = loading.locked(session, reference, actor=by.actor)
    inverse = _inverse(found, change)
    event = _do(session, found, change, by=by, version=version)
    changed = event is not None
    return Done(found.version, changed, inverse if changed else None)


def _do(session: Session, found: Enquiry, change: BulkChange, *, by: Acting, version: int) -> object:
    match change.action:
        case Action.ASSIGN:
            person_id = _number(change.value)
            return (
                None
                if person_id == found.assignee_id
                else assignment.assign(session, found, person_id, by=by, version=version)
            )
        case Action.PRIORITISE:
            if change.value not in list(Priority):
                raise Invalid({"priority": "unknown"})
            return tags.prioritise(session, found, Priority(change.value), by=by, version=version)
        case Action.TAG:
            return tags.tag(session, found, change.value, by=by, version=version)
        case Action.UNTAG:
            return tags.untag(session, found, change.value, by=by, version=version)
        case action:
            return actions.act(session, found, action, by=by, version=version)


def _inverse(found: Enquiry, change: BulkChange) -> BulkChange | None:
    row = TABLE[change.action]
    # Whether it is genuine is decided once: the emails of a new enquiry leave with a yes.
    if row.inverse is None or (not row.takes_value and held.is_held(found)):
        return None
    before = {Action.ASSIGN: str(found.assignee_id or ""), Action.PRIORITISE: found.priority.value}
    return BulkChange(row.inverse, before.get(row.action, change.value))


def _number(value: str) -> int | None:
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Invalid({"assignee": "unknown"})
    return int(value)
