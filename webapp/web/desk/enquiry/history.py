"""What happened to an enquiry, in words: one sentence for each event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from markupsafe import Markup

from webapp import labels
from webapp.i18n import N_, date_short, localised
from webapp.models import Enquiry, Event, event_data
from webapp.models.event_data import EventData, File
from webapp.vocabulary import (
    Action,
    ActorKind,
    ChecklistChange,
    EventKind,
    Status,
)
from webapp.web import edge, paging
from webapp.web.desk.enquiry import answering
from webapp.web.paging import Part

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
    ChecklistChange.ADDED: N_("%(who)s added “%(item)s” to the checklist."),
    ChecklistChange.TICKED: N_("%(who)s ticked off “%(item)s”."),
    ChecklistChange.UNTICKED: N_("%(who)s opened “%(item)s” again."),
    ChecklistChange.REMOVED: N_("%(who)s removed “%(item)s” from the checklist."),
}
_RELATED = N_("%(who)s linked it with %(reference)s.")
_UNRELATED = N_("%(who)s removed the link with %(reference)s.")
_ABSORBED = N_("%(who)s merged %(reference)s into this enquiry.")
_SPLIT_FROM = N_("%(who)s split this off from %(reference)s.")
_GIVEN_BACK = N_("%(who)s separated %(reference)s from this enquiry again.")
# So many lines are shown on one page; the rest is behind a link.
LINES = 40
AUDIENCES = ("all", "public", "notes")


@dataclass(frozen=True)
class HistoryLine:
    """One line of the history; `sentence` is markup, `text` is what someone typed."""

    at: datetime
    sentence: Markup
    text: str
    public: bool
    note: bool
    # The files that came with it.
    files: Sequence[File] = ()


def lines(enquiry: Enquiry, *, audience: str = "all") -> Part[HistoryLine]:
    """Return the latest lines of an enquiry's history, latest first: of all of it, what is public, or the notes."""
    meant = [event for event in enquiry.events if _meant_for(event, audience)]
    part = paging.newest(meant, "lines", lambda event: event.id, LINES)
    return Part([line(event, enquiry) for event in reversed(part.items)], part.earlier, part.is_newest)


def _meant_for(event: Event, audience: str) -> bool:
    if audience == "public":
        return event.public
    return audience == "all" or (audience == "notes" and event.kind is EventKind.NOTE)


def line(event: Event, enquiry: Enquiry) -> HistoryLine:
    """Return one event as a line of the history."""
    note = event.kind is EventKind.NOTE
    return HistoryLine(event.at, _sentence(event, enquiry), event.text, event.public, note, event.files)


def _sentence(event: Event, enquiry: Enquiry) -> Markup:
    """Translate first, then put names in, so that nothing that someone typed becomes markup."""
    who = event.actor_name or (enquiry.contact_name if event.actor_kind is ActorKind.PARTNER else _("Liaison Desk"))
    values = {"who": Markup("<strong>%s</strong>") % who, **_details(event.facts)}
    return Markup(_template(event)) % values  # noqa: S704 - the catalogue's own text


def _details(facts: EventData) -> dict[str, str]:  # noqa: PLR0911 - one return for each class
    """Return what a sentence says beside who did it, by the names in it."""
    match facts:
        case event_data.Assigned():
            return {"name": facts.assignee}
        case event_data.HandedOver():
            before, after = (name or _("the office") for name in (facts.before, facts.after))
            return {"before": before, "name": after, "hops": answering.steps(facts.steps)}
        case event_data.ApproversAsked():
            return {"approvers": _(", ").join(facts.approvers)}
        case event_data.AboutMessage():
            error = facts.error if isinstance(facts, event_data.MessageFailed) else ""
            return {"mail": _(labels.MESSAGE_KIND[facts.message_kind]), "to": facts.to, "error": error}
        case event_data.PromiseMoved():
            because = localised(facts.because, edge.language())
            return {"before": _day(facts.before), "after": _day(facts.after), "because": because}
        case event_data.AboutReferral():
            return _referral(facts)
        case event_data.Screened():
            return {"result": _(labels.SCREENING_RESULT[facts.result]), "lists": facts.lists}
        case event_data.Prioritised():
            return {"priority": _(labels.PRIORITY[facts.after]).lower()}
        case event_data.Converted():
            return {"kind_before": _(labels.KIND_LONG[facts.before]), "kind": _(labels.KIND_LONG[facts.after])}
        case event_data.Merged():
            return {"reference": facts.into}
    # The others are said in the words that they hold.
    return {name: value for name, value in vars(facts).items() if isinstance(value, str)}


