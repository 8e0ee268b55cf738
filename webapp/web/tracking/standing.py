"""The status of an enquiry, as its partner reads it: steps, the promise and why that date, messages, history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, TypeVar

from flask_babel import gettext as _

from webapp import i18n, labels
from webapp.db import db
from webapp.domain.calendar import clock, working_days
from webapp.domain.enquiries import held, merged, tracking
from webapp.domain.routing import answerer as routing_answerer
from webapp.models import Enquiry, Event, Visit
from webapp.models.event_data import Converted, EventData, Merged, PromiseMoved, SplitFrom, SplitOff
from webapp.vocabulary import CLOCK_STATUSES, Action, ActorKind, EventKind, Kind, Status
from webapp.web import edge, former, pages, paging, shown
from webapp.web.paging import Part
from webapp.web.tracking import answers, said
from webapp.web.tracking.answers import Answer
from webapp.web.tracking.said import Words

_PATH = (Status.RECEIVED, Status.IN_REVIEW, Status.ACCEPTED, Status.SCHEDULED, Status.COMPLETED)
_ENDED = (Status.DECLINED, Status.WITHDRAWN)
# So much is shown on one page; the rest is behind a link.
MESSAGES, LINES = 20, 40


@dataclass(frozen=True)
class Step:
    """One step of the way; `state` is 'done', 'current', 'todo' or 'ended'."""

    label: str
    note: str
    state: str


@dataclass(frozen=True)
class Happening:
    """One line of the history: what happened, who did it, and the status that it led to (None: it stayed)."""

    at: datetime
    kind: EventKind
    who: str
    status: Status | None
    label: str
    number: int


@dataclass(frozen=True)
class Days:
    """Days in a row that count alike, for one reason; `halves` of each, and `number` of whole days up to the last."""

    first: date
    last: date
    reason: str
    halves: int
    # The whole working days before the first of them.
    before: int
    number: int


Numbered = TypeVar("Numbered", Words, Happening)


@dataclass(frozen=True)
class PromiseProgress:
    """The promise: `state` is 'running', 'late', 'waiting', 'answered' or 'none'; `since` is when that began."""

    state: str
    due: date
    since: date | None
    days: list[Days]
    counted: int


@dataclass(frozen=True)
class Standing:
    """What the page says of an enquiry."""

    status: Status
    label: str
    answerer: str
    steps: list[Step]
    promise: PromiseProgress
    # What the page opens with, where the office has answered or asked.
    answer: Answer | None
    thread: Part[Words]
    history: Part[Happening]
    # The reference of the enquiry that this one was merged into, or nothing.
    goes_on_in: str = ""
    # The reference of the enquiry that this one was a part of, or nothing.
    part_of: str = ""
    # Someone looks at it first, before it is sent to who answers.
    is_held: bool = False


def standing(enquiry: Enquiry, visit: Visit | None = None, *, hides_replies: bool = False) -> Standing:
    """Return the standing of an enquiry (with its public events, files and people), with or without our words.

    `visit` is its visit, as far as its partner may know of it.
    """
    status = tracking.public_status(enquiry.status)
    office = pages.site()["office_name"]
    away = shown.absences(edge.today())
    who = routing_answerer.answerer(enquiry.network, away, settings=edge.settings(), assignee=enquiry.assignee)
    answerer = routing_answerer.public_name(who.name) or office
    events = tracking.history(enquiry)
    thread = said.thread(enquiry, events, office, hides_replies=hides_replies)
    answer = answers.answer(enquiry, events, thread, who=who, visit=visit)
    if answer and answer.words is thread[-1]:
        thread = thread[:-1]
    return Standing(
        status=status,
        label=_(labels.STATUS_PARTNER[status]),
        answerer=answerer,
        steps=_steps(enquiry, status, events, answerer),
        promise=_promised(enquiry, status),
        answer=answer,
        thread=_parted(thread, "messages", MESSAGES),
        history=_parted([_happening(event, office) for event in events], "lines", LINES),
        goes_on_in=_goes_on_in(enquiry, events),
        is_held=held.is_held(enquiry),
        part_of=next((event.facts.reference for event in events if isinstance(event.facts, SplitFrom)), ""),
    )


def _parted(items: Sequence[Numbered], name: str, size: int) -> Part[Numbered]:
    return paging.newest(items, name, lambda item: item.number, size)


def _goes_on_in(enquiry: Enquiry, events: list[Event]) -> str:
    """Return the reference of the enquiry into which this one was merged, even if that was merged since; or nothing."""
    last = next((event for event in reversed(events) if tracking.change(event)), None)
    if enquiry.status is not Status.WITHDRAWN or last is None or not isinstance(last.facts, Merged):
        return ""
    end = merged.end(db.session(), enquiry.id)
    return end.reference if end else last.facts.into


def _steps(enquiry: Enquiry, status: Status, events: list[Event], answerer: str) -> list[Step]:
    path = [step for step in _PATH if step is not Status.SCHEDULED or enquiry.kind is Kind.VISIT]
    reached = {Status.RECEIVED: enquiry.submitted_at} | {
        change[1]: event.at for event in events if (change := tracking.change(event))
    }
    if status in _ENDED:
        done = [step for step in path if step in reached and step is not Status.COMPLETED]
        return [*(_step(step, "done", reached) for step in done), _step(status, "ended", reached)]
    here = Status.IN_REVIEW if status is Status.AWAITING_PARTNER else status
    place = path.index(here)
    current = _step(status, "done" if status is Status.COMPLETED else "current", reached)
    if status is Status.IN_REVIEW:
        current = Step(current.label, _("by %(name)s", name=answerer), current.state)
    return [
        *(_step(step, "done", reached) for step in path[:place]),
        current,
        *(_step(step, "todo", {}) for step in path[place + 1 :]),
    ]


def _step(status: Status, state: str, reached: dict[Status, datetime]) -> Step:
    at = reached.get(status)
    note = i18n.date_short(_day(at), edge.language(), year=_day(at).year != edge.today().year) if at else ""
    return Step(_(labels.STATUS_PARTNER[status]), note, state)


def _promised(enquiry: Enquiry, status: Status) -> PromiseProgress:
    stops = clock.stops(enquiry)
    days = _account(enquiry, stops)
    since = stops[-1][0] if stops else None
    if status in CLOCK_STATUSES:
        state = "late" if edge.today() > enquiry.promised_on else "running"
    elif status is Status.AWAITING_PARTNER:
        state, since = "waiting", since or _day(enquiry.changed_at)
    else:
        state, since = _answered(enquiry)
    return PromiseProgress(state, enquiry.promised_on, since, days, enquiry.promised_days)


def _answered(enquiry: Enquiry) -> tuple[str, date | None]:
    """Return when the office first decided; a withdrawal before that leaves nothing to answer."""
    for event in enquiry.events:
        change = tracking.change(event)
        if change and change[1] in (Status.ACCEPTED, Status.DECLINED):
            return "answered", _day(event.at)
    return "none", None


def _account(enquiry: Enquiry, stops: list[tuple[date, date | None]]) -> list[Days]:
    settings = edge.settings()
    days = shown.calendar(settings, edge.today(), edge.language())
    return list(_in_a_row(working_days.account(clock.start(enquiry, settings), enquiry.promised_on, stops, days)))


def _in_a_row(days: Iterable[working_days.Day]) -> Iterable[Days]:
    total = 0
    for (why, halves), group in groupby(days, key=lambda day: (day.why, day.halves)):
        row, before = [day.date for day in group], total // working_days.WHOLE
        total += halves * len(row)
        yield Days(row[0], row[-1], _reason(why), halves, before, total // working_days.WHOLE)


def _reason(reason: str | None) -> str:
    if reason == working_days.WEEKEND:
        return _("weekend")
    if reason == working_days.STOPPED:
        return _("paused")
    return reason or ""


def _happening(event: Event, office: str) -> Happening:
    if event.kind in (EventKind.PROMISE_MOVED, EventKind.CONVERTED, EventKind.SPLIT):
        return Happening(event.at, event.kind, office, None, _arranged(event.facts), event.id)
    change = tracking.change(event)
    status = change[1] if change else None
    label = _(labels.STATUS_PARTNER[status]) if status else _of_visit(event)
    name = former.colleague(routing_answerer.public_name(event.actor_name)) or office
    return Happening(event.at, event.kind, name, status, label, event.id)


def _of_visit(event: Event) -> str:
    """Return what is said of a visit's dates, where the status stayed as it was."""
    match event.action:
        case Action.PROPOSE_DATES:
            return _("We offered you dates to choose from.")
        case Action.TAKE_DATES:
            return _("You chose a date.")
        case Action.PASS_OVER_DATES:
            return _("None of the dates suited you.")
        case Action.CHANGE_GROUP:
            return _("You changed the size of the group.")
        case Action.MOVE:
            return _("We changed the visit.")
    return ""


