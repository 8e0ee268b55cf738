"""Invitation letters by their numbers, and the papers of a visit as they were made."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base, word
from webapp.vocabulary import LetterPurpose


class InvitationLetter(Base):
    """One letter for one person. Rows stay for ever, emptied of the name: a number is never used again."""

    __tablename__ = "invitation_letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), index=True)
    purpose: Mapped[LetterPurpose] = word(LetterPurpose)
    # Exactly as in the passport, and as printed.
    name: Mapped[str]
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # The day of departure.
    valid_until: Mapped[date]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class VisitPaper(Base):
    """A paper or letter as it was made. `name` is the paper's in addresses, or the letter's number."""

    __tablename__ = "visit_papers"

    id: Mapped[int] = mapped_column(primary_key=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"))
    name: Mapped[str]
    version: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    made_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("enquiry_id", "name", "version"),)
