"""What happened to an enquiry, in words: one sentence for each event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from markupsafe import Markup

from webapp import labels
from webapp.i18n import N_, date_short, localised, short_range, time_span
from webapp.models import Enquiry, Event, event_data, roster_data, visit_events
from webapp.models.event_data import EventData, File
from webapp.vocabulary import (
    Action,
    ActorKind,
    EventKind,
    Status,
)
from webapp.web import edge, former, paging
from webapp.web.desk.enquiry import answering
from webapp.web.paging import Part

_TOLD: dict[EventKind, str] = {
    EventKind.SUBMITTED: N_("<strong>Received</strong> from %(who)s."),
    EventKind.FILE_HELD_BACK: N_("The virus scanner found %(found)s in “%(name)s”: no one can open this file."),
    EventKind.MAIL_FAILED: N_("The email “%(mail)s” to %(to)s was not delivered: %(error)s"),
    EventKind.MAIL_RESENT: N_("%(who)s sent the email “%(mail)s” again, to %(to)s."),
    EventKind.MAIL_SET_ASIDE: N_("%(who)s set the email “%(mail)s” to %(to)s aside: it was not delivered."),
    EventKind.ROSTER: N_("%(who)s saved the list of delegates: %(delegates)s."),
    EventKind.ASKED_ELSEWHERE: N_(
        "%(who)s asked %(name)s at %(after)s, before at %(before)s; the earlier link has ended."
    ),
}
_HELD = N_("<strong>Received</strong> from %(who)s, and held: a field that people do not see was filled in.")
_RECOGNISED = N_("%(who)s recognised %(organisation)s by its email domain and name.")
_ABSORBED = N_("%(who)s merged %(reference)s into this enquiry.")
_ON_HOLD = N_("%(who)s put this enquiry on legal hold: nothing of it is erased.")
_OFF_HOLD = N_("%(who)s ended the legal hold.")
_EMPTIED = N_("%(who)s erased the personal data of this enquiry: their time was over.")
_ERASED = N_("%(who)s erased the personal data of this enquiry: its sender asked for it.")
_ROSTER_ASKED = N_("%(who)s asks for changes of the confirmed list of delegates: %(asked)s.")
_ROSTER_TAKEN = N_("%(who)s took in a change of the list of delegates.")
_ROSTER_REFUSED = N_("%(who)s did not take in a change of the list of delegates.")
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
    # Its number, and whose words it has: the partner's, ours to them, a note, something said inside, or no one's.
    id: int = 0
    side: str = ""


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
    told = _sentence(event, enquiry)
    return HistoryLine(event.at, told, event.text, event.public, note, event.files, id=event.id, side=_side(event))


def _side(event: Event) -> str:
    if not (event.text or event.files):
        return ""
    if event.kind is EventKind.NOTE:
        return "note"
    if event.actor_kind is ActorKind.PARTNER:
        return "theirs"
    return "ours" if event.public else "inside"


def _sentence(event: Event, enquiry: Enquiry) -> Markup:
    """Translate first, then put names in, so that nothing that someone typed becomes markup."""
    who = former.colleague(event.actor_name) or (
        enquiry.contact_name if event.actor_kind is ActorKind.PARTNER else _("Liaison Desk")
    )
    values = {"who": Markup("<strong>%s</strong>") % who, **_details(event.facts)}
    said = Markup(_template(event)) % values  # noqa: S704 - the catalogue's own text
    return Markup("<br>").join([said, *_besides(event.facts)])


def _besides(facts: EventData) -> list[str]:
    """Return what is said of a visit beside what was done: why it was confirmed all the same, letters that ended."""
    more = []
    if isinstance(facts, visit_events.VisitPlanned) and facts.overruled:
        more.append(_("It was confirmed although something was against it: %(why)s", why=facts.overruled))
    if isinstance(facts, visit_events.CalledOff) and facts.letters:
        more.append(_("Invitation letters withdrawn: %(numbers)s.", numbers=_(", ").join(facts.letters)))
    return more


def _details(facts: EventData) -> dict[str, str]:  # noqa: PLR0911, PLR0912 - one return for each class
    """Return what a sentence says beside who did it, by the names in it."""
    match facts:
        case event_data.Assigned():
            return {"name": former.colleague(facts.assignee)}
        case event_data.HandedOver():
            before, after = (former.colleague(name) or _("the office") for name in (facts.before, facts.after))
            return {"before": before, "name": after, "hops": answering.steps(facts.steps)}
        case event_data.ApproversAsked():
            return {"approvers": _(", ").join(map(former.colleague, facts.approvers))}
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
        case visit_events.VisitPlanned():
            return _planned(facts)
        case visit_events.DatesAnswered(start=start, end=end) if start and end:
            return {"days": short_range(start, end, edge.language())}
        case visit_events.GroupChanged():
            return {"guests": str(facts.after)}
        case roster_data.RosterSaved() | roster_data.RosterDecided():
            return {name: str(value) for name, value in vars(facts).items()}
    # The others are said in the words that they hold.
    return {name: value for name, value in vars(facts).items() if isinstance(value, str)}


def _planned(facts: visit_events.VisitPlanned) -> dict[str, str]:
    """Return when and where a visit was planned, and with whom."""
    when, unknown = "", _("not known yet")
    if facts.starts_at and facts.ends_at:
        when = time_span(facts.starts_at, facts.ends_at, edge.language(), edge.settings().zone)
    elif facts.start and facts.end:
        when = short_range(facts.start, facts.end, edge.language())
    return {"when": when, "where": facts.place or unknown, "host": former.colleague(facts.host) or unknown}


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


def _template(event: Event) -> str:
    match event.facts:
        case event_data.Unknown():
            return _without_details(event)
        case event_data.HandedOver(steps=steps):
            return (
                # translators: from whom, to whom, and why, person by person
                _("Moved from %(before)s to %(name)s (%(hops)s).") if steps else _("Moved from %(before)s to %(name)s.")
            )
        case event_data.PromiseMoved() as moved:
            return _moved(moved)
    template = _of_action(event, event.action) if event.action else _without_action(event)
    return _(template) if template else _("%(who)s changed it.")


def _of_action(event: Event, action: Action) -> str:
    words = labels.ACTION[action]
    return words.variants.get(_variant(event, action), words.history)


def _without_details(event: Event) -> str:
    """Return what is said of an event whose details cannot be read: its sentence, where that names only who did it."""
    template = labels.ACTION[event.action].history if event.action else _TOLD.get(event.kind)
    return _(template) if template and template.count("%(") == 1 else _("%(who)s changed it.")


def _variant(event: Event, action: Action) -> str:
    """Return by what its facts say which of an action's lines an event is; nothing for the ordinary one."""
    variant = ""
    match event.facts:
        case event_data.ApproversAsked(approvers=approvers) if approvers and action is Action.ASK_APPROVAL:
            variant = "asked"
        case event_data.Assigned(assignee=""):
            variant = "removed"
        case event_data.Assigned(assignee=name) if name == event.actor_name:
            variant = "self"
        case event_data.OrganisationLinked(organisation="") | event_data.LinkedWith(removed=True):
            variant = "removed"
        case visit_events.VisitPlanned(start=start) if start is not None:
            variant = "planned"
        case event_data.Checked(did=did):
            variant = did
        case event_data.ActionTaken(status=event_data.StatusChange(before=Status.SUSPECT)):
            variant = "genuine"
    return variant


