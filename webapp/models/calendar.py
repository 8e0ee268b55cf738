"""The institution's calendar: days that the office marked, closures with what they moved, and reminders told."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, UniqueConstraint, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from webapp.db import Base, word
from webapp.models.enquiry import Enquiry
from webapp.models.versioned import Versioned
from webapp.vocabulary import DayKind, Occasion, RecordType


class CalendarDay(Versioned, Base):
    """A day as the office marked it; `name` is a mapping from a language's value to the text."""

    __tablename__ = "calendar_days"
    record_type = RecordType.DAY

    day: Mapped[date] = mapped_column(unique=True)
    kind: Mapped[DayKind] = word(DayKind)
    name: Mapped[dict[str, Any]]
    edited_by: Mapped[str]
    edited_at: Mapped[datetime]

    @property
    def record_key(self) -> str:
        return self.day.isoformat()


class CalendarChange(Base):
    """One change of a marked day; added, never changed. Nothing before: it was added; nothing after: removed."""

    __tablename__ = "calendar_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    actor_name: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    moved: Mapped[int]


class Closure(Versioned, Base):
    """Days on which the office could not work, and no one had planned it; `reason` as a day's name."""

    __tablename__ = "closures"
    record_type = RecordType.CLOSURE

    first: Mapped[date]
    last: Mapped[date] = mapped_column(index=True)
    reason: Mapped[dict[str, Any]]
    declared_by: Mapped[str]
    declared_at: Mapped[datetime]
    revoked_by: Mapped[str] = mapped_column(default="")
    revoked_at: Mapped[datetime | None]
    # There are more promises to move, or to move back, than one transaction should: a job is at it.
    moving: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    moves: Mapped[list["ClosureMove"]] = relationship(lazy="raise", order_by="ClosureMove.id")
    notices: Mapped[list["ClosureNotice"]] = relationship(lazy="raise", order_by="ClosureNotice.id")


class ClosureMove(Base):
    """A promise that a closure moved, or that moved back when the closure was undone."""

    __tablename__ = "closure_moves"

    id: Mapped[int] = mapped_column(primary_key=True)
    closure_id: Mapped[int] = mapped_column(ForeignKey("closures.id"), index=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), index=True)
    undoing: Mapped[bool]
    before: Mapped[date]
    after: Mapped[date]

    enquiry: Mapped[Enquiry] = relationship(lazy="raise")


class ClosureNotice(Base):
    """The words that were sent to everyone whose promise a closure moved, by language; or moved back."""

    __tablename__ = "closure_notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    closure_id: Mapped[int] = mapped_column(ForeignKey("closures.id"))
    undoing: Mapped[bool]
    texts: Mapped[dict[str, Any]]
    # The ids of its emails.
    messages: Mapped[list[Any]]
    sent_by: Mapped[str]
    sent_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("closure_id", "undoing"),)


class Reminder(Base):
    """A reminder that an answer is due, once for each occasion and promise."""

    __tablename__ = "reminders"

    id: Mapped[int] = mapped_column(primary_key=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"))
    occasion: Mapped[Occasion] = word(Occasion)
    promised_on: Mapped[date]
    email: Mapped[str]
    told_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("enquiry_id", "occasion", "promised_on", "email"),)


@event.listens_for(CalendarChange, "before_update")
@event.listens_for(CalendarChange, "before_delete")
@event.listens_for(ClosureMove, "before_update")
@event.listens_for(ClosureMove, "before_delete")
def _append_only(_mapper: Mapper[Any], _connection: Connection, _target: Any) -> None:
    raise RuntimeError("what moved a promise is append-only")
