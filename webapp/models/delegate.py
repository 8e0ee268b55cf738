"""Who comes with a delegation, in their order of precedence, and what an invitation letter must say of them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, word
from webapp.vocabulary import NameOrder


class Delegate(Base):
    """One person of a delegation, written as the partner wrote them: names are never altered, rows never sorted."""

    __tablename__ = "delegates"

    id: Mapped[int] = mapped_column(primary_key=True)
    # That of the visit: with it they go.
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"))
    # 1 is the first of the delegation.
    precedence: Mapped[int]
    # Someone may have one name only.
    family_name: Mapped[str] = mapped_column(default="")
    given_name: Mapped[str] = mapped_column(default="")
    name_order: Mapped[NameOrder] = word(NameOrder)
    honorific: Mapped[str] = mapped_column(default="")
    position: Mapped[str] = mapped_column(default="")
    academic_title: Mapped[str] = mapped_column(default="")
    organisation: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    diet: Mapped[str] = mapped_column(default="")
    access_needs: Mapped[str] = mapped_column(default="")
    # In the partner's words: flight, train or car, with the time.
    arrival: Mapped[str] = mapped_column(default="")
    departure: Mapped[str] = mapped_column(default="")
    vehicle: Mapped[str] = mapped_column(default="")
    # Nothing: not asked yet.
    photo_consent: Mapped[bool | None]
    invitation_letter: Mapped[bool] = mapped_column(default=False)
    # When they came, on the day.
    arrived_at: Mapped[datetime | None]

    passport: Mapped["Passport | None"] = relationship(
        lazy="raise", back_populates="delegate", cascade="all, delete-orphan", passive_deletes=True
    )

    __table_args__ = (Index("ix_delegates_enquiry_id_precedence", "enquiry_id", "precedence"),)


class Passport(Base):
    """What a letter for a visa must say of a delegate: seen by few, and gone soon after the visit."""

    __tablename__ = "passports"

    id: Mapped[int] = mapped_column(primary_key=True)
    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegates.id", ondelete="CASCADE"), unique=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), index=True)
    nationality: Mapped[str] = mapped_column(default="")
    gender: Mapped[str] = mapped_column(default="")
    birth_date: Mapped[date | None]
    name: Mapped[str] = mapped_column(default="")
    number: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    expiry: Mapped[date | None]

    delegate: Mapped[Delegate] = relationship(lazy="raise", back_populates="passport")
