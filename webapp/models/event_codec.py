"""How the data of an event are stored: as JSON with the number of its shape in `v`, and which class each event has."""

from typing import Any

from pydantic import TypeAdapter, ValidationError

from webapp.models import event_data
from webapp.models.event_data import ActionTaken, EventData, Unknown
from webapp.vocabulary import Action, EventKind

# A change of a class needs the next one, and a migration that rewrites what is stored.
VERSION = 1
_OWN: dict[Action, type[ActionTaken]] = {
    Action.WRITE: event_data.PartnerWrote,
    Action.PROPOSE_DATES: event_data.DatesProposed,
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
    EventKind.MAIL_FAILED: event_data.MessageFailed,
    EventKind.MAIL_RESENT: event_data.AboutMessage,
    EventKind.MAIL_SET_ASIDE: event_data.AboutMessage,
    EventKind.HANDED_OVER: event_data.HandedOver,
    EventKind.PROMISE_MOVED: event_data.PromiseMoved,
    EventKind.LINKED: event_data.OrganisationLinked,
    EventKind.MERGED: event_data.Absorbed,
    EventKind.SPLIT: event_data.SplitFrom,
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
