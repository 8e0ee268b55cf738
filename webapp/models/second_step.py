"""The second step at sign-in: what people have for it, their recovery codes, and sign-ins that wait for it."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, word
from webapp.models.people import Person
from webapp.vocabulary import FactorKind


class SecondFactor(Base):
    """An authenticator app, whose sealed secret is kept, or a passkey, of which we know only the public key."""

    __tablename__ = "second_factors"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[FactorKind] = word(FactorKind)
    name: Mapped[str]
    secret: Mapped[str | None]
    # Both as base64url, as browsers write them.
    credential_id: Mapped[str | None] = mapped_column(unique=True)
    public_key: Mapped[str | None]
    # Of an authenticator the last half minute whose code was taken; of a passkey how often it signed, if it counts.
    counter: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code that gives the second step once, when all else is lost; the row goes when it is used."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    # The first signs of the code, by which it is found; the hash is of all of it.
    mark: Mapped[str]
    code_hash: Mapped[str]

    __table_args__ = (UniqueConstraint("person_id", "mark"),)


class WaitingSignIn(Base):
    """A password that was right and waits for the second step, in one browser; it opens nothing by itself."""

    __tablename__ = "waiting_sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    # What the person had typed before, for the sign-in that this becomes.
    kept: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class PasskeyChallenge(Base):
    """What a passkey is asked to sign, once; the row goes with that."""

    __tablename__ = "passkey_challenges"

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
