"""Enquiries change through one door that keeps workflow, history and emails in step."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.calendar import clock, office_calendar
from webapp.domain.enquiries import held, merged, preconditions
from webapp.domain.enquiries.workflow import Rule, rule
from webapp.domain.errors import Invalid, NotAllowed, NotYet
from webapp.domain.history import events, versions
from webapp.domain.letters import placeholders
from webapp.domain.links import opening
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing.answerer import PARTIES, answerer_of
from webapp.domain.search import text as search_text
from webapp.domain.security.permissions import Actor
from webapp.i18n import date_range, translations
from webapp.models import NEVER, Enquiry, Event, Relation
from webapp.vocabulary import (
    CLOCK_STATUSES,
    IN_HAND,
    Action,
    ActorKind,
    EventKind,
    Status,
)

_EVENT_KINDS = {
    Action.NOTE: EventKind.NOTE,
    Action.REPLY: EventKind.OFFICE_MESSAGE,
    Action.WRITE: EventKind.PARTNER_MESSAGE,
    Action.ASSIGN: EventKind.ASSIGNED,
    Action.LINK: EventKind.LINKED,
    Action.SCREEN: EventKind.SCREENED,
    Action.CONVERT: EventKind.CONVERTED,
    Action.SPLIT: EventKind.SPLIT,
    **dict.fromkeys(
        (Action.PRIORITISE, Action.TAG, Action.UNTAG, Action.CHECK, Action.RELATE, Action.CORRECT_ADDRESS),
        EventKind.CHANGED,
    ),
}
_INTERNAL = frozenset(
    {
        Action.NOTE,
        Action.ASSIGN,
        Action.MARK_SPAM,
        Action.UNMARK_SPAM,
        Action.ASK_APPROVAL,
        Action.CHASE_APPROVAL,
        Action.CONSENT,
        Action.APPROVE,
        Action.REFUSE,
        Action.REFER,
        Action.CHASE_REFERRAL,
        Action.RETURN,
        Action.RECALL,
        Action.LINK,
        Action.SCREEN,
    }
    | {action for action, kind in _EVENT_KINDS.items() if kind is EventKind.CHANGED}
)
# After these a message of the partner still waits for an answer.
_NO_ANSWER = _INTERNAL | {Action.CONVERT, Action.SPLIT}


def partner(enquiry: Enquiry) -> Actor:
    """Return the actor that the holder of the enquiry's secret link is."""
    return Actor(ActorKind.PARTNER, enquiry.contact_name)


