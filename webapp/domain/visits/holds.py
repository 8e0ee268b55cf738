"""What a confirmed visit holds: a room and a host, in steps of five minutes that no second visit can have."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.domain.enquiries import visiting
from webapp.domain.errors import Conflict
from webapp.models import Enquiry, Hold, Visit
from webapp.vocabulary import Holder

STEP = 300


class Taken(Conflict):
    """Another confirmed visit has the room or the host then: `holder` says which, `reference` is its enquiry's."""

    def __init__(self, holder: Holder, reference: str) -> None:
        self.holder, self.reference = holder, reference
        super().__init__(version=0, changed_at=None)


def hold(session: Session, visit: Visit) -> None:
    """Hold a visit's room and host for its time, instead of what it held before.

    The database's key decides between two that come at once: the loser's transaction ends. Raises Taken.
    """
    visiting.free(session, visit)
    steps = list(_steps(visit.starts_at, visit.ends_at))
    for holder, of in _wanted(visit) if steps else ():
        if (other := _other(session, holder, of, steps)) is not None:
            raise Taken(holder, other)
        rows = [{"holder": holder, "of": of, "step": step, "visit_id": visit.id} for step in steps]
        try:
            with session.begin_nested():
                session.execute(insert(Hold), rows)
        except IntegrityError as error:
            raise Taken(holder, "") from error


def _wanted(visit: Visit) -> list[tuple[Holder, int]]:
    """Return what a visit needs, in one order for all: two that want the same cannot wait for each other."""
    found = ((Holder.PERSON, visit.host_id), (Holder.ROOM, visit.room_id))
    return [(holder, of) for holder, of in found if of is not None]


def _steps(starts_at: datetime | None, ends_at: datetime | None) -> Iterator[int]:
    if starts_at is None or ends_at is None:
        return
    yield from range(int(starts_at.timestamp()) // STEP, -(-int(ends_at.timestamp()) // STEP))


def _other(session: Session, holder: Holder, of: int, steps: list[int]) -> str | None:
    query = (
        select(Enquiry.reference)
        .join(Visit, Visit.enquiry_id == Enquiry.id)
        .join(Hold, Hold.visit_id == Visit.id)
        .where(Hold.holder == holder, Hold.of == of, Hold.step.between(steps[0], steps[-1]))
        .limit(1)
    )
    return session.scalar(query)
