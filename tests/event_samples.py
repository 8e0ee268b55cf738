"""A line of history of every kind that the product writes: what it knows, how that is stored, and how it was before.

JSON is written out, not made from the classes: it is what other programs come to rely on."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from webapp.models.event_data import (
    AboutMessage,
    AboutReferral,
    Absorbed,
    ActionTaken,
    AddressCorrected,
    ApproversAsked,
    AskedElsewhere,
    Assigned,
    Checked,
    Converted,
    DatesProposed,
    Emptied,
    EventData,
    File,
    FileHeldBack,
    HandedOver,
    LegalHold,
    LinkedWith,
    Merged,
    MessageFailed,
    OrganisationLinked,
    PartnerWrote,
    Prioritised,
    PromiseMoved,
    Referred,
    Returned,
    RoutingStep,
    Screened,
    SplitFrom,
    SplitOff,
    StatusChange,
    Submitted,
    Tagged,
    Window,
)
from webapp.models.roster_data import RosterDecided, RosterSaved
from webapp.models.visit_events import CalledOff, DatesAnswered, GroupChanged, VisitPlanned
from webapp.models.written_data import OfficeWrote
from webapp.vocabulary import (
    Action,
    ChecklistChange,
    EventKind,
    Finding,
    Kind,
    MessageKind,
    Obstacle,
    Post,
    Priority,
    ScreeningResult,
    Status,
)

Plain = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """One line. `stored` is its JSON but for `v` and the status; `before` was the same until 0019."""

    kind: EventKind
    action: Action | None
    facts: EventData
    stored: Plain
    before: Plain


_FACULTY = {"en": "Example Faculty", "zh-hant": "範例學院"}
_ADDRESSES: Plain = {"before": "a@example.org", "after": "b@example.org"}
_MAIL: Plain = {"message_id": 7, "message_kind": "partner_receipt", "to": "erika@example.org"}
_OLD_MAIL: Plain = {"message": 7, "mail": "partner_receipt", "to": "erika@example.org"}
_FACTS: Plain = {"message_id": 7, "message_kind": MessageKind.PARTNER_RECEIPT, "to": "erika@example.org"}
_MOVED: Plain = {"before": "2026-11-30", "after": "2026-12-01", "because": {"en": "Typhoon", "zh-hant": "颱風"}}
_MOVED_FACTS: Plain = {
    "before": date(2026, 11, 30), "after": date(2026, 12, 1), "because": {"en": "Typhoon", "zh-hant": "颱風"}
}  # fmt: skip
_PASSED: Plain = {"post": "liaison", "name": "Prof. Chan", "obstacle": "away", "until": "2026-12-24"}
_GONE: Plain = {"post": "deputy", "name": "Dr Ho", "obstacle": "gone", "until": None}
_STEPS = (
    RoutingStep(Post.LIAISON, "Prof. Chan", Obstacle.AWAY, date(2026, 12, 24)),
    RoutingStep(Post.DEPUTY, "Dr Ho", Obstacle.GONE),
)
_PLAIN = {
    **dict.fromkeys(
        (
            Action.REVIEW, Action.ACCEPT, Action.ASK_PARTNER, Action.RESUME, Action.CONSENT,
            Action.APPROVE, Action.REFUSE, Action.COMPLETE, Action.MARK_SPAM,
            Action.UNMARK_SPAM, Action.REOPEN,
        ),
        EventKind.STATUS,
    ),
    Action.NOTE: EventKind.NOTE,
}  # fmt: skip

# What the service, or the other enquiry's action, wrote: no action, no status.
LINES = (
    Sample(EventKind.SUBMITTED, None, Submitted(), {"held": False}, {}),
    Sample(EventKind.SUBMITTED, None, Submitted(held=True), {"held": True}, {"held": True}),
    Sample(EventKind.FILE_HELD_BACK, None, FileHeldBack(file_id=4, name="plan.docx", found="Win.Test.EICAR_HDB-1"),
           {"file_id": 4, "name": "plan.docx", "found": "Win.Test.EICAR_HDB-1"},
           {"file_id": 4, "name": "plan.docx", "found": "Win.Test.EICAR_HDB-1"}),
    Sample(EventKind.MAIL_FAILED, None, MessageFailed(**_FACTS, error="550 no"), {**_MAIL, "error": "550 no"},
           {**_OLD_MAIL, "error": "550 no"}),
    Sample(EventKind.MAIL_RESENT, None, AboutMessage(**_FACTS), _MAIL, _OLD_MAIL),
    Sample(EventKind.MAIL_SET_ASIDE, None, AboutMessage(**_FACTS), _MAIL, _OLD_MAIL),
    Sample(EventKind.ASKED_ELSEWHERE, None, AskedElsewhere(name="Prof. Wong", **_ADDRESSES),
           {"name": "Prof. Wong", **_ADDRESSES}, {"name": "Prof. Wong", **_ADDRESSES}),
    Sample(EventKind.HANDED_OVER, None, HandedOver(before="Prof. Chan", after="", post=Post.OFFICE, steps=_STEPS),
           {"before": "Prof. Chan", "after": "", "post": "office", "steps": [_PASSED, _GONE]},
           {"before": "Prof. Chan", "name": "", "post": "office", "hops": [_PASSED, _GONE]}),
    Sample(EventKind.PROMISE_MOVED, None, PromiseMoved(**_MOVED_FACTS),
           {**_MOVED, "day": None, "closure": None, "undoing": False}, _MOVED),
    Sample(EventKind.PROMISE_MOVED, None, PromiseMoved(**_MOVED_FACTS, day=date(2026, 11, 27)),
           {**_MOVED, "day": "2026-11-27", "closure": None, "undoing": False}, {**_MOVED, "day": "2026-11-27"}),
    Sample(EventKind.PROMISE_MOVED, None, PromiseMoved(**_MOVED_FACTS, closure=3),
           {**_MOVED, "day": None, "closure": 3, "undoing": False}, {**_MOVED, "closure": 3, "undoing": False}),
    Sample(EventKind.PROMISE_MOVED, None, PromiseMoved(**_MOVED_FACTS, closure=3, undoing=True),
           {**_MOVED, "day": None, "closure": 3, "undoing": True}, {**_MOVED, "closure": 3, "undoing": True}),
    Sample(EventKind.LINKED, None, OrganisationLinked(organisation="Example Institute"),
           {"status": None, "organisation": "Example Institute"}, {"organisation": "Example Institute"}),
    Sample(EventKind.MERGED, None, Absorbed(reference="LD-4M2P-8HKV"),
           {"reference": "LD-4M2P-8HKV", "separated": False}, {"reference": "LD-4M2P-8HKV", "back": False}),
    Sample(EventKind.MERGED, None, Absorbed(reference="LD-4M2P-8HKV", separated=True),
           {"reference": "LD-4M2P-8HKV", "separated": True}, {"reference": "LD-4M2P-8HKV", "back": True}),
    Sample(EventKind.SPLIT, None, SplitFrom(reference="LD-4M2P-8HKV"), {"reference": "LD-4M2P-8HKV"},
           {"reference": "LD-4M2P-8HKV", "origin": True}),
    Sample(EventKind.LEGAL_HOLD, None, LegalHold(), {"ended": False}, {"ended": False}),
    Sample(EventKind.LEGAL_HOLD, None, LegalHold(ended=True), {"ended": True}, {"ended": True}),
    Sample(EventKind.EMPTIED, None, Emptied(), {"asked": False}, {"asked": False}),
    Sample(EventKind.EMPTIED, None, Emptied(asked=True), {"asked": True}, {"asked": True}),
    Sample(EventKind.ROSTER, None, RosterSaved(delegates=12), {"delegates": 12, "asked": 0},
           {"delegates": 12, "asked": 0}),
    Sample(EventKind.ROSTER, None, RosterSaved(delegates=12, asked=2), {"delegates": 12, "asked": 2},
           {"delegates": 12, "asked": 2}),
    Sample(EventKind.ROSTER_DECIDED, None, RosterDecided(taken=1), {"taken": 1, "refused": 0},
           {"taken": 1, "refused": 0}),
    Sample(EventKind.ROSTER_DECIDED, None, RosterDecided(refused=1), {"taken": 0, "refused": 1},
           {"taken": 0, "refused": 1}),
)  # fmt: skip
_FILE: Plain = {"id": 4, "name": "計劃書.pdf", "size": 1200}
_NOTHING_PLANNED: Plain = {
    **dict.fromkeys(("start", "end", "starts_at", "ends_at", "host_before", "days_before")), "place": "", "host": "",
    "overruled": "", "letters": [],
}  # fmt: skip
_PLANNED: Plain = {
    "start": "2027-03-09", "end": "2027-03-09", "starts_at": "2027-03-09T02:00:00Z",
    "ends_at": "2027-03-09T04:00:00Z", "place": "Sample Room", "host": "Prof. Chan", "host_before": None,
    "days_before": None, "overruled": "The hall next door is open.", "letters": ["IL-4M2P-8HKV"],
}  # fmt: skip
_WINDOW: Plain = {"start": "2027-03-09", "end": "2027-03-10"}
# What someone did; the statuses come to it.
_ACTIONS = (
    *(Sample(kind, action, ActionTaken(), {}, {}) for action, kind in _PLAIN.items()),
    Sample(EventKind.PARTNER_MESSAGE, Action.WRITE, PartnerWrote(), {"files": []}, {}),
    Sample(EventKind.OFFICE_MESSAGE, Action.REPLY, OfficeWrote(), {"files": []}, {}),
    Sample(EventKind.PARTNER_MESSAGE, Action.WRITE, PartnerWrote(files=(File(id=4, name="計劃書.pdf", size=1200),)),
           {"files": [_FILE]}, {"files": [_FILE]}),
    Sample(EventKind.STATUS, Action.PROPOSE_DATES,
           DatesProposed(windows=(Window(start=date(2027, 3, 9), end=date(2027, 3, 10)),)),
           {"windows": [_WINDOW]}, {"windows": [_WINDOW]}),
    *(Sample(EventKind.STATUS, action, VisitPlanned(), _NOTHING_PLANNED, {})
      for action in (Action.SCHEDULE, Action.ARRANGE, Action.MOVE, Action.POSTPONE)),
    Sample(EventKind.STATUS, Action.SCHEDULE,
           VisitPlanned(start=date(2027, 3, 9), end=date(2027, 3, 9), starts_at=datetime(2027, 3, 9, 2, tzinfo=UTC),
                        ends_at=datetime(2027, 3, 9, 4, tzinfo=UTC), place="Sample Room", host="Prof. Chan",
                        overruled="The hall next door is open.", letters=("IL-4M2P-8HKV",)),
           _PLANNED, _PLANNED),
    *(Sample(EventKind.STATUS, action, CalledOff(), {"letters": []}, {})
      for action in (Action.DECLINE, Action.WITHDRAW)),
    Sample(EventKind.STATUS, Action.TAKE_DATES, DatesAnswered(start=date(2027, 3, 9), end=date(2027, 3, 10)), _WINDOW,
           _WINDOW),
    Sample(EventKind.STATUS, Action.PASS_OVER_DATES, DatesAnswered(), {"start": None, "end": None}, {}),
    Sample(EventKind.STATUS, Action.CHANGE_GROUP, GroupChanged(before=6, after=8), {"before": 6, "after": 8},
           {"before": 6, "after": 8}),
    Sample(EventKind.STATUS, Action.ASK_APPROVAL, ApproversAsked(), {"approvers": []}, {}),
    Sample(EventKind.STATUS, Action.ASK_APPROVAL, ApproversAsked(approvers=("Prof. Dean", "Dr Ho")),
           {"approvers": ["Prof. Dean", "Dr Ho"]}, {"approvers": ["Prof. Dean", "Dr Ho"]}),
    Sample(EventKind.STATUS, Action.CHASE_APPROVAL, ApproversAsked(approvers=("Dr Ho",)), {"approvers": ["Dr Ho"]},
           {"approvers": ["Dr Ho"]}),
    Sample(EventKind.STATUS, Action.REFER, Referred(faculty=_FACULTY, return_by=date(2026, 12, 4)),
           {"faculty": _FACULTY, "return_by": "2026-12-04"}, {"faculty": _FACULTY, "return_by": "2026-12-04"}),
    Sample(EventKind.STATUS, Action.CHASE_REFERRAL, AboutReferral(faculty=_FACULTY), {"faculty": _FACULTY},
           {"faculty": _FACULTY}),
    Sample(EventKind.STATUS, Action.RETURN, Returned(faculty=_FACULTY, finding=Finding.IN_PART),
           {"faculty": _FACULTY, "finding": "in_part"}, {"faculty": _FACULTY, "finding": "in_part"}),
    Sample(EventKind.STATUS, Action.RECALL, AboutReferral(faculty=_FACULTY), {"faculty": _FACULTY},
           {"faculty": _FACULTY}),
    Sample(EventKind.ASSIGNED, Action.ASSIGN, Assigned(assignee="Prof. Chan"), {"assignee": "Prof. Chan"},
           {"assignee": "Prof. Chan"}),
    Sample(EventKind.ASSIGNED, Action.ASSIGN, Assigned(assignee=""), {"assignee": ""}, {"assignee": ""}),
    Sample(EventKind.LINKED, Action.LINK, OrganisationLinked(organisation="Example Institute"),
           {"organisation": "Example Institute"}, {"organisation": "Example Institute"}),
    Sample(EventKind.SCREENED, Action.SCREEN, Screened(result=ScreeningResult.MATCH, lists="UN"),
           {"result": "match", "lists": "UN"}, {"result": "match", "lists": "UN"}),
    Sample(EventKind.CHANGED, Action.PRIORITISE, Prioritised(before=Priority.NORMAL, after=Priority.URGENT),
           {"before": "normal", "after": "urgent"}, {"before": "normal", "priority": "urgent"}),
    Sample(EventKind.CHANGED, Action.TAG, Tagged(tag="spring"), {"tag": "spring"}, {"tag": "spring"}),
    Sample(EventKind.CHANGED, Action.UNTAG, Tagged(tag="spring"), {"tag": "spring"}, {"tag": "spring"}),
    *(Sample(EventKind.CHANGED, Action.CHECK, Checked(item="Book a room", did=did),
             {"item": "Book a room", "did": word}, {"item": "Book a room", "did": word})
      for did, word in ((ChecklistChange.ADDED, "added"), (ChecklistChange.TICKED, "ticked"),
                        (ChecklistChange.UNTICKED, "unticked"), (ChecklistChange.REMOVED, "removed"))),
    Sample(EventKind.CHANGED, Action.RELATE, LinkedWith(reference="LD-4M2P-8HKV"),
           {"reference": "LD-4M2P-8HKV", "removed": False}, {"reference": "LD-4M2P-8HKV", "off": False}),
    Sample(EventKind.CHANGED, Action.RELATE, LinkedWith(reference="LD-4M2P-8HKV", removed=True),
           {"reference": "LD-4M2P-8HKV", "removed": True}, {"reference": "LD-4M2P-8HKV", "off": True}),
    Sample(EventKind.STATUS, Action.MERGE, Merged(into="LD-4M2P-8HKV"), {"into": "LD-4M2P-8HKV"},
           {"into": "LD-4M2P-8HKV"}),
    Sample(EventKind.CONVERTED, Action.CONVERT, Converted(before=Kind.QUESTION, after=Kind.VISIT),
           {"before": "question", "after": "visit"}, {"kind_before": "question", "kind": "visit"}),
    Sample(EventKind.SPLIT, Action.SPLIT, SplitOff(reference="LD-7K3Q-9XWT"), {"reference": "LD-7K3Q-9XWT"},
           {"reference": "LD-7K3Q-9XWT"}),
    Sample(EventKind.CHANGED, Action.CORRECT_ADDRESS, AddressCorrected(before="a@example.org", after="b@example.org"),
           _ADDRESSES, _ADDRESSES),
    Sample(EventKind.CHANGED, Action.RENEW_LINK, ActionTaken(), {}, {}),
    Sample(EventKind.CHANGED, Action.REQUEST_LINK, ActionTaken(), {}, {}),
)  # fmt: skip


def _with_status(sample: Sample, before: Status, after: Status) -> Sample:
    assert isinstance(sample.facts, ActionTaken)
    facts = replace(sample.facts, status=StatusChange(before=before, after=after))
    stored = {"status": {"before": before.value, "after": after.value}, **sample.stored}
    return Sample(sample.kind, sample.action, facts, stored, {"from": before.value, "to": after.value, **sample.before})


SAMPLES = (*LINES, *(_with_status(sample, Status.RECEIVED, Status.IN_REVIEW) for sample in _ACTIONS))
# What the verbs of the domain hand to `actions.act`, the fullest of each action.
FACTS: dict[Action, ActionTaken] = {
    sample.action: sample.facts
    for sample in _ACTIONS
    if sample.action is not None and isinstance(sample.facts, ActionTaken)
}
