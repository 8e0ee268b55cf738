"""Rows of the queue as its page shows them: what many rows have in common is worked out once."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from webapp import labels
from webapp.domain.search.snippet import Snippet
from webapp.domain.security.permissions import Actor
from webapp.domain.triage.marks import Marks
from webapp.i18n import date_short
from webapp.models import Enquiry, Person
from webapp.vocabulary import Action, Permission, Priority, Status
from webapp.web import addresses, edge
from webapp.web.desk.enquiry.due import Due, due
from webapp.web.desk.queue import bulk

_SPAM = (Status.SPAM, Status.SUSPECT)


@dataclass(frozen=True, slots=True)
class Line:
    """One enquiry; `marks` and `assignee` are None where there are none, `network` is "".

    `can` names what may be done to it together with others, `is_taken` says that someone who can act has it, and
    `takes` that the reader may give it to someone.
    """

    id: int
    reference: str
    version: int
    can: str
    address: str
    organisation: str
    subject: str
    where: Snippet | None
    marks: Marks | None
    answered: bool
    kind: str
    network: str
    status: Status
    received: str
    due: Due
    owes_nothing: bool
    priority: Priority
    assignee: Person | None
    is_taken: bool
    takes: bool


@dataclass(frozen=True)
class Lines:
    """A page of rows, what may be done to any of them, and what of status, priority, days and people they show."""

    rows: Sequence[Line]
    can: frozenset[Action]
    statuses: Sequence[Status]
    priorities: Sequence[Priority]
    days: Sequence[date]
    people: Sequence[Person]


class _Page:
    """What the rows of a page have in common, each worked out when a row first needs it."""

    def __init__(self, actor: Actor, marks: Mapping[int, Marks], snippets: Mapping[int, Snippet | None]) -> None:
        self.actor, self.marks, self.snippets = actor, marks, snippets
        self.address, self.assigns = addresses.of_enquiries("desk.enquiry"), actor.can(Permission.ENQUIRY_ASSIGN)
        self.zone, self.today, self.language = edge.environment().zone, edge.today(), edge.language()
        self.kinds = {kind: _(label) for kind, label in labels.KIND.items()}
        self.possible: dict[Hashable, list[Action]] = {}
        self._dues: dict[Hashable, Due] = {}

    def line(self, row: Enquiry) -> Line:
        """Return how an enquiry is shown."""
        held, owed = row.status in _SPAM, self._due(row)
        answered = row.partner_wrote_at is not None and not held
        return Line(
            id=row.id,
            reference=row.reference,
            version=row.version,
            can=" ".join(self._can(row)),
            address=self.address(row.reference),
            organisation=row.organisation,
            subject=row.subject,
            where=self.snippets.get(row.id),
            marks=self.marks.get(row.id) or (Marks() if answered else None),
            answered=answered,
            kind=self.kinds[row.kind],
            network=row.network.short_name if row.network else "",
            status=row.status,
            received=self._day(row.submitted_at.astimezone(self.zone).date()),
            due=owed,
            owes_nothing=owed.date is None and owed.note == "–" and row.priority is Priority.NORMAL,
            priority=row.priority,
            assignee=row.assignee,
            is_taken=row.assignee is not None and row.assignee.active,
            takes=self.assigns and not held,
        )

    def _day(self, day: date) -> str:
        return date_short(day, self.language, year=day.year != self.today.year)

    def _can(self, row: Enquiry) -> list[Action]:
        like = (row.status, row.kind, row.emptied_at is None)
        if like not in self.possible:
            self.possible[like] = bulk.possible(row, self.actor)
        return self.possible[like]

    def _due(self, row: Enquiry) -> Due:
        like = (row.status, row.promised_on, row.clock_stopped_on)
        if like not in self._dues:
            self._dues[like] = due(row)
        return self._dues[like]


def lines(
    rows: Sequence[Enquiry], actor: Actor, *, marks: Mapping[int, Marks], snippets: Mapping[int, Snippet | None]
) -> Lines:
    """Return how these enquiries are shown, as they come."""
    page = _Page(actor, marks, snippets)
    found = [page.line(row) for row in rows]
    return Lines(
        found,
        can=frozenset(action for each in page.possible.values() for action in each),
        statuses=_once(row.status for row in found),
        priorities=_once(row.priority for row in found),
        days=_once(row.due.date for row in found if row.due.date),
        people=_once(row.assignee for row in found if row.assignee),
    )


def _once(values: Any) -> list[Any]:
    return list(dict.fromkeys(values))
