"""People of the university: who answers for networks, who works at the desk, and their sign-ins."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, word
from webapp.models.versioned import Versioned
from webapp.vocabulary import Language, RecordType, Role


class Person(Versioned, Base):
    """Someone of the university. Without a role there is no account: liaisons may act from emails alone."""

    __tablename__ = "people"
    record_type = RecordType.PERSON

    name: Mapped[str]
    # In lower case: no one has two accounts that differ in capitals.
    email: Mapped[str] = mapped_column(unique=True)
    language: Mapped[Language] = word(Language, default=Language.EN)
    role: Mapped[Role | None] = word(Role)
    password_hash: Mapped[str | None]
    # Until when a one-time password is good; nothing for one that its owner chose.
    password_expires_at: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    # Keys of the desk's pages; people who dictate switch them off.
    shortcuts: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    @property
    def may_sign_in(self) -> bool:
        return self.active and self.role is not None and self.password_hash is not None

    @property
    def password_temporary(self) -> bool:
        return self.password_expires_at is not None


class StaffSession(Base):
    """One sign-in that has not ended. Only the hash of the cookie's token is kept."""

    __tablename__ = "staff_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    # When something was last asked for with it, some minutes behind: not every page is a write.
    seen_at: Mapped[datetime]
    # Which browser it was, and the address that it came from, for its owner to recognise it.
    browser: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    # Whether a second step was given for it, beside the password or in its place.
    second_step: Mapped[bool] = mapped_column(default=False)
    # What the person had typed before it, until that was sent; empty where nothing waits.
    kept: Mapped[str] = mapped_column(Text, default="", server_default="", deferred=True)

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class SignInFailure(Base):
    """A refused sign-in, kept for as long as it slows the next one down."""

    __tablename__ = "sign_in_failures"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (Index("ix_sign_in_failures_email_at", "email", "at"),)


class AccountLink(Base):
    """A secret link by which a person sets the password of their own account: sent in one email, good once."""

    __tablename__ = "account_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    # The one email that carries it; delivery puts it in.
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # It was used, another took its place, or the account was closed.
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class ResetRequest(Base):
    """Someone asked for a new password for an address, known or not: the worker looks, then forgets it."""

    __tablename__ = "reset_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    at: Mapped[datetime]
