"""What is prepared for a visit: the office's steps for each level, and the tasks that a visit was given from them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, word
from webapp.models.enquiry import Enquiry
from webapp.models.people import Person
from webapp.vocabulary import Level

# What was done stays for years, and is asked for by its visit alone.
_OPEN = text("done_at IS NULL")


class RunbookStep(Base):
    """One step of a level's runbook. A level without rows has the default steps."""

    __tablename__ = "runbook_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    level: Mapped[Level] = word(Level)
    position: Mapped[int]
    # By language; English is always there.
    title: Mapped[dict[str, Any]]
    # Working days: before the first day if negative, after the last day if positive.
    offset: Mapped[int]
    required: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("level", "position"),)


class VisitTask(Base):
    """Something to do for one visit. Without `offset` it has no day of its own and does not move with the visit."""

    __tablename__ = "visit_tasks"

    id: Mapped[int] = mapped_column(primary_key=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"))
    # By language, as the step's; what someone typed is there in English, whatever its language.
    title: Mapped[dict[str, Any]]
    offset: Mapped[int | None]
    # Nothing while the visit has no day.
    due_on: Mapped[date | None]
    # Nothing: who handles the enquiry.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    required: Mapped[bool] = mapped_column(default=False)
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(default="")

    enquiry: Mapped[Enquiry] = relationship(lazy="raise")
    owner: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (
        Index("ix_visit_tasks_enquiry_id", "enquiry_id"),
        Index("ix_visit_tasks_due_on", "due_on", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )
