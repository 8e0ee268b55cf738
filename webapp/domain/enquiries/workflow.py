"""The workflow as one table: (status, action) → status, who may do it, and which emails it sends."""

from collections.abc import Iterable
from dataclasses import dataclass

from webapp.vocabulary import IN_HAND, OPEN_STATUSES, Action, Kind, MessageKind, Permission, Status

ALL_KINDS = frozenset(Kind)
VISITS = frozenset({Kind.VISIT})
OTHERS = ALL_KINDS - VISITS
_ANY = tuple(Status)
_SPAM = (Status.SPAM, Status.SUSPECT)
_NOT_SPAM = tuple(status for status in Status if status not in _SPAM)
_TOLD = (MessageKind.PARTNER_STATUS,)


@dataclass(frozen=True)
class Rule:
    """One row: from any of `sources`, `action` leads to `target` (None: the status stays)."""

    action: Action
    sources: tuple[Status, ...]
    target: Status | None
    permission: Permission
    messages: tuple[MessageKind, ...] = ()
    kinds: frozenset[Kind] = ALL_KINDS
    # A text that goes with it: to the partner, or as a note; `needs_text` refuses to go on without.
    takes_text: bool = False
    needs_text: bool = False
    by_partner: bool = False
    # Other dates go with it, as `windows` of its facts.
    needs_windows: bool = False


_DECIDE, _TRIAGE = Permission.ENQUIRY_DECIDE, Permission.ENQUIRY_TRIAGE

