"""What a new enquiry meets on a day: who answers for its network, and by when an answer is promised; plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.config import Settings
from webapp.domain.calendar import office_calendar
from webapp.domain.calendar.working_days import promise
from webapp.domain.routing.answerer import Answerer, absences, answerer
from webapp.models import Network
from webapp.vocabulary import Kind


@dataclass(frozen=True)
class Destination:
    """A network of the directory, or none, and who answers for it that day."""

    who: Answerer
    network_id: int | None = None
    short_name: str = ""
    name: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Arrivals:
    """What the enquiries of one day meet. It changes with no other table than those of `models.public_version`."""

    day: date
    due: Mapping[Kind, date]
    office: Destination
    networks: Mapping[str, Destination]

    def at(self, slug: str) -> Destination:
        """Return where an enquiry about a network goes; a network that is not in the directory is none."""
        return self.networks.get(slug, self.office)


def read(session: Session, day: date, *, settings: Settings, slug: str | None = None) -> Arrivals:
    """Return what enquiries meet on a day of the institution, in three statements; with `slug` of that network only."""
    days = office_calendar.around(session, day, settings=settings)
    away = absences(session, day=day)
    query = select(Network).where(Network.active).options(joinedload(Network.liaison), joinedload(Network.deputy))
    if slug is not None:
        query = query.where(Network.slug == slug)
    return Arrivals(
        day=day,
        due={kind: promise(day, settings.promised(kind), days).due for kind in Kind},
        office=Destination(answerer(None, away, settings=settings)),
        networks={
            network.slug: Destination(
                answerer(network, away, settings=settings), network.id, network.short_name, network.name
            )
            for network in session.scalars(query)
        },
    )
