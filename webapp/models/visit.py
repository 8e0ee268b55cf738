"""A visit: its days, place and host; rooms; the days that a partner was offered, and what a confirmed visit holds."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, word
from webapp.models.enquiry import Enquiry
from webapp.models.people import Person
from webapp.models.versioned import Versioned
from webapp.vocabulary import Holder, Level, OptionState, RecordType, VisitMode, VisitState

# What lies on a calendar: what is only being arranged has no day yet, and what was cancelled has none any more.
_STANDS = sa.text("state IN ('tentative', 'confirmed')")


class Room(Versioned, Base):
    """A place that visits are received in. Nothing new is put into one that is not active."""

    __tablename__ = "rooms"
    record_type = RecordType.ROOM

    # Mappings from a language's value to the text; English is always there.
    name: Mapped[dict[str, Any]]
    building: Mapped[dict[str, Any]]
    seats: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Visit(Versioned, Base):
    """What became of an accepted ask: one for each enquiry. `starts_at` and `ends_at` come with its time."""

    __tablename__ = "visits"

    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), unique=True)
    state: Mapped[VisitState] = word(VisitState, default=VisitState.ARRANGING)
    mode: Mapped[VisitMode] = word(VisitMode)
    # Its days where it is received, first and last; both or neither.
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    # By its name, such as "Asia/Hong_Kong": what was agreed stays so, wherever the office moves its clock.
    timezone: Mapped[str]
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"), index=True)
    # A place in words, beside a room or instead of one; online, where to join.
    venue: Mapped[str] = mapped_column(default="")
    host_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # How many come, as last said by the partner or the office.
    guests: Mapped[int | None]
    # What the office chose instead of the level that follows from the leader's rank, and why.
    level: Mapped[Level | None] = word(Level)
    level_reason: Mapped[str] = mapped_column(default="")
    # Off where a paper with flags and countries would offend.
    with_flags: Mapped[bool] = mapped_column(default=True)
    # Its entry in calendars: the same for as long as it lives, and risen with every change that is sent.
    uid: Mapped[str] = mapped_column(unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    # Its partner sees the programme once it is confirmed.
    shows_programme: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    enquiry: Mapped[Enquiry] = relationship(lazy="raise")
    room: Mapped[Room | None] = relationship(lazy="raise")
    host: Mapped[Person | None] = relationship(lazy="raise")
    options: Mapped[list["VisitOption"]] = relationship(lazy="raise", order_by="VisitOption.id")

    __table_args__ = (
        Index("ix_visits_standing", "first_day", "last_day", sqlite_where=_STANDS, postgresql_where=_STANDS),
        Index("ix_visits_host_id_ends_at", "host_id", "ends_at"),
        Index("ix_visits_last_day_id", "last_day", "id"),
    )


class VisitOption(Base):
    """Days that a partner was offered: one row for each range, with what became of it."""

    __tablename__ = "visit_options"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    state: Mapped[OptionState] = word(OptionState, default=OptionState.OFFERED)
    offered_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class Hold(Base):
    """Five minutes in which a room or a person is a confirmed visit's: the key lets no second visit have them."""

    __tablename__ = "holds"

    holder: Mapped[Holder] = mapped_column(sa.String(32), primary_key=True)
    # The id of the room or the person.
    of: Mapped[int] = mapped_column(primary_key=True)
    # Five-minute steps since 1970, UTC.
    step: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