TABLE: tuple[Rule, ...] = (
    Rule(Action.REVIEW, (Status.RECEIVED,), Status.IN_REVIEW, _TRIAGE, _TOLD),
    Rule(Action.ACCEPT, IN_HAND, Status.ACCEPTED, _DECIDE, _TOLD, takes_text=True),
    Rule(Action.ASK_PARTNER, (Status.RECEIVED, Status.IN_REVIEW, Status.AWAITING_APPROVAL), Status.AWAITING_PARTNER,
         _DECIDE, _TOLD, takes_text=True, needs_text=True),
    Rule(Action.PROPOSE_DATES, (Status.RECEIVED, Status.IN_REVIEW, Status.AWAITING_APPROVAL), Status.AWAITING_PARTNER,
         _DECIDE, _TOLD, VISITS, takes_text=True, needs_windows=True),
    Rule(Action.ASK_APPROVAL, (Status.RECEIVED, Status.IN_REVIEW), Status.AWAITING_APPROVAL, _TRIAGE, takes_text=True),
    Rule(Action.CHASE_APPROVAL, (Status.AWAITING_APPROVAL,), None, _TRIAGE),
    # One of several approvals; the last one; and a refusal, which ends them all.
    Rule(Action.CONSENT, (Status.AWAITING_APPROVAL,), None, Permission.APPROVAL_GIVE, takes_text=True),
    Rule(Action.APPROVE, (Status.AWAITING_APPROVAL,), Status.IN_REVIEW, Permission.APPROVAL_GIVE,
         (MessageKind.LIAISON_APPROVAL,), takes_text=True),
    Rule(Action.REFUSE, (Status.AWAITING_APPROVAL,), Status.IN_REVIEW, Permission.APPROVAL_GIVE,
         (MessageKind.LIAISON_APPROVAL,), takes_text=True, needs_text=True),
    # To a faculty and back while the clock runs; who answers stays who answers.
    Rule(Action.REFER, IN_HAND, None, _TRIAGE, takes_text=True, needs_text=True),
    Rule(Action.CHASE_REFERRAL, IN_HAND, None, _TRIAGE),
    Rule(Action.RETURN, IN_HAND, None, Permission.REFERRAL_GIVE, (MessageKind.LIAISON_RETURNED,), takes_text=True),
    Rule(Action.RECALL, IN_HAND, None, _TRIAGE),
    Rule(Action.RESUME, (Status.AWAITING_PARTNER, Status.AWAITING_APPROVAL), Status.IN_REVIEW, _TRIAGE),
    Rule(Action.SCHEDULE, (Status.ACCEPTED,), Status.SCHEDULED, _DECIDE, _TOLD, VISITS, takes_text=True),
    Rule(Action.COMPLETE, (Status.SCHEDULED,), Status.COMPLETED, _DECIDE, _TOLD, VISITS, takes_text=True),
    Rule(Action.COMPLETE, (Status.ACCEPTED,), Status.COMPLETED, _DECIDE, _TOLD, OTHERS, takes_text=True),
    Rule(Action.DECLINE, OPEN_STATUSES, Status.DECLINED, _DECIDE, _TOLD, takes_text=True, needs_text=True),
    Rule(Action.REOPEN, (Status.COMPLETED, Status.DECLINED, Status.WITHDRAWN), Status.IN_REVIEW, _DECIDE, _TOLD,
         takes_text=True),
    Rule(Action.MARK_SPAM, (Status.RECEIVED, Status.IN_REVIEW, Status.SUSPECT), Status.SPAM, _TRIAGE),
    # What was held when it came gets the emails of a new enquiry then, see `domain.enquiries.held`.
    Rule(Action.UNMARK_SPAM, _SPAM, Status.RECEIVED, _TRIAGE),
    Rule(Action.WITHDRAW, OPEN_STATUSES, Status.WITHDRAWN, Permission.TRACKING_USE,
         (MessageKind.PARTNER_STATUS, MessageKind.LIAISON_WITHDRAWN), takes_text=True, by_partner=True),
    Rule(Action.WRITE, (Status.AWAITING_PARTNER,), Status.IN_REVIEW, Permission.TRACKING_USE,
         (MessageKind.LIAISON_PARTNER_WROTE,), takes_text=True, needs_text=True, by_partner=True),
    Rule(Action.WRITE, tuple(s for s in _NOT_SPAM if s is not Status.AWAITING_PARTNER), None, Permission.TRACKING_USE,
         (MessageKind.LIAISON_PARTNER_WROTE,), takes_text=True, needs_text=True, by_partner=True),
    # A partner taken for spam finds their page as it was; no one gets an email about what they do there.
    Rule(Action.WITHDRAW, _SPAM, Status.WITHDRAWN, Permission.TRACKING_USE, takes_text=True, by_partner=True),
    Rule(Action.WRITE, _SPAM, None, Permission.TRACKING_USE, takes_text=True, needs_text=True,
         by_partner=True),
    Rule(Action.REPLY, _NOT_SPAM, None, Permission.ENQUIRY_REPLY, (MessageKind.PARTNER_MESSAGE,),
         takes_text=True, needs_text=True),
    Rule(Action.NOTE, _ANY, None, Permission.ENQUIRY_NOTE, takes_text=True, needs_text=True),
    Rule(Action.ASSIGN, _NOT_SPAM, None, Permission.ENQUIRY_ASSIGN, takes_text=True),
    Rule(Action.LINK, _NOT_SPAM, None, Permission.ORGANISATION_EDIT),
    Rule(Action.SCREEN, _NOT_SPAM, None, Permission.ENQUIRY_SCREEN, takes_text=True),
    Rule(Action.PRIORITISE, _NOT_SPAM, None, _TRIAGE),
    Rule(Action.TAG, _ANY, None, _TRIAGE),
    Rule(Action.UNTAG, _ANY, None, _TRIAGE),
    Rule(Action.CHECK, _ANY, None, Permission.ENQUIRY_NOTE),
    Rule(Action.RELATE, _ANY, None, _TRIAGE),
    # Reopening takes it out again.
    Rule(Action.MERGE, IN_HAND, Status.WITHDRAWN, _DECIDE, (MessageKind.PARTNER_MERGED,)),
    # Sorting what arrived: nothing is decided by it, and it can be taken back.
    Rule(Action.CONVERT, IN_HAND, None, _TRIAGE, (MessageKind.PARTNER_CONVERTED,), takes_text=True),
    # Its emails are about the second enquiry, see `domain.enquiries.splitting`.
    Rule(Action.SPLIT, OPEN_STATUSES, None, _TRIAGE),
    Rule(Action.CORRECT_ADDRESS, _ANY, None, Permission.MESSAGE_RESEND),
)  # fmt: skip


def rule(status: Status, action: Action, kind: Kind) -> Rule | None:
    """Return the row for an action on an enquiry of a kind in a status, or None where the action is not possible."""
    for row in TABLE:
        if row.action is action and status in row.sources and kind in row.kinds:
            return row
    return None


def allowed_actions(status: Status, kind: Kind, permissions: Iterable[Permission]) -> tuple[Rule, ...]:
    """Return the rows that someone with these permissions may use now, in the table's order."""
    held = frozenset(permissions)
    return tuple(row for row in TABLE if status in row.sources and kind in row.kinds and row.permission in held)
