"""Requests of people about their own data: a link by email to an address that proves itself by it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base, word
from webapp.vocabulary import DataRequestOutcome, Language


class DataRequest(Base):
    """Someone asked what is kept about an address. Its link opens that address's data for some days, and no other's."""

    __tablename__ = "data_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    language: Mapped[Language] = word(Language)
    nonce: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # The email that carries the link; delivery puts it in.
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    # When erasure was asked for, and what an administrator decided about that.
    erasure_asked_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="")
    outcome: Mapped[DataRequestOutcome | None] = word(DataRequestOutcome)
    reason: Mapped[str] = mapped_column(default="")

    __table_args__ = (Index("ix_data_requests_created_at", "created_at"),)

    @property
    def waits(self) -> bool:
        """Return whether an administrator has to decide about it."""
        return self.erasure_asked_at is not None and self.decided_at is None
