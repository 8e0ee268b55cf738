"""Decisions by link: who may answer an enquiry from an email, without an account."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base
from webapp.models.link import Link
from webapp.models.people import Person


class Decision(Link, Base):
    """One person's link to one enquiry. It shows that enquiry and takes their answer until it ends."""

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    # Passed on to someone else, whose name is kept as it was then.
    revoked_at: Mapped[datetime | None]
    passed_to: Mapped[str] = mapped_column(default="")

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (Index("ix_decisions_enquiry_id_person_id", "enquiry_id", "person_id"),)
