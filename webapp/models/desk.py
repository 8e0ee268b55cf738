"""What the office adds for its own use: views, tags, checklists, canned replies, and who was mentioned where."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, word
from webapp.models.people import Person
from webapp.models.versioned import Versioned
from webapp.vocabulary import Language, RecordType

enquiry_tags = Table(
    "enquiry_tags",
    Base.metadata,
    Column("enquiry_id", ForeignKey("enquiries.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
    Index("ix_enquiry_tags_tag_id_enquiry_id", "tag_id", "enquiry_id"),
)


class Tag(Base):
    """A word that the office sorts enquiries by; `key` is its folded form, so that it exists once."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)


class SavedView(Versioned, Base):
    """Filters of the queue under a name: its owner's, or for the whole office."""

    __tablename__ = "saved_views"

    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str]
    # The parameters of the queue's address.
    query: Mapped[dict[str, Any]]
    shared: Mapped[bool] = mapped_column(default=False, index=True)
    created_at: Mapped[datetime]

    owner: Mapped[Person] = relationship(lazy="raise")


class ChecklistItem(Base):
    """One thing to do about an enquiry, and who ticked it off when."""

    __tablename__ = "checklist_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), index=True)
    text: Mapped[str]
    done_at: Mapped[datetime | None]
    # The name as it was then.
    done_by: Mapped[str] = mapped_column(default="")


class Relation(Base):
    """Two linked enquiries; `merged` says that the first one was merged into the other."""

    __tablename__ = "relations"

    id: Mapped[int] = mapped_column(primary_key=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), index=True)
    merged: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("enquiry_id", "other_id"),)


class Mention(Base):
    """A person whom a note mentions; it stays in their day until they have seen it."""

    __tablename__ = "mentions"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    seen_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("event_id", "person_id"),
        Index("ix_mentions_person_id_seen_at_id", "person_id", "seen_at", "id"),
    )


class CannedReply(Versioned, Base):
    """Words that the office writes often, in one language; names in braces are filled in when they are used."""

    __tablename__ = "canned_replies"
    record_type = RecordType.REPLY

    name: Mapped[str]
    language: Mapped[Language] = word(Language)
    text: Mapped[str]
    changed_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("language", "name"),)
