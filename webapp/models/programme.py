"""The programme of a visit: its slots, and who receives the visitors in each."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, word
from webapp.models.link import Link
from webapp.models.people import Person
from webapp.models.versioned import Versioned
from webapp.models.visit import Room, Visit
from webapp.vocabulary import SlotAnswer


class VisitSlot(Versioned, Base):
    """One stretch of a visit's time: what happens, where, and how many must receive the visitors."""

    __tablename__ = "visit_slots"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"))
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    # Mappings from a language's value to the text; English is always there in the first.
    title: Mapped[dict[str, Any]]
    purpose: Mapped[dict[str, Any]]
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"), index=True)
    # In words, beside a room or instead of one.
    place: Mapped[str] = mapped_column(default="")
    # Which languages are spoken, and who interprets: as it was typed.
    languages: Mapped[str] = mapped_column(default="")
    interpreter: Mapped[str] = mapped_column(default="")
    # So many must have said yes.
    quorum: Mapped[int] = mapped_column(default=1)
    # Which comes first of two that begin at once.
    position: Mapped[int] = mapped_column(default=0)
    # Its entry in the calendars of those who receive: as for a visit.
    uid: Mapped[str] = mapped_column(unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]

    visit: Mapped[Visit] = relationship(lazy="raise")
    room: Mapped[Room | None] = relationship(lazy="raise")
    hosts: Mapped[list["SlotHost"]] = relationship(
        back_populates="slot", lazy="raise", order_by="SlotHost.id", passive_deletes="all"
    )

    __table_args__ = (Index("ix_visit_slots_visit_id_starts_at", "visit_id", "starts_at"),)

    @property
    def agreed(self) -> int:
        """How many have said that they receive the visitors."""
        return sum(host.answer is SlotAnswer.YES for host in self.hosts)

    @property
    def is_ready(self) -> bool:
        """Enough people have said yes."""
        return self.agreed >= self.quorum


class SlotHost(Base):
    """Someone who is to receive the visitors in one slot, what they answered, and the link by which they did."""

    __tablename__ = "slot_hosts"

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("visit_slots.id", ondelete="CASCADE"))
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("links.id"), unique=True)
    answer: Mapped[SlotAnswer] = word(SlotAnswer, default=SlotAnswer.NONE)
    note: Mapped[str] = mapped_column(default="")
    # Their calendar has been sent the slot.
    entered: Mapped[bool] = mapped_column(default=False)
    # In whose place they were named.
    instead_of_id: Mapped[int | None] = mapped_column(ForeignKey("slot_hosts.id", ondelete="SET NULL"))
    invited_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]

    slot: Mapped[VisitSlot] = relationship(back_populates="hosts", lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")
    link: Mapped[Link | None] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("slot_id", "person_id"),)

    @property
    def is_open(self) -> bool:
        """They may still answer otherwise: who named a colleague has passed it on for good."""
        return self.answer is not SlotAnswer.COLLEAGUE
