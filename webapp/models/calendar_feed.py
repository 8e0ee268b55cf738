"""Private addresses by which calendars of people subscribe to visits."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, word
from webapp.models.directory import Network
from webapp.models.people import Person
from webapp.vocabulary import FeedScope


class CalendarFeed(Base):
    """One address that opens a list of visits to who has it; its owner may end it. Only its hash is stored."""

    __tablename__ = "calendar_feeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    scope: Mapped[FeedScope] = word(FeedScope)
    # Of a network alone.
    network_id: Mapped[int | None] = mapped_column(ForeignKey("networks.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    owner: Mapped[Person] = relationship(lazy="raise")
    network: Mapped[Network | None] = relationship(lazy="raise")
