"""Enquiries change through one door that keeps workflow, history and emails in step."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import questions
from webapp.config import Settings
from webapp.domain.calendar import clock, office_calendar
from webapp.domain.enquiries import held, merged, preconditions, visiting, workflow
from webapp.domain.enquiries.workflow import ActionField, ActionRow, Rule
from webapp.domain.errors import Invalid, NotAllowed, NotYet
from webapp.domain.history import events, versions
from webapp.domain.letters import placeholders
from webapp.domain.limits import buckets
from webapp.domain.limits.buckets import per
from webapp.domain.links import issuing, opening
from webapp.domain.notifications import enquiry_mails, gathering, programme_mails, visit_mails
from webapp.domain.papers import letters as invitation_letters
from webapp.domain.routing.answerer import PARTIES, answerer_of
from webapp.domain.search import index
from webapp.domain.search import text as search_text
from webapp.domain.security.acting import Acting
from webapp.domain.security.permissions import Actor
from webapp.i18n import date_range, translations
from webapp.models import NEVER, RUNNING, Enquiry, Event, Relation, event_codec
from webapp.models.event_data import Absorbed, ActionTaken, DatesProposed, StatusChange, Window
from webapp.models.visit_events import CalledOff
from webapp.vocabulary import (
    CLOCK_STATUSES,
    IN_HAND,
    Action,
    ActorKind,
    EventKind,
    Kind,
    MessageKind,
    Status,
    VisitNews,
)

# What a partner writes and changes by their link, each day and enquiry.
BY_PARTNER = per(timedelta(days=1), "messages of a partner", 40)


def partner(enquiry: Enquiry) -> Actor:
    """Return the actor that the holder of the enquiry's secret link is."""
    return Actor(ActorKind.PARTNER, enquiry.contact_name)


def act(
    session: Session,
    enquiry: Enquiry,
    action: Action,
    *,
    by: Acting,
    version: int | None = None,
    text: str = "",
    facts: ActionTaken | None = None,
) -> Event:
    """Take an action of the workflow table: check it, change the status and the clock, write history, stage the emails.

    `enquiry` must be locked by this transaction with network and assignee loaded (see `loading.locked`). `version` is
    what the actor last read, `facts` what the history keeps; the statuses are added to it. Raises Conflict where the
    version has passed, NotAllowed where the table or the role forbids the action, NotYet where the office's settings
    ask for a step before it, Invalid where a text is needed or has a gap, TooMany for a partner who acts too often,
    TypeError for facts of another action.
    """
    row, rule = workflow.TABLE[action], check(enquiry, action, actor=by.actor, version=version)
    _admit(session, enquiry, row, rule, by)
    _require_words(row, rule, by.actor, text, facts)
    before, was_held = enquiry.status, held.is_held(enquiry)
    _set_status(session, enquiry, rule, now=by.now, settings=by.settings)
    about = _note_who_wrote(session, enquiry, row, text, by.now)
    versions.raise_version(enquiry)
    enquiry.changed_at = by.now
    known = facts or event_codec.BY_ACTION.get(action, ActionTaken)()
    known = replace(known, status=StatusChange(before=before, after=enquiry.status))
    event = events.add(
        session,
        enquiry.id,
        row.event,
        by.actor,
        _without_letters(session, enquiry, row, known, text=text, by=by),
        now=by.now,
        action=action,
        public=row.public,
        text=text.strip() if row.takes_text else "",
    )
    if rule.target is not None:
        visiting.follow(session, enquiry, now=by.now, settings=by.settings)
    session.flush()
    _follow_up(session, enquiry, row, was_held=was_held, by=by)
    _stage_messages(session, enquiry, about, rule, event, now=by.now, settings=by.settings)
    return event


def _without_letters(
    session: Session, enquiry: Enquiry, row: ActionRow, facts: ActionTaken, *, text: str, by: Acting
) -> ActionTaken:
    """Withdraw the invitation letters of a visit that is called off; return the facts with their numbers."""
    if row.host_news is not VisitNews.CALLED_OFF or enquiry.kind is not Kind.VISIT or not isinstance(facts, CalledOff):
        return facts
    return replace(facts, letters=invitation_letters.withdraw_all(session, enquiry, reason=text.strip(), by=by))


