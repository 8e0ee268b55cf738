"""The workflow as one table: what is known of each action, and from which status it leads where, by whom, with which
emails."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from webapp.vocabulary import (
    IN_HAND,
    OPEN_STATUSES,
    Action,
    Advice,
    DecisionChoice,
    EventKind,
    Kind,
    Letter,
    MessageKind,
    Permission,
    Status,
    VisitNews,
)

ALL_KINDS = frozenset(Kind)
VISITS = frozenset({Kind.VISIT})
OTHERS = ALL_KINDS - VISITS
_ANY = tuple(Status)
_SPAM = (Status.SPAM, Status.SUSPECT)
_NOT_SPAM = tuple(status for status in Status if status not in _SPAM)
_ASKABLE = (Status.RECEIVED, Status.IN_REVIEW, Status.AWAITING_APPROVAL)
_OFFERABLE = (Status.RECEIVED, Status.IN_REVIEW, Status.AWAITING_APPROVAL, Status.ACCEPTED)
_TOLD = (MessageKind.PARTNER_STATUS,)
_OFFERED = (MessageKind.PARTNER_DATES,)
_DATES_TOLD = (MessageKind.LIAISON_DATES,)


class Place(StrEnum):
    """Where an action is taken."""

    # Among the decisions on the enquiry's page, which offers it by itself.
    DECISIONS = "decisions"
    # In a part of that page of its own.
    PANEL = "panel"
    # By a form that asks for more than words, at an address of its own.
    OWN_ADDRESS = "own_address"
    # Behind a link in an email, never at the desk.
    LINK = "link"


class ActionField(StrEnum):
    """What else than words the form of an action asks for."""

    WINDOWS = "windows"
    APPROVERS = "approvers"
    KIND = "kind"


@dataclass(frozen=True)
class Rule:
    """From any of `sources`, an action leads to `target` (None: the status stays)."""

    sources: tuple[Status, ...]
    target: Status | None
    permission: Permission
    messages: tuple[MessageKind, ...] = ()
    kinds: frozenset[Kind] = ALL_KINDS


@dataclass(frozen=True)
class ActionRow:
    """One row: all that is known of an action, but for its words, which are `labels.ACTION`.

    Of what a row does not say the least holds: the partner reads nothing of it, and it is taken on one enquiry alone.
    """

    action: Action
    rules: tuple[Rule, ...]
    # A text that goes with it: to the partner, or as a note; `needs_text` refuses to go on without.
    takes_text: bool = False
    needs_text: bool = False
    needs: ActionField | None = None
    # Its line in the history, and whether the partner reads that too.
    event: EventKind = EventKind.STATUS
    public: bool = False
    # A message of the partner no longer waits for an answer after it.
    answers_partner: bool = False
    # The partner's link ends, and another takes its place.
    renews_link: bool = False
    # Letters that can be its text; the advice that it follows, with which of them; how a decision by link is called.
    letters: tuple[Letter, ...] = ()
    follows: tuple[tuple[Advice, Letter], ...] = ()
    choice: DecisionChoice | None = None
    place: Place = Place.DECISIONS
    # The way forward, offered first; final for the partner or out of sight, offered last and confirmed.
    is_forward: bool = False
    is_harmful: bool = False
    # It may be taken on many at once, where `takes_value` with a person, a priority or a tag.
    in_bulk: bool = False
    takes_value: bool = False
    # What the host of a visit hears of it.
    host_news: VisitNews | None = None
    # What takes it back before anyone has heard of it.
    inverse: Action | None = None

    @property
    def at_once(self) -> bool:
        """Nothing to fill in and no harm done: one press is enough."""
        return not (self.takes_text or self.needs or self.is_harmful)

    @property
    def by_partner(self) -> bool:
        return all(rule.permission is Permission.TRACKING_USE for rule in self.rules)


_DECIDE, _TRIAGE = Permission.ENQUIRY_DECIDE, Permission.ENQUIRY_TRIAGE
_PARTNER, _APPROVER = Permission.TRACKING_USE, Permission.APPROVAL_GIVE

_ROWS: tuple[ActionRow, ...] = (
    ActionRow(Action.REVIEW, (Rule((Status.RECEIVED,), Status.IN_REVIEW, _TRIAGE, _TOLD),),
              public=True, answers_partner=True, in_bulk=True),
    ActionRow(Action.ACCEPT, (Rule(IN_HAND, Status.ACCEPTED, _DECIDE, _TOLD),),
              takes_text=True, public=True, answers_partner=True, letters=(Letter.ACCEPT,),
              follows=((Advice.ACCEPT, Letter.ACCEPT),), choice=DecisionChoice.ACCEPT, is_forward=True, in_bulk=True),
    ActionRow(Action.ASK_PARTNER, (Rule(_ASKABLE, Status.AWAITING_PARTNER, _DECIDE, _TOLD),),
              takes_text=True, needs_text=True, public=True, answers_partner=True,
              letters=(Letter.ONLINE, Letter.DEFER, Letter.REFER),
              follows=((Advice.ONLINE, Letter.ONLINE),), choice=DecisionChoice.ASK_PARTNER),
    ActionRow(Action.PROPOSE_DATES, (Rule(_ASKABLE, Status.AWAITING_PARTNER, _DECIDE, _OFFERED, VISITS),
                                     Rule((Status.AWAITING_PARTNER, Status.ACCEPTED), None, _DECIDE, _OFFERED,
                                          VISITS)),
              takes_text=True, needs=ActionField.WINDOWS, public=True, answers_partner=True,
              letters=(Letter.OTHER_DATES,), follows=((Advice.OTHER_DATES, Letter.OTHER_DATES),),
              choice=DecisionChoice.PROPOSE_DATES),
    ActionRow(Action.ASK_APPROVAL, (Rule((Status.RECEIVED, Status.IN_REVIEW), Status.AWAITING_APPROVAL, _TRIAGE),),
              takes_text=True, needs=ActionField.APPROVERS),
    ActionRow(Action.CHASE_APPROVAL, (Rule((Status.AWAITING_APPROVAL,), None, _TRIAGE),)),
    # One of several approvals; the last one; and a refusal, which ends them all.
    ActionRow(Action.CONSENT, (Rule((Status.AWAITING_APPROVAL,), None, _APPROVER),),
              takes_text=True, place=Place.LINK),
    ActionRow(Action.APPROVE, (Rule((Status.AWAITING_APPROVAL,), Status.IN_REVIEW, _APPROVER,
                                    (MessageKind.LIAISON_APPROVAL,)),), takes_text=True, place=Place.LINK),
    ActionRow(Action.REFUSE, (Rule((Status.AWAITING_APPROVAL,), Status.IN_REVIEW, _APPROVER,
                                   (MessageKind.LIAISON_APPROVAL,)),),
              takes_text=True, needs_text=True, place=Place.LINK),
    # To a faculty and back while the clock runs; who answers stays who answers.
    ActionRow(Action.REFER, (Rule(IN_HAND, None, _TRIAGE),),
              takes_text=True, needs_text=True, place=Place.OWN_ADDRESS),
    ActionRow(Action.CHASE_REFERRAL, (Rule(IN_HAND, None, _TRIAGE),), place=Place.OWN_ADDRESS),
    ActionRow(Action.RETURN, (Rule(IN_HAND, None, Permission.REFERRAL_GIVE, (MessageKind.LIAISON_RETURNED,)),),
              takes_text=True, place=Place.LINK),
    ActionRow(Action.RECALL, (Rule(IN_HAND, None, _TRIAGE),), place=Place.OWN_ADDRESS),
    ActionRow(Action.RESUME, (Rule((Status.AWAITING_PARTNER, Status.AWAITING_APPROVAL), Status.IN_REVIEW, _TRIAGE),),
              public=True, answers_partner=True, in_bulk=True),
    # A visit's day, place and host are written with these four, see `domain.visits.visits`.
    ActionRow(Action.ARRANGE, (Rule((Status.ACCEPTED,), None, _DECIDE, (), VISITS),), takes_text=True,
              event=EventKind.CHANGED, place=Place.OWN_ADDRESS),
    ActionRow(Action.SCHEDULE, (Rule((Status.ACCEPTED,), Status.SCHEDULED, _DECIDE, _TOLD, VISITS),),
              takes_text=True, public=True, answers_partner=True, is_forward=True, place=Place.OWN_ADDRESS,
              host_news=VisitNews.CONFIRMED),
    ActionRow(Action.MOVE, (Rule((Status.SCHEDULED,), None, _DECIDE, (MessageKind.PARTNER_VISIT_MOVED,), VISITS),),
              takes_text=True, public=True, answers_partner=True, place=Place.OWN_ADDRESS, host_news=VisitNews.MOVED),
    ActionRow(Action.POSTPONE, (Rule((Status.SCHEDULED,), Status.ACCEPTED, _DECIDE,
                                     (MessageKind.PARTNER_VISIT_POSTPONED,), VISITS),),
              takes_text=True, needs_text=True, public=True, answers_partner=True, is_harmful=True,
              place=Place.OWN_ADDRESS, host_news=VisitNews.CALLED_OFF),
    # What partners say of their visit on their page.
    ActionRow(Action.TAKE_DATES, (Rule((Status.AWAITING_PARTNER,), Status.IN_REVIEW, _PARTNER, _DATES_TOLD, VISITS),
                                  Rule(_OFFERABLE, None, _PARTNER, _DATES_TOLD, VISITS)),
              takes_text=True, public=True, place=Place.LINK),
    ActionRow(Action.PASS_OVER_DATES, (Rule((Status.AWAITING_PARTNER,), Status.IN_REVIEW, _PARTNER, _DATES_TOLD,
                                            VISITS), Rule(_OFFERABLE, None, _PARTNER, _DATES_TOLD, VISITS)),
              takes_text=True, public=True, place=Place.LINK),
    ActionRow(Action.CHANGE_GROUP, (Rule((Status.ACCEPTED, Status.SCHEDULED), None, _PARTNER,
                                         (MessageKind.LIAISON_GROUP,), VISITS),),
              takes_text=True, public=True, place=Place.LINK),
    ActionRow(Action.COMPLETE, (Rule((Status.SCHEDULED,), Status.COMPLETED, _DECIDE, _TOLD, VISITS),
                                Rule((Status.ACCEPTED,), Status.COMPLETED, _DECIDE, _TOLD, OTHERS)),
              takes_text=True, public=True, answers_partner=True, is_forward=True, in_bulk=True),
    ActionRow(Action.DECLINE, (Rule(OPEN_STATUSES, Status.DECLINED, _DECIDE, _TOLD),),
              takes_text=True, needs_text=True, public=True, answers_partner=True, letters=(Letter.DECLINE,),
              follows=((Advice.DECLINE, Letter.DECLINE),), choice=DecisionChoice.DECLINE, is_harmful=True,
              host_news=VisitNews.CALLED_OFF),
    ActionRow(Action.REOPEN, (Rule((Status.COMPLETED, Status.DECLINED, Status.WITHDRAWN), Status.IN_REVIEW, _DECIDE,
                                   _TOLD),), takes_text=True, public=True, answers_partner=True, in_bulk=True),
    ActionRow(Action.MARK_SPAM, (Rule((Status.RECEIVED, Status.IN_REVIEW, Status.SUSPECT), Status.SPAM, _TRIAGE),),
              is_harmful=True, in_bulk=True, inverse=Action.UNMARK_SPAM),
    # What was held when it came gets the emails of a new enquiry then, see `domain.enquiries.held`.
    ActionRow(Action.UNMARK_SPAM, (Rule(_SPAM, Status.RECEIVED, _TRIAGE),),
              is_forward=True, in_bulk=True, inverse=Action.MARK_SPAM),
    # A partner taken for spam finds their page as it was; no one gets an email about what they do there.
    ActionRow(Action.WITHDRAW, (Rule(OPEN_STATUSES, Status.WITHDRAWN, _PARTNER,
                                     (MessageKind.PARTNER_STATUS, MessageKind.LIAISON_WITHDRAWN)),
                                Rule(_SPAM, Status.WITHDRAWN, _PARTNER)),
              takes_text=True, public=True, answers_partner=True, place=Place.LINK, host_news=VisitNews.CALLED_OFF),
    ActionRow(Action.WRITE, (Rule((Status.AWAITING_PARTNER,), Status.IN_REVIEW, _PARTNER,
                                  (MessageKind.LIAISON_PARTNER_WROTE,)),
                             Rule(tuple(s for s in _NOT_SPAM if s is not Status.AWAITING_PARTNER), None, _PARTNER,
                                  (MessageKind.LIAISON_PARTNER_WROTE,)),
                             Rule(_SPAM, None, _PARTNER)),
              takes_text=True, needs_text=True, event=EventKind.PARTNER_MESSAGE, public=True, place=Place.LINK),
    ActionRow(Action.REPLY, (Rule(_NOT_SPAM, None, Permission.ENQUIRY_REPLY, (MessageKind.PARTNER_MESSAGE,)),),
              takes_text=True, needs_text=True, event=EventKind.OFFICE_MESSAGE, public=True, answers_partner=True,
              letters=(Letter.REFER, Letter.ONLINE, Letter.DEFER, Letter.THANKS),
              follows=((Advice.REFER, Letter.REFER),),
              place=Place.PANEL),
    ActionRow(Action.NOTE, (Rule(_ANY, None, Permission.ENQUIRY_NOTE),),
              takes_text=True, needs_text=True, event=EventKind.NOTE, place=Place.PANEL),
    ActionRow(Action.ASSIGN, (Rule(_NOT_SPAM, None, Permission.ENQUIRY_ASSIGN),),
              takes_text=True, event=EventKind.ASSIGNED, choice=DecisionChoice.PASS_ON, place=Place.PANEL,
              in_bulk=True, takes_value=True, inverse=Action.ASSIGN),
    ActionRow(Action.LINK, (Rule(_NOT_SPAM, None, Permission.ORGANISATION_EDIT),),
              event=EventKind.LINKED, place=Place.PANEL),
    ActionRow(Action.SCREEN, (Rule(_NOT_SPAM, None, Permission.ENQUIRY_SCREEN),),
              takes_text=True, event=EventKind.SCREENED, place=Place.PANEL),
    ActionRow(Action.PRIORITISE, (Rule(_NOT_SPAM, None, _TRIAGE),), event=EventKind.CHANGED, place=Place.OWN_ADDRESS,
              in_bulk=True, takes_value=True, inverse=Action.PRIORITISE),
    ActionRow(Action.TAG, (Rule(_ANY, None, _TRIAGE),), event=EventKind.CHANGED, place=Place.OWN_ADDRESS,
              in_bulk=True, takes_value=True, inverse=Action.UNTAG),
    ActionRow(Action.UNTAG, (Rule(_ANY, None, _TRIAGE),), event=EventKind.CHANGED, place=Place.OWN_ADDRESS,
              in_bulk=True, takes_value=True, inverse=Action.TAG),
    ActionRow(Action.CHECK, (Rule(_ANY, None, Permission.ENQUIRY_NOTE),),
              event=EventKind.CHANGED, place=Place.OWN_ADDRESS),
    ActionRow(Action.RELATE, (Rule(_ANY, None, _TRIAGE),), event=EventKind.CHANGED, place=Place.OWN_ADDRESS),
    # Reopening takes it out again.
    ActionRow(Action.MERGE, (Rule(IN_HAND, Status.WITHDRAWN, _DECIDE, (MessageKind.PARTNER_MERGED,)),),
              public=True, answers_partner=True, place=Place.OWN_ADDRESS),
    # Sorting what arrived: nothing is decided or answered by it, and it can be taken back.
    ActionRow(Action.CONVERT, (Rule(IN_HAND, None, _TRIAGE, (MessageKind.PARTNER_CONVERTED,)),),
              takes_text=True, needs=ActionField.KIND, event=EventKind.CONVERTED, public=True),
    # Its emails are about the second enquiry, see `domain.enquiries.splitting`.
    ActionRow(Action.SPLIT, (Rule(OPEN_STATUSES, None, _TRIAGE),),
              event=EventKind.SPLIT, public=True, place=Place.OWN_ADDRESS),
    ActionRow(Action.CORRECT_ADDRESS, (Rule(_ANY, None, Permission.MESSAGE_RESEND),),
              event=EventKind.CHANGED, place=Place.OWN_ADDRESS),
    # By the office, where a link reached someone else; and by the partner, on their page.
    ActionRow(Action.RENEW_LINK, (Rule(_NOT_SPAM, None, Permission.MESSAGE_RESEND, (MessageKind.PARTNER_LINK,)),),
              event=EventKind.CHANGED, renews_link=True, place=Place.PANEL),
    ActionRow(Action.REQUEST_LINK, (Rule(_NOT_SPAM, None, _PARTNER, (MessageKind.PARTNER_LINK,)),),
              event=EventKind.CHANGED, renews_link=True, place=Place.LINK),
)  # fmt: skip
TABLE: dict[Action, ActionRow] = {row.action: row for row in _ROWS}


def rule(status: Status, action: Action, kind: Kind) -> Rule | None:
    """Return the rule for an action on an enquiry of a kind in a status, or None where the action is not possible."""
    for row in TABLE[action].rules:
        if status in row.sources and kind in row.kinds:
            return row
    return None


def allowed_actions(status: Status, kind: Kind, permissions: Iterable[Permission]) -> tuple[Action, ...]:
    """Return what someone with these permissions may do now, in the table's order."""
    held = frozenset(permissions)
    return tuple(action for action in TABLE if (row := rule(status, action, kind)) and row.permission in held)


def chosen_action(choice: DecisionChoice) -> Action | None:
    """Return the action that a decision by link is, or None where it is none on the enquiry."""
    return next((row.action for row in TABLE.values() if row.choice is choice), None)


def following(advice: Advice) -> tuple[Action, Letter] | None:
    """Return with which action and letter someone would follow an advice, or None."""
    pairs = ((row.action, letter) for row in TABLE.values() for each, letter in row.follows if each is advice)
    return next(pairs, None)
