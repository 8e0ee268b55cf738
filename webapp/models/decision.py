"""Decisions by link: who may answer an enquiry from a mail, without an account."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base
from webapp.models.enquiry import Enquiry
from webapp.models.people import Person


class Decision(Base):
    """One person's link to one enquiry. It shows that enquiry and takes their answer until it ends."""

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_nonce: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # Passed on to somebody else, whose name stands here as it was then.
    revoked_at: Mapped[datetime | None]
    passed_to: Mapped[str] = mapped_column(default="")

    enquiry: Mapped[Enquiry] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (Index("ix_decisions_enquiry_id_person_id", "enquiry_id", "person_id"),)
