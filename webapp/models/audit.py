"""What was done to the records that staff keep: who, when, from what to what."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from webapp.db import Base, word
from webapp.vocabulary import AuditAction, RecordType


class Change(Base):
    """One audit action; added, never changed. Names are as they were then; `fields` maps a field to [before, after]."""

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    actor_name: Mapped[str]
    subject: Mapped[RecordType] = word(RecordType)
    subject_key: Mapped[str]
    subject_name: Mapped[str]
    # The subject's version after it, where it has one.
    version: Mapped[int | None]
    deed: Mapped[AuditAction] = word(AuditAction)
    fields: Mapped[dict[str, Any]]

    __table_args__ = (Index("ix_changes_subject_subject_key_id", "subject", "subject_key", "id"),)


@event.listens_for(Change, "before_update")
@event.listens_for(Change, "before_delete")
def _append_only(_mapper: Mapper[Change], _connection: Connection, _target: Change) -> None:
    raise RuntimeError("what was done stays on record")
