"""What happened to an enquiry, in words: one sentence for each event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from webapp import labels
from webapp.i18n import N_, date_short, localised
from webapp.models import Enquiry, Event
from webapp.vocabulary import (
    Action,
    ActorKind,
    EventKind,
    Finding,
    Kind,
    MessageKind,
    Priority,
    ScreeningResult,
    Status,
)
from webapp.web import edge
from webapp.web.desk.enquiry import answering

_TOLD: dict[EventKind, str] = {
    EventKind.SUBMITTED: N_("<strong>Received</strong> from %(who)s."),
    EventKind.MAIL_FAILED: N_("The email “%(mail)s” to %(to)s was not delivered: %(error)s"),
    EventKind.MAIL_RESENT: N_("%(who)s sent the email “%(mail)s” again, to %(to)s."),
    EventKind.MAIL_SET_ASIDE: N_("%(who)s set the email “%(mail)s” to %(to)s aside: it was not delivered."),
}
_HELD = N_("<strong>Received</strong> from %(who)s, and held: a field that people do not see was filled in.")
_RECOGNISED = N_("%(who)s recognised %(organisation)s by its email domain and name.")
_ABSORBED = N_("%(who)s merged %(reference)s into this enquiry.")
_SPLIT_FROM = N_("%(who)s split this off from %(reference)s.")
_GIVEN_BACK = N_("%(who)s separated %(reference)s from this enquiry again.")
AUDIENCES = ("all", "public", "notes")


@dataclass(frozen=True)
class HistoryLine:
    """One line of the history; `sentence` is markup, `text` is what someone typed."""

    at: datetime
    sentence: Markup
    text: str
    public: bool
    note: bool
    # The files that came with it: id, name and size of each.
    files: Sequence[Mapping[str, Any]] = ()


def lines(enquiry: Enquiry, *, audience: str = "all") -> list[HistoryLine]:
    """Return the history of an enquiry (with its events), latest first: all of it, what is public, or the notes."""
    return [line(event, enquiry) for event in reversed(enquiry.events) if _meant_for(event, audience)]


def _meant_for(event: Event, audience: str) -> bool:
    if audience == "public":
        return event.public
    return audience == "all" or (audience == "notes" and event.kind is EventKind.NOTE)


def line(event: Event, enquiry: Enquiry) -> HistoryLine:
    """Return one event as a line of the history."""
    note = event.kind is EventKind.NOTE
    files = event.data.get("files", ())
    return HistoryLine(event.at, _sentence(event, enquiry), event.text, event.public, note, files)


def _sentence(event: Event, enquiry: Enquiry) -> Markup:
    """Translate first, then put names in, so that nothing that someone typed becomes markup."""
    who = event.actor_name or (enquiry.contact_name if event.actor_kind is ActorKind.PARTNER else _("Liaison Desk"))
    data = event.data
    email = _(labels.MESSAGE_KIND[MessageKind(data["mail"])]) if "mail" in data else ""
    values: dict[str, Any] = {
        "who": Markup("<strong>%s</strong>") % who,
        "name": data.get("assignee", "") or data.get("name", "") or _("the office"),
        "before": data.get("before", "") or _("the office"),
        "hops": answering.steps(data),
        "approvers": _(", ").join(data.get("approvers", ())),
        "mail": email,
        "to": data.get("to", ""),
        "error": data.get("error", ""),
        "because": localised(data.get("because"), edge.language()),
        "after": data.get("after", ""),
        **_dates(event),
        **_referral(event),
        **{name: _(labels.KIND_LONG[Kind(data[name])]) for name in ("kind", "kind_before") if name in data},
        "organisation": data.get("organisation", ""),
        "result": _(labels.SCREENING_RESULT[ScreeningResult(data["result"])]) if "result" in data else "",
        "lists": data.get("lists", ""),
        "tag": data.get("tag", ""),
        "item": data.get("item", ""),
        "reference": data.get("reference") or data.get("into", ""),
        "priority": _(labels.PRIORITY[Priority(data["priority"])]).lower() if "priority" in data else "",
    }
    return Markup(_template(event)) % values  # noqa: S704 - the catalogue's own text


def _referral(event: Event) -> dict[str, str]:
    """Return to which faculty something was referred, until when, and what it found."""
    data = event.data
    day = date_short(date.fromisoformat(data["return_by"]), edge.language()) if "return_by" in data else ""
    finding = _(labels.FINDING_TOLD[Finding(data["finding"])]) if "finding" in data else ""
    return {"faculty": localised(data.get("faculty"), edge.language()), "day": day, "finding": finding}


def _dates(event: Event) -> dict[str, str]:
    """Return between which days a promise moved."""
    if event.kind is not EventKind.PROMISE_MOVED:
        return {}
    days = {name: date.fromisoformat(event.data[name]) for name in ("before", "after")}
    return {name: date_short(day, edge.language(), year=day.year != edge.today().year) for name, day in days.items()}


def _template(event: Event) -> str:
    if event.kind is EventKind.HANDED_OVER:
        return _handed_over(event)
    if event.kind is EventKind.PROMISE_MOVED:
        return _moved(event)
    template = _of_action(event, event.action) if event.action else _without_action(event)
    return _(template) if template else _("%(who)s changed it.")


def _of_action(event: Event, action: Action) -> str:
    words = labels.ACTION[action]
    return words.variants.get(_variant(event, action), words.history)


def _variant(event: Event, action: Action) -> str:
    """Return by what its data say which of an action's lines an event is; nothing for the ordinary one."""
    data, variant = event.data, ""
    match action:
        case Action.ASK_APPROVAL if data.get("approvers"):
            variant = "asked"
        case Action.ASSIGN if not data.get("assignee"):
            variant = "removed"
        case Action.ASSIGN if data["assignee"] == event.actor_name:
            variant = "self"
        case Action.LINK if not data.get("organisation"):
            variant = "removed"
        case Action.CHECK:
            variant = data["did"]
        case Action.RELATE if data.get("off"):
            variant = "removed"
        case Action.UNMARK_SPAM if data.get("from") == Status.SUSPECT:
            variant = "genuine"
    return variant


def _without_action(event: Event) -> str | None:
    """Return what is said of what the service did itself, and of the other enquiry of a merger or a split."""
    if event.data.get("held"):
        return _HELD
    if event.kind is EventKind.LINKED:
        return _RECOGNISED
    if event.kind is EventKind.MERGED:
        return _GIVEN_BACK if event.data.get("back") else _ABSORBED
    if event.kind is EventKind.SPLIT:
        return _SPLIT_FROM
    return _TOLD.get(event.kind)


def _handed_over(event: Event) -> str:
    if event.data.get("hops"):
        return _("Moved from %(before)s to %(name)s (%(hops)s).")
    return _("Moved from %(before)s to %(name)s.")


def _moved(event: Event) -> str:
    if event.data.get("undoing"):
        return _("%(who)s undid a closure (%(because)s): due %(after)s, not %(before)s.")
    if "closure" in event.data:
        return _("%(who)s declared a closure (%(because)s): due %(after)s, not %(before)s.")
    return _("%(who)s changed the calendar (%(because)s): due %(after)s, not %(before)s.")
