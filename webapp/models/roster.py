"""Lists of delegates on their way: what was sent and not yet saved, and changes after a visit was confirmed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, word
from webapp.models.delegate import Delegate
from webapp.vocabulary import RosterChangeKind, RosterChangeState, RosterDraftState


class RosterDraft(Base):
    """A list that was sent and is looked at before it is saved: one for each enquiry and who sent it, for a day."""

    __tablename__ = "roster_drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), index=True)
    # A colleague; the partner has none.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    sent_at: Mapped[datetime]
    # The file's, or nothing where it was pasted.
    name: Mapped[str] = mapped_column(default="")
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    # What was chosen or mended in the preview.
    choices: Mapped[dict[str, Any]]
    state: Mapped[RosterDraftState] = word(RosterDraftState)
    # How many lines were read so far, where a worker is at it.
    lines: Mapped[int] = mapped_column(default=0)
    # What was found in it, or why it cannot be read.
    reading: Mapped[dict[str, Any] | None]
    # Of the list that is to be replaced, as it was when this one was sent.
    mark: Mapped[str]

    __table_args__ = (Index("ix_roster_drafts_sent_at", "sent_at"),)


class RosterChange(Base):
    """One thing that a partner wants otherwise after the visit was confirmed: the office takes it in, or does not."""

    __tablename__ = "roster_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), index=True)
    # Nothing where it is about someone who is new, or about the order of all.
    delegate_id: Mapped[int | None] = mapped_column(ForeignKey("delegates.id", ondelete="CASCADE"), index=True)
    kind: Mapped[RosterChangeKind] = word(RosterChangeKind)
    # Where they are among the others; for someone new, and for who was left out.
    precedence: Mapped[int]
    # The values that are new, and for someone new behind which row they are; of the order, the numbers of the rows.
    after: Mapped[dict[str, Any]]
    passport: Mapped[dict[str, Any]]
    asked_at: Mapped[datetime]
    state: Mapped[RosterChangeState] = word(RosterChangeState, default=RosterChangeState.WAITING)
    decided_at: Mapped[datetime | None]

    delegate: Mapped[Delegate | None] = relationship(lazy="raise")
