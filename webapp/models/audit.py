"""What was done to the records that staff keep, from what to what; and the audit log: who did what, and from where."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from webapp.db import Base, word
from webapp.vocabulary import ActorKind, AuditAction, AuditKind, RecordType


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


class AuditEntry(Base):
    """One line of the audit log, chained by its hash to the one before; triggers of the database refuse to change it.

    `address` and its `salt` alone are emptied after some months: what is chained is the address' `network` and `seal`.
    """

    __tablename__ = "audit_entries"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[AuditKind] = word(AuditKind)
    actor_kind: Mapped[ActorKind] = word(ActorKind)
    # No foreign key: a line outlives whom it is about.
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    # A reference, a command; never a partner's name.
    subject: Mapped[str]
    data: Mapped[dict[str, Any]]
    network: Mapped[str]
    seal: Mapped[str]
    request_id: Mapped[str]
    address: Mapped[str]
    salt: Mapped[str]
    # Unique, so that the chain cannot fork.
    previous: Mapped[str] = mapped_column(unique=True)
    hash: Mapped[str]

    __table_args__ = (
        Index("ix_audit_entries_kind_number", "kind", "number"),
        Index("ix_audit_entries_actor_id_number", "actor_id", "number"),
    )


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
@event.listens_for(Change, "before_update")
@event.listens_for(Change, "before_delete")
def _append_only(_mapper: Mapper[Base], _connection: Connection, _target: Base) -> None:
    raise RuntimeError("what was done stays on record")