def _referral(facts: event_data.AboutReferral) -> dict[str, str]:
    """Return to which faculty something was referred, until when, or what it found."""
    values = {"faculty": localised(facts.faculty, edge.language())}
    if isinstance(facts, event_data.Referred):
        values["day"] = date_short(facts.return_by, edge.language())
    if isinstance(facts, event_data.Returned):
        values["finding"] = _(labels.FINDING_TOLD[facts.finding])
    return values


def _day(day: date) -> str:
    return date_short(day, edge.language(), year=day.year != edge.today().year)


def _template(event: Event) -> str:  # noqa: PLR0911 - one return for each class with sentences of its own
    match event.facts:
        case event_data.Unknown():
            return _without_details(event)
        case event_data.Assigned(assignee=name):
            return _assigned(name, event)
        case event_data.HandedOver(steps=steps):
            return (
                _("Moved from %(before)s to %(name)s (%(hops)s).") if steps else _("Moved from %(before)s to %(name)s.")
            )
        case event_data.ApproversAsked(approvers=approvers) if approvers and event.action is Action.ASK_APPROVAL:
            return _("%(who)s asked for the approval of %(approvers)s.")
        case event_data.PromiseMoved() as moved:
            return _moved(moved)
        case event_data.OrganisationLinked(organisation=name):
            return _linked(name, event)
    template = _of_held(event) or _desk_work(event.facts) or _usual(event)
    return _(template) if template else _("%(who)s changed it.")


def _usual(event: Event) -> str | None:
    return _TOLD.get(event.kind) or (_DONE.get(event.action) if event.action else None)


def _without_details(event: Event) -> str:
    """Return what is said of an event whose details cannot be read: its sentence, where that names only who did it."""
    template = _usual(event)
    return _(template) if template and template.count("%(") == 1 else _("%(who)s changed it.")


def _of_held(event: Event) -> str | None:
    """Return what is said of an enquiry that was held when it came."""
    if event.action is Action.UNMARK_SPAM:
        change = event.status_change
        return _GENUINE if change and change.before is Status.SUSPECT else None
    return _HELD if event.facts == event_data.Submitted(held=True) else None


def _desk_work(facts: EventData) -> str | None:
    """Return what is said of a checklist, of links between enquiries, of mergers and of what was split off."""
    match facts:
        case event_data.Checked(did=did):
            return _CHECKED[did]
        case event_data.LinkedWith(removed=removed):
            return _UNRELATED if removed else _RELATED
        case event_data.Absorbed(separated=separated):
            return _GIVEN_BACK if separated else _ABSORBED
        case event_data.SplitFrom():
            return _SPLIT_FROM
    return None


def _moved(facts: event_data.PromiseMoved) -> str:
    if facts.undoing:
        return _("%(who)s undid a closure (%(because)s): due %(after)s, not %(before)s.")
    if facts.closure is not None:
        return _("%(who)s declared a closure (%(because)s): due %(after)s, not %(before)s.")
    return _("%(who)s changed the calendar (%(because)s): due %(after)s, not %(before)s.")


def _assigned(name: str, event: Event) -> str:
    if not name:
        return _("%(who)s removed the assignment.")
    return (
        _("%(who)s assigned it to themselves.") if name == event.actor_name else _("%(who)s assigned it to %(name)s.")
    )


def _linked(organisation: str, event: Event) -> str:
    if not organisation:
        return _("%(who)s removed the link to an organisation.")
    if event.actor_kind is ActorKind.SYSTEM:
        return _("%(who)s recognised %(organisation)s by its email domain and name.")
    return _("%(who)s linked it to %(organisation)s.")
