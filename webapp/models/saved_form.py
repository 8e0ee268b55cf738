"""Links by which someone continues a form that they began: each sent in one email, for who reads that address."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base
from webapp.models.enquiry import Draft


class SavedForm(Base):
    """A secret link to one draft: it opens in another browser for who names the address that it was sent to."""

    __tablename__ = "saved_forms"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id"), index=True)
    nonce: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    # The one email that carries it; delivery puts it in.
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # The form was sent, or another link took its place.
    ended_at: Mapped[datetime | None]

    draft: Mapped[Draft] = relationship(lazy="raise")
