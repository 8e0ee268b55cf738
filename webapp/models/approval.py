"""Approvals: what someone outside the desk, a dean or a vice-president, is asked to agree to, and their answer."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base, word
from webapp.models.link import Link
from webapp.vocabulary import ApprovalOutcome, Language, Status


class Approval(Link, Base):
    """One person's approval of one enquiry. Those of a lower `position` are asked first, equal ones together."""

    __tablename__ = "approvals"

    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[Language] = word(Language)
    question: Mapped[str]
    asked_by: Mapped[str]
    # When the email was staged: later than the row where others come first; then the last reminder.
    asked_at: Mapped[datetime | None]
    chased_at: Mapped[datetime | None]
    outcome: Mapped[ApprovalOutcome | None] = word(ApprovalOutcome)
    answered_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    # No longer wanted: someone refused, the office continued without it, or asked anew.
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_approvals_enquiry_id", "enquiry_id"),)

    @property
    def is_open(self) -> bool:
        return self.outcome is None and self.withdrawn_at is None

    @property
    def is_wanted(self) -> bool:
        """An answer is still waited for; `enquiry` must be loaded."""
        return self.is_open and self.enquiry.status is Status.AWAITING_APPROVAL
