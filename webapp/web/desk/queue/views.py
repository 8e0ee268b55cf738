"""The queue's views: each a name, what it shows, how it is sorted, and what it says while it is empty."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from flask_babel import gettext as _

from webapp.domain.security.permissions import Actor
from webapp.domain.triage.orders import OF_ALL, OF_OPEN, Order
from webapp.domain.triage.queue import Filters
from webapp.vocabulary import IN_HAND, OPEN_STATUSES, Language, Status
from webapp.web import edge

CLOSED = (Status.COMPLETED, Status.DECLINED, Status.WITHDRAWN)
_ALL_BUT_SPAM = (*OPEN_STATUSES, *CLOSED)


@dataclass(frozen=True)
class View:
    """One view; `sort` is its usual order, `listed` says whether it is shown among the others.

    `go` is the key that leads there after g.
    """

    key: str
    label: str
    filters: Filters
    empty: str
    hint: str
    sort: str = "due"
    listed: bool = True
    late: bool = False
    go: str = ""

    @property
    def sorts(self) -> tuple[str, ...]:
        """How it can be sorted: where no answer is owed any more, by time alone."""
        if set(self.filters.statuses) <= set(OPEN_STATUSES):
            return tuple(order for order in OF_OPEN if order is not Order.STATUS or len(self.filters.statuses) > 1)
        return (Order.DUE, *OF_ALL) if self.filters.partner_wrote else OF_ALL

    @property
    def takes_assignee(self) -> bool:
        """The view itself does not say whose they are."""
        return self.filters.assignee is None and self.filters.with_person is None


def views(actor: Actor, *, today: date) -> dict[str, View]:
    """Return the views by key, in the order in which they are shown; only to be read."""
    return _views(actor.person_id, today, edge.language())


# Each page of the desk asks for them, and each has a dozen texts.
@lru_cache(256)
def _views(person_id: int | None, today: date, _language: Language) -> dict[str, View]:
    monday = today + timedelta(7 - today.weekday())
    return {view.key: view for view in (*_work(person_id, today, monday), *_waiting(), *_done())}


def _work(person_id: int | None, today: date, monday: date) -> tuple[View, ...]:
    return (
        View("open", _("All open"), Filters(), _("No open enquiries"),
             _("New enquiries appear here until they are completed, declined or withdrawn."), go="q"),
        View("mine", _("Mine"), Filters(with_person=person_id), _("Nothing is assigned to you"),
             _("Enquiries assigned to you appear here."), go="m"),
        View("unassigned", _("Unassigned"), Filters(assignee=0), _("Everything is assigned"),
             _("Open enquiries appear here until they are assigned."), go="u"),
        View("new", _("New"), Filters(statuses=(Status.RECEIVED,)), _("Nothing new"),
             _("Enquiries appear here from their arrival until the review begins."), go="n"),
        View("week", _("Due this week"), Filters(due_before=monday), _("Nothing more is due this week"),
             _("Enquiries whose first answer is promised by Sunday appear here, and those that are late."), go="w"),
        View("overdue", _("Overdue"), Filters(due_before=today), _("Nothing is overdue"),
             _("Enquiries appear here when their promised date has passed without an answer."), late=True, go="l"),
    )  # fmt: skip


def _waiting() -> tuple[View, ...]:
    return (
        View("wrote", _("Partner answered"), Filters(statuses=_ALL_BUT_SPAM, partner_wrote=True),
             _("Every message of a partner is answered"),
             _("Enquiries appear here when the partner wrote last, until we answer or decide."), "newest", go="r"),
        View("partner", _("Waiting for partner"), Filters(statuses=(Status.AWAITING_PARTNER,)),
             _("No partner owes us an answer"),
             _("Enquiries appear here while we wait for the partner; their clock is paused."), "newest", go="p"),
        View("approval", _("Waiting for approval"), Filters(statuses=(Status.AWAITING_APPROVAL,)),
             _("No approval is outstanding"),
             _("Enquiries appear here while someone in the university has to agree; the clock keeps running."), go="v"),
        View("faculty", _("With a faculty"), Filters(statuses=IN_HAND, with_faculty=True),
             _("Nothing is with a faculty"),
             _("Enquiries appear here from a referral until the faculty returns it; the clock keeps running."), go="f"),
        View("accepted", _("Accepted"), Filters(statuses=(Status.ACCEPTED,)), _("No accepted enquiries"),
             _("Accepted enquiries appear here until the visit is confirmed or the matter is completed."), "newest"),
        View("scheduled", _("Visit confirmed"), Filters(statuses=(Status.SCHEDULED,)), _("No confirmed visits"),
             _("Visits appear here from the confirmation of their date until they are completed."), "newest"),
    )  # fmt: skip


def _done() -> tuple[View, ...]:
    return (
        View("closed", _("Closed"), Filters(statuses=CLOSED), _("Nothing has been closed yet"),
             _("Completed, declined and withdrawn enquiries appear here, and can be reopened."), "newest", go="c"),
        View("suspect", _("Suspect"), Filters(statuses=(Status.SUSPECT,)), _("Nothing suspect"),
             _("Enquiries that a program may have sent are held here until a colleague says whether they are "
"genuine. Until then no one is notified."), "newest"),
        View("spam", _("Spam"), Filters(statuses=(Status.SPAM,)), _("No spam"),
             _("Enquiries marked as spam appear here, and can be brought back."), "newest"),
        View("found", _("Search"), Filters(statuses=(*_ALL_BUT_SPAM, Status.SPAM, Status.SUSPECT)), _("Nothing found"),
             _("Reference, organisation, names, addresses, subjects and all that partners wrote are searched, in open "
"and closed enquiries."),
             "newest", listed=False),
    )  # fmt: skip
