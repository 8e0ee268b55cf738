"""People of the university: who answers for networks, who works at the desk, and their sign-ins."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, word
from webapp.models.versioned import Versioned
from webapp.vocabulary import Language, RecordType, Role, RoleSource


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
    # Who said last which role it is, or that there is none; nothing where no one ever did.
    role_set_by: Mapped[RoleSource | None] = word(RoleSource)
    # Whom the provider of single sign-on knows them as; both or neither.
    sign_on_issuer: Mapped[str | None]
    sign_on_subject: Mapped[str | None]
    # Keys of the desk's pages; people who dictate switch them off.
    shortcuts: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    # Since when they are not active.
    closed_at: Mapped[datetime | None]
    # When a number took the place of their name.
    erased_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_people_sign_on_issuer_sign_on_subject", "sign_on_issuer", "sign_on_subject", unique=True),
    )

    @property
    def may_sign_in(self) -> bool:
        has_way = self.password_hash is not None or self.sign_on_subject is not None
        return self.active and self.role is not None and has_way

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
    # When its person last proved who they are; nothing where the provider of single sign-on does not say.
    asked_at: Mapped[datetime | None]
    # The provider let them in, and asks for a second step itself.
    by_provider: Mapped[bool] = mapped_column(default=False)
    # Which browser it was, and the address that it came from, for its owner to recognise it.
    browser: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    # Whether a second step was given for it, beside the password or in its place.
    second_step: Mapped[bool] = mapped_column(default=False)
    # What the person had typed before it, until that was sent; empty where nothing waits.
    kept: Mapped[str] = mapped_column(Text, default="", server_default="", deferred=True)

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class WaitingWords(Base):
    """What someone had typed before they went to the provider of single sign-on, until they come back."""

    __tablename__ = "waiting_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    # Packed and signed, with whom it belongs to.
    kept: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(index=True)


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
