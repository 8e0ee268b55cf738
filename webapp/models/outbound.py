"""Trips of the university's own people, with each stop, and periods that no visit should fall into."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base
from webapp.models.people import Person
from webapp.models.versioned import Versioned
from webapp.vocabulary import RecordType


class BlockedPeriod(Versioned, Base):
    """Days on which no visit should be, such as examinations; `hard`: none may be. `name` is by language."""

    __tablename__ = "blocked_periods"
    record_type = RecordType.BLOCKED_PERIOD

    name: Mapped[dict[str, Any]]
    first: Mapped[date]
    last: Mapped[date] = mapped_column(index=True)
    hard: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Trip(Versioned, Base):
    """A delegation that goes out. It leaves and is back on days of the institution's own calendar."""

    __tablename__ = "trips"
    record_type = RecordType.TRIP

    title: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="")
    leaves_on: Mapped[date]
    back_on: Mapped[date]
    # Who else travels, in words: those whom the desk does not know.
    others: Mapped[str] = mapped_column(default="")
    # When its report came.
    reported_on: Mapped[date | None]
    created_at: Mapped[datetime]

    stops: Mapped[list["TripStop"]] = relationship(
        lazy="raise", order_by="TripStop.position", cascade="all, delete-orphan"
    )
    members: Mapped[list["TripMember"]] = relationship(
        lazy="raise", order_by="TripMember.position", cascade="all, delete-orphan"
    )

    __table_args__ = (Index("ix_trips_back_on_leaves_on", "back_on", "leaves_on"),)


class TripStop(Base):
    """One stop of a trip: its days are those that it has there, in its own zone."""

    __tablename__ = "trip_stops"

    trip_id: Mapped[int] = mapped_column(ForeignKey("trips.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str]
    country: Mapped[str] = mapped_column(default="")
    first_day: Mapped[date]
    last_day: Mapped[date]
    timezone: Mapped[str]
    # Which organisation is visited there, as it was typed, and as names are compared.
    host: Mapped[str] = mapped_column(default="", server_default="")
    host_key: Mapped[str] = mapped_column(default="", server_default="", index=True)


class TripMember(Base):
    """Someone who travels, in the order in which they are named."""

    __tablename__ = "trip_members"

    trip_id: Mapped[int] = mapped_column(ForeignKey("trips.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    position: Mapped[int]

    person: Mapped[Person] = relationship(lazy="raise")