def _without_action(event: Event) -> str | None:
    """Return what is said of what the service did itself, and of the other enquiry of a merger or a split."""
    match event.facts:
        case event_data.Submitted(held=True):
            return _HELD
        case event_data.OrganisationLinked():
            return _RECOGNISED if event.actor_kind is ActorKind.SYSTEM else labels.ACTION[Action.LINK].history
        case event_data.Absorbed(separated=separated):
            return _GIVEN_BACK if separated else _ABSORBED
        case event_data.SplitFrom():
            return _SPLIT_FROM
    return _of_privacy(event.facts) or _of_roster(event.facts) or _TOLD.get(event.kind)


def _of_roster(facts: EventData) -> str | None:
    match facts:
        case roster_data.RosterSaved(asked=asked) if asked:
            return _ROSTER_ASKED
        case roster_data.RosterDecided(taken=taken):
            return _ROSTER_TAKEN if taken else _ROSTER_REFUSED
    return None


def _of_privacy(facts: EventData) -> str | None:
    match facts:
        case event_data.LegalHold(ended=ended):
            return _OFF_HOLD if ended else _ON_HOLD
        case event_data.Emptied(asked=asked):
            return _ERASED if asked else _EMPTIED
    return None


def _moved(facts: event_data.PromiseMoved) -> str:
    if facts.undoing:
        return _("%(who)s undid a closure (%(because)s): due %(after)s, not %(before)s.")
    if facts.closure is not None:
        return _("%(who)s declared a closure (%(because)s): due %(after)s, not %(before)s.")
    return _("%(who)s changed the calendar (%(because)s): due %(after)s, not %(before)s.")
