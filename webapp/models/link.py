"""Links by which someone without an account opens one enquiry: what their kinds have in common."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from webapp.models.enquiry import Enquiry


class Link:
    """A secret link to one enquiry: its token is derived from the nonce, only the token's hash is looked up."""

    id: Mapped[int]
    token_nonce: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    @declared_attr
    @classmethod
    def enquiry(cls) -> Mapped[Enquiry]:
        return relationship(lazy="raise")