def _arranged(facts: EventData) -> str:
    match facts:
        case PromiseMoved():
            return _promise_moved(facts)
        case Converted():
            return _("We are now handling your request as “%(kind)s”.", kind=_(labels.KIND_LONG[facts.after]))
        case SplitFrom(reference=first):
            return _("We divided your request %(reference)s into two. This is the second part.", reference=first)
        case SplitOff(reference=second):
            return _("We divided your request into two. The second part continues as %(reference)s.", reference=second)
    return _("Your enquiry was updated.")


def _promise_moved(facts: PromiseMoved) -> str:
    """Return why the date is another one; who changed the calendar is our own affair."""
    after = i18n.date_long(facts.after, edge.language())
    if facts.undoing:
        return _("A closure of our offices was called off: our first answer is due by %(date)s.", date=after)
    because = i18n.localised(facts.because, edge.language())
    if facts.closure is not None:
        return _(
            "Our offices have to close (%(reason)s): our first answer is due by %(date)s.", reason=because, date=after
        )
    return _("Our calendar changed (%(reason)s): our first answer is due by %(date)s.", reason=because, date=after)


def _day(moment: datetime) -> date:
    return moment.astimezone(edge.settings().zone).date()


def as_json(enquiry: Enquiry, *, hides_replies: bool = False) -> dict[str, Any]:
    """Return what programs receive: the contract's keys, with nothing that the page does not say."""
    return {
        "reference": enquiry.reference,
        "kind": enquiry.kind,
        "network": enquiry.network.slug if enquiry.network else None,
        "status": tracking.public_status(enquiry.status),
        "submitted_at": enquiry.submitted_at.isoformat(),
        "promise": enquiry.promised_on.isoformat(),
        "events": [_event(event, hides_replies=hides_replies) for event in tracking.history(enquiry)],
    }


def _event(event: Event, *, hides_replies: bool) -> dict[str, Any]:
    change = tracking.change(event)
    text = "" if hides_replies and event.actor_kind is not ActorKind.PARTNER else event.text
    return {"at": event.at.isoformat(), "kind": event.kind, "status": change[1] if change else None, "text": text}
