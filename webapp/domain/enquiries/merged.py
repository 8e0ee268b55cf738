"""Chains of merged enquiries: which was merged into which, however many merges lie between."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, Select, Subquery, case, literal, or_, select, union_all
from sqlalchemy.orm import Session

from webapp.models import Enquiry, Relation

# No merge leads back, so that a chain ends; should one ever not, reading it does.
_LONGEST = 100


def belonging(enquiry_id: int) -> Subquery:
    """Return what is linked or merged with one, as a subquery: its `id`, `how`, and `step`, by which it is sorted.

    `how` is "in" for what was merged into it, directly or through others, "out" for what it was merged into, else "".
    """
    back, out = _chain(enquiry_id, back=True), _chain(enquiry_id, back=False)
    other = case((Relation.enquiry_id == enquiry_id, Relation.other_id), else_=Relation.enquiry_id)
    either = or_(Relation.enquiry_id == enquiry_id, Relation.other_id == enquiry_id)
    return union_all(
        select(back.c.id, literal("in").label("how"), back.c.step),
        select(out.c.id, literal("out"), out.c.step),
        select(other, literal(""), Relation.id).where(either, Relation.merged.is_(False)),
    ).subquery()


def targets(enquiry_id: int) -> Select[Any]:
    """Return a query of the ids of the enquiries into which one was merged, nearest first: the last is still open."""
    chain = _chain(enquiry_id, back=False)
    return select(chain.c.id).order_by(chain.c.step)


def _chain(enquiry_id: int, *, back: bool) -> CTE:
    here, there = Relation.enquiry_id, Relation.other_id
    if back:
        here, there = there, here
    first = select(there.label("id"), literal(1).label("step")).where(here == enquiry_id, Relation.merged)
    chain = first.cte("merged_from" if back else "merged_into", recursive=True)
    further = select(there, chain.c.step + 1).where(here == chain.c.id, Relation.merged, chain.c.step < _LONGEST)
    return chain.union_all(further)


def end(session: Session, enquiry_id: int) -> Enquiry | None:
    """Return the last enquiry into which one was merged, or None for one that was not merged."""
    ids = session.scalars(targets(enquiry_id)).all()
    return session.get(Enquiry, ids[-1]) if ids else None


def lock(session: Session, found: Select[Any]) -> Sequence[int]:
    """Lock an enquiry, named by a query of its id, and all into which it was merged; return their ids.

    They are locked in the order that all keep, so that no one who links, merges or reopens them waits in a circle.
    """
    enquiry_id = session.scalar(found)
    if enquiry_id is None:
        return ()
    held = select(Enquiry.id).where(or_(Enquiry.id == enquiry_id, Enquiry.id.in_(targets(enquiry_id).order_by(None))))
    return session.scalars(held.order_by(Enquiry.id).with_for_update()).all()
