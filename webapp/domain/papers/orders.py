"""Papers that were asked for: a row is due until the paper is made, or is known why not. Queues may lose what they
hold; a worker may die: what it had taken up is due again after a while."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.db import enqueue_after_commit
from webapp.domain.history.uniqueness import alone
from webapp.domain.papers import versions
from webapp.models import PaperOrder
from webapp.vocabulary import Job, OrderState, Paper

# A job is ended sooner than this: the worker that took a paper up so long ago is dead.
LEASE = timedelta(minutes=2)
AGAIN = timedelta(minutes=1)
MOST_TRIES = 5


@dataclass(frozen=True)
class Claimed:
    """A paper to be made now, by this caller alone; `facts` are those of a letter, or of which figures it is."""

    order_id: int
    enquiry_id: int | None
    name: str
    facts: dict[str, Any]
    asked_at: datetime

    @property
    def paper(self) -> Paper | None:
        """Which paper of a visit it is; None for a letter, whose number is its name, and for figures."""
        return Paper(self.name) if self.name in set(Paper) else None


def ask(
    session: Session,
    enquiry_id: int | None,
    names: Iterable[str],
    *,
    now: datetime,
    facts: dict[str, Any] | None = None,
) -> None:
    """Have papers of an enquiry, or of none, made soon after this transaction; what waits already waits once."""
    alone(session, f"paper_orders {enquiry_id}")
    there = {order.name: order for order in of(session, enquiry_id)}
    for name in names:
        order = there.get(name) or PaperOrder(enquiry_id=enquiry_id, name=name, basis="")
        order.state, order.asked_at, order.due_at, order.tries = OrderState.WAITING, now, now, 0
        order.facts, order.problems = facts or {}, []
        session.add(order)
    session.flush()
    enqueue_after_commit(session, Job.PAPERS_MAKE, enquiry_id or 0)


def of(session: Session, enquiry_id: int | None) -> Sequence[PaperOrder]:
    """Return what was asked for of an enquiry, or of none."""
    return session.scalars(select(PaperOrder).where(PaperOrder.enquiry_id == enquiry_id).order_by(PaperOrder.id)).all()


def claim(session: Session, *, now: datetime) -> Claimed | None:
    """Take up the paper that is due longest; None where none is. `record_made` and its like say what came of it.

    One that ended its worker again and again is given up.
    """
    query = select(PaperOrder).where(PaperOrder.due_at <= now).order_by(PaperOrder.due_at, PaperOrder.id).limit(1)
    while (order := session.scalars(query.with_for_update(skip_locked=True)).one_or_none()) is not None:
        if order.tries < MOST_TRIES:
            order.due_at, order.tries = now + LEASE, order.tries + 1
            return Claimed(order.id, order.enquiry_id, order.name, order.facts, order.asked_at)
        order.state, order.due_at, order.facts = OrderState.FAILED, None, {}
        session.flush()
    return None


def record_made(session: Session, claimed: Claimed, content: bytes, basis: str, *, now: datetime) -> None:
    """Keep a paper that was made; nothing where the enquiry was emptied meanwhile, or it was asked for again: what it
    was made from may have been erased, and it stays due.
    """
    order = _taken(session, claimed)
    if order is None:
        return
    versions.keep(session, claimed.enquiry_id, claimed.name, content, now=now)
    if claimed.paper is None and claimed.enquiry_id is not None:
        session.delete(order)  # a letter is made once
        return
    order.basis, order.state, order.due_at = basis, OrderState.MADE, None


def record_problems(session: Session, claimed: Claimed, problems: Sequence[tuple[str, str, str]]) -> None:
    """Note which characters no font has: field, text and character."""
    _end(session, claimed, OrderState.NOT_PRINTABLE, problems)


def record_missing(session: Session, claimed: Claimed, faults: Mapping[str, str]) -> None:
    """Note what a letter must state and does not by now, by field: trying again would find the same."""
    _end(session, claimed, OrderState.INCOMPLETE, faults.items())


def record_failure(session: Session, claimed: Claimed, *, now: datetime) -> None:
    """Have a paper that could not be made wait for its next try; one that was asked for again meanwhile does not."""
    order = _taken(session, claimed)
    if order is not None:
        order.due_at = now + AGAIN


def drop(session: Session, claimed: Claimed) -> None:
    """Forget what cannot be made any more: its visit has no time, or its delegate is gone."""
    order = _taken(session, claimed)
    if order is not None:
        session.delete(order)


def _end(session: Session, claimed: Claimed, state: OrderState, problems: Iterable[Sequence[str]]) -> None:
    order = _taken(session, claimed)
    if order is not None:
        order.state, order.due_at, order.facts = state, None, {}
        order.problems = [list(each) for each in problems]


def _taken(session: Session, claimed: Claimed) -> PaperOrder | None:
    """Return the order as it was taken up, locked; None where it is gone, or was asked for again: it stays due then."""
    order = session.get(PaperOrder, claimed.order_id, with_for_update=True, populate_existing=True)
    return order if order is not None and order.asked_at == claimed.asked_at else None