def _admit(session: Session, enquiry: Enquiry, row: ActionRow, rule: Rule, by: Acting) -> None:
    """Refuse what a step is missing for, and what a partner does too often: that they do not come is heard at any time,
    and links that they ask for are counted by their mailbox.
    """
    if step := preconditions.missing(session, enquiry, row.action):
        raise NotYet(step)
    if by.actor.kind is ActorKind.PARTNER and not row.renews_link and rule.target is not Status.WITHDRAWN:
        buckets.take(session, [BY_PARTNER.of(enquiry.id)], now=by.now)


def _follow_up(session: Session, enquiry: Enquiry, row: ActionRow, *, was_held: bool, by: Acting) -> None:
    if row.renews_link:
        issuing.renew_tracking(session, enquiry, now=by.now, settings=by.settings)
    if row.action is Action.REOPEN:
        _take_out(session, enquiry, by)
    if row.action is Action.UNMARK_SPAM:
        if was_held:
            held.release(session, enquiry, now=by.now, settings=by.settings)
        gathering.tell_all(session, enquiry, now=by.now, settings=by.settings)


def _stage_messages(
    session: Session, enquiry: Enquiry, about: Enquiry, rule: Rule, event: Event, *, now: datetime, settings: Settings
) -> None:
    if event.action is Action.WRITE and not rule.messages:
        gathering.keep(session, about, event)
    visit = visiting.of(session, about) if rule.messages else None
    news = workflow.TABLE[event.action].host_news if event.action else None
    if rule.messages:
        who = answerer_of(session, about, now=now, settings=settings)
        given: dict[str, Any] = {"event": event, "wrote": enquiry, "who": who, "now": now, "settings": settings}
        for kind in rule.messages:
            if kind is MessageKind.LIAISON_PARTNER_WROTE:
                gathering.tell(session, about, **given)
            else:
                enquiry_mails.send(session, about, kind, visit=visit, news=news, **given)
        if visit is not None and news is not None:
            details = enquiry_mails.details_of(about, who, visit=visit, settings=settings)
            details = visit_mails.with_letters(details, event)
            visit_mails.tell_host(session, about, details, visit, event, news=news, now=now, settings=settings)
            if news is VisitNews.CALLED_OFF:
                programme_mails.call_off(session, about, visit, now=now, settings=settings)


def _note_who_wrote(session: Session, enquiry: Enquiry, row: ActionRow, text: str, now: datetime) -> Enquiry:
    """Mark whose turn it is; return the enquiry that emails are about: where a merged one continues, else itself."""
    about = enquiry
    if row.action is Action.WRITE:
        about = _goes_on(session, enquiry)
        about.partner_wrote_at = now
        enquiry.search_text = search_text.with_words(enquiry.search_text, text)
        index.add(session, enquiry, text)
    elif row.answers_partner:
        enquiry.partner_wrote_at = None
    return about


def _require_words(row: ActionRow, rule: Rule, actor: Actor, text: str, facts: ActionTaken | None) -> None:
    if row.needs_text and not text.strip():
        raise Invalid({"text": "needed"})
    if row.needs is ActionField.WINDOWS and not (isinstance(facts, DatesProposed) and facts.windows):
        raise Invalid({"windows": "needed"})
    if rule.messages and actor.kind is ActorKind.STAFF and placeholders.gaps(text):
        raise Invalid({"text": "gap"})


