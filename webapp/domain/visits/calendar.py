"""What lies on the calendar of visits between two days: visits that hold, and who is away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ScalarSelect, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, contains_eager, joinedload

from webapp.domain.security.permissions import Actor, require, visible
from webapp.models import Enquiry, Leave, Network, Visit
from webapp.vocabulary import Permission, VisitState

STANDING = (VisitState.TENTATIVE, VisitState.CONFIRMED)
# So many are shown of one stretch of time.
MOST = 500


@dataclass(frozen=True)
class Stretch:
    """What a stretch of days holds; visits in the order in which they begin."""

    visits: Sequence[Visit]
    leaves: Sequence[Leave]

    def on(self, day: date) -> list[Visit]:
        """Return the visits of one day."""
        return [visit for visit in self.visits if _is_on(visit, day)]

    def away_on(self, day: date) -> list[Leave]:
        """Return the leave of one day."""
        return [leave for leave in self.leaves if leave.starts_on <= day <= leave.ends_on]


def _is_on(visit: Visit, day: date) -> bool:
    return visit.first_day is not None and visit.last_day is not None and visit.first_day <= day <= visit.last_day


def between(session: Session, first: date, last: date, *, actor: Actor) -> Stretch:
    """Return what lies between two days, both included, as far as the actor sees it: two statements, however much.

    Visits come with enquiry, network, room and host. Leave counts where it is from all networks: from one
    alone it keeps no one from a visit.
    """
    require(actor, Permission.ENQUIRY_READ)
    days = (Visit.first_day <= last, Visit.last_day >= first)
    found = session.scalars(_standing().where(*days, visible(actor)).limit(MOST)).all()
    away = (Leave.starts_on <= last, Leave.ends_on >= first, Leave.network_id.is_(None))
    leaves = session.scalars(select(Leave).where(*away).order_by(Leave.starts_on).options(joinedload(Leave.person)))
    return Stretch(found, leaves.all())


_NAMES = (Network.id, Network.slug, Network.acronym, Network.name)


def _standing() -> Select[Visit]:
    return (
        select(Visit)
        .join(Visit.enquiry)
        .where(Visit.state.in_(STANDING))
        .order_by(Visit.first_day, Visit.starts_at, Visit.id)
        .options(
            contains_eager(Visit.enquiry).joinedload(Enquiry.network).load_only(*_NAMES),
            joinedload(Visit.room),
            joinedload(Visit.host),
        )
    )


def feed(
    session: Session, *, person_id: int | None, network_id: int | None, now: datetime, days_back: int = 90
) -> Sequence[Visit]:
    """Return what a feed holds: visits with a time from some months ago on, of a host, of a network, or of the office.

    Visits that were called off are there too, so that programs take them out.
    """
    since = (now - timedelta(days=days_back)).date()
    query = _standing_or_over().where(Visit.starts_at.is_not(None), Visit.last_day >= since)
    if person_id is not None:
        query = query.where(or_(Visit.host_id == person_id, _of_its_enquiry(Enquiry.assignee_id) == person_id))
    if network_id is not None:
        query = query.where(_of_its_enquiry(Enquiry.network_id) == network_id)
    return session.scalars(query.order_by(None).order_by(Visit.last_day, Visit.id).limit(MOST)).all()


def _of_its_enquiry(column: InstrumentedAttribute[int | None]) -> ScalarSelect[int | None]:
    """Return what the enquiry of each visit says, asked one by one: of a year's visits few are looked at."""
    own = aliased(Enquiry)
    return select(getattr(own, column.key)).where(own.id == Visit.enquiry_id).correlate(Visit).scalar_subquery()


def _standing_or_over() -> Select[Visit]:
    shown = or_(
        Visit.state.in_(STANDING),
        (Visit.state == VisitState.CANCELLED) & Visit.confirmed_at.is_not(None),
    )
    return (
        select(Visit)
        .join(Visit.enquiry)
        .where(shown)
        .order_by(Visit.first_day, Visit.id)
        .options(contains_eager(Visit.enquiry), joinedload(Visit.room), joinedload(Visit.host))
    )
