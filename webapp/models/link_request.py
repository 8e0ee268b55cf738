"""Links that people ask for by their address: the page keeps the address, the worker looks whether anyone has it."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base, word
from webapp.vocabulary import Language, LinkWanted


class LinkRequest(Base):
    """Someone asked for a link to be sent to an address, known or not; the row goes once that was looked at."""

    __tablename__ = "link_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    wanted: Mapped[LinkWanted] = word(LinkWanted)
    email: Mapped[str]
    # Which enquiry, where its link is wanted.
    reference: Mapped[str] = mapped_column(default="")
    language: Mapped[Language] = word(Language)
    at: Mapped[datetime]
    # When it was last tried without success.
    tried_at: Mapped[datetime | None]
