"""The directory: networks with their facts as the university states them, and the terms they are filtered by."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, word
from webapp.models.people import Person
from webapp.models.versioned import Versioned
from webapp.vocabulary import Group, RecordType, TermKind


class Network(Versioned, Base):
    """An alliance that the university founded or joined. Texts are mappings from a language's value to the text."""

    __tablename__ = "networks"
    record_type = RecordType.NETWORK

    slug: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)
    group: Mapped[Group] = word(Group)
    acronym: Mapped[str | None]
    name: Mapped[dict[str, Any]]
    former_names: Mapped[list[Any]] = mapped_column(default=list)
    founded: Mapped[int | None]
    founded_by: Mapped[dict[str, Any] | None]
    administered_by: Mapped[dict[str, Any] | None]
    supported_by: Mapped[list[Any]] = mapped_column(default=list)
    members: Mapped[list[Any]] = mapped_column(default=list)
    countries: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # How the number of members may be worded; the figures above say different things for each network.
    size: Mapped[dict[str, Any] | None]
    regions: Mapped[list[Any]] = mapped_column(default=list)
    scope: Mapped[list[Any]] = mapped_column(default=list)
    summary: Mapped[dict[str, Any]]
    description: Mapped[dict[str, Any]]
    activities: Mapped[list[Any]] = mapped_column(default=list)
    role: Mapped[dict[str, Any] | None]
    role_note: Mapped[dict[str, Any] | None]
    website: Mapped[str | None]
    similar: Mapped[list[Any]] = mapped_column(default=list)
    as_of: Mapped[date]
    source_url: Mapped[str]
    # For staff: what to mind when wording a fact, and where each fact comes from.
    cautions: Mapped[list[Any]] = mapped_column(default=list)
    sources: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # What the last import wrote, by field: a field that differs was edited by staff and is theirs.
    imported: Mapped[dict[str, Any]] = mapped_column(default=dict)

    changed_at: Mapped[datetime | None]
    # The owner of the entry, and when who last confirmed that it is up to date.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    verified_on: Mapped[date | None]
    verified_by: Mapped[str | None]

    liaison_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    escalation_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    # The address of the network's team: answers where liaison and deputy cannot, in the first of the languages.
    mailbox: Mapped[str | None]
    languages: Mapped[list[Any]] = mapped_column(default=list)

    liaison: Mapped[Person | None] = relationship(foreign_keys=[liaison_id], lazy="raise")
    deputy: Mapped[Person | None] = relationship(foreign_keys=[deputy_id], lazy="raise")
    escalation: Mapped[Person | None] = relationship(foreign_keys=[escalation_id], lazy="raise")
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id], lazy="raise")

    @property
    def record_key(self) -> str:
        return self.slug

    @property
    def short_name(self) -> str:
        """What staff and emails call it: the acronym, or the English name where there is none."""
        return self.acronym or str(self.name["en"])


class Term(Versioned, Base):
    """A word that networks are filtered by: a scope, a region, or the heading of a group."""

    __tablename__ = "terms"
    record_type = RecordType.TERM

    kind: Mapped[TermKind] = word(TermKind)
    tag: Mapped[str]
    label: Mapped[dict[str, Any]]
    position: Mapped[int]
    # The label that the last import wrote: one that differs was edited by staff and is theirs.
    imported: Mapped[dict[str, Any] | None]

    __table_args__ = (UniqueConstraint("kind", "tag"),)


class RemovedNetwork(Base):
    """An entry that staff deleted: imports leave it out."""

    __tablename__ = "removed_networks"

    slug: Mapped[str] = mapped_column(primary_key=True)
    removed_at: Mapped[datetime]