def propose_dates(
    session: Session,
    enquiry: Enquiry,
    windows: Sequence[tuple[date, date]],
    *,
    by: Acting,
    version: int | None = None,
    text: str,
) -> Event:
    """Offer a partner other dates (first and last days), in their language, with words of one's own after them.

    Everything else is as in `act`. Raises Invalid without a window.
    """
    language = by.settings.spoken(enquiry.language)
    t = translations(language)
    dates = [f"• {date_range(first, last, language)}" for first, last in windows]
    said = t.gettext("We could receive you on one of these dates instead:")
    if _were_asked_for(enquiry, windows):
        said = t.gettext("We could receive you on one of these dates:")
    offer = "\n".join([said, *dates])
    check(enquiry, Action.PROPOSE_DATES, actor=by.actor, version=version)
    if windows:
        visiting.offer(session, enquiry, windows, now=by.now, settings=by.settings)
    facts = DatesProposed(windows=tuple(Window(start=first, end=last) for first, last in windows))
    words = "\n\n".join(filter(None, (offer, text.strip())))
    return act(session, enquiry, Action.PROPOSE_DATES, text=words, facts=facts, by=by, version=version)


def _were_asked_for(enquiry: Enquiry, windows: Sequence[tuple[date, date]]) -> bool:
    asked = [
        (date.fromisoformat(window["start"]), date.fromisoformat(window["end"]))
        for window in questions.WINDOWS.of(enquiry.answers) or ()
    ]
    return all(any(begin <= first and last <= end for begin, end in asked) for first, last in windows)


def note_merger(session: Session, enquiry: Enquiry, reference: str, *, by: Acting, back: bool = False) -> None:
    """Record that another enquiry was merged into this one, which is locked, or, with `back`, that it is reopened."""
    facts = Absorbed(reference=reference, separated=back)
    events.add(session, enquiry.id, EventKind.MERGED, by.actor, facts, now=by.now)
    versions.raise_version(enquiry)
    enquiry.changed_at = by.now


def _take_out(session: Session, enquiry: Enquiry, by: Acting) -> None:
    """Undo the merge of an enquiry that is open again; the two stay linked.

    All into which it was merged lose it, and their history says so.
    """
    for number in session.scalars(merged.targets(enquiry.id)).all():
        other = session.get_one(Enquiry, number, with_for_update=True, populate_existing=True)
        note_merger(session, other, enquiry.reference, back=True, by=by)
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
    kinds = (
        EventKind.HANDED_OVER,
        EventKind.PROMISE_MOVED,
        EventKind.MERGED,
        EventKind.LEGAL_HOLD,
        EventKind.EMPTIED,
    )
    return event.action is not None or event.kind in kinds


def allowed(enquiry: Enquiry, actor: Actor) -> tuple[Action, ...]:
    """Return the actions that an actor may take on an enquiry now; none on one that was emptied."""
    if enquiry.emptied_at is not None:
        return ()
    return tuple(workflow.allowed_actions(enquiry.status, enquiry.kind, actor.permissions))


def check(enquiry: Enquiry, action: Action, *, actor: Actor, version: int | None = None) -> Rule:
    """Return the rule by which an actor may take an action now. Raises Conflict and NotAllowed as `act` does."""
    if version is not None:
        versions.expect(enquiry, version)
    rule = workflow.rule(enquiry.status, action, enquiry.kind) if enquiry.emptied_at is None else None
    if rule is None or not actor.can(rule.permission):
        raise NotAllowed(f"{action} is not possible for {actor.role or actor.kind} in {enquiry.status}")
    return rule


def _set_status(session: Session, enquiry: Enquiry, rule: Rule, *, now: datetime, settings: Settings) -> None:
    """Move to the rule's target; the clock of the promise stops while we wait for the partner and once we answered."""
    if rule.target is None or rule.target is enquiry.status:
        return
    today = now.astimezone(settings.zone).date()
    if enquiry.clock_stopped_on is not None and rule.target in CLOCK_STATUSES:
        clock.resume(enquiry, today)
        days = office_calendar.around(session, today, settings=settings)
        enquiry.promised_on = clock.due(enquiry, days, settings=settings)
    elif enquiry.clock_stopped_on is None and rule.target not in RUNNING:
        enquiry.clock_stopped_on = today
    enquiry.status = rule.target
    if rule.target not in IN_HAND:
        opening.end_referrals(session, enquiry, now=now)
        issuing.decided(session, enquiry, now=now)
    issuing.time_tracking(session, enquiry, now=now, settings=settings)
    enquiry.due_on = enquiry.promised_on if rule.target in CLOCK_STATUSES else NEVER
