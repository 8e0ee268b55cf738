"""What a confirmed visit holds: its room and its host, five minutes in each row. The key of the rows is the guard."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, insert, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from webapp.domain.errors import Conflict, Invalid
from webapp.domain.visits import hours
from webapp.domain.visits.hours import When
from webapp.models import Hold, Visit
from webapp.vocabulary import Holder

# No visit holds more: longer stays are several visits.
LONGEST = timedelta(days=31)
# So many rows are compared in one statement.
_AT_ONCE = 400
Key = tuple[Holder, int, int]


class Taken(Conflict):
    """Another confirmed visit has the room or the person at that time; nothing of the visit's own changed."""

    def __init__(self, holder: Holder, other: Visit | None) -> None:
        self.holder = holder
        self.reference = other.enquiry.reference if other else ""
        self.organisation = other.enquiry.organisation if other else ""
        super().__init__(version=other.version if other else 0, changed_at=other.confirmed_at if other else None)


def when(visit: Visit) -> When:
    """Return when a visit is, that has days."""
    assert visit.first_day is not None
    assert visit.last_day is not None
    return When(visit.first_day, visit.last_day, visit.starts_at, visit.ends_at)


def hold(session: Session, visit: Visit) -> None:
    """Hold the room and the host of a locked visit for its hours of each day, in place of what it held before.

    Of two who ask at the same instant one waits for the other, and hears of it. Raises Taken where another visit has
    one of them, Invalid by field where it has no time, or too long a one. Never commit after a refusal.

    Rows are added in the order of their keys, and let go only after all are there: so no two wait for each other, also
    where they exchange their rooms.
    """
    wanted = set(_keys(visit))
    own = {tuple(row) for row in session.execute(select(Hold.holder, Hold.of, Hold.step).where(_own(visit)))}
    session.flush()
    try:
        with session.begin_nested():
            if new := sorted(wanted - own):
                session.execute(insert(Hold), [_row(key, visit) for key in new])
    except IntegrityError as error:
        raise _taken(session, wanted, visit) from error
    gone = sorted(own - wanted)
    for start in range(0, len(gone), _AT_ONCE):
        keys = tuple_(Hold.holder, Hold.of, Hold.step).in_(gone[start : start + _AT_ONCE])
        session.execute(delete(Hold).where(_own(visit), keys))


def _own(visit: Visit) -> ColumnElement[bool]:
    return Hold.visit_id == visit.id


def _keys(visit: Visit) -> Iterator[Key]:
    if visit.first_day is None or visit.starts_at is None or visit.ends_at is None:
        raise Invalid({"starts_at": "needed"})
    if visit.ends_at <= visit.starts_at:
        raise Invalid({"ends_at": "early"})
    if visit.ends_at - visit.starts_at > LONGEST:
        raise Invalid({"ends_at": "long"})
    steps = hours.steps(when(visit), ZoneInfo(visit.timezone))
    for holder, of in ((Holder.ROOM, visit.room_id), (Holder.PERSON, visit.host_id)):
        if of is not None:
            yield from ((holder, of, step) for step in steps)


def _row(key: Key, visit: Visit) -> dict[str, object]:
    holder, of, step = key
    return {"holder": holder, "of": of, "step": step, "visit_id": visit.id}


def _taken(session: Session, wanted: set[Key], visit: Visit) -> Taken:
    """Say who has it: the first of what is in the way, in the order of the keys."""
    keys = sorted(wanted)
    for start in range(0, len(keys), _AT_ONCE):
        part = tuple_(Hold.holder, Hold.of, Hold.step).in_(keys[start : start + _AT_ONCE])
        query = select(Hold.holder, Hold.visit_id).where(part, Hold.visit_id != visit.id)
        found = session.execute(query.order_by(Hold.holder, Hold.of, Hold.step).limit(1)).first()
        if found is not None:
            query_ = select(Visit).where(Visit.id == found.visit_id).options(joinedload(Visit.enquiry))
            return Taken(Holder(found.holder), session.scalars(query_).one_or_none())
    return Taken(Holder.ROOM, None)
