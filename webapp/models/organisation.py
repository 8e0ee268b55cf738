"""What the office remembers: organisations and their contacts, what they are recognised by, and merges of two."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, word
from webapp.models.directory import Network
from webapp.models.versioned import Versioned
from webapp.vocabulary import KeyKind, OrganisationType, RecordType

memberships = Table(
    "organisation_networks",
    Base.metadata,
    Column("organisation_id", ForeignKey("organisations.id"), primary_key=True),
    Column("network_id", ForeignKey("networks.id"), primary_key=True, index=True),
)


_SHOWN = sa.text("merged_into_id IS NULL")


class Organisation(Versioned, Base):
    """Someone whom the university deals with."""

    __tablename__ = "organisations"
    record_type = RecordType.ORGANISATION

    name: Mapped[str]
    # Other names, also in other scripts.
    aliases: Mapped[list[Any]] = mapped_column(default=list)
    # Of its email addresses and its site.
    domains: Mapped[list[Any]] = mapped_column(default=list)
    country: Mapped[str]
    type: Mapped[OrganisationType] = word(OrganisationType)
    website: Mapped[str] = mapped_column(default="")
    partner: Mapped[bool] = mapped_column(default=False)
    # One a line, in the office's own words.
    agreements: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    # The record that it became part of: it is in no list, and its address leads there.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    # The name as lists are sorted by it; all names and domains, folded for the search.
    sort_name: Mapped[str]
    search_text: Mapped[str]

    networks: Mapped[list[Network]] = relationship(secondary=memberships, lazy="raise", order_by=Network.position)
    contacts: Mapped[list["Contact"]] = relationship(
        lazy="raise", order_by="Contact.name, Contact.id", back_populates="organisation"
    )
    keys: Mapped[list["OrganisationKey"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    __table_args__ = (
        Index("ix_organisations_sort_name_id", "sort_name", "id"),
        Index(
            "ix_organisations_country_sort_name_id",
            *("country", "sort_name", "id"),
            sqlite_where=_SHOWN,
            postgresql_where=_SHOWN,
        ),
    )


class OrganisationKey(Base):
    """A domain or a folded name by which enquiries are recognised; written with the record, never by itself."""

    __tablename__ = "organisation_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    kind: Mapped[KeyKind] = word(KeyKind)
    value: Mapped[str]

    __table_args__ = (Index("ix_organisation_keys_kind_value", "kind", "value"),)


class Contact(Versioned, Base):
    """Someone at an organisation. The address, in lower case, belongs to one contact only."""

    __tablename__ = "contacts"
    record_type = RecordType.CONTACT

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str]
    position: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None] = mapped_column(unique=True)
    phone: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship(lazy="raise", back_populates="contacts")


class Merge(Base):
    """One record became part of another: what moved, so that it can be parted again."""

    __tablename__ = "merges"

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    gone_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    actor_name: Mapped[str]
    # Ids of enquiries and contacts; names, domains and networks that the kept record did not have.
    moved: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]

    gone: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[gone_id])