def act(
    session: Session,
    enquiry: Enquiry,
    action: Action,
    *,
    actor: Actor,
    now: datetime,
    settings: Settings,
    version: int | None = None,
    text: str = "",
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Take an action of the workflow table: check it, change the status and the clock, write history, stage the emails.

    `enquiry` must be locked by this transaction with network and assignee loaded (see `loading.locked`). `version` is
    what the actor last read. Raises Conflict where that has passed, NotAllowed where the table or the role forbids the
    action, NotYet where the office's settings ask for a step before it, Invalid where a text is needed or has a gap.
    """
    row = check(enquiry, action, actor=actor, version=version)
    if step := preconditions.missing(session, enquiry, action):
        raise NotYet(step)
    _require_words(row, actor, text, data or {})
    before, was_held = enquiry.status, held.is_held(enquiry)
    _set_status(session, enquiry, row, now=now, settings=settings)
    about = _note_who_wrote(session, enquiry, action, text, now)
    versions.raise_version(enquiry)
    enquiry.changed_at = now
    event = events.add(
        session,
        enquiry.id,
        _EVENT_KINDS.get(action, EventKind.STATUS),
        actor,
        now=now,
        action=action,
        public=action not in _INTERNAL,
        text=text.strip() if row.takes_text else "",
        data={"from": before, "to": enquiry.status, **(data or {})},
    )
    session.flush()
    if action is Action.REOPEN:
        _take_out(session, enquiry, actor, now)
    if was_held and action is Action.UNMARK_SPAM:
        held.release(session, enquiry, now=now, settings=settings)
    _stage_messages(session, enquiry, about, row, event, now=now, settings=settings)
    return event


def _stage_messages(
    session: Session, enquiry: Enquiry, about: Enquiry, row: Rule, event: Event, *, now: datetime, settings: Settings
) -> None:
    if row.messages:
        who = answerer_of(session, about, now=now, settings=settings)
        for kind in row.messages:
            given: dict[str, Any] = {"who": who, "event": event, "wrote": enquiry}
            enquiry_mails.send(session, about, kind, now=now, settings=settings, **given)


def _note_who_wrote(session: Session, enquiry: Enquiry, action: Action, text: str, now: datetime) -> Enquiry:
    """Mark whose turn it is; return the enquiry that emails are about: where a merged one continues, else itself."""
    about = enquiry
    if action is Action.WRITE:
        about = _goes_on(session, enquiry)
        about.partner_wrote_at = now
        enquiry.search_text = search_text.with_words(enquiry.search_text, text)
    elif action not in _NO_ANSWER:
        enquiry.partner_wrote_at = None
    return about


def _require_words(row: Rule, actor: Actor, text: str, data: Mapping[str, Any]) -> None:
    if row.needs_text and not text.strip():
        raise Invalid({"text": "needed"})
    if row.needs_windows and not data.get("windows"):
        raise Invalid({"windows": "needed"})
    if row.messages and actor.kind is ActorKind.STAFF and placeholders.gaps(text):
        raise Invalid({"text": "gap"})


def propose_dates(
    session: Session, enquiry: Enquiry, windows: Sequence[tuple[date, date]], *, text: str, **given: Any
) -> Event:
    """Offer a partner other dates (first and last days), in their language, with words of one's own after them.

    Everything else is as in `act`. Raises Invalid without a window.
    """
    t = translations(enquiry.language)
    dates = [f"• {date_range(first, last, enquiry.language)}" for first, last in windows]
    offer = "\n".join([t.gettext("We could receive you on one of these dates instead:"), *dates])
    data = {"windows": [{"start": first.isoformat(), "end": last.isoformat()} for first, last in windows]}
    words = "\n\n".join(filter(None, (offer, text.strip())))
    return act(session, enquiry, Action.PROPOSE_DATES, text=words, data=data, **given)


def note_merger(
    session: Session, enquiry: Enquiry, reference: str, *, actor: Actor, now: datetime, back: bool = False
) -> None:
    """Record that another enquiry was merged into this one, which is locked, or, with `back`, that it is reopened."""
    data = {"reference": reference, "back": back}
    events.add(session, enquiry.id, EventKind.MERGED, actor, now=now, data=data)
    versions.raise_version(enquiry)
    enquiry.changed_at = now


def _take_out(session: Session, enquiry: Enquiry, actor: Actor, now: datetime) -> None:
    """Undo the merge of an enquiry that is open again; the two stay linked.

    All into which it was merged lose it, and their history says so.
    """
    for number in session.scalars(merged.targets(enquiry.id)).all():
        other = session.get_one(Enquiry, number, with_for_update=True, populate_existing=True)
        note_merger(session, other, enquiry.reference, actor=actor, now=now, back=True)
    query = select(Relation).where(Relation.enquiry_id == enquiry.id, Relation.merged)
    for relation in session.scalars(query):
        relation.merged = False


def _goes_on(session: Session, enquiry: Enquiry) -> Enquiry:
    """Return where what the partner wrote is answered: where the enquiry continues, if it was merged, else itself."""
    target = merged.end(session, enquiry.id) if enquiry.status is Status.WITHDRAWN else None
    if target is None:
        return enquiry
    query = select(Enquiry).where(Enquiry.id == target.id).options(*PARTIES)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def raised_version(event: Event) -> bool:
    """Return whether the enquiry's version rose with an event, so that those who read it before must be warned."""
    kinds = (EventKind.HANDED_OVER, EventKind.PROMISE_MOVED, EventKind.MERGED)
    return event.action is not None or event.kind in kinds


def check(enquiry: Enquiry, action: Action, *, actor: Actor, version: int | None = None) -> Rule:
    """Return the rule by which an actor may take an action now. Raises Conflict and NotAllowed as `act` does."""
    if version is not None:
        versions.expect(enquiry, version)
    row = rule(enquiry.status, action, enquiry.kind)
    if row is None or not actor.can(row.permission):
        raise NotAllowed(f"{action} is not possible for {actor.role or actor.kind} in {enquiry.status}")
    return row


def _set_status(session: Session, enquiry: Enquiry, row: Rule, *, now: datetime, settings: Settings) -> None:
    """Move to the rule's target; the clock of the promise stops while we wait for the partner and once we answered."""
    if row.target is None or row.target is enquiry.status:
        return
    today = now.astimezone(settings.zone).date()
    if enquiry.clock_stopped_on is not None and row.target in CLOCK_STATUSES:
        clock.resume(enquiry, today)
        days = office_calendar.around(session, today, settings=settings)
        enquiry.promised_on = clock.due(enquiry, days, settings=settings)
    elif enquiry.clock_stopped_on is None and row.target not in clock.RUNNING:
        enquiry.clock_stopped_on = today
    enquiry.status = row.target
    if row.target not in IN_HAND:
        opening.end_referrals(session, enquiry, now=now)
    enquiry.due_on = enquiry.promised_on if row.target in CLOCK_STATUSES else NEVER
