"""Approvals: what someone outside the desk, a dean or a vice-president, is asked to agree to, and their answer."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, word
from webapp.models.enquiry import Enquiry
from webapp.models.link import Link
from webapp.vocabulary import ApprovalOutcome, Language, Status


class Approval(Base):
    """One person's approval of one enquiry. Those of a lower `position` are asked first, equal ones together."""

    __tablename__ = "approvals"

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("links.id"), unique=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"))
    created_at: Mapped[datetime]
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

    link: Mapped[Link] = relationship(lazy="raise")

    __table_args__ = (Index("ix_approvals_enquiry_id", "enquiry_id"),)

    @property
    def is_open(self) -> bool:
        return self.outcome is None and self.withdrawn_at is None

    def is_wanted(self, enquiry: Enquiry) -> bool:
        """Return whether its enquiry still waits for an answer."""
        return self.is_open and enquiry.status is Status.AWAITING_APPROVAL
