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


def lines(
    rows: Sequence[Enquiry], actor: Actor, *, marks: Mapping[int, Marks], snippets: Mapping[int, Snippet | None]
) -> Lines:
    """Return how these enquiries are shown, as they come."""
    address, zone, today = addresses.of_enquiries("desk.enquiry"), edge.environment().zone, edge.today()
    language, assigns = edge.language(), actor.can(Permission.ENQUIRY_ASSIGN)
    kinds = {kind: _(label) for kind, label in labels.KIND.items()}
    can: dict[Hashable, list[Action]] = {}
    dues: dict[Hashable, Due] = {}
    found = []
    for row in rows:
        like = (row.status, row.kind, row.emptied_at is None)
        may = can[like] if like in can else can.setdefault(like, bulk.possible(row, actor))
        promise = (row.status, row.promised_on, row.clock_stopped_on)
        owed = dues[promise] if promise in dues else dues.setdefault(promise, due(row))
        day, held = row.submitted_at.astimezone(zone).date(), row.status in _SPAM
        marked, answered = marks.get(row.id), row.partner_wrote_at is not None and not held
        found.append(
            Line(
                id=row.id,
                reference=row.reference,
                version=row.version,
                can=" ".join(may),
                address=address(row.reference),
                organisation=row.organisation,
                subject=row.subject,
                where=snippets.get(row.id),
                marks=marked or (Marks() if answered else None),
                answered=answered,
                kind=kinds[row.kind],
                network=row.network.short_name if row.network else "",
                status=row.status,
                received=date_short(day, language, year=day.year != today.year),
                due=owed,
                owes_nothing=owed.date is None and owed.note == "–" and row.priority is Priority.NORMAL,
                priority=row.priority,
                assignee=row.assignee,
                is_taken=row.assignee is not None and row.assignee.active,
                takes=assigns and not held,
            )
        )
    return Lines(
        found,
        can=frozenset(action for each in can.values() for action in each),
        statuses=_once(row.status for row in found),
        priorities=_once(row.priority for row in found),
        days=_once(row.due.date for row in found if row.due.date),
        people=_once(row.assignee for row in found if row.assignee),
    )


def _once(values: Any) -> list[Any]:
    return list(dict.fromkeys(values))
