"""Links in emails: who may open one enquiry, or answer one question about it, without an account."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ColumnElement, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, word
from webapp.models.people import Person
from webapp.vocabulary import LinkEnd, LinkKind

_TRACKS = sa.text("kind = 'tracking' AND ended_at IS NULL")


class Link(Base):
    """One secret link to one enquiry: its token is derived from the nonce, only the token's hash is looked up."""

    __tablename__ = "links"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[LinkKind] = word(LinkKind)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"))
    nonce: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    # Whose it is, where that is a person of ours, and the address that they had when it was issued.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    email: Mapped[str]
    # Who named them by their address; no one, where the service chose who answers.
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    # None: it opens for as long as there is its enquiry.
    expires_at: Mapped[datetime | None]
    # It opens in this browser alone.
    browser_hash: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[LinkEnd | None] = word(LinkEnd)
    # The name of the person to whom the enquiry was passed on, as it was then.
    passed_to: Mapped[str] = mapped_column(default="")

    person: Mapped[Person | None] = relationship(foreign_keys=[person_id], lazy="raise")

    __table_args__ = (
        Index("ix_links_enquiry_id_kind", "enquiry_id", "kind"),
        Index("ix_links_asked_by_id_created_at", "asked_by_id", "created_at"),
        # A partner has one link to an enquiry that opens; those that it replaced stay.
        Index("uq_links_tracking", "enquiry_id", unique=True, sqlite_where=_TRACKS, postgresql_where=_TRACKS),
    )

    @classmethod
    def tracks(cls, enquiry_id: int) -> ColumnElement[bool]:
        """Return the condition of the one link by which the partner opens an enquiry now."""
        return sa.and_(cls.enquiry_id == enquiry_id, cls.kind == LinkKind.TRACKING, cls.ended_at.is_(None))
