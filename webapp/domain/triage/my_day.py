"""One person's day at the desk: what is with them, or with the office, and needs something now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.domain.directory import reviews
from webapp.domain.messages import outbox
from webapp.domain.routing import answerer
from webapp.domain.routing.answerer import Absences
from webapp.domain.security.permissions import ONLY_READ, Actor, require
from webapp.domain.triage import mentions, queue
from webapp.domain.triage.orders import Order
from webapp.domain.triage.queue import Filters, QueuePage
from webapp.models import Event, Mention, Network, Person
from webapp.vocabulary import Permission, Status

SHOWN = 5


@dataclass(frozen=True)
class MyDay:
    """The first few of each: due, new, answered by the partner, failed messages, mentions, entries to check."""

    due: QueuePage
    new: QueuePage
    wrote: QueuePage
    messages: Sequence[Row[Any]]
    mentions: Sequence[tuple[Mention, Event]]
    networks: Sequence[Network]
    # Those that no one answers for, where the actor can see to it.
    unreachable: Sequence[Network]
    # How many there are of what is listed (`due`, `new`, `wrote`) and of what is not.
    counts: Mapping[str, int]

    @property
    def is_empty(self) -> bool:
        lists = (self.due.rows, self.new.rows, self.wrote.rows, self.messages, self.mentions, self.networks,
                 self.unreachable)  # fmt: skip
        return not any(lists)


@dataclass(frozen=True)
class Known:
    """What the page knows already: all networks with their people, everyone, and who is away today."""

    networks: Sequence[Network]
    people: Sequence[Person]
    away: Absences


def my_day(session: Session, *, actor: Actor, today: date, known: Known, settings: Settings) -> MyDay:
    """Return what needs the actor now, in a number of queries that does not grow."""
    require(actor, Permission.ENQUIRY_READ)
    ours = Filters(with_person=actor.person_id, with_office=actor.can(Permission.ENQUIRY_ASSIGN))
    # Who only reads has no work of their own: theirs are the figures of all.
    whose = Filters() if actor.role in ONLY_READ else ours
    lists = {
        "due": replace(ours, due_before=today + timedelta(1)),
        "new": replace(ours, statuses=(Status.RECEIVED,), order=Order.NEWEST),
        "wrote": replace(ours, partner_wrote=True, order=Order.NEWEST),
    }
    figures = {
        "overdue": replace(whose, due_before=today),
        "week": replace(whose, due_before=today + timedelta(7 - today.weekday())),
        "unassigned": Filters(assignee=0),
    }

    def some(name: str) -> QueuePage:
        parties = (*known.networks, *known.people)
        return queue.queue(session, lists[name], actor=actor, limit=SHOWN, parties=parties)

    keeps = actor.can(Permission.NETWORK_VERIFY)
    reads_messages = actor.can(Permission.MESSAGE_READ)
    return MyDay(
        due=some("due"),
        new=some("new"),
        wrote=some("wrote"),
        messages=outbox.troubled(session, actor=actor, limit=SHOWN) if reads_messages else (),
        mentions=mentions.unseen(session, actor=actor, limit=SHOWN),
        networks=reviews.mine(session, actor=actor, today=today, limit=SHOWN) if keeps else (),
        unreachable=answerer.unreachable(known.networks, known.away, actor=actor, settings=settings),
        counts=queue.counts(session, lists | figures, actor=actor),
    )
