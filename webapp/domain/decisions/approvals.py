"""Approvals by people without an account: asked in order or together, chased, given or refused by a link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from webapp.config import Settings
from webapp.domain.decisions import asking, authority
from webapp.domain.enquiries import actions
from webapp.domain.enquiries.loading import locked_where
from webapp.domain.errors import Invalid, NotAllowed
from webapp.domain.links import issuing
from webapp.domain.links.opening import Opened
from webapp.domain.notifications import enquiry_mails
from webapp.domain.routing.answerer import answerer_of
from webapp.domain.security import colleagues
from webapp.domain.security.acting import Acting
from webapp.domain.security.colleagues import mailbox
from webapp.domain.security.permissions import Actor
from webapp.models import Approval, Enquiry, Event
from webapp.models.event_data import ApproversAsked
from webapp.vocabulary import Action, ActorKind, ApprovalOutcome, Language, LinkKind, Status

LASTS = timedelta(days=30)
# No one is reminded more often.
_CHASED_AGAIN = timedelta(hours=20)


@dataclass(frozen=True)
class Approver:
    """Who is asked; the edge has checked the address."""

    name: str
    email: str
    language: Language = Language.EN


def ask(
    session: Session,
    enquiry: Enquiry,
    approvers: Sequence[Approver],
    *,
    in_order: bool,
    text: str,
    by: Acting,
    version: int | None = None,
) -> Event:
    """Wait for approvals of a locked enquiry, and ask the first of them, or all at once.

    Without approvers the enquiry just waits. What was asked before and is still open is withdrawn. Raises as
    `actions.act`, and Invalid by approver (a number from 0) for who is no colleague ("outside"), asks or answers
    themselves ("own") or is named before ("twice"), or for "approvers" beyond the limits of `asking.expect_room`.
    """
    actions.check(enquiry, Action.ASK_APPROVAL, actor=by.actor, version=version)
    named = {str(number): approver.email for number, approver in enumerate(approvers)}
    check(session, enquiry, named, "approvers", by=by)
    facts = ApproversAsked(approvers=tuple(approver.name for approver in approvers))
    event = actions.act(session, enquiry, Action.ASK_APPROVAL, text=text, facts=facts, by=by, version=version)
    _withdraw(session, enquiry, now=by.now)
    ends: dict[str, Any] = {"expires_at": by.now + LASTS, "now": by.now, "settings": by.settings}
    for number, approver in enumerate(approvers):
        link = issuing.new(LinkKind.APPROVAL, enquiry.id, approver.email, **ends)
        link.asked_by_id = by.actor.person_id
        session.add(
            Approval(
                link=link,
                enquiry_id=enquiry.id,
                position=number if in_order else 0,
                name=approver.name,
                email=approver.email,
                language=approver.language,
                question=text.strip(),
                asked_by=by.actor.name,
                created_at=by.now,
            )
        )
    session.flush()
    _ask_next(session, enquiry, now=by.now, settings=by.settings)
    return event


def check(session: Session, enquiry: Enquiry, named: Mapping[str, str], limits: str, *, by: Acting) -> None:
    """Refuse addresses, by field, that may not be asked about a locked enquiry: Invalid as `ask` raises it.

    `limits` is the field of "many" and "today".
    """
    mailboxes = {field: mailbox(email) for field, email in named.items()}
    faults, earlier = colleagues.faults(mailboxes, by=by), set[str]()
    own = authority.parties(session, enquiry, by.actor.person_id, now=by.now, settings=by.settings)
    for field, email in mailboxes.items():
        faults |= {field: "twice"} if email in earlier else {}
        faults |= {field: "own"} if email in own else {}
        earlier.add(email)
    if faults:
        raise Invalid(faults)
    if named:
        asking.expect_room(session, enquiry, mailboxes.values(), limits, by=by)


def _open(session: Session, enquiry: Enquiry) -> Sequence[Approval]:
    query = select(Approval).where(Approval.enquiry_id == enquiry.id, Approval.outcome.is_(None))
    query = query.where(Approval.withdrawn_at.is_(None)).order_by(Approval.position, Approval.id)
    return session.scalars(query.options(joinedload(Approval.link, innerjoin=True))).all()


def _ask_next(session: Session, enquiry: Enquiry, *, now: datetime, settings: Settings) -> None:
    """Ask those who are next in order, unless they were asked."""
    left = _open(session, enquiry)
    who = answerer_of(session, enquiry, now=now, settings=settings)
    for approval in left:
        if approval.position == left[0].position and approval.asked_at is None:
            approval.asked_at, approval.link.expires_at = now, now + LASTS
            enquiry_mails.ask_approver(
                session, approval, enquiry, who=who, occasion="asked", now=now, settings=settings
            )


def _withdraw(session: Session, enquiry: Enquiry, *, now: datetime) -> None:
    session.execute(
        update(Approval)
        .where(Approval.enquiry_id == enquiry.id, Approval.outcome.is_(None), Approval.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )


def chase(session: Session, enquiry: Enquiry, *, by: Acting, version: int | None = None) -> Event:
    """Remind those who were asked and have not answered, no one twice a day.

    Raises as `actions.act`, and Invalid where no one is left to remind today.
    """
    late = [row for row in _open(session, enquiry) if row.asked_at and _asked(row) < by.now - _CHASED_AGAIN]
    facts = ApproversAsked(approvers=tuple(row.name for row in late))
    event = actions.act(session, enquiry, Action.CHASE_APPROVAL, facts=facts, by=by, version=version)
    if not late:
        raise Invalid({"approvers": "nobody"})
    who = answerer_of(session, enquiry, now=by.now, settings=by.settings)
    for approval in late:
        approval.chased_at, approval.link.expires_at = by.now, by.now + LASTS
        occasion = f"chased:{event.id}"
        enquiry_mails.ask_approver(
            session, approval, enquiry, who=who, occasion=occasion, now=by.now, settings=by.settings
        )
    return event


def _asked(approval: Approval) -> datetime:
    asked = approval.chased_at or approval.asked_at
    assert asked is not None
    return asked


def of(session: Session, enquiry: Enquiry) -> Sequence[Approval]:
    """Return the approvals of an enquiry that were answered or are waited for, as they were asked."""
    query = select(Approval).where(Approval.enquiry_id == enquiry.id).order_by(Approval.id)
    waiting = enquiry.status is Status.AWAITING_APPROVAL
    return [row for row in session.scalars(query) if row.outcome is not None or (row.is_open and waiting)]


def answer(
    session: Session, opened: Opened, outcome: ApprovalOutcome, *, note: str, now: datetime, settings: Settings
) -> Approval:
    """Give or refuse an approval; the last one given, or any refused, brings the enquiry back into review.

    Raises NotFound where the link is none of an approval, Gone, NotAllowed where it was answered, Invalid for a
    refusal without a note. What others do to the enquiry meanwhile is no obstacle while it still waits: the question
    was fixed when it was asked.
    """
    enquiry = locked_where(session, Enquiry.id == opened.enquiry_id)
    assert enquiry is not None
    held = authority.opened(session, opened.token, LinkKind.APPROVAL, now=now, settings=settings)
    found = held.question
    assert isinstance(found, Approval)
    if not found.is_wanted(enquiry):
        raise NotAllowed("it was answered, or is no longer wanted")
    found.outcome, found.answered_at, found.note = outcome, now, note.strip()
    issuing.answered(held.link, now=now)
    session.flush()
    left = _open(session, enquiry)
    action = Action.REFUSE if outcome is ApprovalOutcome.REFUSED else Action.CONSENT if left else Action.APPROVE
    # The address to which the link went says who answered.
    actor = Actor(ActorKind.APPROVER, f"{found.name}, {found.email}")
    actions.act(session, enquiry, action, text=note, by=Acting(actor, now, settings))
    if action is Action.REFUSE:
        _withdraw(session, enquiry, now=now)
    elif action is Action.CONSENT:
        _ask_next(session, enquiry, now=now, settings=settings)
    return found
