"""How the data of an event are stored: as JSON with the number of its shape in `v`, and which class each event has."""

from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError

from webapp.models import event_data, roster_data, visit_events, written_data
from webapp.models.event_data import ActionTaken, EventData, Unknown
from webapp.vocabulary import Action, EventKind

log = structlog.get_logger(__name__)
# A change of a class needs the next one, and a migration that rewrites what is stored.
VERSION = 1
_OWN: dict[Action, type[ActionTaken]] = {
    Action.WRITE: event_data.PartnerWrote,
    Action.REPLY: written_data.OfficeWrote,
    Action.PROPOSE_DATES: event_data.DatesProposed,
    Action.TAKE_DATES: visit_events.DatesAnswered,
    Action.PASS_OVER_DATES: visit_events.DatesAnswered,
    Action.ARRANGE: visit_events.VisitPlanned,
    Action.SCHEDULE: visit_events.VisitPlanned,
    Action.MOVE: visit_events.VisitPlanned,
    Action.POSTPONE: visit_events.VisitPlanned,
    Action.DECLINE: visit_events.CalledOff,
    Action.WITHDRAW: visit_events.CalledOff,
    Action.CHANGE_GROUP: visit_events.GroupChanged,
    Action.ASK_APPROVAL: event_data.ApproversAsked,
    Action.CHASE_APPROVAL: event_data.ApproversAsked,
    Action.REFER: event_data.Referred,
    Action.CHASE_REFERRAL: event_data.AboutReferral,
    Action.RETURN: event_data.Returned,
    Action.RECALL: event_data.AboutReferral,
    Action.ASSIGN: event_data.Assigned,
    Action.LINK: event_data.OrganisationLinked,
    Action.SCREEN: event_data.Screened,
    Action.PRIORITISE: event_data.Prioritised,
    Action.TAG: event_data.Tagged,
    Action.UNTAG: event_data.Tagged,
    Action.CHECK: event_data.Checked,
    Action.RELATE: event_data.LinkedWith,
    Action.MERGE: event_data.Merged,
    Action.CONVERT: event_data.Converted,
    Action.SPLIT: event_data.SplitOff,
    Action.CORRECT_ADDRESS: event_data.AddressCorrected,
}
BY_ACTION: dict[Action, type[ActionTaken]] = {action: _OWN.get(action, ActionTaken) for action in Action}
# Lines that no action wrote.
BY_KIND: dict[EventKind, type[EventData]] = {
    EventKind.SUBMITTED: event_data.Submitted,
    EventKind.FILE_HELD_BACK: event_data.FileHeldBack,
    EventKind.MAIL_FAILED: event_data.MessageFailed,
    EventKind.MAIL_RESENT: event_data.AboutMessage,
    EventKind.MAIL_SET_ASIDE: event_data.AboutMessage,
    EventKind.ASKED_ELSEWHERE: event_data.AskedElsewhere,
    EventKind.HANDED_OVER: event_data.HandedOver,
    EventKind.PROMISE_MOVED: event_data.PromiseMoved,
    EventKind.LINKED: event_data.OrganisationLinked,
    EventKind.MERGED: event_data.Absorbed,
    EventKind.SPLIT: event_data.SplitFrom,
    EventKind.LEGAL_HOLD: event_data.LegalHold,
    EventKind.EMPTIED: event_data.Emptied,
    EventKind.ROSTER: roster_data.RosterSaved,
    EventKind.ROSTER_DECIDED: roster_data.RosterDecided,
}
# Texts that name no one outside the university: they stay where an enquiry is emptied. All others go.
_IMPERSONAL: dict[type[EventData], frozenset[str]] = {
    event_data.Assigned: frozenset({"assignee"}),
    event_data.HandedOver: frozenset({"before", "after", "steps"}),
    visit_events.VisitPlanned: frozenset({"place"}),
    event_data.PromiseMoved: frozenset({"because"}),
    event_data.AboutReferral: frozenset({"faculty"}),
    event_data.Referred: frozenset({"faculty"}),
    event_data.Returned: frozenset({"faculty"}),
    event_data.OrganisationLinked: frozenset({"organisation"}),
    event_data.LinkedWith: frozenset({"reference"}),
    event_data.Absorbed: frozenset({"reference"}),
    event_data.SplitOff: frozenset({"reference"}),
    event_data.SplitFrom: frozenset({"reference"}),
    event_data.Merged: frozenset({"into"}),
}
_ADAPTERS: dict[type[EventData], TypeAdapter[Any]] = {
    found: TypeAdapter(found) for found in (*BY_ACTION.values(), *BY_KIND.values(), Unknown)
}


def class_of(kind: EventKind, action: Action | None) -> type[EventData]:
    """Return the class of an event's data: that of its action, else of its kind. Unknown where no one writes such."""
    return BY_ACTION.get(action, ActionTaken) if action is not None else BY_KIND.get(kind, Unknown)


def encode(kind: EventKind, action: Action | None, facts: EventData) -> dict[str, Any]:
    """Return the data of an event as JSON. Raises TypeError for another class than the event's, or for other types."""
    if type(facts) is not class_of(kind, action) or isinstance(facts, Unknown):
        raise TypeError(f"{type(facts).__name__} are no data of {kind} by {action}")
    plain: dict[str, Any] = _ADAPTERS[type(facts)].dump_python(facts, mode="json", warnings="error")
    return {"v": VERSION, **plain}


def decode(kind: EventKind, action: Action | None, stored: Any) -> EventData:
    """Return the data of an event from JSON; Unknown where it is damaged or has the number of another shape."""
    if not isinstance(stored, dict) or stored.get("v") != VERSION:
        return Unknown()
    try:
        found: EventData = _ADAPTERS[class_of(kind, action)].validate_python(stored)
    except ValidationError:
        return Unknown()
    return found


@lru_cache(maxsize=1000)
def report_unknown(event_id: int, kind: EventKind, action: Action | None) -> None:
    """Log that the data of a line cannot be read, once a process: which line, and nothing of what is in it."""
    log.warning("event.unknown", event_id=event_id, kind=str(kind), action=str(action) if action else None)


def emptied(kind: EventKind, action: Action | None, stored: Any) -> dict[str, Any]:
    """Return the data of an event, as JSON, without texts that may name someone; nothing where it cannot be read."""
    facts = decode(kind, action, stored)
    if isinstance(facts, Unknown):
        return {"v": VERSION}
    kept = _IMPERSONAL.get(type(facts), frozenset())
    values = {field.name: getattr(facts, field.name) for field in fields(facts) if field.name not in kept}
    return encode(kind, action, replace(facts, **{name: _emptied(value) for name, value in values.items()}))


def _emptied(value: Any) -> Any:
    if type(value) is str:  # a word of a closed set is another type
        return ""
    if isinstance(value, tuple):
        return tuple(each for each in value if not _has_text(each))
    return {} if isinstance(value, dict) else value


def _has_text(value: Any) -> bool:
    if is_dataclass(value):
        return any(_has_text(getattr(value, field.name)) for field in fields(value))
    return type(value) is str
