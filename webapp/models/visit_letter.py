"""Invitation letters by their numbers, and the papers of a visit as they were made."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base, word
from webapp.vocabulary import LetterPurpose, OrderState


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
    withdrawn_reason: Mapped[str] = mapped_column(default="", server_default="")


class VisitPaper(Base):
    """A paper or letter as it was made. `name` is the paper's in addresses, or the letter's number.

    The figures of a period belong to no visit.
    """

    __tablename__ = "visit_papers"

    id: Mapped[int] = mapped_column(primary_key=True)
    enquiry_id: Mapped[int | None] = mapped_column(ForeignKey("enquiries.id"))
    name: Mapped[str]
    version: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    made_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("enquiry_id", "name", "version"),)


class PaperOrder(Base):
    """A paper or letter that was asked for, and what became of it: it stays due until one of the two is true."""

    __tablename__ = "paper_orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    enquiry_id: Mapped[int | None] = mapped_column(ForeignKey("enquiries.id"))
    # As in `VisitPaper`.
    name: Mapped[str]
    state: Mapped[OrderState] = word(OrderState)
    asked_at: Mapped[datetime]
    # When a worker may take it up: now, or once the one that has it must be dead. Nothing: there is nothing to do.
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    # What the office wrote for a letter, emptied once that is made; or of which figures a paper is.
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Which characters no font has: [field, text, character]; what else keeps it from being made: [field, why].
    problems: Mapped[list[Any]] = mapped_column(default=list)
    # The hash of what the paper was made from: where it differs now, the paper is out of date.
    basis: Mapped[str] = mapped_column(default="")

    __table_args__ = (UniqueConstraint("enquiry_id", "name"),)
