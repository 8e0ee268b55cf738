"""Approvals: what somebody outside the desk, a dean or a vice-president, is asked to agree to, and their answer."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, word
from webapp.models.enquiry import Enquiry
from webapp.vocabulary import Language, Outcome


class Approval(Base):
    """One person's approval of one enquiry. Those of a lower `position` are asked first, equal ones together."""

    __tablename__ = "approvals"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_nonce: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), index=True)
    position: Mapped[int]
    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[Language] = word(Language)
    question: Mapped[str]
    asked_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # When the mail was staged: later than the row where others come first; then the last reminder.
    asked_at: Mapped[datetime | None]
    chased_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = word(Outcome)
    answered_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    # No longer wanted: somebody refused, the office went on without it, or asked anew.
    withdrawn_at: Mapped[datetime | None]

    enquiry: Mapped[Enquiry] = relationship(lazy="raise")

    @property
    def is_open(self) -> bool:
        return self.outcome is None and self.withdrawn_at is None
