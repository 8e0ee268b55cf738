"""Faculties and departments as the office keeps them, and what was referred to them."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, ForeignKey, Index
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, word
from webapp.models.link import Link
from webapp.models.versioned import Versioned
from webapp.vocabulary import Finding, Language, RecordType

_OPEN = sa.text("returned_at IS NULL AND ended_at IS NULL")


class Faculty(Versioned, Base):
    """A faculty or department with the person who answers for it. Nothing is referred to one that is not active."""

    __tablename__ = "faculties"
    record_type = RecordType.FACULTY

    # A mapping from a language's value to the text; English is always there.
    name: Mapped[dict[str, Any]]
    contact_name: Mapped[str]
    email: Mapped[str]
    language: Mapped[Language] = word(Language)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class Referral(Base):
    """One question to one faculty about one enquiry, and what came back. Its contact is as it was then."""

    __tablename__ = "referrals"

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("links.id"), unique=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"))
    created_at: Mapped[datetime]
    faculty_id: Mapped[int] = mapped_column(ForeignKey("faculties.id"))
    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[Language] = word(Language)
    question: Mapped[str]
    referred_by: Mapped[str]
    return_by: Mapped[date]
    # The last reminder, by staff or by itself.
    chased_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    finding: Mapped[Finding | None] = word(Finding)
    note: Mapped[str] = mapped_column(default="")
    # No longer wanted: someone took it back, or (no one's name) the enquiry continued without it.
    ended_at: Mapped[datetime | None]
    recalled_by: Mapped[str] = mapped_column(default="")

    link: Mapped[Link] = relationship(lazy="raise")
    faculty: Mapped[Faculty] = relationship(lazy="raise")

    __table_args__ = (
        Index("ix_referrals_enquiry_id", "enquiry_id"),
        Index("ix_referrals_return_by", "return_by", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    @hybrid_property
    def is_open(self) -> bool:
        """It is with the faculty: neither returned nor ended."""
        return self.returned_at is None and self.ended_at is None

    @is_open.inplace.expression
    @classmethod
    def _is_open(cls) -> ColumnElement[bool]:
        return sa.and_(cls.returned_at.is_(None), cls.ended_at.is_(None))

    def is_late(self, today: date) -> bool:
        """Return whether the day by which it was to come back has passed without an answer."""
        return self.is_open and self.return_by < today
