"""The outbox: every message is a row before it is sent, and stays one."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, word
from webapp.models.enquiry import Enquiry
from webapp.models.link import Link
from webapp.vocabulary import Fault, Language, MessageKind, MessageState

_WAITING = sa.text("next_attempt_at IS NOT NULL")


def in_state(states: Iterable[MessageState]) -> ColumnElement[bool]:
    """Return the condition in words: with parameters, of which any may be frequent, PostgreSQL plans for each page."""
    words = ", ".join(repr(state.value) for state in states)
    return sa.literal_column(f"messages.state IN ({words})", sa.Boolean)


class Message(Base):
    """One message: what it says, to whom, and the state of its delivery. Text and Message-ID never change."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[MessageKind] = word(MessageKind)
    # None: about several enquiries, or none; only those who see every enquiry see such a message on the desk.
    enquiry_id: Mapped[int | None] = mapped_column(ForeignKey("enquiries.id"), index=True)
    # The link that the message carries; delivery puts it in.
    link_id: Mapped[int | None] = mapped_column(ForeignKey("links.id"))
    language: Mapped[Language] = word(Language)
    recipient_name: Mapped[str]
    recipient_email: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    # An entry for the reader's calendar, as programs read it; "" in most.
    calendar: Mapped[str] = mapped_column(default="", server_default="")
    reply_to: Mapped[str]
    in_reply_to: Mapped[str | None]
    references: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    # Since when it is to leave: its staging, or when staff queued it again.
    queued_at: Mapped[datetime]
    # What goes to many at once, such as digests, leaves after what someone waits for.
    bulk: Mapped[bool] = mapped_column(default=False)

    state: Mapped[MessageState] = word(MessageState, default=MessageState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    # Claims since the last answer of whatever kind: workers that died while they held it.
    unanswered: Mapped[int] = mapped_column(default=0)
    # When it is due; while it is being sent, when its lease runs out. Nothing once it has ended.
    next_attempt_at: Mapped[datetime | None]
    lease: Mapped[str | None]
    last_error: Mapped[str] = mapped_column(default="")
    fault: Mapped[Fault | None] = word(Fault)
    sent_at: Mapped[datetime | None]
    # It ended undelivered, and staff decided that no one needs it any more.
    set_aside_at: Mapped[datetime | None]

    enquiry: Mapped[Enquiry | None] = relationship(lazy="raise")
    link: Mapped[Link | None] = relationship(lazy="raise")

    __table_args__ = (
        Index("ix_messages_state_id", "state", "id"),
        Index("ix_messages_recipient_email_id", sa.text("lower(recipient_email)"), "id"),
        Index("ix_messages_queued_at", "queued_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index(
            "ix_messages_bulk_next_attempt_at_id",
            "bulk",
            "next_attempt_at",
            "id",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )


class MessageLine(Base):
    """One of the enquiries that a message about several tells of, with the link by which its reader answers it."""

    __tablename__ = "message_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("links.id"))

    enquiry: Mapped[Enquiry] = relationship(lazy="raise")
    link: Mapped[Link | None] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("message_id", "enquiry_id"),)
