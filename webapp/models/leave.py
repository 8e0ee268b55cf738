"""Leave: days on which someone does not answer, and who does so instead."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base
from webapp.models.directory import Network
from webapp.models.people import Person
from webapp.models.versioned import Versioned
from webapp.vocabulary import RecordType


class Leave(Versioned, Base):
    """From one day to another, both included; without a network it holds for everything that the person answers."""

    __tablename__ = "leaves"
    record_type = RecordType.LEAVE

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    network_id: Mapped[int | None] = mapped_column(ForeignKey("networks.id"))
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    # Who said so, by their name at the time: the person, the office, or the person by a link from an email.
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise")
    cover: Mapped[Person | None] = relationship(foreign_keys=[cover_id], lazy="raise")
    network: Mapped[Network | None] = relationship(lazy="raise")

    __table_args__ = (Index("ix_leaves_ends_on_starts_on", "ends_on", "starts_on"),)
