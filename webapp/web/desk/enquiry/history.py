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

_DONE: dict[Action, str] = {
    Action.REVIEW: N_("%(who)s started the review."),
    Action.ACCEPT: N_("%(who)s accepted the request."),
    Action.DECLINE: N_("%(who)s declined the request."),
    Action.ASK_PARTNER: N_("%(who)s asked the partner; the clock is paused."),
    Action.PROPOSE_DATES: N_("%(who)s proposed other dates; the clock is paused."),
    Action.RESUME: N_("%(who)s resumed the review."),
    Action.ASK_APPROVAL: N_("%(who)s noted that an approval is needed."),
    Action.CHASE_APPROVAL: N_("%(who)s reminded %(approvers)s of the approval."),
    Action.CONSENT: N_("%(who)s approved; others are still asked."),
    Action.APPROVE: N_("%(who)s approved."),
    Action.REFUSE: N_("%(who)s did not approve."),
    Action.REFER: N_("%(who)s referred it to %(faculty)s, to be returned by %(day)s."),
    Action.CHASE_REFERRAL: N_("%(who)s reminded %(faculty)s of it."),
    Action.RETURN: N_("%(who)s (%(faculty)s) returned it: %(finding)s."),
    Action.RECALL: N_("%(who)s recalled it from %(faculty)s."),
    Action.SCHEDULE: N_("%(who)s confirmed the visit."),
    Action.COMPLETE: N_("%(who)s completed it."),
    Action.WITHDRAW: N_("%(who)s withdrew the request."),
    Action.MARK_SPAM: N_("%(who)s marked it as spam."),
    Action.UNMARK_SPAM: N_("%(who)s brought it back from spam."),
    Action.REOPEN: N_("%(who)s reopened it."),
    Action.MERGE: N_("%(who)s merged it into %(reference)s; it continues there."),
    Action.PRIORITISE: N_("%(who)s set the priority to %(priority)s."),
    Action.TAG: N_("%(who)s added the tag %(tag)s."),
    Action.UNTAG: N_("%(who)s removed the tag %(tag)s."),
    Action.CONVERT: N_("%(who)s changed the kind from “%(kind_before)s” to “%(kind)s”."),
    Action.SPLIT: N_("%(who)s split off %(reference)s."),
    Action.CORRECT_ADDRESS: N_("%(who)s corrected the partner’s address from %(before)s to %(after)s."),
}
_TOLD: dict[EventKind, str] = {
    EventKind.SUBMITTED: N_("<strong>Received</strong> from %(who)s."),
    EventKind.NOTE: N_("Note by %(who)s"),
    EventKind.SCREENED: N_("%(who)s screened the parties. %(result)s. Lists: %(lists)s"),
    EventKind.OFFICE_MESSAGE: N_("%(who)s wrote to the partner:"),
    EventKind.PARTNER_MESSAGE: N_("%(who)s wrote:"),
    EventKind.MAIL_FAILED: N_("The email “%(mail)s” to %(to)s was not delivered: %(error)s"),
    EventKind.MAIL_RESENT: N_("%(who)s sent the email “%(mail)s” again, to %(to)s."),
    EventKind.MAIL_SET_ASIDE: N_("%(who)s set the email “%(mail)s” to %(to)s aside: it was not delivered."),
}
_GENUINE = N_("%(who)s found that it is genuine.")
_HELD = N_("<strong>Received</strong> from %(who)s, and held: a field that people do not see was filled in.")
_CHECKED = {
    "added": N_("%(who)s added “%(item)s” to the checklist."),
    "ticked": N_("%(who)s ticked off “%(item)s”."),
    "unticked": N_("%(who)s opened “%(item)s” again."),
    "removed": N_("%(who)s removed “%(item)s” from the checklist."),
}
_RELATED = N_("%(who)s linked it with %(reference)s.")
_UNRELATED = N_("%(who)s removed the link with %(reference)s.")
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
    if event.kind is EventKind.ASSIGNED:
        return _assigned(event)
    if event.kind is EventKind.HANDED_OVER:
        return _handed_over(event)
    if event.action is Action.ASK_APPROVAL and event.data.get("approvers"):
        return _("%(who)s asked for the approval of %(approvers)s.")
    if event.kind is EventKind.PROMISE_MOVED:
        return _moved(event)
    if event.kind is EventKind.LINKED:
        return _linked(event)
    template = (
        _of_held(event)
        or _desk_work(event)
        or _TOLD.get(event.kind)
        or (_DONE.get(event.action) if event.action else None)
    )
    return _(template) if template else _("%(who)s changed it.")


def _of_held(event: Event) -> str | None:
    """Return what is said of an enquiry that was held when it came."""
    if event.action is Action.UNMARK_SPAM:
        return _GENUINE if event.data.get("from") == Status.SUSPECT else None
    return _HELD if event.data.get("held") else None


def _desk_work(event: Event) -> str | None:
    """Return what is said of a checklist, of links between enquiries, of mergers and of what was split off."""
    if event.action is Action.CHECK:
        return _CHECKED[event.data["did"]]
    if event.action is Action.RELATE:
        return _UNRELATED if event.data.get("off") else _RELATED
    if event.kind is EventKind.MERGED:
        return _GIVEN_BACK if event.data.get("back") else _ABSORBED
    if event.kind is EventKind.SPLIT and event.data.get("origin"):
        return _SPLIT_FROM
    return None


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


def _assigned(event: Event) -> str:
    name = event.data.get("assignee")
    if not name:
        return _("%(who)s removed the assignment.")
    return (
        _("%(who)s assigned it to themselves.") if name == event.actor_name else _("%(who)s assigned it to %(name)s.")
    )


def _linked(event: Event) -> str:
    if not event.data.get("organisation"):
        return _("%(who)s removed the link to an organisation.")
    if event.actor_kind is ActorKind.SYSTEM:
        return _("%(who)s recognised %(organisation)s by its email domain and name.")
    return _("%(who)s linked it to %(organisation)s.")
