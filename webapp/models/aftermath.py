"""What comes of a visit: its outcome, what was promised, what was given and received, and what its partner says."""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, word
from webapp.models.enquiry import Enquiry
from webapp.models.people import Person
from webapp.vocabulary import GiftDecision, GiftDirection

# What was kept stays for years, and is asked for by its visit alone.
_OPEN = sa.text("done_at IS NULL")


class VisitReport(Base):
    """The outcome of a visit, and when someone asks what has come of it."""

    __tablename__ = "visit_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), unique=True)
    outcome: Mapped[str]
    held_on: Mapped[date]
    # So many came of it, as far as is known.
    agreements: Mapped[int] = mapped_column(default=0, server_default="0")
    noted_by: Mapped[str]
    changed_at: Mapped[datetime]
    # Nothing once someone has looked.
    follow_up_on: Mapped[date | None] = mapped_column(index=True)

    enquiry: Mapped[Enquiry] = relationship(lazy="raise")


class Promise(Base):
    """Something that we promised a visit's partner, with who sees to it until when."""

    __tablename__ = "promises"

    id: Mapped[int] = mapped_column(primary_key=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), index=True)
    text: Mapped[str]
    # Nothing: who handles the enquiry.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(default="")

    enquiry: Mapped[Enquiry] = relationship(lazy="raise")
    owner: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (sa.Index("ix_promises_due_on", "due_on", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),)


class Gift(Base):
    """A line of the register of gifts: what was given or received at a visit, and what became of it."""

    __tablename__ = "gifts"

    id: Mapped[int] = mapped_column(primary_key=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), index=True)
    direction: Mapped[GiftDirection] = word(GiftDirection)
    day: Mapped[date]
    item: Mapped[str]
    number: Mapped[int] = mapped_column(default=1)
    # Of all of them together; nothing where no one knows.
    value: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 2))
    currency: Mapped[str] = mapped_column(default="")
    giver: Mapped[str] = mapped_column(default="")
    receiver: Mapped[str] = mapped_column(default="")
    handler: Mapped[str] = mapped_column(default="")
    # Of what we received.
    decision: Mapped[GiftDecision | None] = word(GiftDecision)
    whereabouts: Mapped[str] = mapped_column(default="")
    noted_by: Mapped[str]
    noted_at: Mapped[datetime]

    enquiry: Mapped[Enquiry] = relationship(lazy="raise")


class Survey(Base):
    """What the partner says of a visit, once."""

    __tablename__ = "surveys"

    id: Mapped[int] = mapped_column(primary_key=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), unique=True)
    # From 1 to 5.
    aims: Mapped[int]
    organisation: Mapped[int]
    right_people: Mapped[bool]
    photos: Mapped[bool]
    next_step: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime]
